"""Who asks: bearer tokens, remembered for a minute,
and an access that every route declares or the build fails.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from time import monotonic
from typing import Annotated, Final, TypeVar

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.routing import BaseRoute, Mount

from api.admission import EVERYBODY, PEOPLE, AuthMethod, admits
from api.errors import Unauthenticated, WebProblem
from api.parts import parts_of
from casework.ledger_session import reading, writing
from casework.means import by_token
from casework.outcomes import Unavailable
from domain.terms.roles import Actor
from storage.api_tokens import Scope, TokenHolder, find_caller, mark_used
from storage.database import Database

REMEMBERED_SECONDS: Final = 60.0
_MOST = 10_000  # callers remembered at one time
_LONGEST_TOKEN = 512
_SAFE = frozenset({"GET", "HEAD"})
_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="bearer",
    description="由 huiying token 生成的令牌。 A token made by huiying token.",
)


Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
A = TypeVar("A", bound=Callable[..., object])
_ACCESSES: set[object] = set()


class ReadOnlyToken(WebProblem):
    """The token serves for reading alone; nothing was done."""

    status, code = HTTPStatus.FORBIDDEN, "read_only_token"


class ApiTokens:
    """The callers of one process: each token is looked up once a minute,
    so that known ones outlast an outage.

    Tokens are remembered by their hash alone. A token is refused at its end, and a minute at the latest after
    it was revoked, or its owner's account disabled or given another post; at once after `forget`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[bytes, tuple[float, TokenHolder]] = OrderedDict()
        self._marking: set[asyncio.Task[None]] = set()

    async def of(self, token: str, now: datetime) -> TokenHolder:
        """The caller who shows a token; raises Unauthenticated,
        or Unavailable when nobody can say for now.
        """
        mark = hashlib.sha256(token.encode()).digest()
        until, person = self._known.get(mark, (0.0, None))
        if person is not None and monotonic() < until:
            if person.has_expired(now):
                raise Unauthenticated
            return person
        async with reading(self._database) as session:
            person = await find_caller(session, token)
        if person is None or person.has_expired(now):
            self._known.pop(mark, None)
            raise Unauthenticated
        self._known[mark] = (monotonic() + REMEMBERED_SECONDS, person)
        self._known.move_to_end(mark)
        if len(self._known) > _MOST:
            self._known.popitem(last=False)
        marking = asyncio.create_task(self._mark_used(token, now))
        self._marking.add(marking)
        marking.add_done_callback(self._marking.discard)
        return person

    def forget(self) -> None:
        """Look every token up anew: one was revoked, or its owner's account was changed."""
        self._known.clear()

    async def _mark_used(self, token: str, now: datetime) -> None:
        """Note the use of a token, once a minute at most;
        a caller does not wait for it, nor for a database that is down.
        """
        with suppress(Unavailable):
            async with writing(self._database) as session:
                await mark_used(session, token, now)

    async def close(self) -> None:
        """Wait for what is still being noted."""
        await asyncio.gather(*self._marking)


def access(dependency: A) -> A:
    """Marks a dependency as an access: a route that depends on it has declared who may ask."""
    _ACCESSES.add(dependency)
    return dependency


@access
@admits(PEOPLE, by=AuthMethod.TOKEN)
async def caller(request: Request, bearer: Bearer) -> Actor:
    """Access `caller`: a person with a valid token; what the person may do is asked of the rules."""
    if (
        bearer is None
        or not 0 < len(bearer.credentials) <= _LONGEST_TOKEN
        or not bearer.credentials.isascii()
    ):
        raise Unauthenticated
    parts = parts_of(request)
    person = await parts.api_tokens.of(bearer.credentials, parts.clock())
    request.state.token = person
    if person.scope is Scope.READ and request.method not in _SAFE:
        raise ReadOnlyToken
    request.state.person, request.state.unit = person.actor.person, person.actor.unit
    by_token(person.id)
    return person.actor


@access
@admits(EVERYBODY, by=AuthMethod.NOTHING)
async def public() -> None:
    """Access `public`: anybody who reaches the address."""


Caller = Annotated[Actor, Depends(caller)]
PUBLIC = Depends(public)
PUBLIC_MOUNTS = frozenset({"/static"})


def access_of(dependant: Dependant) -> frozenset[object]:
    """The accesses that a route depends on."""
    return frozenset(_ACCESSES & _called(dependant))


def undeclared(routes: Iterable[BaseRoute]) -> list[str]:
    """The paths of routes that declare no access: neither a caller nor being public."""
    paths = []
    for context in iter_route_contexts(list(routes)):
        route = context.original_route
        if isinstance(route, Mount) and route.path in PUBLIC_MOUNTS:
            continue
        dependant: Dependant | None = getattr(context, "dependant", None)
        if dependant is None or not access_of(dependant):
            paths.append(str(getattr(context, "path", route)))
    return paths


def require_declared(routes: Iterable[BaseRoute]) -> None:
    """Raises RuntimeError, so that the application does not start, when a route declares no access."""
    if paths := undeclared(routes):
        raise RuntimeError(f"routes without a declared access: {', '.join(sorted(paths))}")


def _called(dependant: Dependant) -> frozenset[object]:
    inner = (_called(other) for other in dependant.dependencies)
    return frozenset({dependant.call}).union(*inner)
