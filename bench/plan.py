"""How long and how often each figure is taken."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The lengths of a run.

    Each round takes both floors and both loads beside each other, `alone` seconds with one caller and
    `together` seconds with `callers`; P6 holds `cases` open incidents and gives memory `settle` seconds to
    settle, P7 repeats each timing `repeats` times, P9 starts the system `starts` times. P3 opens `deadlines`
    limits in `opening` seconds, all due `within` the seconds after; P5 replays `replayed` histories; P4, P10
    and P11 ask each page `samples` times of a ledger of `few` incidents and of one of `many`.
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
    deadlines: int
    opening: float
    within: float
    few: int
    many: int
    samples: int
    replayed: int


FULL = Plan(
    name="full", rounds=3, callers=20, alone=5, together=12, cases=300, settle=20, repeats=5000, starts=3,
    deadlines=1000, opening=150, within=60, few=10_000, many=1_000_000, samples=40, replayed=40,
)  # fmt: skip
QUICK = Plan(
    name="quick", rounds=1, callers=20, alone=2, together=4, cases=60, settle=5, repeats=1000, starts=1,
    deadlines=40, opening=15, within=5, few=1_000, many=20_000, samples=10, replayed=8,
)  # fmt: skip
