"""What the robots of group chats have in common: where one is reached,
and that it says in a body of 200 what went wrong.

A group reads along, so a robot's message carries no link by which somebody else could acknowledge.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlsplit

from channels.message import BadSettings, Message, NotTaken
from channels.outgoing import LARGEST_ANSWER, ChannelReply, Outgoing
from channels.wording import lines

_TAKEN: Final = range(200, 300)
_LONGEST_URL: Final = 300
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,200}")
_SECRET: Final = re.compile(r"[\x21-\x7e]{8,200}")
_MOBILE: Final = re.compile(r"(?:\+[0-9]{1,3}-?)?[0-9]{8,15}")
_MEMBER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9@._-]{0,63}")
_EVERYBODY: Final = "all"
_HEADERS: Final = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Huiying"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotSettings:
    """A robot of one group: the provider's address, the key that names the robot, and the secret that signs,
    where it has one.
    """

    url: str
    key: str
    secret: str = ""


def apart(values: Mapping[str, str], whole: re.Pattern[str], official: str) -> dict[str, str]:
    """What was typed, with the key taken out of an address that was pasted whole:
    it is a secret, and addresses are shown.

    `whole` tells such an address by the groups `url` and `key`.
    Raises BadSettings where another key was typed beside it.
    """
    pasted = whole.fullmatch(values.get("url", "").strip())
    if pasted is None:
        return dict(values)
    if values.get("key", "").strip() not in {"", pasted["key"]}:
        raise BadSettings("key")
    url = pasted["url"].rstrip("/")
    return {**values, "url": "" if url == official else url, "key": pasted["key"]}


def robot(
    values: Mapping[str, str], whole: re.Pattern[str], official: str, *, is_signed: bool
) -> RobotSettings:
    """The settings that a form or a row holds, with the provider's official address where none is typed;
    raises BadSettings.
    """
    url = values.get("url", "").strip().rstrip("/") or official
    typed = values.get("key", "").strip()
    if not _is_plain(url) or whole.fullmatch(url) or (typed and typed in url):
        raise BadSettings("url")
    key, secret = values.get("key", "").strip(), values.get("secret", "").strip()
    if not _KEY.fullmatch(key):
        raise BadSettings("key")
    if is_signed and not _SECRET.fullmatch(secret):
        raise BadSettings("secret")
    return RobotSettings(url=url, key=key, secret=secret)


def _is_plain(url: str) -> bool:
    """Whether an address names a server and a path, and nothing behind or before that could be a key."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return False
    is_web = url.startswith(("https://", "http://")) and len(url) <= _LONGEST_URL
    return bool(host) and is_web and not {"?", "#", "@"} & set(url)


def is_mobile(address: str) -> bool:
    """Whether a person is mentioned by a mobile number, else by a name that the provider gave."""
    return _MOBILE.fullmatch(address) is not None


def member(text: str, field: str = "address") -> str:
    """A mobile number or a member's id; raises BadSettings for what is none,
    and for what would mention everybody.
    """
    plain = text.strip()
    is_member = is_mobile(plain) or _MEMBER.fullmatch(plain)
    if not is_member or plain.strip("@").casefold() == _EVERYBODY:
        raise BadSettings(field)
    return plain


def text_of(message: Message) -> str:
    """What the group reads."""
    return "\n".join(lines(replace(message, link="")))


def post(url: str, content: Mapping[str, Any], out: Outgoing) -> tuple[str, Mapping[str, Any]]:
    """Hand a content to a robot; its host, and what it says.

    Raises NotTaken for whatever is no answer in JSON.
    """
    try:
        host = out.checked(url).hostname or ""
        answer = out.post(url, json.dumps(content, ensure_ascii=False).encode(), _HEADERS)
    except BadSettings:
        raise NotTaken("address_refused") from None
    if answer.status not in _TAKEN:
        raise NotTaken(f"http_{answer.status}", host)
    return host, _said(answer, host)


def code_in(said: Mapping[str, Any], *names: str) -> int:
    """The number by which a robot says what became of a message, 0 for all well;
    raises NotTaken where it says none.
    """
    for name in names:
        number = said.get(name)
        if isinstance(number, int) and not isinstance(number, bool):
            return number
    raise NotTaken("malformed")


def require_taken(number: int, why: Mapping[int, str], host: str) -> None:
    """Raises NotTaken with the word for a number that is not 0;
    whatever a robot refuses, it is not for the person mentioned.
    """
    if number:
        raise NotTaken(f"{why.get(number, 'not_taken')}/{number}", host)


def _said(answer: ChannelReply, host: str) -> Mapping[str, Any]:
    if len(answer.content) >= LARGEST_ANSWER:
        raise NotTaken("malformed", host)
    try:
        said = json.loads(answer.content)
    except (ValueError, RecursionError):
        raise NotTaken("malformed", host) from None
    if not isinstance(said, dict):
        raise NotTaken("malformed", host)
    return said


def numbered(words: Mapping[str, tuple[int, ...]]) -> dict[int, str]:
    """Number → word, of words with the numbers that a provider documents for them."""
    return dict(_pairs(words))


def _pairs(words: Mapping[str, tuple[int, ...]]) -> Iterator[tuple[int, str]]:
    for word, numbers in words.items():
        for number in numbers:
            yield number, word
