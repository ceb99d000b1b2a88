"""What the reference model counts: obligations and publications, mutable,
and how they compare with those of a case.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from domain.case.state import Incident
from tests.domain.cast import POLICE

HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
ANSWERS = ("RESP48", "PUB24")
Row = tuple[object, ...]
POINTS = {
    "RESP48": -3,
    "PUB24": -5,
    "SIGN": -0.5,
    "VERIFY": -0.5,
    "FOLLOW_UP": -1,
    "CONT_UPD": -1,
    "RECTIFY": -2,
}


@dataclass
class Owed:
    """One obligation.

    `missed` once its due second went by, `done` when the deed happened, `ended` how it fell away.
    """

    kind: str
    unit: str | None
    start: datetime
    due: datetime
    created: datetime
    scored: bool = True
    missed: bool = False
    done: datetime | None = None
    ended: str = ""
    ended_at: datetime | None = None
    provisional: bool = False
    told: list[int] = field(default_factory=list)
    rungs: int = 0
    talked: bool = False
    order: "Owed | None" = None
    risen: datetime | None = None  # of a PUB24: when the class rose that asks for it

    @property
    def alive(self) -> bool:
        return self.done is None and not self.ended

    @property
    def status(self) -> str:
        if self.missed:
            return "breached"
        return self.ended or ("open" if self.done is None else "on_time")

    def plan(self) -> Iterator[tuple[datetime, int]]:
        """When each reminder is sent: those before creation give one, the latest, at creation."""
        instants = [
            ((self.start + (self.due - self.start) * percent / 100).replace(microsecond=0), percent)
            for percent in (50, 75, 90)
        ]
        early = [percent for instant, percent in instants if instant < self.created]
        if early:
            yield self.created, early[-1]
        yield from ((instant, percent) for instant, percent in instants if instant >= self.created)


@dataclass
class Said:
    """A publication: whose, when, whether interim, when it was recorded, and whether it met a PUB24."""

    unit: str
    at: datetime
    interim: bool
    recorded: datetime
    met_pub24: bool = False


def points(owed: list[Owed], at: datetime) -> dict[str, float]:
    """What each unit has lost, by the table of points."""
    found: dict[str, float] = {}
    for obligation in owed:
        if (
            obligation.unit is None
            or not obligation.missed
            or not obligation.scored
            or obligation.kind not in POINTS
        ):
            continue
        if obligation.kind == "VERIFY" and obligation.unit != POLICE:
            continue
        end = min(instant for instant in (obligation.done, obligation.ended_at, at) if instant is not None)
        days = max(0, (end - obligation.due) // DAY) if obligation.kind in ANSWERS else 0
        found[obligation.unit] = found.get(obligation.unit, 0) + POINTS[obligation.kind] - min(days, 5)
    return found


def row(obligation: Owed) -> Row:
    done = obligation.done and obligation.done.astimezone(UTC)
    return (
        obligation.kind,
        obligation.unit,
        obligation.due.astimezone(UTC),
        obligation.status,
        done,
        obligation.scored,
        obligation.provisional,
    )


def rows(case: Incident) -> list[Row]:
    """The same rows of a case, of the kinds that the model knows."""
    found: list[Row] = [
        (
            obligation.kind,
            obligation.unit,
            obligation.due_at,
            obligation.status,
            obligation.fulfilled_at,
            obligation.scored,
            obligation.provisional,
        )
        for obligation in case.obligations
        if obligation.kind in {*POINTS, "REPORT_UP"}
    ]
    return sorted(
        ((str(kind), unit, due, str(status), *rest) for kind, unit, due, status, *rest in found), key=str
    )
