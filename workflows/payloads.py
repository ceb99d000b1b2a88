"""What goes into a case's workflow and what it answers."""

from dataclasses import dataclass, replace

from domain.case.state import Incident
from domain.catalogue import Submission
from domain.law.regulation import shared
from domain.notices import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The answer to a submission: the number of the last event it brought, and the digest of the command taken."""

    event_number: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseInput:
    """How a case's workflow begins: with a registration, or with a case that ran before.

    A case that ran before (continued as new, or started again from its event log) brings its state, the commands
    applied so far by their ids, and the notices not yet delivered. `history_limit` continues as new earlier than the
    server suggests.
    """

    submission: Submission | None = None
    incident: Incident | None = None
    applied: dict[str, Receipt] | None = None
    undelivered: tuple[Notice, ...] = ()
    notified_number: int = 0
    history_limit: int | None = None

    def __post_init__(self) -> None:
        """Hold the one copy in memory of the law: Temporal keeps this input for as long as the case is open."""
        if self.incident is not None:
            object.__setattr__(self, "incident", replace(self.incident, law=shared(self.incident.law)))
        if self.submission is not None and self.submission.opening is not None:
            opening = replace(self.submission.opening, law=shared(self.submission.opening.law))
            object.__setattr__(self, "submission", replace(self.submission, opening=opening))
