"""What each event tells, in one sentence: what people did. What the rules did is in `telling_rules`."""
# ruff: noqa: ARG001  each takes what `describe` takes

from collections.abc import Iterable
from functools import singledispatch

from domain.case.events import Event
from domain.case.records import Conclusion, Evidence
from domain.case.state import Incident
from domain.catalogue import IntrusionNoticed, SubmissionRefused, SubmissionUnreadable
from domain.law.levels import LevelSuggestion
from domain.steps.assign import Assigned, CoordinatorAdded, LeadDesignated
from domain.steps.close import Archived, Closed, HandlingRecorded
from domain.steps.escalate import Rectified, TalkHeld
from domain.steps.judge import Judged
from domain.steps.register import ConcernRecorded, MetricsRecorded, Registered, SourceAdded
from domain.steps.report import ReportedUp
from domain.steps.respond import Drafted, InternallyReplied, Reviewed
from domain.steps.sign import ReturnedBack, SignedFor
from domain.steps.verify import Concluded, VerificationAnswered, VerificationRequested
from domain.terms.refusals import Reason
from domain.terms.vocabulary import EmergencyGrade, ResponseClass
from words.cards import unit_name
from words.labels import explanation, label, word
from words.language import marked, say
from words.platforms import platform_name, platforms
from words.wording import absolute, listed


@singledispatch
def describe(event: Event, incident: Incident) -> str:
    """What an event of the incident says, beyond its name; empty when the name says all."""
    raise TypeError(f"nothing is told of {type(event).__name__}")


def names(incident: Incident, units: Iterable[str]) -> str:
    """The names of units, joined."""
    return listed(unit_name(incident.law, unit) for unit in units)


def proofs(evidence: tuple[Evidence, ...]) -> str:
    """How many pieces of evidence there are, to be added to a sentence; empty for none."""
    return say("；证据 {count} 份", count=len(evidence)) if evidence else ""


def broken_words(reasons: Iterable[Reason]) -> str:
    """The rules that a text broke which went out, by the titles of their refusals (DD-30)."""
    return listed(explanation("reasons", reason).title.here for reason in reasons)


def because(reason: str) -> str:
    """The reason, to be added to a sentence; empty for none."""
    return say("；理由：{reason}", reason=reason) if reason.strip() else ""


@describe.register
def _(event: Registered, incident: Incident) -> str:
    sentence = say(
        "《{title}》，来源 {sources}，发现时间 {time}",
        title=event.title,
        sources=platforms(incident.law, dict.fromkeys(source.platform for source in event.sources)),
        time=absolute(event.discovered_at),
    )
    occurred = say("，事发时间 {time}", time=absolute(event.occurred_at)) if event.occurred_at else ""
    involved = names(incident, (part.unit for part in event.involved))
    return sentence + occurred + (say("；涉及 {units}", units=involved) if involved else "")


@describe.register
def _(event: SourceAdded, incident: Incident) -> str:
    source = event.source
    return say(
        "{platform}（{time}）：{gist}",
        platform=platform_name(incident.law, source.platform),
        time=absolute(source.at),
        gist=source.gist,
    )


@describe.register
def _(event: MetricsRecorded, incident: Incident) -> str:
    counts = event.metrics
    return say(
        "截至 {time}：发帖 {posts}，阅读 {reads}，评论 {comments}；{suggestion}",
        time=absolute(counts.at),
        posts=counts.posts,
        reads=counts.reads,
        comments=counts.comments,
        suggestion=suggested(event.suggestion),
    )


@describe.register
def _(event: ConcernRecorded, incident: Incident) -> str:
    concern = event.concern
    return say(
        "关切 {number}（{audience}）：{concern}",
        number=concern.number,
        audience=word(concern.audience),
        concern=concern.text,
    )


@describe.register
def _(event: VerificationRequested, incident: Incident) -> str:
    return say(
        "请 {unit} 核实：{questions}", unit=unit_name(incident.law, event.peer), questions=event.questions
    )


@describe.register
def _(event: VerificationAnswered, incident: Incident) -> str:
    return say(
        "{unit} 反馈：{answer}。{result}",
        unit=unit_name(incident.law, event.peer),
        answer=word(event.answer),
        result=event.result,
    )


def conclusion_words(conclusion: Conclusion) -> str:
    """What was concluded, and that it rests on the word of accountable units alone where it does (DD-21)."""
    value = word(conclusion.value)
    return say("{conclusion}（仅据涉事单位自述）", conclusion=value) if conclusion.own_word else value


def approval_words(conclusion: Conclusion) -> str:
    """Who approved a conclusion, or that nobody is on record (R343)."""
    if conclusion.approver.strip():
        return say("{approver} 审定", approver=conclusion.approver)
    return say("未记审定人")


@describe.register
def _(event: Concluded, incident: Incident) -> str:
    conclusion = event.conclusion
    sentence = say(
        "{conclusion}：{finding}", conclusion=conclusion_words(conclusion), finding=conclusion.finding
    )
    return sentence + say("；{approval}", approval=approval_words(conclusion)) + proofs(conclusion.evidence)


@describe.register
def _(event: Judged, incident: Incident) -> str:
    graded = event.grade is not EmergencyGrade.NONE
    sentence = say(
        "预警等级 {level}（{suggestion}）；{grade}；{response_class}，应于 {due} 前回应",
        level=word(event.level),
        suggestion=suggested(event.suggestion),
        grade=say("突发事件等级 {grade}", grade=word(event.grade)) if graded else say("非突发事件"),
        response_class=class_words(event.response_class),
        due=absolute(event.response_due_at),
    )
    categories = listed(word(category) for category in event.judgement.key_categories)
    keys = say("；回应重点：{categories}", categories=categories) if categories else ""
    return sentence + keys + because(event.reason)


@describe.register
def _(event: Assigned, incident: Incident) -> str:
    assignment = event.assignment
    first = say("第一责任主体 {units}", units=names(incident, assignment.first))
    also = say("；共同回应 {units}", units=names(incident, assignment.also)) if assignment.also else ""
    rule = (
        say("；规则 {rule}：{words}", rule=assignment.rule, words=word(assignment.rule))
        if assignment.rule
        else ""
    )
    return first + also + rule + because(assignment.reason)


@describe.register
def _(event: SignedFor, incident: Incident) -> str:
    return say("{unit} 已签收交办单", unit=unit_name(incident.law, event.unit))


@describe.register
def _(event: ReturnedBack, incident: Incident) -> str:
    if event.hint:
        return say(
            "{unit} 退回舆情提示{because}",
            unit=unit_name(incident.law, event.unit),
            because=because(event.reason),
        )
    return say(
        "{unit} 退回交办{because}；改派前仍由其负责，时限照走",
        unit=unit_name(incident.law, event.unit),
        because=because(event.reason),
    )


@describe.register
def _(event: LeadDesignated, incident: Incident) -> str:
    return say("牵头单位 {unit}", unit=unit_name(incident.law, event.unit)) + because(event.reason)


@describe.register
def _(event: CoordinatorAdded, incident: Incident) -> str:
    return say("{unit} 参与组织协调", unit=unit_name(incident.law, event.unit))


@describe.register
def _(event: Drafted, incident: Incident) -> str:
    draft = event.draft
    return say(
        "{form}《{title}》（{unit}）",
        form=word(draft.form),
        title=draft.title,
        unit=unit_name(incident.law, draft.unit),
    )


@describe.register
def _(event: Reviewed, incident: Incident) -> str:
    review, draft = event.review, incident.held_draft(event.draft)
    sentence = say(
        marked("《{title}》{stage}通过") if review.approved else marked("《{title}》{stage}退回修改"),
        title=draft.title if draft else event.draft,
        stage=word(review.stage),
    )
    if review.secrecy_reviewer:
        sentence = say("{review}，保密审查 {person}", review=sentence, person=review.secrecy_reviewer)
    return (
        say("{review}：{comment}", review=sentence, comment=review.comment)
        if review.comment.strip()
        else sentence
    )


@describe.register
def _(event: InternallyReplied, incident: Incident) -> str:
    return say(
        "{unit}：{note}（内部答复不停止对外时限）", unit=unit_name(incident.law, event.unit), note=event.note
    )


@describe.register
def _(event: ReportedUp, incident: Incident) -> str:
    report = event.report
    return say(
        "{unit} 向 {receiver} 上报：{report}",
        unit=unit_name(incident.law, report.unit),
        receiver=unit_name(incident.law, report.to),
        report=report.text,
    )


@describe.register
def _(event: Rectified, incident: Incident) -> str:
    return say("{unit}：{words}", unit=unit_name(incident.law, event.unit), words=event.report)


@describe.register
def _(event: TalkHeld, incident: Incident) -> str:
    unit = unit_name(incident.law, incident.paper(event.paper).unit)
    return say("约谈 {unit}：{minutes}", unit=unit, minutes=event.minutes)


@describe.register
def _(event: HandlingRecorded, incident: Incident) -> str:
    handling = event.handling
    return say(
        marked("{unit}：{words}") if handling.needed else marked("{unit}（无需线下处置）：{words}"),
        unit=unit_name(incident.law, handling.unit),
        words=handling.text,
    )


@describe.register
def _(event: Closed, incident: Incident) -> str:
    waivers = (
        (marked("；热度未降仍办结：{reason}"), event.heat_override),
        (marked("；诉求未逐条回应：{reason}"), event.concerns_waiver),
        (marked("；文书不全：{reason}"), event.papers_waiver),
    )
    said = "".join(say(waiver, reason=reason) for waiver, reason in waivers if reason.strip())
    return say("办结意见：{opinion}", opinion=event.opinion) + said


@describe.register
def _(event: Archived, incident: Incident) -> str:
    return "" if event.by else say("办结后满规定期限，自动归档")


@describe.register
def _(event: SubmissionRefused, incident: Incident) -> str:
    why = explanation("reasons", Reason(event.reason).value)
    return say(
        "“{command}”未被受理：{title}。{advice}",
        command=label("commands", event.command).here,
        title=why.title.here,
        advice=why.advice.here.replace("{subject}", event.detail),
    )


@describe.register
def _(event: SubmissionUnreadable, incident: Incident) -> str:
    return say("原始内容已按字节留存，请重新提交")


@describe.register
def _(event: IntrusionNoticed, incident: Incident) -> str:
    return say("共 {count} 次，均未生效，时限照走；请系统管理员查明本机是谁在连接流程引擎", count=event.count)


def class_words(response_class: ResponseClass) -> str:
    """The class in short: 24小时类 or 48小时类."""
    return say({ResponseClass.H24: marked("24小时类"), ResponseClass.H48: marked("48小时类")}[response_class])


def suggested(suggestion: LevelSuggestion) -> str:
    """What the system suggests and why: `系统建议 社会热点问题：阅读量 34000 ≥ 10000`."""
    reasons = say("，").join(
        (
            f"{label('level_trigger', reason.trigger).here}"
            f" {_measure(reason.trigger, reason.measured, reason.threshold)}"
        )
        for reason in suggestion.reasons
        if reason.level is suggestion.level
    )
    level = word(suggestion.level)
    if reasons:
        return say("系统建议 {level}：{reasons}", level=level, reasons=reasons)
    return say("系统建议 {level}：未达更高等级的标准", level=level)


def _measure(trigger: str, measured: str, threshold: str) -> str:
    if trigger != "floor":
        return f"{measured} ≥ {threshold}"
    group = "EmergencyGrade" if measured in set(EmergencyGrade) else "KeyCategory"
    return say("（{cause}）", cause=label(group, measured).here)
