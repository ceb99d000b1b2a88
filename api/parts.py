"""What routes ask of the application, each part by its type:
the one place of the web that knows what the application carries.

A route names a part as a parameter (`database: Ledger`, `clock: Clock`);
what a route calls with its request asks `parts_of`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request
from starlette.datastructures import State

from casework.commands import Commands
from casework.outlines import Outlines
from casework.pulse import Pulse
from casework.visibility import Visibility
from casework.vitals import Vitals
from casework.watched import Watching
from domain.law.regulation import Law
from domain.terms.workdays import SHANGHAI
from settings import Settings
from storage.database import Database
from storage.regulations import load_law

if TYPE_CHECKING:  # both ask for parts themselves
    from api.audit_book import AuditBook
    from api.security import ApiTokens


class Parts:
    """The parts of one application; those that need a running one are there from its start on."""

    def __init__(self, state: State) -> None:
        self._state = state

    @property
    def settings(self) -> Settings:
        """What this installation is set to."""
        settings: Settings = self._state.settings
        return settings

    @property
    def clock(self) -> Callable[[], datetime]:
        """Tells the real time, in UTC."""
        clock: Callable[[], datetime] = self._state.clock
        return clock

    @property
    def database(self) -> Database:
        """The ledger's database."""
        database: Database = self._state.database
        return database

    @property
    def commands(self) -> Commands:
        """Gives steps to cases."""
        commands: Commands = self._state.commands
        return commands

    @property
    def visibility(self) -> Visibility:
        """Tells who may see a case."""
        visibility: Visibility = self._state.visibility
        return visibility

    @property
    def api_tokens(self) -> "ApiTokens":
        """The persons whose tokens were shown."""
        tokens: ApiTokens = self._state.api_tokens
        return tokens

    @property
    def audit_book(self) -> "AuditBook":
        """The book in which is written who looked."""
        book: AuditBook = self._state.audit_book
        return book

    @property
    def watching(self) -> Watching:
        """What the watch says."""
        watching: Watching = self._state.watching
        return watching

    @property
    def vitals(self) -> Vitals:
        """Whether database, Temporal and worker do what they exist for."""
        vitals: Vitals = self._state.vitals
        return vitals

    @property
    def pulse(self) -> Pulse:
        """Whether the clock of the cases runs."""
        pulse: Pulse = self._state.pulse
        return pulse

    @property
    def outlines(self) -> Outlines:
        """The outlines of the cases that were replayed last."""
        outlines: Outlines = self._state.outlines
        return outlines

    def law_now(self) -> Law:
        """The law as shipped for this year; cases keep that of their registration."""
        return load_law(self.settings.regulation, self.clock().astimezone(SHANGHAI).year)


def parts_of(request: Request) -> Parts:
    """The parts of the application that a request came to."""
    return Parts(request.app.state)


# Asynchronous, though none waits: a plain function would be handed to a thread.
async def _settings(request: Request) -> Settings:
    return parts_of(request).settings


async def _clock(request: Request) -> Callable[[], datetime]:
    return parts_of(request).clock


async def _database(request: Request) -> Database:
    return parts_of(request).database


async def _commands(request: Request) -> Commands:
    return parts_of(request).commands


async def _visibility(request: Request) -> Visibility:
    return parts_of(request).visibility


async def _watching(request: Request) -> Watching:
    return parts_of(request).watching


async def _vitals(request: Request) -> Vitals:
    return parts_of(request).vitals


async def _outlines(request: Request) -> Outlines:
    return parts_of(request).outlines


async def _law_now(request: Request) -> Law:
    return parts_of(request).law_now()


AppSettings = Annotated[Settings, Depends(_settings)]
Clock = Annotated[Callable[[], datetime], Depends(_clock)]
Ledger = Annotated[Database, Depends(_database)]
StepCommands = Annotated[Commands, Depends(_commands)]
CaseVisibility = Annotated[Visibility, Depends(_visibility)]
Watch = Annotated[Watching, Depends(_watching)]
LifeSigns = Annotated[Vitals, Depends(_vitals)]
CaseOutlines = Annotated[Outlines, Depends(_outlines)]
LawNow = Annotated[Law, Depends(_law_now)]
