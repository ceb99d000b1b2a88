"""What is told of clues, screening and who coordinates, in one Chinese sentence each."""
# ruff: noqa: ARG001  each takes what `told` takes

from api.labels import word
from api.views.cards import unit_name
from api.views.telling import names, told
from domain.case.state import Incident
from domain.rules.coordination import COMPREHENSIVE, ConsultationProposed, CoordinatorsNamed
from domain.steps.screen import DuplicateAbsorbed, MergedInto, RegistrationVoided, SourceExcluded
from domain.steps.transfer import (
    ClueAcknowledged,
    ClueDeclined,
    ClueProposed,
    ClueResultReported,
    ClueSigned,
    ClueTransferred,
)


@told.register
def _(event: ConsultationProposed, incident: Incident) -> str:
    why = "、".join(word(cause) for cause in event.causes)
    return f"{why}：{'应当' if event.mandatory else '建议'}召开会商联席会议；不影响先行公布"


@told.register
def _(event: CoordinatorsNamed, incident: Incident) -> str:
    why = "综合性舆情" if event.cause == COMPREHENSIVE else "涉及组织协调单位自身，按规定回避"
    return f"{why}，由 {names(incident, event.units)} 组织协调"


@told.register
def _(event: ClueProposed, incident: Incident) -> str:
    clue = event.clue
    return (
        f"{word(clue.nature)}：{clue.act}；依据 {clue.legal_basis}；拟移交 {unit_name(incident.law, clue.receiver)}"
        f"；证据 {len(clue.evidence)} 项；须两位负责同志签批"
    )


@told.register
def _(event: ClueSigned, incident: Incident) -> str:
    return f"{event.clue}：{word(event.signature.side)}负责同志已签批"


@told.register
def _(event: ClueTransferred, incident: Incident) -> str:
    return f"{event.clue} 移交 {unit_name(incident.law, event.receiver)}；不影响回应时限"


@told.register
def _(event: ClueDeclined, incident: Incident) -> str:
    return f"{event.clue} 不予移交：{event.reason}"


@told.register
def _(event: ClueAcknowledged, incident: Incident) -> str:
    return f"{event.clue} 回执：{event.receipt}"


@told.register
def _(event: ClueResultReported, incident: Incident) -> str:
    return f"{event.clue} 查处结果：{event.result}"


@told.register
def _(event: SourceExcluded, incident: Incident) -> str:
    return f"第 {event.exclusion.item} 项来源不计入：{event.exclusion.reason}；原件保留"


@told.register
def _(event: RegistrationVoided, incident: Incident) -> str:
    return f"误登记，撤销：{event.reason}；记录与已有的超时均保留"


@told.register
def _(event: MergedInto, incident: Incident) -> str:
    return f"并入 {event.survivor.number}：{event.reason}；两件的记录均保留"


@told.register
def _(event: DuplicateAbsorbed, incident: Incident) -> str:
    return f"{event.duplicate.number} 并入本事件，新增来源 {len(event.sources)} 项"
