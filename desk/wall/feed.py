"""What the wall screens show, made once per change and per scope however many look on."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from api.errors import WebProblem
from casework.ledger_session import reading
from casework.outcomes import Unavailable
from domain.terms.roles import Actor
from storage.changes import Mark, mark
from storage.database import Database
from words.language import Language

LOOK_SECONDS: Final = 1.0  # between two looks at the record, one for all screens
ANEW: Final = timedelta(minutes=5)  # a screen is made again after that even if nothing was recorded
MOST_STREAMS: Final = 200  # of one process; a web process has a connection open for each
MOST_OF_A_PERSON: Final = 6


class TooManyScreens(WebProblem):
    """As many screens as one person, or this server, may have are open."""

    status, code = HTTPStatus.SERVICE_UNAVAILABLE, "too_many_screens"
    headers = {"Retry-After": "10"}  # noqa: RUF012  never changed


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Whose incidents a screen shows (no units: all), drills or not, in which language;
    equal views share one screen.
    """

    units: tuple[str, ...]
    drill: bool | None
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshScreen:
    """A screen as it was made: its HTML, and when it looks different though nothing is recorded."""

    html: str
    turns_at: datetime | None


@dataclass
class Screen:
    """The latest of one view; `version` counts up from 0, at which nothing was made yet."""

    actor: Actor
    viewers: int = 0
    version: int = 0
    html: str = ""
    as_of: tuple[Mark, bool] | None = None
    anew_at: datetime | None = None
    _turned: asyncio.Event = field(default_factory=asyncio.Event)

    async def changed(self, version: int, seconds: float) -> None:
        """Wait for a later version than was seen, for so many seconds at most."""
        turned = self._turned
        if self.version > version:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await turned.wait()

    def show(self, screen: FreshScreen, as_of: tuple[Mark, bool], now: datetime) -> None:
        """Take what was made, and tell everybody who waits."""
        self.html, self.as_of, self.version = screen.html, as_of, self.version + 1
        self.anew_at = min(now + ANEW, screen.turns_at or now + ANEW)
        self.wake()

    def wake(self) -> None:
        """Let nobody wait any longer."""
        turned, self._turned = self._turned, asyncio.Event()
        turned.set()


Maker = Callable[[View, Actor], Awaitable[FreshScreen]]


class WallFeed:
    """The screens of one process: while anybody looks on,
    one task looks at the record and makes anew what changed.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        beats: Callable[[], Awaitable[bool]],
        make: Maker,
    ) -> None:
        self.checked_at: datetime | None = None  # when the record was last looked at with success
        self._database = database
        self._clock = clock
        self._beats = beats
        self._make = make
        self._screens: dict[View, Screen] = {}
        self._persons: Counter[str] = Counter()
        self._looking: asyncio.Task[None] | None = None
        self.is_stopping = False

    @property
    def viewers(self) -> int:
        """How many look on."""
        return self._persons.total()

    def join(self, view: View, actor: Actor) -> Screen:
        """A screen to look at until `leave`; raises TooManyScreens."""
        if self.viewers >= MOST_STREAMS or self._persons[actor.person] >= MOST_OF_A_PERSON:
            raise TooManyScreens
        self.go_on()
        screen = self._screens.setdefault(view, Screen(actor))
        screen.viewers += 1
        self._persons[actor.person] += 1
        return screen

    def leave(self, view: View, actor: Actor) -> None:
        """Somebody has stopped looking; what nobody looks at is forgotten."""
        self._persons -= Counter({actor.person: 1})
        screen = self._screens[view]
        screen.viewers -= 1
        if not screen.viewers:
            del self._screens[view]

    def go_on(self) -> None:
        """See to it that somebody looks at the record; raises the defect that ended the look before, once."""
        ended = self._looking
        if ended is not None and not ended.done():
            return
        self._looking = asyncio.create_task(self._look_on())
        if ended is not None and (defect := ended.exception()) is not None:
            raise defect

    def stop(self) -> None:
        """End all streams: the server is about to stop, and waits for them."""
        self.is_stopping = True
        for screen in self._screens.values():
            screen.wake()

    async def close(self) -> None:
        """Stop looking."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def _look_on(self) -> None:
        while self._screens:
            with suppress(Unavailable):  # the screens say how old they are
                await self._look()
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        async with reading(self._database) as session:
            latest = await mark(session)
        as_of, now = (latest, await self._beats()), self._clock()
        for view, screen in list(self._screens.items()):
            if screen.as_of != as_of or (screen.anew_at is not None and now >= screen.anew_at):
                screen.show(await self._make(view, screen.actor), as_of, now)
        self.checked_at = now
