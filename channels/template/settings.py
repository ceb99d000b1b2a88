"""What a provider of text messages or calls is sent: its address, the template of the content,
and what it says where it took one.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import quote_plus

from channels.message import BadSettings

PLACES: Final = ("to", "text", "number", "deed", "due", "link")
_PLACE: Final = re.compile(r"\{(" + "|".join(PLACES) + r")\}")
_LONGEST: Final = 500
_HEADER: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,60}")
_OWN_HEADERS: Final = frozenset({"host", "content-type", "content-length", "transfer-encoding", "connection"})
_SUCCESS: Final = re.compile(r"([A-Za-z0-9_.-]{1,100})=([^\s=]{1,100})")
_NUMBER: Final = re.compile(r"\+?\d{5,15}")


class TemplateKind(StrEnum):
    """How the content is written."""

    JSON = "json"
    FORM = "form"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSettings:
    """A provider: `success` is the path of a field of its answer and the value that means taken,
    empty where the status says it.
    """

    url: str
    kind: TemplateKind
    body: str
    header: str = ""
    secret: str = ""
    success: tuple[tuple[str, ...], str] | None = None


def read(values: Mapping[str, str]) -> TemplateSettings:
    """The settings that a form or a row holds; raises BadSettings with the name of the first that is none."""
    url, kind = values.get("url", "").strip(), values.get("kind", "")
    if not url.startswith(("https://", "http://")) or len(url) > _LONGEST:
        raise BadSettings("url")
    if kind not in set(TemplateKind):
        raise BadSettings("kind")
    header, secret = values.get("header", "").strip(), values.get("secret", "")
    if header and (not _HEADER.fullmatch(header) or header.casefold() in _OWN_HEADERS):
        raise BadSettings("header")
    if bool(header) is not bool(secret) or not (secret.isascii() and secret.isprintable()):
        raise BadSettings("secret")
    return TemplateSettings(
        url=url,
        kind=TemplateKind(kind),
        body=_body(values.get("body", ""), TemplateKind(kind)),
        header=header,
        secret=secret,
        success=_success(values.get("success", "").strip()),
    )


def _body(text: str, kind: TemplateKind) -> str:
    """A template that names whom it goes to, and is what it says to be whatever stands in its places."""
    if "{to}" not in text or len(text) > _LONGEST or not text.isprintable():
        raise BadSettings("body")
    if kind is TemplateKind.JSON:
        try:
            json.loads(filled(text, kind, dict.fromkeys(PLACES, '"{}\\')))
        except ValueError:
            raise BadSettings("body") from None
    return text


def _success(text: str) -> tuple[tuple[str, ...], str] | None:
    if not text:
        return None
    match = _SUCCESS.fullmatch(text)
    if match is None:
        raise BadSettings("success")
    return tuple(match[1].split(".")), match[2]


def filled(body: str, kind: TemplateKind, words: Mapping[str, str]) -> str:
    """A template with words in its places, written so that they are nothing but words."""
    write: Callable[[str], str] = quote_plus if kind is TemplateKind.FORM else _in_json
    return _PLACE.sub(lambda match: write(words[match[1]]), body)


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def address(text: str, field: str = "address") -> str:
    """A telephone number; raises BadSettings for what is none."""
    plain = re.sub(r"[\s-]", "", text)
    if not _NUMBER.fullmatch(plain):
        raise BadSettings(field)
    return plain
