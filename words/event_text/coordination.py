"""What is told of superiors, consultations and plans, in one sentence each."""
# ruff: noqa: ARG001  each takes what `describe` takes

from domain.case.state import Incident
from domain.rules.floors import LevelRaised
from domain.steps.consult import AnalysisSubmitted, ConsultationHeld, ResponsePlanned, TaskCompleted
from domain.steps.coordinate import HintIssued, SuperiorFeedbackGiven, SuperiorNoticeReceived
from words.cards import unit_name
from words.event_text.description import describe, names
from words.labels import word
from words.language import say
from words.platforms import platforms
from words.wording import absolute


@describe.register
def _(event: SuperiorNoticeReceived, incident: Incident) -> str:
    notice = event.notice
    number = say("（{number}）", number=notice.doc_number) if notice.doc_number else ""
    due = say("；要求 {time} 前反馈", time=absolute(notice.feedback_due_at)) if notice.feedback_due_at else ""
    return say(
        "{unit} 来文{number}：{requirement}{due}；首个时限不变",
        unit=unit_name(incident.law, notice.sender),
        number=number,
        requirement=notice.requirement,
        due=due,
    )


@describe.register
def _(event: HintIssued, incident: Incident) -> str:
    return say("致 {units}：{words}", units=names(incident, event.to), words=event.text)


@describe.register
def _(event: SuperiorFeedbackGiven, incident: Incident) -> str:
    return event.report


@describe.register
def _(event: ConsultationHeld, incident: Incident) -> str:
    consultation = event.consultation
    sentence = say(
        "参加：{units}；纪要：{minutes}",
        units=names(incident, consultation.members),
        minutes=consultation.minutes,
    )
    tasks = say("；").join(
        say("{unit}：{words}", unit=unit_name(incident.law, task.unit), words=task.text)
        for task in consultation.tasks
    )
    agenda = say("议程：{agenda}；", agenda=consultation.agenda) if consultation.agenda else ""
    return agenda + sentence + (say("；任务：{tasks}", tasks=tasks) if tasks else "")


@describe.register
def _(event: TaskCompleted, incident: Incident) -> str:
    tasks = (task for task in incident.tasks if task.id == event.task)
    sentence = "".join(
        say("{unit} {task}：", unit=unit_name(incident.law, task.unit), task=task.text) for task in tasks
    )
    return sentence + event.report


@describe.register
def _(event: ResponsePlanned, incident: Incident) -> str:
    parts = [event.plan]
    if event.form is not None:
        parts.append(say("；形式：{form}", form=word(event.form)))
    if event.channels:
        parts.append(say("；渠道：{channels}", channels=platforms(incident.law, event.channels)))
    if event.timing:
        parts.append(say("；时机：{timing}", timing=event.timing))
    if event.spokesperson:
        parts.append(say("；发言人：{person}", person=event.spokesperson))
    return "".join(parts)


@describe.register
def _(event: AnalysisSubmitted, incident: Incident) -> str:
    sentence = say(
        "{report}：定量 {quantitative}；定性 {qualitative}",
        report=word(event.report),
        quantitative=event.quantitative,
        qualitative=event.qualitative,
    )
    return sentence + (say("；建议 {advice}", advice=event.advice) if event.advice else "")


@describe.register
def _(event: LevelRaised, incident: Incident) -> str:
    return say("按规定等级不得低于 {level}，已自动上调；须更高时由人研判", level=word(event.level))
