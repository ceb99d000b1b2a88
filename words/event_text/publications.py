"""What is told of publications and what became of them, and of evidence registered late,
in one sentence each.
"""
# ruff: noqa: ARG001  each takes what `describe` takes

from domain.case.obligations import FulfilmentKept, LateEvidenceReviewed, ObligationReopened
from domain.case.records import Publication
from domain.case.state import Incident
from domain.rules.correction import ErrorRecorded, PublicationSuperseded
from domain.steps.countersign import Countersigned
from domain.steps.publish import EmergencyResponseEnded, PressConferenceHeld, Published, Relayed
from domain.steps.reads import ReadsRecorded
from domain.steps.withdraw import PublicationWithdrawn
from words.cards import unit_name
from words.computation import was_counted_again
from words.event_text.description import because, broken_words, describe, names, proofs
from words.event_text.rules import obligation_words
from words.labels import word
from words.language import marked, say
from words.platforms import platform_name, platforms
from words.wording import absolute


def _text(incident: Incident, publication: str) -> str:
    item = incident.publication(publication)
    return say(
        "{form}《{title}》（{unit}）",
        form=word(item.form),
        title=incident.draft(item.draft).title,
        unit=unit_name(incident.law, item.unit),
    )


@describe.register
def _(event: Published, incident: Incident) -> str:
    item = event.publication
    sentence = say(
        "{unit} 在 {channels} 公布{form}《{title}》",
        unit=unit_name(incident.law, item.unit),
        channels=platforms(incident.law, item.channels),
        form=word(item.form),
        title=incident.draft(item.draft).title,
    )
    fast = say("；紧急通道，复审待补签") if item.fast_lane else ""
    bare = say("；未会签") if item.not_countersigned else ""
    return sentence + proofs(item.evidence) + fast + bare + _irregular(item)


def _irregular(item: Publication) -> str:
    """Which rules a text broke that went out, and why it did (DD-30)."""
    if not item.irregular:
        return ""
    broken = say("；不合规公布：{rules}", rules=broken_words(item.irregular))
    return broken + because(item.went_out_anyway)


@describe.register
def _(event: Relayed, incident: Incident) -> str:
    counted = marked("{unit} 在 {channels} 转发（经授权）")
    uncounted = marked("{unit} 在 {channels} 转发（未经授权，不计覆盖率）")
    sentence = say(
        counted if event.relay.authorised else uncounted,
        unit=unit_name(incident.law, event.relay.unit),
        channels=platforms(incident.law, event.relay.channels),
    )
    return sentence + proofs(event.relay.evidence)


@describe.register
def _(event: ReadsRecorded, incident: Incident) -> str:
    sentence = say(
        "{text} 在 {channel} 阅读 {reads} 次；数据来源：{figure_source}",
        text=_text(incident, event.publication),
        channel=platform_name(incident.law, event.count.channel),
        reads=event.count.reads,
        figure_source=event.figure_source,
    )
    return sentence + proofs(event.evidence)


@describe.register
def _(event: PressConferenceHeld, incident: Incident) -> str:
    sentence = say("{unit} 召开", unit=unit_name(incident.law, event.unit)) + proofs(event.evidence)
    if event.text is None:
        return sentence
    spoken_for = names(incident, (event.text.unit, *event.text.co_issuers))
    return sentence + say("；通报事实和措施，代表 {units}", units=spoken_for)


@describe.register
def _(event: Countersigned, incident: Incident) -> str:
    answer, draft = event.countersign, incident.held_draft(event.draft)
    agreed, against = marked("{unit} 会签《{title}》：同意"), marked("{unit} 对《{title}》有不同意见")
    sentence = say(
        agreed if answer.agreed else against,
        unit=unit_name(incident.law, answer.unit),
        title=draft.title if draft else event.draft,
    )
    return (
        say("{review}：{comment}", review=sentence, comment=event.comment)
        if event.comment.strip()
        else sentence
    )


@describe.register
def _(event: EmergencyResponseEnded, incident: Incident) -> str:
    return say("持续发布随之结束") + because(event.reason)


@describe.register
def _(event: PublicationWithdrawn, incident: Incident) -> str:
    withdrawn = marked("撤回 {publication}；理由：{reason}；原文留存")
    wrong = marked("撤回 {publication}；因内容有误；理由：{reason}；原文留存")
    return say(
        wrong if event.because_of_error else withdrawn,
        publication=_text(incident, event.publication),
        reason=event.reason,
    )


@describe.register
def _(event: ErrorRecorded, incident: Incident) -> str:
    return say(
        "{publication} 有误，{time} 获知：{finding}",
        publication=_text(incident, event.error.publication),
        time=absolute(event.error.known_at),
        finding=event.error.finding,
    )


@describe.register
def _(event: PublicationSuperseded, incident: Incident) -> str:
    return say(
        "{publication} 由 {correction} 更正，原文留存并互相链接",
        publication=_text(incident, event.publication),
        correction=event.superseded_by,
    )


@describe.register
def _(event: FulfilmentKept, incident: Incident) -> str:
    obligation = obligation_words(incident, incident.obligation(event.obligation))
    return say(
        "{obligation} 由 {evidence} 接续，完成情况不变", obligation=obligation, evidence=event.evidence
    )


@describe.register
def _(event: ObligationReopened, incident: Incident) -> str:
    obligation = obligation_words(incident, incident.obligation(event.obligation))
    return say(
        "{obligation} 所依据的公布已撤回且未按时补发，重新计为未完成，到期 {due}",
        obligation=obligation,
        due=absolute(event.due_at),
    )


@describe.register
def _(event: LateEvidenceReviewed, incident: Incident) -> str:
    item = incident.obligation(event.obligation)
    accepted = marked("{obligation}：补录佐证予以认定，改记按时（补录），超时记录留存；理由：{reason}")
    declined = marked("{obligation}：补录佐证不予认定，超时成立；理由：{reason}")
    counted = marked("{obligation}：按补齐的工作日历重新计算，改记按时，超时记录留存；理由：{reason}")
    said = counted if was_counted_again(item) else accepted if event.accepted else declined
    return say(said, obligation=obligation_words(incident, item), reason=event.reason)
