"""Hands a filled template to the provider, and reads from its answer whether it took it."""

import json
from http import HTTPStatus
from typing import Any, Final

from channels.message import BadSettings, Deferred, Message, NotTaken, Taken
from channels.outgoing import LARGEST_ANSWER, ChannelReply, Outgoing
from channels.template.settings import TemplateKind, TemplateSettings, filled
from channels.template.wording import words_of

_TAKEN: Final = range(200, 300)
_OF_THE_PERSON: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY})
_TYPES: Final = {
    TemplateKind.JSON: "application/json; charset=utf-8",
    TemplateKind.FORM: "application/x-www-form-urlencoded; charset=utf-8",
}


def send(message: Message, settings: TemplateSettings, to: str, out: Outgoing) -> Taken:
    """Have the provider take a message; raises Deferred where it did not for this number,
    NotTaken where it does not work.

    What it says beside its status may be of the number or of the account:
    for one person it is the person's, for five the channel's.
    """
    headers = {"Content-Type": _TYPES[settings.kind], "User-Agent": "Huiying"}
    if settings.header:
        headers[settings.header] = settings.secret
    content = filled(settings.body, settings.kind, words_of(message, to)).encode()
    try:
        host = out.checked(settings.url).hostname or ""
        answer = out.post(settings.url, content, headers)
    except BadSettings:
        raise NotTaken("address_refused") from None
    if answer.status in _OF_THE_PERSON:
        raise Deferred(f"http_{answer.status}", host)
    if answer.status not in _TAKEN:
        raise NotTaken(f"http_{answer.status}", host)
    if settings.success is not None:
        path, value = settings.success
        if _found(answer, path, host) != value:
            raise Deferred("not_taken", host)
    return Taken(provider=host, message_id=message.id, detail=f"http_{answer.status}")


def _found(answer: ChannelReply, path: tuple[str, ...], host: str) -> str:
    """What an answer says at a path of names and numbers; raises NotTaken for what is no JSON.

    Empty where it says nothing there.
    """
    if len(answer.content) >= LARGEST_ANSWER:
        raise NotTaken("malformed", host)
    try:
        place: Any = json.loads(answer.content)
    except (ValueError, RecursionError):
        raise NotTaken("malformed", host) from None
    for name in path:
        if isinstance(place, dict):
            place = place.get(name)
        elif isinstance(place, list) and name.isdecimal() and int(name[:6]) < len(place):
            place = place[int(name[:6])]
        else:
            return ""
    if isinstance(place, bool):
        return str(place).lower()
    return str(place) if isinstance(place, str | int) else ""
