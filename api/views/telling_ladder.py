"""What is told of alarms, instructions, appraisal and accountability, in one Chinese sentence each."""

from api.labels import word
from api.views.attention import source_words
from api.views.cards import unit_name
from api.views.telling import names, told
from api.views.telling_rules import duty_words
from domain.case.oversight import Alarm
from domain.case.state import Incident
from domain.rules.watch import AlarmRaised
from domain.steps.accountability import FileHandedOver
from domain.steps.appraise import CommendationProposed, ModelRated, ToleranceDecided, ToleranceRequested
from domain.steps.instruct import Instructed, SupervisionIssued
from domain.steps.retrospect import RetrospectiveRecorded


@told.register
def _(event: AlarmRaised, incident: Incident) -> str:
    unit = unit_name(incident.law, event.unit)
    if event.alarm is Alarm.UNASSIGNED:
        return f"{word(event.alarm)}，请 {unit} 尽快交办"
    return f"{word(event.alarm)}：{unit}，{duty_words(incident, incident.obligation(event.cause))}"


@told.register
def _(event: Instructed, incident: Incident) -> str:
    return f"致 {names(incident, event.instruction.to)}：{event.instruction.text}"


@told.register
def _(event: SupervisionIssued, incident: Incident) -> str:
    return f"致 {unit_name(incident.law, event.unit)}：{event.demand}"


@told.register
def _(event: ModelRated, incident: Incident) -> str:
    return f"{source_words(incident, event.rating.publication)}；理由：{event.reason}"


@told.register
def _(event: CommendationProposed, incident: Incident) -> str:
    people = f"（个人 {event.persons} 名）" if event.persons else ""
    return f"{unit_name(incident.law, event.unit)}{people}；理由：{event.reason}"


@told.register
def _(event: ToleranceRequested, incident: Incident) -> str:
    return f"{duty_words(incident, incident.obligation(event.obligation))}；理由：{event.reason}"


@told.register
def _(event: ToleranceDecided, incident: Incident) -> str:
    decided = "同意，免予扣分，超时记录和文书保留" if event.granted else "不同意"
    return f"{duty_words(incident, incident.obligation(event.obligation))}：{decided}；理由：{event.reason}"


@told.register
def _(event: FileHandedOver, incident: Incident) -> str:
    file = event.file
    return (
        f"将 {unit_name(incident.law, file.unit)} 的材料（{len(file.items)} 件，截至第 {file.event_number} 号记录）"
        f"移送 {unit_name(incident.law, file.organ)}；侵犯知情权：{file.infringement}；情节：{file.seriousness}；"
        f"理由：{file.reason}；是否追责由受理机关决定"
    )


@told.register
def _(event: RetrospectiveRecorded, incident: Incident) -> str:
    found = event.retrospective
    unit = unit_name(incident.law, found.unit)
    return f"{unit}：根源 {found.root_cause}；预防 {found.prevention}；评估 {found.evaluation}"
