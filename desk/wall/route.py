"""值班大屏: the wall screen, and the stream that keeps it up to date while its reader may see it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from time import monotonic
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.sse import EventSourceResponse, format_sse_event
from starlette.types import Message, Receive, Scope, Send

from api.audit_book import writes
from api.parts import Parts, parts_of
from api.security import Bearer
from casework.ledger_session import reading
from casework.outcomes import Problem, Unavailable
from desk.alarms.view import band
from desk.board.page import COUNTED
from desk.board.route import standings_of
from desk.board.view import board_rows
from desk.frame.page import TEMPLATES, rendered
from desk.sign_in.page_access import Reader, reader
from desk.sign_in.sessions import forget_session
from desk.wall.feed import FreshScreen, View, WallFeed
from desk.wall.view import Wall, wall
from domain.terms.roles import Actor
from storage import queries
from storage.audit_book import BookDeed
from storage.filters import IncidentFilter, Order
from storage.scope import units_of
from storage.sign_ins import ABSOLUTE, SignedIn
from storage.snapshots import snapshots
from words.language import speak, spoken
from words.wording import MomentText, moment

LISTED: Final = 60  # incidents that the wall goes through page by page; of the others it says how many
REGISTERED_LAST: Final = 200  # among which those of today are counted
PULSE_SECONDS: Final = 10.0  # between signs of life
RECHECK_SECONDS: Final = 20.0  # between looks at whether the reader may still see this
UNREAD_SECONDS: Final = 20.0  # a stream that takes nothing for so long is ended
SOON_OVER: Final = timedelta(minutes=30)
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Drill = Annotated[bool | None, Query()]


async def _feed(request: Request) -> WallFeed:
    feed: WallFeed = request.app.state.wall
    return feed


Feed = Annotated[WallFeed, Depends(_feed)]


def open_feed(parts: Parts) -> WallFeed:
    """The feed of an application whose database is open."""

    async def make(view: View, actor: Actor) -> FreshScreen:
        speak(view.language)
        page = await _wall(parts, actor, view.drill)
        html = TEMPLATES.get_template("wall/screen.html").render(wall=page)
        return FreshScreen(html=html, turns_at=page.turns_at)

    return WallFeed(parts.database, parts.clock, parts.pulse.beats, make)


@router.get("/wall")
@writes(BookDeed.LIST_READ, renews=True)
async def show_wall(request: Request, actor: Reader, drill: Drill = None) -> HTMLResponse:
    """值班大屏。 The wall screen, as it stands; its script follows the stream."""
    page = await _wall(parts_of(request), actor, drill)
    return await rendered(
        request, "wall/page.html", wall=page, ends=_ends(request), stream=_stream_address(drill)
    )


@router.get("/wall/stream")
@writes(BookDeed.LIST_READ)
async def follow_wall(
    request: Request, feed: Feed, credentials: Bearer, actor: Reader, drill: Drill = None
) -> Response:
    """The screen anew whenever it changes, and a sign of life in between, until the session ends."""
    return _Stream(request, feed, credentials, actor, _view(actor, drill))


async def _wall(parts: Parts, actor: Actor, drill: bool | None) -> Wall:  # noqa: FBT001  of the address
    now = parts.clock().replace(microsecond=0)
    actor = replace(actor, person="")  # a wall is read by whoever comes by: nothing that is closed to persons
    open_ones = IncidentFilter(closed=False, drill=drill)
    async with reading(parts.database) as session:
        page = await queries.incidents(session, open_ones, actor=actor, order=Order.DUE, limit=COUNTED)
        cases = await snapshots(session, [line.incident_id for line in page.items[:LISTED]])
        latest = await queries.incidents(
            session, IncidentFilter(drill=drill), actor=actor, limit=REGISTERED_LAST
        )
    incidents = [case.state for case in cases.values()]
    standings = tuple(standings_of(page.items, incidents))
    return wall(board_rows(incidents, now), page.items, standings, latest.items, now)


def _view(actor: Actor, drill: bool | None) -> View:  # noqa: FBT001  of the address
    return View(units=units_of(actor, None), drill=drill, language=spoken())


def _ends(request: Request) -> MomentText | None:
    """When the session ends whatever happens, None for readers without one."""
    login_session: SignedIn | None = getattr(request.state, "signed_in", None)
    return (
        None if login_session is None else moment((login_session.began_at + ABSOLUTE).replace(microsecond=0))
    )


def _stream_address(drill: bool | None) -> str:  # noqa: FBT001  of the address
    return "/wall/stream" if drill is None else f"/wall/stream?drill={str(drill).lower()}"


class _Stream(EventSourceResponse):
    """One reader's stream; it leaves its screen on every way out, also when nobody takes what it sends."""

    def __init__(self, request: Request, feed: WallFeed, credentials: Any, actor: Actor, view: View) -> None:
        super().__init__(self._events(), headers={"X-Accel-Buffering": "no"})
        self._request, self._credentials = request, credentials
        self._actor, self._view = actor, view
        self._feed = feed
        self._screen = self._feed.join(view, actor)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until the reader goes, may see it no longer, or stops reading."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._feed.leave(self._view, self._actor)

    async def stream_response(self, send: Send) -> None:
        """Send what comes; who takes nothing for long is left."""

        async def patiently(message: Message) -> None:
            async with asyncio.timeout(UNREAD_SECONDS):
                await send(message)

        with suppress(TimeoutError):
            await super().stream_response(patiently)

    async def _events(self) -> AsyncIterator[bytes]:
        version, checked = 0, monotonic()
        while not self._feed.is_stopping:
            self._feed.go_on()
            if self._screen.version > version:
                version = self._screen.version
                yield _event("screen", self._screen.html)
            yield _event("pulse", await self._pulse())
            await self._screen.changed(version, PULSE_SECONDS)
            if monotonic() - checked < RECHECK_SECONDS:
                continue
            standing = await self._still()
            if standing is False:
                yield _event("ended", "")
                return
            checked = monotonic()

    async def _still(self) -> bool | None:
        """Whether the reader may still see this view; None while nobody can say,
        and then nothing new comes either.
        """
        before = getattr(self._request.state, "signed_in", None)
        forget_session(self._request)
        try:
            actor = await reader(self._request, self._credentials)
        except Unavailable:
            self._request.state.signed_in = before
            return None
        except Problem:
            return False
        return units_of(actor, None) == self._view.units

    async def _pulse(self) -> str:
        now = parts_of(self._request).clock()
        watched = await parts_of(self._request).watching.lately()
        looked = watched.looked_at
        checked = self._feed.checked_at
        login_session: SignedIn | None = getattr(self._request.state, "signed_in", None)
        return json.dumps(
            {
                "now": now.isoformat(timespec="milliseconds"),
                "checked": checked.isoformat(timespec="milliseconds") if checked else None,
                "looked": looked.isoformat(timespec="milliseconds") if looked else None,
                "silent": watched.is_silent,
                "band": band(watched.shown),
                "ending": login_session is not None and login_session.began_at + ABSOLUTE - now <= SOON_OVER,
            }
        )


def _event(name: str, data: str) -> bytes:
    return format_sse_event(event=name, data_str=data)
