"""Hands a message to the gateway, signed by Standard Webhooks (`webhook-id`, `webhook-timestamp`,
`webhook-signature`).
"""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from http import HTTPStatus
from typing import Final

from channels.message import LONGEST_CODE, BadSettings, Deferred, Message, NotTaken, Rejected, Taken
from channels.outgoing import ChannelReply, Outgoing
from channels.webhook.settings import WebhookSettings
from channels.webhook.wording import content_of

_TAKEN: Final = range(200, 300)
# About this message or this person; whatever else is wrong is wrong with the gateway,
# or with how it is set up. What may as well be a wrong address of the gateway is no refusal for good.
_KINDS: Final[dict[int, type[NotTaken]]] = {
    HTTPStatus.BAD_REQUEST: Rejected,
    HTTPStatus.UNPROCESSABLE_ENTITY: Rejected,
    HTTPStatus.NOT_FOUND: Deferred,
    HTTPStatus.GONE: Deferred,
}


def send(message: Message, settings: WebhookSettings, to: str, out: Outgoing) -> Taken:
    """Have the gateway take a message; raises Rejected, Deferred or NotTaken as it answers.

    `webhook-id` stays the same when a message is sent again, so that the gateway can tell.
    """
    return hand_in(message.id, message.at, content_of(message, to), settings, out)


def hand_in(name: str, at: datetime, content: bytes, settings: WebhookSettings, out: Outgoing) -> Taken:
    """Have a receiver take a content under a name by which it knows it again;
    raises Rejected, Deferred or NotTaken as it answers.
    """
    stamp = str(int(at.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Huiying",
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{signature(settings.secret, name, stamp, content)}",
    }
    try:
        host = out.checked(settings.url).hostname or ""
        answer = out.post(settings.url, content, headers)
    except BadSettings:
        raise NotTaken("address_refused") from None
    if answer.status in _TAKEN:
        return Taken(provider=host, message_id=_name(answer) or name, detail=f"http_{answer.status}")
    raise _KINDS.get(answer.status, NotTaken)(f"http_{answer.status}", host)


def signature(secret: bytes, name: str, stamp: str, content: bytes) -> str:
    """HMAC-SHA256 over id, instant and content, in base64."""
    signed = f"{name}.{stamp}.".encode() + content
    return base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def _name(answer: ChannelReply) -> str:
    """Under which name the gateway knows the message, where it says so."""
    try:
        said = json.loads(answer.content)
    except (ValueError, RecursionError):
        return ""
    name = said.get("id") if isinstance(said, dict) else None
    is_name = (
        isinstance(name, str) and name.isascii() and name.isprintable() and 0 < len(name) <= LONGEST_CODE
    )
    return str(name) if is_name else ""
