"""Posts whose persons need a second factor before they go on,
as soon as the folder holds more than drills.
"""

from http import HTTPStatus
from typing import Final

from fastapi import Request

from api.errors import WebProblem
from api.parts import parts_of
from casework.ledger_session import reading
from storage.accounts import Account, Post, post_of
from storage.lists import holds_more_than_drills

PAGE: Final = "/me/one-time-code"


class SecondFactorNeeded(WebProblem):
    """The post asks for one-time codes or a passkey, and the account has neither yet."""

    status, code = HTTPStatus.FORBIDDEN, "second_factor_needed"


class SecondFactors:
    """The posts of the settings; whether all is a drill is asked until it is not, which it never is again."""

    def __init__(self, posts: str) -> None:
        """Raises ValueError for a name that is no post."""
        self._posts: frozenset[Post] = frozenset(
            post_of(name.strip()) for name in posts.split(",") if name.strip()
        )
        self._in_earnest = False

    def concern(self, account: Account) -> bool:
        """Whether the account is to have a second factor and has none."""
        return account.post in self._posts and not account.has_second_factor

    async def are_due(self, request: Request, account: Account) -> bool:
        """Whether nobody may go on with this account before it has one."""
        if not self.concern(account):
            return False
        if not self._in_earnest:
            async with reading(parts_of(request).database) as session:
                self._in_earnest = await holds_more_than_drills(session)
        return self._in_earnest


def second_factors(request: Request) -> SecondFactors:
    """Which accounts of the application are to have a second factor."""
    factors: SecondFactors = request.app.state.second_factors
    return factors


async def require_second_factor(request: Request, account: Account) -> None:
    """Raises SecondFactorNeeded."""
    if await second_factors(request).are_due(request, account):
        raise SecondFactorNeeded
