"""What is told of superiors, consultations and plans, in one Chinese sentence each."""
# ruff: noqa: ARG001  each takes what `told` takes

from api.labels import word
from api.views.cards import unit_name
from api.views.telling import names, told
from api.views.wording import absolute
from domain.case.state import Incident
from domain.rules.floors import LevelRaised
from domain.steps.consult import AnalysisSubmitted, ConsultationHeld, ResponsePlanned, TaskCompleted
from domain.steps.coordinate import HintIssued, SuperiorFeedbackGiven, SuperiorNoticeReceived


@told.register
def _(event: SuperiorNoticeReceived, incident: Incident) -> str:
    notice = event.notice
    number = f"（{notice.doc_number}）" if notice.doc_number else ""
    due = f"；要求 {absolute(notice.feedback_due_at)} 前反馈" if notice.feedback_due_at else ""
    return f"{unit_name(incident.law, notice.sender)} 来文{number}：{notice.requirement}{due}；首个时限不变"


@told.register
def _(event: HintIssued, incident: Incident) -> str:
    return f"致 {names(incident, event.to)}：{event.text}"


@told.register
def _(event: SuperiorFeedbackGiven, incident: Incident) -> str:
    return event.report


@told.register
def _(event: ConsultationHeld, incident: Incident) -> str:
    held = event.consultation
    tasks = "；".join(f"{unit_name(incident.law, task.unit)}：{task.text}" for task in held.tasks)
    return f"参加：{names(incident, held.members)}；纪要：{held.minutes}" + (
        f"；任务：{tasks}" if tasks else ""
    )


@told.register
def _(event: TaskCompleted, incident: Incident) -> str:
    given = (task for held in incident.consultations for task in held.tasks if task.id == event.task)
    return "".join(f"{unit_name(incident.law, task.unit)} {task.text}：" for task in given) + event.report


@told.register
def _(event: ResponsePlanned, incident: Incident) -> str:
    return event.plan + (f"；发言人：{event.spokesperson}" if event.spokesperson else "")


@told.register
def _(event: AnalysisSubmitted, incident: Incident) -> str:
    return f"{word(event.report)}：定量 {event.quantitative}；定性 {event.qualitative}" + (
        f"；建议 {event.advice}" if event.advice else ""
    )


@told.register
def _(event: LevelRaised, incident: Incident) -> str:
    return f"按规定等级不得低于 {word(event.level)}，已自动上调；须更高时由人研判"
