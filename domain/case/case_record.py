"""The record of one case, field by field; what follows from it stands in `domain.case.state`."""

from dataclasses import dataclass
from datetime import datetime

from domain.case.clues import Clue
from domain.case.duty_steps import DutyStep
from domain.case.faults import PublishedError
from domain.case.judgement import Judgement
from domain.case.meetings import Consultation, ConsultationCause, Task
from domain.case.obligations import Obligation
from domain.case.oversight import NO_OVERSIGHT, ClockCorrection, Oversight
from domain.case.posts import Beyond
from domain.case.records import (
    Assignment,
    Concern,
    Conclusion,
    Draft,
    Handling,
    LevelDecision,
    Paper,
    PaperMarking,
    Publication,
    SituationReport,
    Source,
    Verification,
)
from domain.case.screening import NOT_SCREENED, Screening
from domain.case.superiors import SuperiorNotice
from domain.case.talking_points import Conflict, Discrepancy, Exposure, Stated, TalkingPoints
from domain.case.thinning import LeftOut
from domain.case.timelines import NO_TIMELINES, Timelines
from domain.law.levels import Metrics
from domain.law.regulation import Law
from domain.law.responsibility import Involvement
from domain.terms.drill import DrillClock
from domain.terms.roles import Actor
from domain.terms.vocabulary import (
    EmergencyGrade,
    Marking,
    ResponseClass,
    SubjectKind,
    WarningLevel,
)


@dataclass(frozen=True, kw_only=True)  # without slots: one per case, and copied for each of its events
class CaseRecord:
    """What has been recorded of one case, field by field. Instants are UTC; units are codes.

    `event_number` counts its events from 1; `person_number` is that of the last event that a person caused,
    against which If-Match is checked. `sources` are the items held in full, `beyond` the figures of those
    after them, and `marks` by what the addresses of these are known again; `left_out` counts other records
    that stand in the log alone. `timelines` say what stood when (DD-29).
    """

    incident_id: str
    number: str
    law: Law
    drill: DrillClock | None
    title: str
    subject_kind: SubjectKind
    topic: str
    occurred_at: datetime | None
    discovered_at: datetime
    registered_at: datetime
    registrant: Actor
    involved: tuple[Involvement, ...]
    sources: tuple[Source, ...]
    event_number: int = 1
    person_number: int = 1
    metrics: tuple[Metrics, ...] = ()
    concerns: tuple[Concern, ...] = ()
    verifications: tuple[Verification, ...] = ()
    conclusion: Conclusion | None = None
    judgement: Judgement | None = None
    level: WarningLevel | None = None
    level_path: tuple[LevelDecision, ...] = ()
    grade: EmergencyGrade = EmergencyGrade.NONE
    designated_major: bool = False
    response_class: ResponseClass = ResponseClass.H48
    response_due_at: datetime
    assignment: Assignment | None = None
    lead: str | None = None
    coordinators: tuple[str, ...] = ()
    coordinators_added: tuple[str, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    drafts: tuple[Draft, ...] = ()
    publications: tuple[Publication, ...] = ()
    errors: tuple[PublishedError, ...] = ()
    papers: tuple[Paper, ...] = ()
    reports: tuple[SituationReport, ...] = ()
    handling: tuple[Handling, ...] = ()
    press_conferences: tuple[datetime, ...] = ()
    superior_notices: tuple[SuperiorNotice, ...] = ()
    hints: int = 0
    consultations: tuple[Consultation, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    talking_points: tuple[TalkingPoints, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    stated: tuple[Stated, ...] = ()
    discrepancies: tuple[Discrepancy, ...] = ()
    discrepancies_read: int = 0
    consultation_causes: tuple[ConsultationCause, ...] = ()
    clues: tuple[Clue, ...] = ()
    screening: Screening = NOT_SCREENED
    secondary_to: str = ""
    emergency_ended_at: datetime | None = None
    oversight: Oversight = NO_OVERSIGHT
    clock_corrections: tuple[ClockCorrection, ...] = ()
    beyond: tuple[Beyond, ...] = ()
    marks: str = ""
    left_out: tuple[LeftOut, ...] = ()
    timelines: Timelines = NO_TIMELINES
    returns: tuple[str, ...] = ()  # the units that have sent an order back
    marking: Marking = Marking.NONE
    paper_markings: tuple[PaperMarking, ...] = ()
    spoken_for_by: str = ""  # the unit that named who speaks for the case (R385)
    joint_tasks: tuple[Task, ...] = ()  # of 市网信办, each of a superior's notice (R310)
    duty_steps: tuple[DutyStep, ...] = ()  # taken by the rota, and not confirmed yet
    readers: tuple[str, ...] = ()  # the persons to whom it is closed; empty: whoever has a part in it
    closed_at: datetime | None = None
    archived_at: datetime | None = None
