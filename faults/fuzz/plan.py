"""How one fuzzed run is set up: cases, seconds, and which of the faults it meets."""

from dataclasses import dataclass
from random import Random
from typing import Final

CONDUCTOR: Final = "workflows.incident:IncidentWorkflow"
DRILL_SCALE: Final = 3600.0  # an hour of a case takes a second, so that its limits fall into a run


@dataclass(frozen=True, slots=True, kw_only=True)
class FuzzPlan:
    """One run. Lost and stopped workers, an ailing ledger and bursts are in each; the rest differs.

    `cached` cases stay in the worker's memory; `task_seconds` is the time-out of a workflow task (short ones
    bring heartbeats and lost tasks); `history_limit` continues cases as new; `queries` are those of
    strangers, which the house never sends; with `has_dead_ledger` nothing is recorded until the end, and
    cases go on anew with what waits; `cut_every` takes each so-manieth cut of the histories;
    `workers` share the one queue, and each may be lost or stopped; with `is_at_hand` each is lost while it
    has a record at hand, and nothing else is done to them.
    """

    seed: int
    cases: int = 6
    seconds: float = 20
    cached: int = 1000
    task_seconds: float = 10
    history_limit: int | None = None
    queries: bool = False
    has_dead_ledger: bool = False
    cut_every: int = 1
    conductor: str = CONDUCTOR
    workers: int = 1
    is_at_hand: bool = False


_CACHED: Final = (1000, 2, 1, 4)
_TASK_SECONDS: Final = (2.0, 1.0, 3.0, 0.5, 1.5)
_HISTORY_LIMITS: Final = (None, None, 120, None)
_WORKERS: Final = (1, 2, 1)
_DEAD_EVERY: Final = 6
_SOON: Final = 40


def rotated(seed: int, *, cases: int, seconds: float, cut_every: int = 1) -> FuzzPlan:
    """The plan of a seed: caches, time-outs and lengths in turn, so that a row of seeds meets all of them."""
    chance = Random(seed)
    has_dead_ledger = seed % _DEAD_EVERY == 0
    return FuzzPlan(
        seed=seed,
        cases=cases,
        seconds=seconds,
        cached=chance.choice(_CACHED),
        task_seconds=_TASK_SECONDS[seed % len(_TASK_SECONDS)],
        history_limit=_SOON if has_dead_ledger else _HISTORY_LIMITS[seed % len(_HISTORY_LIMITS)],
        has_dead_ledger=has_dead_ledger,
        cut_every=cut_every,
        workers=_WORKERS[seed % len(_WORKERS)],
    )
