"""What is told of alarms, instructions, appraisal and accountability, in one sentence each."""

from domain.case.oversight import Alarm
from domain.case.state import Incident
from domain.rules.by_rota import DutyStepsChanged, TakenOnDuty
from domain.rules.counting import CountsMissing
from domain.rules.watch import AlarmRaised, TaskReminded
from domain.steps.accountability import FileHandedOver
from domain.steps.appraise import CommendationProposed, ModelRated, ToleranceDecided, ToleranceRequested
from domain.steps.confirm_duty import DutyOrderRevoked, DutyStepsConfirmed
from domain.steps.instruct import Instructed, SupervisionIssued
from domain.steps.retrospect import RetrospectiveRecorded
from words.attention import source_words
from words.by_rota import duty_matters
from words.cards import unit_name
from words.event_text.description import because, describe, names
from words.event_text.rules import obligation_words
from words.labels import word
from words.language import marked, say
from words.wording import absolute, moment


@describe.register
def _(event: AlarmRaised, incident: Incident) -> str:
    unit = unit_name(incident.law, event.unit)
    if event.alarm is Alarm.UNASSIGNED:
        return say("{alarm}，请 {unit} 尽快交办", alarm=word(event.alarm), unit=unit)
    obligation = obligation_words(incident, incident.obligation(event.cause))
    return say("{alarm}：{unit}，{obligation}", alarm=word(event.alarm), unit=unit, obligation=obligation)


@describe.register
def _(event: TakenOnDuty, _: Incident) -> str:
    due = absolute(event.step.confirm_by)
    return say("{matter}：值班授权办理，即时生效，{due} 前补审", matter=word(event.step.matter), due=due)


@describe.register
def _(event: DutyStepsChanged, incident: Incident) -> str:
    return say("不再待补审：{matters}", matters=duty_matters(incident, event.steps))


@describe.register
def _(event: DutyStepsConfirmed, incident: Incident) -> str:
    on_time, late = marked("确认：{matters}"), marked("确认：{matters}；逾时补审")
    matters = duty_matters(incident, event.steps)
    sentence = say(late if event.late else on_time, matters=matters)
    return (
        say("{review}：{comment}", review=sentence, comment=event.comment)
        if event.comment.strip()
        else sentence
    )


@describe.register
def _(event: DutyOrderRevoked, incident: Incident) -> str:
    return duty_matters(incident, (event.paper,)) + because(event.reason)


@describe.register
def _(event: TaskReminded, incident: Incident) -> str:
    tasks = {task.id: task for meeting in incident.consultations for task in meeting.tasks}
    task = tasks[event.task]
    unit, due = unit_name(incident.law, task.unit), task.due_at
    return say("提醒 {unit}：会商任务 {due} 到期，尚未完成", unit=unit, due=absolute(due) if due else "")


@describe.register
def _(event: CountsMissing, _: Incident) -> str:
    return say("应于 {time} 记录的传播数据尚未记录，请补记", time=moment(event.since).text)


@describe.register
def _(event: Instructed, incident: Incident) -> str:
    instruction = event.instruction
    sentence = say("致 {units}：{words}", units=names(incident, instruction.to), words=instruction.text)
    sentence += say("；要求形成深度分析报告") if instruction.asks_analysis else ""
    if not instruction.stand_in:
        return sentence
    unit = unit_name(incident.law, instruction.stand_in)
    return sentence + say("；由 {unit} 代行市政府办公室职权", unit=unit)


@describe.register
def _(event: SupervisionIssued, incident: Incident) -> str:
    return say("致 {units}：{words}", units=unit_name(incident.law, event.unit), words=event.demand)


@describe.register
def _(event: ModelRated, incident: Incident) -> str:
    return source_words(incident, event.rating.publication) + because(event.reason)


@describe.register
def _(event: CommendationProposed, incident: Incident) -> str:
    people = say("（个人 {count} 名）", count=event.persons) if event.persons else ""
    return unit_name(incident.law, event.unit) + people + because(event.reason)


@describe.register
def _(event: ToleranceRequested, incident: Incident) -> str:
    return obligation_words(incident, incident.obligation(event.obligation)) + because(event.reason)


@describe.register
def _(event: ToleranceDecided, incident: Incident) -> str:
    granted = marked("{obligation}：同意，免予扣分，超时记录和文书保留；理由：{reason}")
    declined = marked("{obligation}：不同意；理由：{reason}")
    obligation = obligation_words(incident, incident.obligation(event.obligation))
    return say(granted if event.granted else declined, obligation=obligation, reason=event.reason)


@describe.register
def _(event: FileHandedOver, incident: Incident) -> str:
    file = event.file
    return say(
        "将 {unit} 的材料（{count} 件，截至第 {number} 号记录）移送 {organ}；侵犯知情权：{infringement}；"
        "情节：{seriousness}；理由：{reason}；是否追责由受理机关决定",
        unit=unit_name(incident.law, file.unit),
        count=len(file.items),
        number=file.event_number,
        organ=unit_name(incident.law, file.organ),
        infringement=file.infringement,
        seriousness=file.seriousness,
        reason=file.reason,
    )


@describe.register
def _(event: RetrospectiveRecorded, incident: Incident) -> str:
    retrospective = event.retrospective
    return say(
        "{unit}：根源 {root_cause}；预防 {prevention}；评估 {evaluation}",
        unit=unit_name(incident.law, retrospective.unit),
        root_cause=retrospective.root_cause,
        prevention=retrospective.prevention,
        evaluation=retrospective.evaluation,
    )
