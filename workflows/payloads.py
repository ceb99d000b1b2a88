"""What goes into a case's workflow and what it answers."""

from dataclasses import dataclass, replace
from datetime import datetime

from activities.effects.union import Effect
from activities.payloads import RecordInput
from domain.case.state import Incident
from domain.catalogue import Submission
from domain.law.regulation import shared
from domain.notices import Notice
from domain.terms.roles import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The answer to a submission: the number of the last event it brought,
    and the digest of the command taken.

    `lineage` names the decision, so that its row in the event log can be told from another under the same
    number. `body` is by what the command with its texts is known again (`Submission.body`).
    """

    event_number: int
    digest: str
    lineage: str = ""
    body: str = ""


def receipt_key(submission: Submission) -> str:
    """Under which a case keeps the receipt of a submission: its command id;
    of one that was reused, with its digest.
    """
    return f"{submission.command_id}/{submission.digest}" if submission.reused else submission.command_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a case itself: whether `actor` may see it; without an actor, all that it holds."""

    actor: Actor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A case as its workflow holds it, recorded or not, and the name of its last decision."""

    incident: Incident
    lineage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Strangers:
    """What strangers tried with a case: how often since it was last noticed, and when that was."""

    count: int = 0
    noticed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseInput:
    """How a case's workflow begins: with a registration, or with a case that ran before.

    A case that ran before (continued as new, or started again from its event log) brings its state, the
    `lineage` of its last decision, the commands applied of late by their ids, the decisions not yet recorded,
    and the `effects` not yet done. `undelivered` are notices of one that is started again, and of histories
    of 0.3. `history_limit` continues as new earlier than the server suggests. `strangers` goes on counting.
    """

    submission: Submission | None = None
    incident: Incident | None = None
    lineage: str = ""
    applied: dict[str, Receipt] | None = None
    unrecorded: tuple[RecordInput, ...] = ()
    undelivered: tuple[Notice, ...] = ()
    effects: tuple[Effect, ...] = ()
    history_limit: int | None = None
    strangers: Strangers = Strangers()

    def __post_init__(self) -> None:
        """Hold the one copy in memory of the law: Temporal keeps this input for as long
        as the case is open.
        """
        if self.incident is not None:
            object.__setattr__(self, "incident", replace(self.incident, law=shared(self.incident.law)))
        if self.submission is not None and self.submission.opening is not None:
            opening = replace(self.submission.opening, law=shared(self.submission.opening.law))
            object.__setattr__(self, "submission", replace(self.submission, opening=opening))
