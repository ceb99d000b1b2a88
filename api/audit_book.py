"""The audit book at the web: each route declares what it writes down, and an answer waits for its entry."""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic
from typing import Any, Final, TypeVar

from fastapi import Request
from fastapi.routing import iter_route_contexts
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.routing import BaseRoute, Mount

from api.parts import parts_of
from api.security import PUBLIC_MOUNTS
from casework.ledger_session import answering, reading
from casework.outcomes import Unavailable
from storage.api_tokens import TokenHolder
from storage.audit_book import BookDeed, BookEntry, DeedOutcome, Means, Origin, append, enter, mark
from storage.checkpoint_codes import is_printed
from storage.database import Database
from storage.installation import installation_id
from storage.sign_ins import SignedIn

A = TypeVar("A", bound=Callable[..., object])

_TOGETHER: Final = 200  # entries in one commit
_PATIENCE: Final = 5.0  # seconds for an entry: a disk that is slow for a moment turns no reader away
_MOST_WAITING: Final = 2000  # entries; whoever comes beyond is told that the book is unavailable
_LOCAL: Final = "local"
RENEWAL: Final = "X-Huiying-Renewal"
"""The header of a page that renews itself."""

_CODE: Final = re.compile(r"\d{4}-\d{2}-\d{2}|(?!(.*\d){7})[A-Za-z0-9][A-Za-z0-9_.:-]{0,40}").fullmatch
_ID: Final = re.compile(r"inc-[0-9a-f]{24}|(?=.*[a-f])[0-9a-f]{8,40}").fullmatch
_WORDS: Final = frozenset({"q", "text", "title", "topic", "url"})
_FILTERS: Final = frozenset(
    [
        "after",
        "all",
        "at",
        "before",
        "class",
        "closed",
        "copy",
        "day",
        "deed",
        "done",
        "drill",
        "from",
        "kind",
        "level",
        "limit",
        "live",
        "mark",
        "mine",
        "outcome",
        "overdue",
        "quarter",
        "scope",
        "stage",
        "step",
        "to",
        "unit",
        "until",
        "waiting",
        "way",
        "who",
        "year",
    ]
)
_DONE: Final = 200
_WRONG: Final = 500
_REFUSED: Final = 400
_DENIED: Final = frozenset({401, 403, 404})


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenAct:
    """A route whose every request stands in the book: with words to search for as a search.

    Of parts of pages the first of a session does (`once`),
    of pages that renew themselves the opening (`renews`).
    """

    deed: BookDeed
    searches: bool = False
    once: bool = False
    renews: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InTheLog:
    """A route of commands, which the event log records;
    the book has what was denied, and no command waits for it.

    `shows` is what a page is that answers in place of the step:
    a form with what was wrong, or what the step would do.
    """

    shows: BookDeed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwritten:
    """A route that need not be written down, and why."""

    why: str


Declaration = WrittenAct | InTheLog | Unwritten
_DECLARED: Final[dict[object, Declaration]] = {}


def writes(
    deed: BookDeed, *, searches: bool = False, once: bool = False, renews: bool = False
) -> Callable[[A], A]:
    """Declares beside a route what its requests are in the audit book."""
    return _declaring(WrittenAct(deed=deed, searches=searches, once=once, renews=renews))


def in_the_log(endpoint: A) -> A:
    """Declares that the event log records what the route does."""
    return _declaring(InTheLog())(endpoint)


def in_the_log_or(shows: BookDeed) -> Callable[[A], A]:
    """Declares that the event log records a route's step, and the book the page answering in its place."""
    return _declaring(InTheLog(shows=shows))


def unwritten(why: str) -> Callable[[A], A]:
    """Declares that a route need not be written down, and why."""
    return _declaring(Unwritten(why=why))


def _declaring(declaration: Declaration) -> Callable[[A], A]:
    def declare(endpoint: A) -> A:
        _DECLARED[endpoint] = declaration
        return endpoint

    return declare


def declaration_of(endpoint: object) -> Declaration | None:
    """What a route has declared, also where it stands within another function; None for one that has not."""
    return _DECLARED.get(getattr(endpoint, "__wrapped__", endpoint))


def require_written(routes: Iterable[BaseRoute]) -> None:
    """Raises RuntimeError, so that the application does not start,
    when a route declares neither what it writes nor why not.
    """
    silent = []
    for context in iter_route_contexts(list(routes)):
        if isinstance(context.original_route, Mount) and context.original_route.path in PUBLIC_MOUNTS:
            continue
        dependant = getattr(context, "dependant", None)
        if dependant is None or declaration_of(dependant.call) is None:
            silent.append(str(getattr(context, "path", context.original_route)))
    if silent:
        raise RuntimeError(
            f"these routes do not declare what the audit book has of them: {', '.join(silent)}"
        )


class AuditBook:
    """The book of one process: entries that wait at one time share a commit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[BookEntry, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._installation: str | None = None

    async def installation(self) -> str:
        """The id of the installation, by which words that were searched for are marked;
        raises Unavailable.
        """
        if self._installation is None:
            async with reading(self._database) as session:
                self._installation = await installation_id(session) or ""
        return self._installation

    async def write(self, entry: BookEntry) -> None:
        """Write an entry durably; raises Unavailable when the database does not take it in time.

        Whoever was told so may find the entry written all the same:
        the book errs towards more, never towards less.
        """
        if len(self._waiting) >= _MOST_WAITING:
            raise Unavailable("database")
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, future))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_waiting())
        with answering():
            async with asyncio.timeout(_PATIENCE):
                await future

    async def close(self) -> None:
        """Wait for what is being written."""
        if self._writer is not None and not self._writer.done():
            await asyncio.gather(self._writer, return_exceptions=True)

    async def _write_waiting(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_TOGETHER], self._waiting[_TOGETHER:]
            entries = [entry for entry, future in batch if not future.done()]  # the others were given up on
            error: Exception | None = None
            try:
                async with asyncio.timeout(2 * _PATIENCE):
                    await self._database.write(partial(append, entries=entries))
            except Exception as failure:  # noqa: BLE001  each who waits is told of it
                error = failure
            for _, future in batch:
                if not future.done():
                    future.set_result(None) if error is None else future.set_exception(error)


class Openings:
    """Which pages a session has open, so that a page that renews itself is not an opening each time.

    What a browser says of itself does not do: a renewal counts as one where this process has written
    the opening down.
    """

    _LASTS: Final = 12 * 3600.0
    _MOST: Final = 10_000

    def __init__(self) -> None:
        self._open: OrderedDict[tuple[str, str], float] = OrderedDict()

    def renews(self, request: Request, origin: Origin, declaration: WrittenAct) -> bool:
        """Whether a request renews a page, or fetches a part of it anew, whose opening stands in the book."""
        is_renewal = declaration.once or (declaration.renews and request.headers.get(RENEWAL) == "1")
        if origin.means is not Means.SESSION or request.method != "GET" or not is_renewal:
            return False
        since = self._open.get((origin.means_id, str(request.url)))
        return since is not None and monotonic() - since < self._LASTS

    def note(self, request: Request, origin: Origin) -> None:
        """Remember the opening of a page that has been written down."""
        if origin.means is Means.SESSION and request.method == "GET":
            self._open[origin.means_id, str(request.url)] = monotonic()
            while len(self._open) > self._MOST:
                self._open.popitem(last=False)


class Denials:
    """A bound on what one source can make the book grow by being denied: the rest of a minute is a count."""

    _MOST: Final = 30  # entries of one source in a minute
    _SECONDS: Final = 60.0
    _SOURCES: Final = 10_000

    def __init__(self) -> None:
        self._counted: OrderedDict[str, tuple[float, int, int]] = OrderedDict()

    def admit(self, source: str) -> int | None:
        """How many denials of a source were counted and not written since its last entry;
        None for one more of these.
        """
        began, written, unwritten_ = self._counted.get(source, (monotonic(), 0, 0))
        if monotonic() - began > self._SECONDS:
            began, written = monotonic(), 0
        if written >= self._MOST:
            self._counted[source] = (began, written, unwritten_ + 1)
            return None
        self._counted[source] = (began, written + 1, 0)
        self._counted.move_to_end(source)
        while len(self._counted) > self._SOURCES:
            self._counted.popitem(last=False)
        return unwritten_


def origin_of(request: Request) -> Origin:
    """Who asks, as far as the accesses of the route have found out, and from where."""
    session: SignedIn | None = getattr(request.state, "signed_in", None)
    token: TokenHolder | None = getattr(request.state, "token", None)
    origin = getattr(request.state, "origin", Origin())
    if token is not None:
        actor = token.actor
        origin = Origin(
            means=Means.TOKEN, means_id=token.id, person=actor.person, post=actor.role.value, unit=actor.unit
        )
    elif session is not None:
        origin = of_session(session)
    elif getattr(request.state, "is_local", False):
        origin = Origin(means=Means.MACHINE, person=_LOCAL)
    address = request.client.host if request.client else ""
    return replace(origin, address=address, trace_id=str(getattr(request.state, "trace_id", "")))


def of_session(session: SignedIn) -> Origin:
    """Whose a session is, as the book names the person."""
    account = session.account
    return Origin(
        means=Means.SESSION,
        means_id=session.id,
        person=account.login,
        post=account.post.value,
        unit=account.unit,
    )


def name_person(request: Request, *, person: str, post: str, unit: str) -> None:
    """Say whom a request is about that nobody is signed in for yet:
    who tries to sign in at an account that exists.
    """
    request.state.origin = Origin(person=person, post=post, unit=unit)


def add_detail(request: Request, **detail: str) -> None:
    """Add names and codes to the entry of a request; words searched for come as `words`, and are marked."""
    request.state.book_detail = {**getattr(request.state, "book_detail", {}), **detail}


async def enter_deed(
    request: Request, session: AsyncSession, deed: BookDeed, subject: str = "", **detail: str
) -> None:
    """Write down what a session that writes does, in its transaction; no further entry is needed then."""
    origin, at = origin_of(request), parts_of(request).clock()
    await enter(session, BookEntry(at=at, deed=deed, origin=origin, subject=subject, detail=detail))
    request.state.is_written_down = True


async def enter_also(request: Request, deed: BookDeed) -> None:
    """Write down what a route does beside its own deed, before it does it; raises Unavailable."""
    book = parts_of(request).audit_book
    await book.write(entry_of(request, WrittenAct(deed=deed), _DONE, await book.installation()))


def entry_of(
    request: Request, declaration: WrittenAct | InTheLog, status: int, installation: str
) -> BookEntry:
    """The entry of a request that was answered with a status."""
    words = {name: value for name, value in request.query_params.items() if name in _WORDS and value.strip()}
    deed = declaration.deed if isinstance(declaration, WrittenAct) else _of_step(request, declaration, status)
    if words and isinstance(declaration, WrittenAct) and declaration.searches:
        deed = BookDeed.SEARCH
    problem = str(getattr(request.state, "problem", ""))
    detail = {
        "request": f"{request.method} {getattr(request.scope.get('route'), 'path', '')}",
        "status": str(status),
        **({"problem": problem} if problem else {}),
        **_told(getattr(request.state, "book_detail", {}), installation),
        **_told(request.query_params, installation, "?"),
    }
    return BookEntry(
        at=parts_of(request).clock(),
        deed=deed,
        origin=origin_of(request),
        outcome=_outcome(status, problem),
        subject="/".join(_named(str(value), installation) for value in request.path_params.values()),
        detail=detail,
    )


def _of_step(request: Request, declaration: InTheLog, status: int) -> BookDeed:
    is_page = declaration.shows is not None and not is_denied(request, status)
    return declaration.shows if is_page and declaration.shows is not None else BookDeed.COMMAND


def is_denied(request: Request, status: int) -> bool:
    """Whether a request was denied to who asked."""
    return status in _DENIED or getattr(request.state, "problem", "") == "sign_in_needed"


def is_refused(request: Request, status: int) -> bool:
    """Whether a request was refused for any reason, or comes from nobody known:
    such are written down within a bound.
    """
    return _REFUSED <= status < _WRONG or is_denied(request, status)


def _outcome(status: int, problem: str) -> DeedOutcome:
    if status >= _WRONG:
        return DeedOutcome.FAILED
    return DeedOutcome.REFUSED if status >= _REFUSED or problem else DeedOutcome.DONE


def _told(values: Mapping[str, Any], installation: str, before: str = "") -> dict[str, str]:
    """What a request names: codes of filters and of the log as they are, all else as its mark."""
    return {
        f"{before}{name}": value
        if (name in _FILTERS and _CODE(value)) or (before + name == "checkpoint" and is_printed(value))
        else f"≈{mark(installation, value)}"
        for name, value in ((name, str(value)) for name, value in values.items())
        if value.strip() and _CODE(name)
    }


def _named(value: str, installation: str) -> str:
    """A part of an address: an id or a code as it is, whatever else somebody wrote there as its mark."""
    return value if _ID(value) or _CODE(value) else f"≈{mark(installation, value)}"
