"""The one catalogue: every command a person may give, every event a case may hold,
and the decisions that join them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, get_args

from domain.case.events import Event
from domain.case.obligations import ObligationEvent
from domain.law.regulation import Law
from domain.rules.by_rota import ByRotaEvent
from domain.rules.consistency import ConflictFound
from domain.rules.coordination import CoordinationEvent
from domain.rules.correction import CorrectionEvent
from domain.rules.counting import CountsMissing
from domain.rules.discrepancies import DiscrepancyRead, FactsRead
from domain.rules.exposure import PersonalDataFound, PersonalDataPointedOut
from domain.rules.floors import LevelRaised
from domain.rules.papers import PaperEvent
from domain.rules.watch import AlarmRaised, TaskReminded
from domain.steps.accountability import FileHandedOver, HandOverFile
from domain.steps.amend import AmendEvent, CorrectClockStart, Rebase
from domain.steps.appraise import AppraiseCommand, AppraiseEvent
from domain.steps.assign import AssignCommand, AssignEvent
from domain.steps.close import CloseCommand, CloseEvent
from domain.steps.confirm_duty import ConfirmDutyCommand, ConfirmDutyEvent
from domain.steps.consult import ConsultCommand, ConsultEvent
from domain.steps.coordinate import CoordinateCommand, CoordinateEvent
from domain.steps.correct import RecordError
from domain.steps.countersign import CountersignCommand, CountersignEvent
from domain.steps.discrepancy import DiscrepancyCommand, DiscrepancyEvent
from domain.steps.escalate import EscalateCommand, EscalateEvent
from domain.steps.extension import RequestExtension
from domain.steps.instruct import InstructCommand, InstructEvent
from domain.steps.judge import Judge, Judged, Rejudge
from domain.steps.late_evidence import ReviewLateEvidence
from domain.steps.mark import MarkCommand, MarkEvent
from domain.steps.privacy import PrivacyCommand, PrivacyEvent
from domain.steps.publish import PublishCommand, PublishEvent
from domain.steps.reads import ReadsRecorded, RecordReads
from domain.steps.reconcile import ReconcileCommand, ReconcileEvent
from domain.steps.register import AddSource, Opening, RecordConcern, RecordMetrics, Register, RegisterEvent
from domain.steps.report import ReportedUp, ReportUp
from domain.steps.respond import RespondCommand, RespondEvent
from domain.steps.retrospect import RecordRetrospective, RetrospectiveRecorded
from domain.steps.screen import ScreenCommand, ScreenEvent
from domain.steps.sign import SignCommand, SignEvent
from domain.steps.transfer import TransferCommand, TransferEvent
from domain.steps.verify import VerifyCommand, VerifyEvent
from domain.steps.withdraw import PublicationWithdrawn, WithdrawPublication
from domain.terms.findings import Reading
from domain.terms.free_texts import CaseText
from domain.terms.kinds import ByKind, kind_of
from domain.terms.roles import Actor

CaseCommand = (
    AddSource
    | RecordMetrics
    | RecordConcern
    | VerifyCommand
    | Judge
    | Rejudge
    | AssignCommand
    | SignCommand
    | RespondCommand
    | ReconcileCommand
    | PrivacyCommand
    | DiscrepancyCommand
    | CountersignCommand
    | MarkCommand
    | PublishCommand
    | RecordReads
    | WithdrawPublication
    | RecordError
    | ReviewLateEvidence
    | ReportUp
    | CoordinateCommand
    | ConsultCommand
    | TransferCommand
    | ScreenCommand
    | EscalateCommand
    | ConfirmDutyCommand
    | RequestExtension
    | CorrectClockStart
    | Rebase
    | AppraiseCommand
    | HandOverFile
    | InstructCommand
    | RecordRetrospective
    | CloseCommand
)
AnyCommand = Annotated[Register | CaseCommand, ByKind()]

COMMANDS: dict[str, type[Register | CaseCommand]] = {
    kind_of(member): member for member in get_args(Register | CaseCommand)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionRefused(Event):
    """A step handed over while no worker ran was refused once it was read; its sender is told."""

    kind: Literal["submission_refused"] = "submission_refused"
    command: str
    command_id: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionUnreadable(Event):
    """What was handed over could not be read; its bytes are kept (base64)."""

    kind: Literal["submission_unreadable"] = "submission_unreadable"
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IntrusionNoticed(Event):
    """Somebody who is not of the house tried to act on the case at the engine,
    `count` times since it was noticed last.
    """

    kind: Literal["intrusion_noticed"] = "intrusion_noticed"
    count: int


CaseEvent = (
    RegisterEvent
    | VerifyEvent
    | Judged
    | LevelRaised
    | AssignEvent
    | SignEvent
    | RespondEvent
    | ConflictFound
    | ReconcileEvent
    | PersonalDataFound
    | PersonalDataPointedOut
    | PrivacyEvent
    | FactsRead
    | DiscrepancyRead
    | DiscrepancyEvent
    | CountersignEvent
    | MarkEvent
    | PublishEvent
    | ReadsRecorded
    | PublicationWithdrawn
    | CorrectionEvent
    | ReportedUp
    | CoordinateEvent
    | ConsultEvent
    | CoordinationEvent
    | TransferEvent
    | ScreenEvent
    | EscalateEvent
    | ByRotaEvent
    | ConfirmDutyEvent
    | AlarmRaised
    | TaskReminded
    | CountsMissing
    | AmendEvent
    | AppraiseEvent
    | FileHandedOver
    | InstructEvent
    | RetrospectiveRecorded
    | CloseEvent
    | ObligationEvent
    | PaperEvent
    | SubmissionRefused
    | SubmissionUnreadable
    | IntrusionNoticed
)
AnyEvent = Annotated[CaseEvent, ByKind()]

EVENTS: dict[str, type[CaseEvent]] = {kind_of(member): member for member in get_args(CaseEvent)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A command in its envelope, made by the web process, never taken from a body.

    `received_at` is when the web received it first, in real time; `command_id` the SHA-256 over caller, route
    and Idempotency-Key; `digest` the SHA-256 of the command's canonical text; `expected_number` what If-Match
    named; `opening` goes with a registration alone, `law` (the one now in force) with a re-base alone.
    `deferred` is set by the workflow on what came by signal, `reused` where the id had been given with
    another digest before. `texts` are what the references in the command stand for: they go beside it, and
    into no decision. `reading` is what was read out of them; None for what was submitted before texts stood
    beside the case. `body` is by what the command with its texts is known again under its id, and stands in
    no decision either; empty without texts. `via` names the session or the token by which the sender was
    known (`session:ID`, `token:ID`); no rule asks for it, and it stands in no name of a decision. `key` is
    the Idempotency-Key from which, with caller and route, the audit computes `command_id` again (decision
    0042); empty before 0.4.0. `on_duty` says that the sender was on duty for the own unit by the rota when it
    came (DD-43).
    """

    kind: Literal["submission"] = "submission"
    command: AnyCommand
    actor: Actor
    received_at: datetime
    command_id: str
    digest: str
    expected_number: int | None = None
    opening: Opening | None = None
    deferred: bool = False
    reused: bool = False
    law: Law | None = None
    texts: tuple[CaseText, ...] = ()
    reading: Reading | None = None
    body: str = ""
    via: str = ""
    key: str = ""
    on_duty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """The clock's cause; it has no route, form or permission."""

    kind: Literal["tick"] = "tick"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """The cause of a hand-over that does not decode: its bytes in base64."""

    kind: Literal["unreadable"] = "unreadable"
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Intrusion:
    """The cause of what did not open, so that nobody of the house sent it:
    never a command, however it reads.
    """

    kind: Literal["intrusion"] = "intrusion"
    count: int


AnyCause = Submission | Tick | Unreadable | Intrusion
Cause = Annotated[AnyCause, ByKind()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided at `now` (the case's clock, whole seconds) for a cause:
    events numbered from `first_number`.
    """

    first_number: int
    cause: Cause
    now: datetime
    edition: int
    events: tuple[AnyEvent, ...]

    @property
    def last_number(self) -> int:
        """The number of the last event."""
        return self.first_number + len(self.events) - 1
