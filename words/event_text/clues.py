"""What is told of clues, screening and who coordinates, in one sentence each."""
# ruff: noqa: ARG001  each takes what `describe` takes

from domain.case.state import Incident
from domain.rules.coordination import COMPREHENSIVE, ConsultationProposed, CoordinatorsNamed
from domain.steps.screen import DuplicateAbsorbed, MergedInto, RegistrationVoided, SentOnward, SourceExcluded
from domain.steps.transfer import (
    ClueAcknowledged,
    ClueDeclined,
    ClueProposed,
    ClueResultReported,
    ClueSigned,
    ClueTransferred,
)
from words.attention import sent_words
from words.cards import unit_name
from words.event_text.description import describe, names
from words.labels import word
from words.language import marked, say
from words.wording import listed


@describe.register
def _(event: ConsultationProposed, incident: Incident) -> str:
    must = marked("{causes}：应当召开会商联席会议；不影响先行公布")
    may = marked("{causes}：建议召开会商联席会议；不影响先行公布")
    return say(must if event.mandatory else may, causes=listed(word(cause) for cause in event.causes))


@describe.register
def _(event: CoordinatorsNamed, incident: Incident) -> str:
    comprehensive = marked("综合性舆情，由 {units} 组织协调")
    own = marked("涉及组织协调单位自身，按规定回避，由 {units} 组织协调")
    sentence = comprehensive if event.cause == COMPREHENSIVE else own
    return say(sentence, units=names(incident, event.units))


@describe.register
def _(event: ClueProposed, incident: Incident) -> str:
    clue = event.clue
    return say(
        "{nature}：{act}；依据 {basis}；拟移交 {unit}；证据 {count} 项；须两位负责同志签批",
        nature=word(clue.nature),
        act=clue.act,
        basis=clue.legal_basis,
        unit=unit_name(incident.law, clue.receiver),
        count=len(clue.evidence),
    )


@describe.register
def _(event: ClueSigned, incident: Incident) -> str:
    return say("{clue}：{side}负责同志已签批", clue=event.clue, side=word(event.signature.side))


@describe.register
def _(event: ClueTransferred, incident: Incident) -> str:
    return say(
        "{clue} 移交 {unit}；不影响回应时限", clue=event.clue, unit=unit_name(incident.law, event.receiver)
    )


@describe.register
def _(event: ClueDeclined, incident: Incident) -> str:
    return say("{clue} 不予移交：{reason}", clue=event.clue, reason=event.reason)


@describe.register
def _(event: ClueAcknowledged, incident: Incident) -> str:
    return say("{clue} 回执：{receipt}", clue=event.clue, receipt=event.receipt)


@describe.register
def _(event: ClueResultReported, incident: Incident) -> str:
    return say("{clue} 查处结果：{result}", clue=event.clue, result=event.result)


@describe.register
def _(event: SourceExcluded, incident: Incident) -> str:
    excluded = event.exclusion
    return say("第 {number} 项来源不计入：{reason}；原件保留", number=excluded.item, reason=excluded.reason)


@describe.register
def _(event: RegistrationVoided, incident: Incident) -> str:
    return say("误登记，撤销：{reason}；记录与已有的超时均保留", reason=event.reason)


@describe.register
def _(event: SentOnward, incident: Incident) -> str:
    return say(
        "不属受理范围（{house}），转 {destination}，告知 {addressees}：{reason}", **sent_words(event.sent_on)
    )


@describe.register
def _(event: MergedInto, incident: Incident) -> str:
    return say("并入 {number}：{reason}；两件的记录均保留", number=event.survivor.number, reason=event.reason)


@describe.register
def _(event: DuplicateAbsorbed, incident: Incident) -> str:
    return say(
        "{number} 并入本事件，新增来源 {count} 项",
        number=event.duplicate.number,
        count=len(event.sources),
    )
