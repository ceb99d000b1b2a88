"""解码: opens payloads for Temporal's own pages, by the protocol of its codec server;
off unless settings name their origin.

For the system administrator who is signed in, from that origin alone. What it shows is content, which that
post sees nowhere else: it is meant for the hour in which a case fails, and is turned off again
(docs/deployment.md).
"""

from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from google.protobuf.json_format import MessageToDict, Parse, ParseError
from temporalio.api.common.v1 import Payload, Payloads

from api.admission import EVERYBODY, AccessOutcome, CallerClass, narrowed
from api.audit_book import add_detail, unwritten, writes
from api.parts import parts_of
from api.preconditions import json_body
from api.security import PUBLIC
from casework.edge import FieldError, Malformed
from casework.outcomes import NotFound
from desk.administration.access import System
from desk.sign_in.sessions import ForeignForm
from storage.audit_book import BookDeed
from workflows.keys import keyring
from workflows.opening import readable

PATH: Final = "/engine/decode"
_NAMED: Final = 10  # cases in the entry of the audit book
_MOST: Final = 1000  # payloads at one time
router = APIRouter(include_in_schema=False)


@router.options(PATH, dependencies=[PUBLIC])
@narrowed(AccessOutcome.NOT_FOUND, EVERYBODY)
@unwritten("tells nothing but the origin that the settings name")
async def may_ask(request: Request) -> Response:
    """What a browser asks before it sends a question from another origin."""
    return Response(status_code=204, headers=_allowed(_origin(request)))


@router.post(PATH)
@writes(BookDeed.INCIDENT_READ)
@narrowed(AccessOutcome.NOT_FOUND, {CallerClass.SYSTEM_ADMINISTRATOR})
async def decode(request: Request, _: System) -> Response:
    """Each payload as it was before it was sealed; one that does not open for the case it names says
    so in its place.
    """
    origin = _origin(request)
    if request.headers.get("origin") != origin:
        raise ForeignForm
    settings = parts_of(request).settings
    keys = keyring(settings.keys_dir)
    sealed = _read(await json_body(request))
    cases = sorted({payload.metadata.get("case", b"").decode(errors="replace")[:64] for payload in sealed})
    add_detail(request, incidents=" ".join(cases[:_NAMED]))
    payloads = [readable(payload, keys) for payload in sealed]
    content: dict[str, Any] = MessageToDict(Payloads(payloads=payloads))
    return JSONResponse({"payloads": content.get("payloads", [])}, headers=_allowed(origin))


def _read(body: bytes) -> list[Payload]:
    try:
        payloads = Parse(body, Payloads(), ignore_unknown_fields=True)
    except (ParseError, UnicodeDecodeError):
        raise Malformed((FieldError("/payloads", "wrong_value"),)) from None
    return list(payloads.payloads)[:_MOST]


def _origin(request: Request) -> str:
    """The origin of Temporal's own pages; raises NotFound where none is named."""
    origin: str = parts_of(request).settings.temporal_codec_origin
    if not origin:
        raise NotFound
    return origin


def _allowed(origin: str) -> dict[str, str]:
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": "content-type, x-namespace",
        "Vary": "Origin",
    }
