"""The drivers by the id of the quality page: what each tries, how often in each size."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Final

from faults.drivers import (
    backups,
    flooding,
    fuzzing,
    grown_case,
    lost_engine,
    parted_stores,
    skewed_clocks,
    slow_ledger,
    strangers,
    two_bodies,
    watched,
)
from faults.outcome import Errand, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultDriver:
    """One row of the quality page; its sizes are counted in `unit`.

    The size of a release is cut into `parts`, each of which takes less than half an hour on two cores.
    """

    what: str
    drive: Callable[[Errand], Coroutine[None, None, Outcome]]
    unit: str
    short: int
    release: int
    parts: int = 1

    def part(self, ordinal: int) -> range:
        """The turns of a part, the first of which is numbered 1."""
        bounds = [self.release * each // self.parts for each in (ordinal - 1, ordinal)]
        return range(*bounds)


DRIVERS: Final[dict[str, FaultDriver]] = {
    "R17": FaultDriver(
        what=(
            "the conductor fuzzed, then every history replayed whole, at every prefix and in every legal cut"
        ),
        drive=fuzzing.drive,
        unit="runs of 6 cases and 20 s",
        short=4,
        release=360,
        parts=120,
    ),
    "R17Q": FaultDriver(
        what="queries of strangers while no worker runs, with a signal or the clock before the answer",
        drive=strangers.drive,
        unit="rounds of 8 cases",
        short=6,
        release=100,
        parts=3,
    ),
    "R18": FaultDriver(
        what="slow ledger with a step, worker killed with the next in flight, worker restarted twice",
        drive=slow_ledger.drive,
        unit="cases",
        short=12,
        release=500,
        parts=5,
    ),
    "R19": FaultDriver(
        what="engine killed, or frozen and killed, in the middle of steps that nobody sends again",
        drive=lost_engine.drive,
        unit="rounds",
        short=12,
        release=1000,
        parts=25,
    ),
    "R20": FaultDriver(
        what=(
            "an older engine or ledger, one of them gone, a worker of another folder: kept,"
            " healed or stopped in a minute"
        ),
        drive=parted_stores.drive,
        unit="mismatches",
        short=5,
        release=100,
        parts=5,
    ),
    "R21": FaultDriver(
        what=(
            "a process killed or hung, a case ended, failing or wedged, the ledger locked or full:"
            " told and healed in time"
        ),
        drive=watched.drive,
        unit="faults",
        short=15,
        release=300,
        parts=20,
    ),
    "R22": FaultDriver(
        what=(
            "a case of 5,000 posts, 2,000 counts, 300 drafts and 5,000 other steps, over losses and a rebuild"
        ),
        drive=grown_case.drive,
        unit="per cent of that size",
        short=10,
        release=100,
    ),
    "R23": FaultDriver(
        what="one person floods one case with the largest permitted bodies",
        drive=flooding.drive,
        unit="seconds",
        short=30,
        release=600,
    ),
    "R24": FaultDriver(
        what="one key with two bodies, over a restart of the web and over two web processes",
        drive=two_bodies.drive,
        unit="keys",
        short=20,
        release=500,
        parts=5,
    ),
    "R25": FaultDriver(
        what="backups under load, each restored into an empty folder and reconciled",
        drive=backups.drive,
        unit="backups",
        short=2,
        release=20,
    ),
    "R26": FaultDriver(
        what="the clock of the worker, the web or the watch wrong by 26 hours",
        drive=skewed_clocks.drive,
        unit="systems",
        short=6,
        release=60,
        parts=4,
    ),
}
