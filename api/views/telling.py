"""What each event tells, in one Chinese sentence: what people did. What the rules did is in `telling_rules`."""
# ruff: noqa: ARG001  each takes what `told` takes

from collections.abc import Iterable
from functools import singledispatch

from api.labels import explanation, label, word
from api.views.cards import unit_name
from api.views.wording import absolute
from domain.case.events import Event
from domain.case.records import Evidence
from domain.case.state import Incident
from domain.catalogue import SubmissionRefused, SubmissionUnreadable
from domain.law.levels import LevelSuggestion
from domain.steps.assign import Assigned, CoordinatorAdded, LeadDesignated
from domain.steps.close import Archived, Closed, HandlingRecorded
from domain.steps.escalate import Rectified, TalkHeld
from domain.steps.judge import Judged
from domain.steps.publish import EmergencyResponseEnded, PressConferenceHeld, Published, Relayed
from domain.steps.register import ConcernRecorded, MetricsRecorded, Registered, SourceAdded
from domain.steps.report import ReportedUp
from domain.steps.respond import Drafted, InternallyReplied, Reviewed
from domain.steps.sign import ReturnedBack, SignedFor
from domain.steps.verify import Concluded, VerificationAnswered, VerificationRequested
from domain.terms.refusals import Reason
from domain.terms.vocabulary import EmergencyGrade, Platform, ResponseClass


@singledispatch
def told(event: Event, incident: Incident) -> str:
    """What an event of the incident says, beyond its name; empty when the name says all."""
    raise TypeError(f"nothing is told of {type(event).__name__}")


def names(incident: Incident, units: Iterable[str]) -> str:
    """The names of units, joined."""
    return "、".join(unit_name(incident.law, unit) for unit in units)


def _platforms(platforms: Iterable[Platform]) -> str:
    return "、".join(word(platform) for platform in platforms)


def _proofs(evidence: tuple[Evidence, ...]) -> str:
    return f"；证据 {len(evidence)} 份" if evidence else ""


def _because(reason: str) -> str:
    return f"；理由：{reason}" if reason.strip() else ""


@told.register
def _(event: Registered, incident: Incident) -> str:
    occurred = f"，事发时间 {absolute(event.occurred_at)}" if event.occurred_at else ""
    involved = names(incident, (part.unit for part in event.involved))
    return (
        f"《{event.title}》，来源 {_platforms(dict.fromkeys(source.platform for source in event.sources))}，"
        f"发现时间 {absolute(event.discovered_at)}{occurred}" + (f"；涉及 {involved}" if involved else "")
    )


@told.register
def _(event: SourceAdded, incident: Incident) -> str:
    return f"{word(event.source.platform)}（{absolute(event.source.at)}）：{event.source.gist}"


@told.register
def _(event: MetricsRecorded, incident: Incident) -> str:
    counts = event.metrics
    return (
        f"截至 {absolute(counts.at)}：发帖 {counts.posts}，阅读 {counts.reads}，评论 {counts.comments}；"
        f"{suggested(event.suggestion)}"
    )


@told.register
def _(event: ConcernRecorded, incident: Incident) -> str:
    return f"关切 {event.concern.number}（{word(event.concern.audience)}）：{event.concern.text}"


@told.register
def _(event: VerificationRequested, incident: Incident) -> str:
    return f"请 {unit_name(incident.law, event.peer)} 核实：{event.questions}"


@told.register
def _(event: VerificationAnswered, incident: Incident) -> str:
    return f"{unit_name(incident.law, event.peer)} 反馈：{word(event.answer)}。{event.result}"


@told.register
def _(event: Concluded, incident: Incident) -> str:
    return f"{word(event.conclusion.value)}：{event.conclusion.finding}{_proofs(event.conclusion.evidence)}"


@told.register
def _(event: Judged, incident: Incident) -> str:
    grade = "非突发事件" if event.grade is EmergencyGrade.NONE else f"突发事件等级 {word(event.grade)}"
    categories = "、".join(word(category) for category in event.judgement.key_categories)
    return (
        f"预警等级 {word(event.level)}（{suggested(event.suggestion)}）；{grade}；"
        f"{class_words(event.response_class)}，应于 {absolute(event.response_due_at)} 前回应"
        + (f"；回应重点：{categories}" if categories else "")
        + _because(event.reason)
    )


@told.register
def _(event: Assigned, incident: Incident) -> str:
    given = event.assignment
    also = f"；共同回应 {names(incident, given.also)}" if given.also else ""
    rule = f"；规则 {given.rule}：{word(given.rule)}" if given.rule else ""
    return f"第一责任主体 {names(incident, given.first)}{also}{rule}{_because(given.reason)}"


@told.register
def _(event: SignedFor, incident: Incident) -> str:
    return f"{unit_name(incident.law, event.unit)} 已签收交办单"


@told.register
def _(event: ReturnedBack, incident: Incident) -> str:
    return (
        f"{unit_name(incident.law, event.unit)} 退回交办{_because(event.reason)}；改派前仍由其负责，时限照走"
    )


@told.register
def _(event: LeadDesignated, incident: Incident) -> str:
    return f"牵头单位 {unit_name(incident.law, event.unit)}{_because(event.reason)}"


@told.register
def _(event: CoordinatorAdded, incident: Incident) -> str:
    return f"{unit_name(incident.law, event.unit)} 参与组织协调"


@told.register
def _(event: Drafted, incident: Incident) -> str:
    return f"{word(event.draft.form)}《{event.draft.title}》（{unit_name(incident.law, event.draft.unit)}）"


@told.register
def _(event: Reviewed, incident: Incident) -> str:
    verdict = "通过" if event.review.approved else "退回修改"
    comment = f"：{event.review.comment}" if event.review.comment.strip() else ""
    return f"《{incident.draft(event.draft).title}》{word(event.review.stage)}{verdict}{comment}"


@told.register
def _(event: InternallyReplied, incident: Incident) -> str:
    return f"{unit_name(incident.law, event.unit)}：{event.note}（内部答复不停止对外时限）"


@told.register
def _(event: Published, incident: Incident) -> str:
    item = event.publication
    title = incident.draft(item.draft).title
    lane = "；紧急通道，复审待补签" if item.fast_lane else ""
    return (
        f"{unit_name(incident.law, item.unit)} 在 {_platforms(item.channels)} 公布{word(item.form)}《{title}》"
        f"{_proofs(item.evidence)}{lane}"
    )


@told.register
def _(event: Relayed, incident: Incident) -> str:
    authority = "经授权" if event.relay.authorised else "未经授权，不计覆盖率"
    unit = unit_name(incident.law, event.relay.unit)
    return f"{unit} 在 {_platforms(event.relay.channels)} 转发（{authority}）{_proofs(event.relay.evidence)}"


@told.register
def _(event: PressConferenceHeld, incident: Incident) -> str:
    return f"{unit_name(incident.law, event.unit)} 召开{_proofs(event.evidence)}"


@told.register
def _(event: EmergencyResponseEnded, incident: Incident) -> str:
    return f"持续发布随之结束{_because(event.reason)}"


@told.register
def _(event: ReportedUp, incident: Incident) -> str:
    report = event.report
    return (
        f"{unit_name(incident.law, report.unit)} 向 {unit_name(incident.law, report.to)} 上报：{report.text}"
    )


@told.register
def _(event: Rectified, incident: Incident) -> str:
    return f"{unit_name(incident.law, event.unit)}：{event.report}"


@told.register
def _(event: TalkHeld, incident: Incident) -> str:
    return f"约谈 {unit_name(incident.law, incident.paper(event.paper).unit)}：{event.minutes}"


@told.register
def _(event: HandlingRecorded, incident: Incident) -> str:
    needed = "" if event.handling.needed else "（无需线下处置）"
    return f"{unit_name(incident.law, event.handling.unit)}{needed}：{event.handling.text}"


@told.register
def _(event: Closed, incident: Incident) -> str:
    waivers = (
        ("热度未降仍办结", event.heat_override),
        ("诉求未逐条回应", event.concerns_waiver),
        ("文书不全", event.papers_waiver),
    )
    said = "".join(f"；{what}：{reason}" for what, reason in waivers if reason.strip())
    return f"办结意见：{event.opinion}{said}"


@told.register
def _(event: Archived, incident: Incident) -> str:
    return "" if event.by else "办结后满规定期限，自动归档"


@told.register
def _(event: SubmissionRefused, incident: Incident) -> str:
    why = explanation("reasons", Reason(event.reason).value)
    return f"“{label('commands', event.command).here}”未被受理：{why.title.here}。{why.advice.here.replace('{subject}', event.detail)}"


@told.register
def _(event: SubmissionUnreadable, incident: Incident) -> str:
    return "原始内容已按字节留存，请重新提交"


def class_words(response_class: ResponseClass) -> str:
    """The class in short: 24小时类 or 48小时类."""
    return {ResponseClass.H24: "24小时类", ResponseClass.H48: "48小时类"}[response_class]


def suggested(suggestion: LevelSuggestion) -> str:
    """What the system suggests and why: `系统建议 社会热点问题：阅读量 34000 ≥ 10000`."""
    reasons = "，".join(
        f"{label('level_trigger', reason.trigger).here} {_measure(reason.trigger, reason.measured, reason.threshold)}"
        for reason in suggestion.reasons
        if reason.level is suggestion.level
    )
    return f"系统建议 {word(suggestion.level)}" + (f"：{reasons}" if reasons else "：未达更高等级的标准")


def _measure(trigger: str, measured: str, threshold: str) -> str:
    if trigger != "floor":
        return f"{measured} ≥ {threshold}"
    group = "EmergencyGrade" if measured in set(EmergencyGrade) else "KeyCategory"
    return f"（{label(group, measured).here}）"
