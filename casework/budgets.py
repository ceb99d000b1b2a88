"""How much a person gives, and a case is given by all, in a minute:
beyond, the answer is to come again, and when.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from time import monotonic
from typing import Final

from casework.outcomes import TooMany

_MINUTE: Final = 60.0
_MOST: Final = 10_000  # of those seen last
_CASE: Final = "inc-"  # how the id of a case begins
_TO_A_CASE: Final = 4  # times what a person may give: nobody alone keeps others from answering


@dataclass(slots=True)
class _Account:
    """What is left of both budgets, whose most is a share of a person's;
    it comes back evenly, a whole one in a minute.
    """

    share: int
    steps: float
    size: float
    at: float


class Budgets:
    """The budgets of persons and cases in this process: `steps` and bytes that a person may give in a minute.

    `clock` tells seconds that never go back.
    """

    def __init__(
        self,
        steps: int,
        size: int,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._steps, self._size, self._clock = steps, size, clock
        self._accounts: OrderedDict[str, _Account] = OrderedDict()

    def require(self, size: int, *names: str) -> None:
        """Raise TooMany where one of the budgets named has no step of so many bytes left;
        nothing is taken.
        """
        wait = max((self._wait(self._account(name), size) for name in names), default=0.0)
        if wait > 0:
            raise TooMany(ceil(wait))

    def spend(self, size: int, *names: str) -> None:
        """Take one step of so many bytes from each of the budgets named,
        or raise TooMany and take nothing.
        """
        self.require(size, *names)
        for account in map(self._account, names):
            account.steps -= 1
            account.size -= size

    def _wait(self, account: _Account, size: int) -> float:
        most = self._size * account.share
        steps = (1 - account.steps) / (self._steps * account.share)
        return max(steps, (min(size, most) - account.size) / most) * _MINUTE

    def _account(self, name: str) -> _Account:
        now = self._clock()
        share = _TO_A_CASE if name.startswith(_CASE) else 1
        account = self._accounts.setdefault(
            name, _Account(share, self._steps * share, self._size * share, now)
        )
        self._accounts.move_to_end(name)
        if len(self._accounts) > _MOST:
            self._accounts.popitem(last=False)
        gone = (now - account.at) / _MINUTE
        account.steps = min(account.steps + gone * self._steps * share, self._steps * share)
        account.size = min(account.size + gone * self._size * share, self._size * share)
        account.at = now
        return account
