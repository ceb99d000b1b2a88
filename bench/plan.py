"""How long and how often each figure is taken."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The lengths of a run.

    Each round takes both floors and both loads beside each other, `alone` seconds with one caller and `together`
    seconds with `callers`; P6 holds `cases` open incidents and gives memory `settle` seconds to settle, P7 repeats each timing `repeats` times, P9 starts the
    system `starts` times.
    """

    name: str
    rounds: int
    callers: int
    alone: float
    together: float
    cases: int
    settle: float
    repeats: int
    starts: int


FULL = Plan(
    name="full", rounds=3, callers=20, alone=5, together=12, cases=300, settle=20, repeats=5000, starts=3
)
QUICK = Plan(
    name="quick", rounds=1, callers=20, alone=2, together=4, cases=60, settle=5, repeats=1000, starts=1
)
