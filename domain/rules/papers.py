"""Papers of a case: issued by an act, drafted by the clock until a person signs,
and which ones a case must have.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.case.events import Event
from domain.case.records import Paper, PaperStatus
from domain.case.state import Incident, replaced
from domain.case.thinning import counted, lately
from domain.law.articles import Article
from domain.law.editions import Switch
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.ids import paper_id
from domain.terms.roles import Deed
from domain.terms.vocabulary import KeyCategory, PaperKind, PublicationForm, ResponseClass, WarningLevel

PAPER_CLAUSES: dict[PaperKind, str] = {
    PaperKind.FLASH_REPORT: Article.MONITORING,
    PaperKind.SPECIAL_REPORT: Article.DEEP_REPORT,
    PaperKind.DEEP_REPORT: Article.DEEP_REPORT,
    PaperKind.VERIFICATION_SLIP: Article.MONITORING,
    PaperKind.OPINION_HINT: Article.OPINION_HINT,
    PaperKind.ASSIGNMENT_ORDER: Article.DUTY_OF_UNITS,
    PaperKind.SUPERVISION_ORDER: Article.SEVERAL_DEPARTMENTS,
    PaperKind.CIRCULATED_CRITICISM: Article.APPRAISAL,
    PaperKind.ADMONITORY_TALK: Article.APPRAISAL,
    PaperKind.TALK_MINUTES: Article.APPRAISAL,
    PaperKind.INTERIM_RESPONSE: Article.STATUTORY_LIMIT,
    PaperKind.SITUATION_NOTICE: Article.FACTS_AND_RESULTS,
    PaperKind.POLICY_EXPLAINER: Article.KEY_CATEGORIES,
    PaperKind.SITUATION_REPORT: Article.SITUATION_REPORT,
    PaperKind.SUPERIOR_FEEDBACK: Article.SUPERIOR_NOTICES,
    PaperKind.MINUTES: Article.CONSULTATION,
    PaperKind.RESPONSE_PLAN: Article.CONSULTATION,
    PaperKind.TALKING_POINTS: Article.SEVERAL_DEPARTMENTS,
    PaperKind.CLUE_TRANSFER: Article.CLUE_TRANSFER,
    PaperKind.COMMENDATION: Article.APPRAISAL,
    PaperKind.ACCOUNTABILITY_FILE: Article.APPRAISAL,
}


_OF_FORMS = {
    PublicationForm.INTERIM_RESPONSE: PaperKind.INTERIM_RESPONSE,
    PublicationForm.POLICY_EXPLAINER: PaperKind.POLICY_EXPLAINER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperDrafted(Event):
    """A paper came into the file; only what the clock drafted still waits for a signature."""

    kind: Literal["paper_drafted"] = "paper_drafted"
    paper: Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperIssued(Event):
    """A person signed a paper that the clock had drafted: it takes effect (R443)."""

    kind: Literal["paper_issued"] = "paper_issued"
    paper: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperDeclined(Event):
    """A person decided against a drafted paper, with the reason; the draft stays on file."""

    kind: Literal["paper_declined"] = "paper_declined"
    paper: str
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperVoided(Event):
    """A paper lost its ground (a breach withdrawn); it is voided, never deleted (DD-12)."""

    kind: Literal["paper_voided"] = "paper_voided"
    paper: str
    cause: str


PaperEvent = PaperDrafted | PaperIssued | PaperDeclined | PaperVoided


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredPaper:
    """A paper that the rules call for: how many are required and how many are there."""

    kind: PaperKind
    required: int
    present: int
    clause: str


def of_publication(form: PublicationForm) -> PaperKind:
    """The paper that a publication of a form is on file."""
    return _OF_FORMS.get(form, PaperKind.SITUATION_NOTICE)


def drafted_by_the_clock(event: PaperDrafted) -> bool:
    """Whether time alone drafted the paper; a proposal to commend, which waits for a signature too,
    a person made.
    """
    return event.paper.status is PaperStatus.DRAFTED and event.paper.kind is not PaperKind.COMMENDATION


def issued(
    incident: Incident, kind: PaperKind, unit: str, *, cause: str, deed: Deed, offset: int = 0
) -> Paper:
    """A paper that an act puts into effect at once;
    `offset` numbers several of a kind within one decision.
    """
    draft = drafted(incident, kind, unit, cause=cause, at=deed.at, offset=offset)
    return changed(draft, status=PaperStatus.ISSUED, signed_at=deed.at)


def drafted(
    incident: Incident, kind: PaperKind, unit: str, *, cause: str, at: datetime, offset: int = 0
) -> Paper:
    """A paper that waits for a person's signature."""
    number = sum(paper.kind is kind for paper in incident.papers) + incident.left(kind) + 1 + offset
    return Paper(
        id=paper_id(kind, number),
        kind=kind,
        unit=unit,
        cause=cause,
        clause=incident.law.clause(PAPER_CLAUSES[kind]),
        drafted_at=at,
        status=PaperStatus.DRAFTED,
    )


def evolve(incident: Incident, event: PaperEvent) -> Incident:
    """The case after an event of one of its papers."""
    match event:
        case PaperDrafted():
            return _filed(incident, event.paper)
        case PaperIssued():
            return _with_paper(incident, event.paper, PaperStatus.ISSUED, event.at)
        case PaperDeclined():
            return _with_paper(incident, event.paper, PaperStatus.DECLINED)
        case PaperVoided():
            return _with_paper(incident, event.paper, PaperStatus.VOID)


def _filed(incident: Incident, paper: Paper) -> Incident:
    """A paper that a breach called for is one step of that obligation's ladder."""
    papers = (*incident.papers, paper)
    if paper.kind is PaperKind.SITUATION_REPORT and incident.law.has(Switch.BOUNDED):
        return _without_an_old_report(incident, papers)
    if paper.status is not PaperStatus.DRAFTED:
        return changed(incident, papers=papers)
    climbed = replaced(
        incident.obligations,
        lambda obligation: obligation.id == paper.cause,
        lambda obligation: changed(obligation, rungs=obligation.rungs + 1),
    )
    return changed(incident, papers=papers, obligations=climbed)


def _without_an_old_report(incident: Incident, papers: tuple[Paper, ...]) -> Incident:
    """The case with a report on file: of many, the first of each unit and the latest;
    the others are counted.
    """
    reports = [paper for paper in papers if paper.kind is PaperKind.SITUATION_REPORT]
    gone = {paper.id for paper in reports} - {paper.id for paper in lately(reports)}
    left_out = counted(incident.left_out, PaperKind.SITUATION_REPORT, len(gone))
    return changed(
        incident, papers=tuple(paper for paper in papers if paper.id not in gone), left_out=left_out
    )


def _with_paper(
    incident: Incident, paper_id: str, status: PaperStatus, signed_at: datetime | None = None
) -> Incident:
    papers = replaced(
        incident.papers,
        lambda paper: paper.id == paper_id,
        lambda paper: changed(paper, status=status, signed_at=signed_at or paper.signed_at),
    )
    return changed(incident, papers=papers)


def voided_with(incident: Incident, obligation_id: str, at: datetime) -> Iterator[PaperVoided]:
    """The papers that fall with a withdrawn breach."""
    for paper in incident.papers:
        if paper.cause == obligation_id and paper.status in {PaperStatus.DRAFTED, PaperStatus.ISSUED}:
            yield PaperVoided(at=at, paper=paper.id, cause=obligation_id)


def required_papers(incident: Incident) -> tuple[RequiredPaper, ...]:
    """The papers that the case must have as it stands, in the order of the process (`practice.md` 3.2);
    a misread policy is explained (R111).
    """
    demanded = {kind: count for kind, count in _demands(incident) if count}
    return tuple(
        RequiredPaper(
            kind=kind,
            required=count,
            present=_present(incident, kind),
            clause=incident.law.clause(PAPER_CLAUSES[kind]),
        )
        for kind, count in demanded.items()
    )


def _present(incident: Incident, kind: PaperKind) -> int:
    standing = {PaperStatus.ISSUED, PaperStatus.DRAFTED}
    return sum(paper.kind is kind and paper.status in standing for paper in incident.papers) + incident.left(
        kind
    )


def _demands(incident: Incident) -> Iterator[tuple[PaperKind, int]]:
    categories = incident.key_categories
    important = _is_important(incident, categories)
    yield PaperKind.FLASH_REPORT, 1
    yield PaperKind.VERIFICATION_SLIP, len(incident.verifications)
    yield PaperKind.OPINION_HINT, int(bool(incident.superior_notices))
    yield PaperKind.SPECIAL_REPORT, int(important)
    yield PaperKind.DEEP_REPORT, int(important)
    yield PaperKind.ASSIGNMENT_ORDER, len(incident.responders)
    yield PaperKind.MINUTES, max(int(_consults(incident)), len(incident.consultations))
    yield PaperKind.RESPONSE_PLAN, int(_consults(incident))
    yield PaperKind.TALKING_POINTS, max(int(bool(incident.conflicts)), len(incident.talking_points))
    yield PaperKind.INTERIM_RESPONSE, _interim_responses(incident)
    yield PaperKind.POLICY_EXPLAINER, int(KeyCategory.POLICY_MISREADING in categories)
    answering = incident.judgement is not None and KeyCategory.POLICY_MISREADING not in categories
    yield PaperKind.SITUATION_NOTICE, int(answering)
    yield PaperKind.SITUATION_REPORT, len(incident.responders)
    yield PaperKind.SUPERIOR_FEEDBACK, len(incident.superior_notices)
    yield PaperKind.CLUE_TRANSFER, sum(clue.transferred_at is not None for clue in incident.clues)


def _interim_responses(incident: Incident) -> int:
    return sum(item.form is PublicationForm.INTERIM_RESPONSE for item in incident.publications)


def _is_important(incident: Incident, categories: tuple[KeyCategory, ...]) -> bool:
    """L3 or above, one of K3 and K5, or what a leader asked for (R328)."""
    if incident.level is not None and incident.level.rank >= WarningLevel.COMPLEX_SENSITIVE.rank:
        return True
    if any(instruction.asks_analysis for instruction in incident.oversight.instructions):
        return True
    return KeyCategory.MORAL_BOTTOM_LINE in categories or KeyCategory.SUPERIOR_REQUIRED in categories


def _consults(incident: Incident) -> bool:
    """A joint consultation must be held at L4 and in the 24-hour class (R382)."""
    return incident.level is WarningLevel.MAJOR_SITUATION or incident.response_class is ResponseClass.H24
