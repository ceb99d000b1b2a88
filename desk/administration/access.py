"""The three administrators, each with an access of its own:
nobody has two, and none of them sees incidents (GB/T 22239).
"""

from typing import Annotated, Final

from fastapi import Depends, Request

from api.admission import PEOPLE, CallerClass, admits
from api.audit_book import origin_of
from api.security import access
from desk.sign_in.second_factor import require_second_factor
from desk.sign_in.sessions import NotForThisPost, PasswordChangeNeeded, signed_in
from storage.accounts import Account, Administrator
from storage.acts import Author, Via

HOMES: Final = {
    Administrator.SYSTEM: "/units",
    Administrator.SECURITY: "/people",
    Administrator.AUDIT: "/acts",
}
BEGINNINGS: Final = frozenset({"/", "/desk"})  # the pages that others begin at


def begins_at(post: str, after: str) -> str:
    """The page after a sign-in: an administrator's own,
    where others begin at one that is not for that post.
    """
    return HOMES[Administrator(post)] if after in BEGINNINGS and post in set(Administrator) else after


@access
@admits({CallerClass.SECURITY_ADMINISTRATOR})
async def security_administrator(request: Request) -> Account:
    """Access `security_administrator`: who manages accounts and their posts."""
    return await _administrator(request, Administrator.SECURITY)


@access
@admits({CallerClass.SYSTEM_ADMINISTRATOR})
async def system_administrator(request: Request) -> Account:
    """Access `system_administrator`: who manages units, their persons and channels,
    and sees how the system stands.
    """
    return await _administrator(request, Administrator.SYSTEM)


@access
@admits({CallerClass.AUDIT_ADMINISTRATOR})
async def audit_administrator(request: Request) -> Account:
    """Access `audit_administrator`: who reads what administrators did and who signed in,
    and changes nothing.
    """
    return await _administrator(request, Administrator.AUDIT)


@access
@admits(PEOPLE | {CallerClass.SYSTEM_ADMINISTRATOR})
async def registry_reader(request: Request) -> Account:
    """Access `registry_reader`: who takes part in incidents, and the system administrator."""
    account = await at_work(request)
    if account.actor is None and account.post is not Administrator.SYSTEM:
        raise NotForThisPost
    return account


Security = Annotated[Account, Depends(security_administrator)]
System = Annotated[Account, Depends(system_administrator)]
Audit = Annotated[Account, Depends(audit_administrator)]
RegistryReader = Annotated[Account, Depends(registry_reader)]


def author(request: Request, account: Account) -> Author:
    """As whom an administrator's acts are recorded; the request is then written down with the act."""
    request.state.is_written_down = True
    return Author(via=Via.DESK, login=account.login, account_id=account.id, origin=origin_of(request))


async def _administrator(request: Request, post: Administrator) -> Account:
    account = await at_work(request)
    if account.post is not post:
        raise NotForThisPost
    return account


async def at_work(request: Request) -> Account:
    """Who is signed in with a password of the person's own;
    raises SignInNeeded, PasswordChangeNeeded, SecondFactorNeeded.
    """
    account = (await signed_in(request)).account
    if account.must_change:
        raise PasswordChangeNeeded
    await require_second_factor(request, account)
    return account
