"""A paper for readers: its sheet, its status, who signed it, to whom it went,
and what may be done with it now.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

from casework.paper_sheets import CasePaper
from desk.case.view import drill_words
from domain.case.records import PaperStatus
from domain.case.state import Incident
from domain.next_steps import STEP_OF
from domain.open_steps import why_closed
from domain.rules.permissions import may_take_original
from domain.steps.escalate import ANSWERS
from domain.terms.roles import Actor
from domain.terms.vocabulary import Marking
from papers.skeletons.preview import PaperPreview, preview
from storage.regulation_text import sentences
from words.cards import unit_name
from words.clauses import Citation, cite
from words.labels import label, word
from words.language import say
from words.papers import is_by_its_unit
from words.wording import absolute


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperWay:
    """A step that the paper leads to."""

    name: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignForLine:
    """The form by which a unit signs for the paper: the key of its one sending,
    and the event up to which its reader read.
    """

    action: str
    key: str
    number: int
    is_of_several: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperPage:
    """One paper: its sheet line by line, and `facts` that are said beside it."""

    incident_id: str
    case: str
    id: str
    name: str
    status: str
    is_waiting: bool
    is_over: bool
    sheet: PaperPreview
    facts: tuple[tuple[str, str], ...]
    clause: Citation | None
    sign_for: SignForLine | None
    ways: tuple[PaperWay, ...]
    files: tuple[PaperWay, ...]
    drill: str


def paper_page(
    incident: Incident, document: CasePaper, actor: Actor | None, *, on_duty: bool, has_font: bool
) -> PaperPage:
    """The page of a paper of a case as it stands; of a reader who takes no steps the actor is None."""
    paper = document.paper
    return PaperPage(
        incident_id=incident.incident_id,
        case=f"{incident.number} {incident.title}",
        id=paper.id,
        name=word(paper.kind),
        status=word(paper.status),
        is_waiting=paper.status is PaperStatus.DRAFTED,
        is_over=paper.status in {PaperStatus.DECLINED, PaperStatus.VOID},
        sheet=preview(document.sheet),
        facts=tuple(_facts(incident, document)),
        clause=cite(paper.clause, sentences(incident.law.regulation)),
        sign_for=_sign_for(incident, document, actor),
        ways=tuple(_ways(incident, document, actor, on_duty=on_duty)),
        files=tuple(_files(incident, document, actor, has_font=has_font)),
        drill=drill_words(incident.drill),
    )


def _facts(incident: Incident, document: CasePaper) -> Iterator[tuple[str, str]]:
    paper = document.paper
    yield say("状态"), word(paper.status)
    yield say("拟稿时间"), absolute(paper.drafted_at)
    if paper.signed_at is not None:
        yield say("签发"), _signature(incident, document)
    elif paper.status is PaperStatus.DRAFTED:
        yield say("签发"), say("待签发，签发后生效")
    if document.ended_at is not None and paper.status is PaperStatus.DECLINED:
        yield (
            say("不予签发"),
            say("{time}，理由：{reason}", time=absolute(document.ended_at), reason=document.reason),
        )
    elif document.ended_at is not None:
        yield say("作废"), say("{time}，原件留存", time=absolute(document.ended_at))
    unit = unit_name(incident.law, paper.unit)
    if is_by_its_unit(paper.kind):
        yield say("出具单位"), unit
    if document.sheet.addressee or not is_by_its_unit(paper.kind):
        yield say("发往"), document.sheet.addressee or unit
    if document.receipt is not None:
        yield say("签收"), _receipt(incident, document)
    yield say("依据记录"), say("第 {number} 号记录", number=document.record)


def _signature(incident: Incident, document: CasePaper) -> str:
    """Who signed and when, named as the timeline names who acted."""
    at, by = document.paper.signed_at, document.signer
    if at is None:
        return ""
    if by is None:
        return absolute(at)
    who = f"{unit_name(incident.law, by.unit)} {word(by.role)} {by.person}"
    return say("{who}，{time}", who=who, time=absolute(at))


def _receipt(incident: Incident, document: CasePaper) -> str:
    obligation = document.receipt
    if obligation is None:
        return ""
    unit = unit_name(incident.law, document.paper.unit)
    if obligation.fulfilled_at is not None:
        return say("{unit} 于 {time} 签收", unit=unit, time=absolute(obligation.fulfilled_at))
    if not obligation.is_owed:
        return word(obligation.status)
    return say("{unit} 尚未签收，{time} 到期", unit=unit, time=absolute(obligation.due_at))


def _sign_for(incident: Incident, document: CasePaper, actor: Actor | None) -> SignForLine | None:
    """Offered to the unit to which the paper went, while it is owed and the step is open."""
    obligation = document.receipt
    if actor is None or obligation is None or not obligation.is_owed or actor.unit != document.paper.unit:
        return None
    kind = STEP_OF[obligation.kind]
    if why_closed(kind, incident, actor) is not None:
        return None
    return SignForLine(
        action=f"/incidents/{incident.incident_id}/do/{kind}",
        key=uuid4().hex,
        number=incident.event_number,
        is_of_several=len(incident.owed(obligation.kind, unit=actor.unit)) > 1,
    )


def _ways(
    incident: Incident, document: CasePaper, actor: Actor | None, *, on_duty: bool
) -> Iterator[PaperWay]:
    """Signing and declining of a draft, returning of what one was sent."""
    if actor is None:
        return
    kinds = ANSWERS if document.paper.status is PaperStatus.DRAFTED else ()
    for kind in kinds:
        if why_closed(kind, incident, actor, on_duty=on_duty) is None:
            path = f"/incidents/{incident.incident_id}/do/{kind}?paper={document.paper.id}"
            yield PaperWay(name=label("commands", kind).here, href=path)


def _files(
    incident: Incident, document: CasePaper, actor: Actor | None, *, has_font: bool
) -> Iterator[PaperWay]:
    """The files that may be taken: of a marked case the DOCX, which bears no mark,
    by who may lower it alone.
    """
    if actor is None:
        return
    path = f"/incidents/{incident.incident_id}/papers/{document.paper.id}"
    if has_font:
        yield PaperWay(name=say("下载 PDF"), href=f"{path}.pdf")
    if incident.gravest_marking is Marking.NONE or may_take_original(actor, incident):
        yield PaperWay(name=say("下载 DOCX"), href=f"{path}.docx")
