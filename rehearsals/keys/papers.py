"""Keys of papers: what is on file, what the rules call for, and the ladder."""

from datetime import datetime
from typing import TypedDict

from domain.case.records import Paper, PaperStatus
from domain.rules import papers as rules
from domain.rules.papers import PaperDrafted
from domain.terms.vocabulary import PaperKind
from rehearsals.account import AccountView, is_of_clock
from rehearsals.keys.registry import Comparison, key
from rehearsals.values import UnitCode


class PaperPart(TypedDict, total=False):
    """One paper on file; `to` is the unit it is addressed to."""

    kind: PaperKind
    to: UnitCode
    status: PaperStatus
    drafted_at: datetime
    signed_at: datetime | None
    cause: str
    clause: str
    id: str


@key(tuple[PaperPart, ...], "应有的文书", "papers that must be on file", Comparison.CONTAINS)
def papers(view: AccountView) -> tuple[PaperPart, ...]:
    """As named."""
    return _on_file(view)


@key(tuple[PaperPart, ...], "不得有的文书", "papers that must not be on file", Comparison.ABSENT)
def no_papers(view: AccountView) -> tuple[PaperPart, ...]:
    """As named."""
    return _on_file(view)


def _on_file(view: AccountView) -> tuple[PaperPart, ...]:
    return tuple(_paper(paper) for paper in view.incident.papers)


def _paper(paper: Paper) -> PaperPart:
    return PaperPart(
        kind=paper.kind,
        to=UnitCode(paper.unit),
        status=paper.status,
        drafted_at=paper.drafted_at,
        signed_at=paper.signed_at,
        cause=paper.cause,
        clause=paper.clause,
        id=paper.id,
    )


@key(tuple[PaperPart, ...], "由时钟起草的文书", "papers that the clock drafted", Comparison.CONTAINS)
def papers_drafted(view: AccountView) -> tuple[PaperPart, ...]:
    """As named; `status` is as of the instant."""
    drafted = [
        event.paper.id for event in view.events if isinstance(event, PaperDrafted) and is_of_clock(event)
    ]
    return tuple(_paper(view.incident.paper(name)) for name in drafted)


@key(dict[PaperKind, int], "规则要求的文书及份数", "the papers that the rules call for, and how many")
def required_papers(view: AccountView) -> dict[PaperKind, int]:
    """As named; others may be required beside those expected."""
    return {paper.kind: paper.required for paper in rules.required_papers(view.incident)}


@key(tuple[PaperKind, ...], "尚缺的文书", "papers called for and not yet there", Comparison.SET)
def missing_papers(view: AccountView) -> tuple[PaperKind, ...]:
    """As named."""
    return tuple(
        paper.kind for paper in rules.required_papers(view.incident) if paper.present < paper.required
    )


@key(
    tuple[PaperKind, ...],
    "督办阶梯：由时钟先后起草的文书",
    "the ladder: the papers that the clock drafted, in order",
)
def ladder(view: AccountView) -> tuple[PaperKind, ...]:
    """As named, all units together."""
    return tuple(
        event.paper.kind for event in view.events if isinstance(event, PaperDrafted) and is_of_clock(event)
    )
