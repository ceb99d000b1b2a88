"""What a judge found wrong, and what was acknowledged that it compares with."""

from dataclasses import dataclass
from enum import StrEnum


class WrongFinding(StrEnum):
    """Each way in which a promise can be broken."""

    BROKEN = "does not replay"
    OTHERWISE = "stands otherwise in the log"
    UNRECORDED = "is not in the log"
    UNPROVEN = "is in no history"
    STUCK = "takes no further step"
    LOST = "was acknowledged and is not in the log"
    DOUBLED = "was recorded more than once"
    RENUMBERED = "was acknowledged under another number"
    REFUSED_TASK = "failed a task for nondeterminism"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultFinding:
    """One broken promise: of which case, in which run and cut of its history, at which event."""

    incident_id: str
    wrong: WrongFinding
    where: str = ""
    number: int | None = None
    what: str = ""

    def __str__(self) -> str:
        """One line for people."""
        place = " ".join(part for part in (self.where, f"event {self.number}" if self.number else "") if part)
        return f"{self.incident_id} {place}: {self.wrong.value} {self.what}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """A command that the engine has taken; the number is None where it was handed over by signal."""

    incident_id: str
    command_id: str
    event_number: int | None
