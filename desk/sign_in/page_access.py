"""Who may read the pages: who is signed in, whoever shows a bearer token,
or this machine's own browser where settings say so.
"""

from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request

from api.admission import PEOPLE, admits
from api.parts import parts_of
from api.security import Bearer, access, caller
from desk.sign_in.sessions import SignInNeeded, at_the_desk_of, session_of
from domain.terms.roles import Actor, Role
from domain.terms.workdays import SHANGHAI
from settings import is_loopback
from storage.regulations import load_law

_LOCAL: Final = "local"


@access
@admits(PEOPLE)
async def reader(request: Request, credentials: Bearer) -> Actor:
    """Access `reader` (the pages): who is signed in, a valid token's caller,
    this machine's own browser while they are open.

    Raises SignInNeeded, or Unauthenticated for a token that is none. A request that came through another
    machine, or under another name than this machine's own (a page elsewhere that has its name point here),
    does not count as this machine's.
    """
    if credentials is not None:
        return await caller(request, credentials)
    login_session = await session_of(request)
    if login_session is not None:
        return await at_the_desk_of(request, login_session)
    if parts_of(request).settings.pages_open and _is_own(request):
        request.state.is_local = True
        return _on_this_machine(request)
    raise SignInNeeded


def _on_this_machine(request: Request) -> Actor:
    """Somebody of the office who reads all and changes nothing."""
    year = parts_of(request).clock().astimezone(SHANGHAI).year
    office = load_law(parts_of(request).settings.regulation, year).offices.office
    return Actor(person=_LOCAL, role=Role.AUDITOR, unit=office)


Reader = Annotated[Actor, Depends(reader)]


def _is_own(request: Request) -> bool:
    if not is_loopback(parts_of(request).settings.host):
        return True  # whoever opens the pages of a server that others reach has said so in its settings
    host = _host_name(request.headers.get("host", ""))
    came_from = request.client.host if request.client else ""
    forwarded = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip"))
    return is_loopback(host) and is_loopback(came_from) and not forwarded


def _host_name(host: str) -> str:
    """The name in a Host header, without its port; empty when it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
