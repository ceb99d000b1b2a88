"""督导: what a case keeps of alarms, instructions, tolerance, appraisal, accountability,
review and amendments (四).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.case.obligations import Computation
from domain.terms.free_texts import FreeText
from domain.terms.roles import Actor


class Alarm(StrEnum):
    """What must not go unnoticed: 不被动、不失声、不缺位 (R108)."""

    UNASSIGNED = "unassigned"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An alarm that was given, once for its cause:
    the unit that is passive, and the obligation whose clock ran on.
    """

    alarm: Alarm
    unit: str
    cause: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """A leader's instruction 批示: who gave it to which units, and what it says (R401).

    `stand_in` is whom 分管副市长 names by it to decide in place of 市政府办公室 (DD-21).
    """

    id: str
    at: datetime
    by: Actor
    text: FreeText
    to: tuple[str, ...]
    stand_in: str = ""
    asks_analysis: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """A request that an error be tolerated 容错, and what was decided; None while it waits."""

    obligation: str
    unit: str
    asked_at: datetime
    granted: bool | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """A response of a unit that 市政府办公室 rated a model (R444)."""

    unit: str
    publication: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FileItem:
    """One piece of an accountability file: what it is, its id in the case, since when,
    and digests of what proves it.
    """

    what: str
    id: str
    at: datetime | None
    status: str
    digests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountabilityFile:
    """A file handed over to the organ that decides (R446);
    it lists the record up to `event_number` and finds nothing.
    """

    id: str
    at: datetime
    unit: str
    organ: str
    infringement: FreeText
    seriousness: FreeText
    reason: FreeText
    event_number: int
    items: tuple[FileItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrospective:
    """The review after the fact 复盘: root cause, how to prevent it,
    and how the response did (R109, R110).
    """

    at: datetime
    unit: str
    root_cause: FreeText
    prevention: FreeText
    evaluation: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class Retimed:
    """An open obligation under an amended clock; `passed_over` are reminders whose instants now lie too far
    back to be sent.
    """

    obligation: str
    clock_start: datetime
    due_at: datetime
    former_due_at: datetime
    computed: Computation
    passed_over: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockCorrection:
    """A correction of the start of the clock, both values kept (DD-02)."""

    at: datetime
    before: datetime
    after: datetime
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class Oversight:
    """All that oversight has added to a case; `counts_told_at` is up to when it was told whether counts are
    missing (DD-34).
    """

    alarms: tuple[Raised, ...] = ()
    instructions: tuple[Instruction, ...] = ()
    tolerances: tuple[Tolerance, ...] = ()
    ratings: tuple[Rating, ...] = ()
    commendations: int = 0
    files: tuple[AccountabilityFile, ...] = ()
    retrospectives: tuple[Retrospective, ...] = ()
    counts_told_at: datetime | None = None

    @property
    def stand_in(self) -> str:
        """Whom 分管副市长 named last to decide in place of 市政府办公室;
        empty where he named nobody (DD-21).
        """
        return next((one.stand_in for one in reversed(self.instructions) if one.stand_in), "")

    def tolerance(self, obligation_id: str) -> Tolerance | None:
        """The latest request about an obligation."""
        requests = [request for request in self.tolerances if request.obligation == obligation_id]
        return requests[-1] if requests else None

    def tolerates(self, obligation_id: str) -> bool:
        """Whether the deductions for an obligation were waived."""
        return any(request.obligation == obligation_id and request.granted for request in self.tolerances)


NO_OVERSIGHT = Oversight()
