"""会商、方案、研判报告: joint consultation with minutes and tasks, the response plan,
deep and special reports (三(六)#2, 三(二)#3).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from domain.bounds import MOST_OF_A_KIND
from domain.case.events import UNTIL_ARCHIVED, Command, Event
from domain.case.meetings import Consultation, Task
from domain.case.state import Incident, replaced
from domain.law.articles import Article
from domain.law.editions import Switch
from domain.rules.exposure import pointed_out
from domain.rules.papers import PaperDrafted, issued
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.ids import Thing, numbered, task_id
from domain.terms.instants import past, whole
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import HANDLERS, Deed, Role, Standing
from domain.terms.vocabulary import PaperKind, PlatformCode, ReplyForm

CLAUSE: str = Article.CONSULTATION
_OFFICE = frozenset({Standing.OFFICE, Standing.RECEIVING})
_REPORTS = frozenset({PaperKind.DEEP_REPORT, PaperKind.SPECIAL_REPORT})


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedTask:
    """A task that a consultation gave to a unit; one with a due instant is reminded of once,
    at three quarters (R103).
    """

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012  read by the edges

    unit: str
    text: FreeText
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldConsultation(Command):
    """Record a joint consultation: members, what was decided,
    and the tasks that follow across units (R382, R119).
    """

    kind: Literal["hold_consultation"] = "hold_consultation"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = _OFFICE
    clause: ClassVar[str] = CLAUSE

    held_at: datetime
    members: tuple[str, ...]
    minutes: FreeText
    tasks: tuple[AssignedTask, ...] = ()
    agenda: FreeText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteTask(Command):
    """Report a task done that a consultation gave, or a superior's notice to 市网信办 (R310);
    `task` is its id, such as `consultation-1-task-1` or `notice-1-task-1`.
    """

    kind: Literal["complete_task"] = "complete_task"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = _OFFICE | {Standing.CONSULTED, Standing.CYBERSPACE_OFFICE}
    clause: ClassVar[str] = CLAUSE

    task: str
    report: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanResponse(Command):
    """Set down how a major incident is answered: in what form, where, when and by whom (R326, R384, R385);
    its lack never bars publication.

    One spokesperson speaks for the case: whom one unit named, another replaces only where it decides.
    """

    kind: Literal["plan_response"] = "plan_response"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.OFFICE, Standing.RESPONDER})
    clause: ClassVar[str] = CLAUSE

    plan: FreeText
    spokesperson: FreeText = ""
    form: ReplyForm | None = None
    channels: tuple[PlatformCode, ...] = ()
    timing: FreeText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitAnalysis(Command):
    """Hand in the deep or the special report, with a quantitative and a qualitative part (R328)."""

    kind: Literal["submit_analysis"] = "submit_analysis"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.OFFICE, Standing.CYBERSPACE_OFFICE})
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = Article.DEEP_REPORT

    report: PaperKind
    quantitative: FreeText
    qualitative: FreeText
    advice: FreeText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationHeld(Event):
    """The units consulted at `at`."""

    kind: Literal["consultation_held"] = "consultation_held"
    consultation: Consultation


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCompleted(Event):
    """A task was done."""

    kind: Literal["task_completed"] = "task_completed"
    task: str
    report: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsePlanned(Event):
    """The response plan was set down."""

    kind: Literal["response_planned"] = "response_planned"
    plan: FreeText
    spokesperson: FreeText
    form: ReplyForm | None = None
    channels: tuple[PlatformCode, ...] = ()
    timing: FreeText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisSubmitted(Event):
    """A report for the leaders was handed in."""

    kind: Literal["analysis_submitted"] = "analysis_submitted"
    report: PaperKind
    quantitative: FreeText
    qualitative: FreeText
    advice: FreeText


ConsultCommand = HoldConsultation | CompleteTask | PlanResponse | SubmitAnalysis
ConsultEvent = ConsultationHeld | TaskCompleted | ResponsePlanned | AnalysisSubmitted


def decide(incident: Incident, command: ConsultCommand, deed: Deed) -> Iterator[Event]:
    """Deliberating; no clock waits for it."""
    match command:
        case HoldConsultation():
            return _hold(incident, command, deed)
        case CompleteTask():
            return _complete(incident, command, deed)
        case PlanResponse():
            return _plan(incident, command, deed)
        case SubmitAnalysis():
            return _analyse(incident, command, deed)


def _hold(incident: Incident, command: HoldConsultation, deed: Deed) -> Iterator[Event]:
    if not command.members:
        raise Refused(Reason.MISSING_PART, "members")
    if not command.minutes.strip():
        raise Refused(Reason.MISSING_PART, "minutes")
    for code in (*command.members, *(task.unit for task in command.tasks)):
        incident.law.unit(code)
    held_at = past(command.held_at, deed.at, "held_at")
    if held_at < (incident.occurred_at or incident.discovered_at):
        raise Refused(Reason.BEFORE_OCCURRENCE, "held_at")
    _check_tasks(incident, command)
    number = len(incident.consultations) + 1
    consultation = Consultation(
        id=numbered(Thing.CONSULTATION, number),
        at=held_at,
        members=tuple(dict.fromkeys(command.members)),
        minutes=command.minutes,
        agenda=command.agenda,
        tasks=tuple(
            _task(task_id(numbered(Thing.CONSULTATION, number), place), task, held_at, deed)
            for place, task in enumerate(command.tasks, start=1)
        ),
    )
    yield ConsultationHeld(at=held_at, by=deed.actor, consultation=consultation)
    minutes = issued(
        incident, PaperKind.MINUTES, incident.coordinating_office, cause=consultation.id, deed=deed
    )
    yield PaperDrafted(at=deed.at, paper=minutes)


def _check_tasks(incident: Incident, command: HoldConsultation) -> None:
    """Refuses more tasks than a case takes: each is looked at by the clock until it is done."""
    count = sum(len(meeting.tasks) for meeting in incident.consultations) + len(command.tasks)
    if incident.law.has(Switch.ROOM) and count > MOST_OF_A_KIND:
        raise Refused(Reason.TOO_MANY, "tasks")


def _task(task_id: str, task: AssignedTask, held_at: datetime, deed: Deed) -> Task:
    if task.due_at is None:
        return Task(id=task_id, unit=task.unit, text=task.text)
    due_at = whole(task.due_at)
    if due_at <= held_at:
        raise Refused(Reason.BEFORE_OCCURRENCE, "due_at")
    return Task(id=task_id, unit=task.unit, text=task.text, due_at=due_at, asked_at=deed.at)


def _complete(incident: Incident, command: CompleteTask, deed: Deed) -> Iterator[Event]:
    tasks = {task.id: task for task in incident.tasks}
    if (task := tasks.get(command.task)) is None:
        raise Refused(Reason.UNKNOWN_REFERENCE, command.task)
    if task.done_at is not None:
        raise Refused(Reason.ALREADY_DONE, task.id)
    if deed.actor.unit not in {task.unit, incident.receiving_office, *incident.powers.deciding}:
        raise Refused(Reason.UNIT_NOT_CONCERNED, task.unit)
    if not command.report.strip():
        raise Refused(Reason.MISSING_PART, "report")
    yield TaskCompleted(at=deed.at, by=deed.actor, task=task.id, report=command.report)


def _plan(incident: Incident, command: PlanResponse, deed: Deed) -> Iterator[Event]:
    if not command.plan.strip():
        raise Refused(Reason.MISSING_PART, "plan")
    for channel in command.channels:
        if not incident.law.platform(channel).publishing:
            raise Refused(Reason.SOURCE_ALONE, channel)
    named_by = incident.spoken_for_by
    if command.spokesperson.strip() and named_by not in {"", deed.actor.unit, *_replaced_by(incident, deed)}:
        raise Refused(Reason.SPOKESPERSON_NAMED, named_by)
    yield ResponsePlanned(
        at=deed.at,
        by=deed.actor,
        plan=command.plan,
        spokesperson=command.spokesperson,
        form=command.form,
        channels=command.channels,
        timing=command.timing,
    )
    paper = issued(incident, PaperKind.RESPONSE_PLAN, deed.actor.unit, cause="plan", deed=deed)
    yield PaperDrafted(at=deed.at, paper=paper)


def _replaced_by(incident: Incident, deed: Deed) -> tuple[str, ...]:
    """Whose spokesperson whoever decides in the case replaces: anybody's."""
    return (incident.spoken_for_by,) if deed.actor.unit in incident.powers.deciding else ()


def _analyse(incident: Incident, command: SubmitAnalysis, deed: Deed) -> Iterator[Event]:
    if command.report not in _REPORTS:
        raise Refused(Reason.UNKNOWN_REFERENCE, command.report)
    for name, text in (("quantitative", command.quantitative), ("qualitative", command.qualitative)):
        if not text.strip():
            raise Refused(Reason.MISSING_PART, name)
    yield AnalysisSubmitted(
        at=deed.at,
        by=deed.actor,
        report=command.report,
        quantitative=command.quantitative,
        qualitative=command.qualitative,
        advice=command.advice,
    )
    office = incident.coordinating_office
    paper = issued(incident, command.report, office, cause="analysis", deed=deed)
    yield PaperDrafted(at=deed.at, paper=paper)
    fields = (
        ("quantitative", command.quantitative),
        ("qualitative", command.qualitative),
        ("advice", command.advice),
    )
    yield from pointed_out(incident, deed, paper.id, fields)


def evolve(incident: Incident, event: ConsultEvent) -> Incident:
    """The case after a step of deliberation."""
    match event:
        case ConsultationHeld():
            return changed(incident, consultations=(*incident.consultations, event.consultation))
        case TaskCompleted():
            return changed(
                incident,
                consultations=_with_task_done(incident, event),
                joint_tasks=_done(incident.tasks_of_notices, event),
            )
        case ResponsePlanned():
            return _with_spokesperson(incident, event)
        case AnalysisSubmitted():
            return incident


def _with_spokesperson(incident: Incident, event: ResponsePlanned) -> Incident:
    if not incident.law.has(Switch.ONE_SPOKESPERSON) or not event.spokesperson.strip() or event.by is None:
        return incident
    return changed(incident, spoken_for_by=event.by.unit)


def _with_task_done(incident: Incident, event: TaskCompleted) -> tuple[Consultation, ...]:
    return tuple(
        changed(
            consultation,
            tasks=_done(consultation.tasks, event),
        )
        for consultation in incident.consultations
    )


def _done(tasks: tuple[Task, ...], event: TaskCompleted) -> tuple[Task, ...]:
    return replaced(tasks, lambda task: task.id == event.task, lambda task: changed(task, done_at=event.at))
