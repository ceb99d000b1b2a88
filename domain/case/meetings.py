"""Joint consultations: who met, what was decided, and the tasks that came of it (R382)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.terms.free_texts import FreeText


class ConsultationCause(StrEnum):
    """Why the rules propose a joint consultation (R382);
    `draft_conflict` is two drafts that contradict one another.
    """

    COMPLEX_SENSITIVE = "complex_sensitive"
    MAJOR_SITUATION = "major_situation"
    URGENT_CLASS = "urgent_class"
    SEVERAL_UNITS = "several_units"
    DRAFT_CONFLICT = "draft_conflict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a joint consultation gave a unit to do; where it is due,
    since when it was known and when it was reminded of.
    """

    id: str
    unit: str
    text: FreeText
    done_at: datetime | None = None
    due_at: datetime | None = None
    asked_at: datetime | None = None
    reminded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """A joint consultation: when it was held, by whom,
    what it decided and the tasks that came of it (R382).
    """

    id: str
    at: datetime
    members: tuple[str, ...]
    minutes: FreeText
    tasks: tuple[Task, ...] = ()
    agenda: FreeText = ""

    @property
    def units(self) -> frozenset[str]:
        """Its members, and the units that it gave tasks."""
        return frozenset((*self.members, *(task.unit for task in self.tasks)))
