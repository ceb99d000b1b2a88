"""What superiors write: a notice as it comes in with a registration, and as the case has it (R308)."""

from dataclasses import dataclass
from datetime import datetime

from domain.terms.free_texts import FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """What a superior wrote, as it comes in with a registration that it brings about (R308)."""

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012  read by the edges

    sender: str
    received_at: datetime
    requirement: FreeText
    doc_number: str = ""
    feedback_due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuperiorNotice:
    """A superior's notice: from whom, when received, what it asks, and by when it wants feedback (R308)."""

    id: str
    sender: str
    received_at: datetime
    requirement: FreeText
    doc_number: str = ""
    feedback_due_at: datetime | None = None
