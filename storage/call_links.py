"""One-time links: an authenticated name of one message,
which opens nothing but the acknowledgement of its notice.
"""

from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from storage.at_rest import opened, sealed

LASTS: Final = timedelta(hours=24)
LONGEST: Final = 200
_PLACE, _ROW = "call_link", ""
_SEALED: Final = "sealed:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a link names: the attempt whose message carried it, and until when it serves."""

    attempt: str
    expires_at: datetime


def link_token(session: AsyncSession, attempt: str, expires_at: datetime) -> str:
    """The part of an address that names a message, sealed by the house's keys;
    letters, digits, `-`, `_` and one point.
    """
    text = sealed(session, f"{attempt}:{int(expires_at.timestamp())}", _PLACE, _ROW)
    if not text.startswith(_SEALED):
        raise ValueError("links are made where the database was opened with keys alone")
    name, _, content = text.removeprefix(_SEALED).partition(":")
    return f"{name}.{urlsafe_b64encode(_plain(content)).decode().rstrip('=')}"


def link_of(session: AsyncSession, token: str) -> Link | None:
    """What a link names; None for one that the house did not make, whole as it made it."""
    name, _, content = token.partition(".")
    if len(token) > LONGEST or not token.isascii():
        return None
    try:
        raw = urlsafe_b64decode(content + "=" * (-len(content) % 4))
    except ValueError:
        return None
    if urlsafe_b64encode(raw).decode().rstrip("=") != content:
        return None
    text = opened(session, f"{_SEALED}{name}:{b64encode(raw).decode()}", _PLACE, _ROW, never_clear=True)
    attempt, _, seconds = (text or "").partition(":")
    if not seconds.isdecimal():
        return None
    return Link(attempt=attempt, expires_at=datetime.fromtimestamp(int(seconds), UTC))


def _plain(content: str) -> bytes:
    return urlsafe_b64decode(content.replace("+", "-").replace("/", "_"))
