"""Keys of what was said: publications, relays, coverage, the branch by the facts, reports and transfers."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import TypedDict

from domain.case.records import Draft, Publication, SituationReport
from domain.case.state import Incident
from domain.rules.content import missing_block
from domain.rules.coverage import coverage_rate as rate
from domain.rules.reach import reach_rate as reach
from domain.steps.close import Close, close_gaps
from domain.terms.refusals import Reason
from domain.terms.vocabulary import FactConclusion, PlatformCode, PublicationForm
from rehearsals.account import AccountView
from rehearsals.keys.registry import Comparison, key
from rehearsals.values import UnitCode


class SpokenContent(StrEnum):
    """What the conclusion on the facts obliges to say (三(三)#3)."""

    CLARIFICATION = "clarification"  # 说明真实情况、澄清事实真相
    MEASURES_AND_RESULT = "measures_and_result"  # 公开工作措施、处置结果


class BranchPart(TypedDict, total=False):
    """The branch of the classified response: conclusion, what it demands, and whether that was published."""

    conclusion: FactConclusion | None
    content: tuple[SpokenContent, ...]
    published: bool


class PublicationPart(TypedDict, total=False):
    """One publication, with the channels of its authorised relays."""

    id: str
    unit: UnitCode
    form: PublicationForm
    published_at: datetime
    channels: tuple[PlatformCode, ...]
    relayed_on: tuple[PlatformCode, ...]
    co_issuers: tuple[UnitCode, ...]
    gives_result: bool
    fast_lane: bool
    withdrawn_at: datetime | None
    superseded_by: tuple[str, ...]
    irregular: tuple[Reason, ...]
    counts: bool
    not_countersigned: bool


class ReportPart(TypedDict, total=False):
    """One report upward."""

    unit: UnitCode
    to: UnitCode
    at: datetime


@key(tuple[PublicationPart, ...], "应有的对外公布", "publications that must be there", Comparison.CONTAINS)
def publications(view: AccountView) -> tuple[PublicationPart, ...]:
    """As named."""
    return tuple(_publication(item) for item in view.incident.publications)


def _publication(item: Publication) -> PublicationPart:
    relayed = [channel for relay in item.relays if relay.authorised for channel in relay.channels]
    return PublicationPart(
        id=item.id,
        unit=UnitCode(item.unit),
        form=item.form,
        published_at=item.published_at,
        channels=item.channels,
        relayed_on=tuple(relayed),
        co_issuers=tuple(UnitCode(unit) for unit in item.co_issuers),
        gives_result=item.gives_result,
        fast_lane=item.fast_lane,
        withdrawn_at=item.withdrawn_at,
        superseded_by=item.superseded_by,
        irregular=item.irregular,
        counts=item.counts,
        not_countersigned=item.not_countersigned,
    )


@key(tuple[ReportPart, ...], "应有的情况报告上报", "reports upward that must be there", Comparison.CONTAINS)
def reports(view: AccountView) -> tuple[SituationReport, ...]:
    """As named."""
    return view.incident.reports


@key(
    float | None,
    "覆盖率，三位小数；无活跃平台为 none",
    "the coverage rate, three decimals; none without active platform",
)
def coverage_rate(view: AccountView) -> float | None:
    """As named (R365)."""
    return rate(view.incident, view.at)


@key(
    float | None,
    "到达率，三位小数；未登记阅读量为 none",
    "the reach, three decimals; none where no reads were recorded",
)
def reach_rate(view: AccountView) -> float | None:
    """As named (R365)."""
    return reach(view.incident, view.at)


@key(
    BranchPart,
    "分类回应的分支：结论、应说明的内容、是否已公布",
    "the branch by the facts: conclusion, content demanded, published",
)
def branch(view: AccountView) -> BranchPart:
    """As named (R343 to R345), read off the rules that refuse a publication or a close
    without that content.
    """
    incident = view.incident
    conclusion = incident.conclusion.value if incident.conclusion else None
    demanded = {
        SpokenContent.CLARIFICATION: missing_block(incident, _probe(incident)) == "clarification",
        SpokenContent.MEASURES_AND_RESULT: _lacks_result(replace(incident, publications=())),
    }
    content = tuple(item for item in SpokenContent if demanded[item])
    return BranchPart(conclusion=conclusion, content=content, published=_said(incident, content))


def _probe(incident: Incident) -> Draft:
    """A final text without clarification, to ask the rules what it lacks."""
    return Draft(
        id="-",
        unit=incident.registrant.unit,
        drafted_at=incident.registered_at,
        drafted_by=incident.registrant,
        form=PublicationForm.SITUATION_NOTICE,
        title="-",
        facts="-",
        measures="-",
        result="-",
    )


def _lacks_result(incident: Incident) -> bool:
    gaps = close_gaps(incident, Close(opinion="-"), incident.registered_at)
    return any(reason is Reason.CLOSE_RESULT_MISSING for reason, _ in gaps)


def _said(incident: Incident, content: tuple[SpokenContent, ...]) -> bool:
    published = [incident.draft(item.draft) for item in incident.standing_publications]
    said = {
        SpokenContent.CLARIFICATION: any(draft.clarification.strip() for draft in published),
        SpokenContent.MEASURES_AND_RESULT: not _lacks_result(incident)
        and any(draft.measures.strip() and draft.result.strip() for draft in published),
    }
    return bool(content) and all(said[item] for item in content)


@key(tuple[str, ...], "任何文稿都不得出现的字样（隐私等）", "words that no text may hold", Comparison.UNSAID)
def no_words(view: AccountView) -> tuple[str, ...]:
    """The texts of every draft of the case."""
    return tuple(
        block
        for draft in view.incident.drafts
        for block in (draft.title, draft.facts, draft.measures, draft.result, draft.clarification)
        if block
    )


@key(int, "线索移交的次数", "how many clues were transferred")
def clue_transfers(view: AccountView) -> int:
    """As named; the system never transfers by itself."""
    return sum(event.kind == "clue_transferred" for event in view.events)
