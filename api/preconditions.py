"""The headers that go with a command or a state:
Idempotency-Key, If-Match, ETag, and how the content came.
"""

import asyncio
import re
from typing import Annotated, Final

from fastapi import Header, Request
from starlette.requests import ClientDisconnect

from api.errors import HeaderInvalid, TooLarge, TooSlow, WrongMediaType
from casework.outcomes import KeyInvalid
from casework.submissions import LONGEST_KEY, is_key
from domain.bounds import LARGEST_BODY

BODY_SECONDS: Final = 10.0
_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"|(\d{1,9})').fullmatch

KeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description=(
            f"每个步骤一个，重发时不变；1 至 {LONGEST_KEY} 个可见 ASCII 字符。"
            f" One per step, the same when sending again; 1 to {LONGEST_KEY} visible ASCII characters."
        ),
        examples=["5f0f3c1e-8c39-4a55-9d3c-6b1f6c1a2b3c"],
    ),
]
IfMatchHeader = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description=(
            "读取事件时得到的 ETag；其后已有人办理时回答 412。"
            " The ETag that came with the incident; 412 when somebody acted after it."
        ),
        examples=['"12"'],
    ),
]


def required_key(key: str | None) -> str:
    """The Idempotency-Key; raises KeyInvalid when it is missing or not of visible ASCII."""
    if key is None or not is_key(key):
        raise KeyInvalid
    return key


def expected_number(if_match: str | None) -> int | None:
    """The event number in If-Match; None for no condition.

    Raises HeaderInvalid for what is no ETag of an incident.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    match = _ETAG(if_match.strip())
    if match is None:
        raise HeaderInvalid
    return int(match[1] or match[2])


def etag(event_number: int) -> str:
    """The ETag of an incident's state."""
    return f'"{event_number}"'


async def json_body(request: Request) -> bytes:
    """The content of a request as it came.

    Raises WrongMediaType, TooLarge as soon as that is known, and TooSlow when it does not arrive in time.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise WrongMediaType
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _limited(request)
    except (TimeoutError, ClientDisconnect):
        raise TooSlow from None


async def _limited(request: Request) -> bytes:
    """Counted as it comes: what the sender declares may be wrong or missing."""
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > LARGEST_BODY:
        raise TooLarge
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            raise TooLarge
    return bytes(body)
