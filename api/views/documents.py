"""The file of an incident: papers owed and present, drafts with their reviews, publications, coverage and scores."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from api.labels import labels, word
from api.views.attention import blocks
from api.views.cards import unit_name
from api.views.clauses import Citation, cite
from api.views.telling import names
from api.views.telling_rules import duty_words
from api.views.wording import WORTH_TELLING, Moment, moment
from domain.case.records import Draft, PaperStatus, Publication, Review
from domain.case.state import Incident
from domain.rules.coverage import active_platforms, coverage_rate
from domain.rules.papers import required_papers
from domain.rules.scores import ScoreItem, score_deltas, score_items
from domain.terms.vocabulary import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedPaper:
    """A paper that the rules call for, and how many are missing."""

    name: str
    required: int
    present: int
    missing: int
    clause: Citation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRow:
    """A paper in the file."""

    id: str
    name: str
    unit: str
    status: str
    is_waiting: bool
    drafted: Moment
    signed: Moment | None
    clause: Citation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """A text for publication: its blocks with their headings, and how its reviews stand."""

    id: str
    form: str
    title: str
    unit: str
    drafted: Moment
    by: str
    blocks: tuple[tuple[str, str], ...]
    reviews: tuple[str, ...]
    holds: tuple[str, ...]
    is_published: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationRow:
    """What was before the public: where, when, and with what proof (address and SHA-256 as text)."""

    id: str
    form: str
    title: str
    unit: str
    published: Moment
    recorded: Moment | None
    channels: str
    notes: tuple[str, ...]
    proofs: tuple[tuple[str, str], ...]
    relays: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The coverage rate in words, and the platforms behind it: reached and not yet reached."""

    rate: str
    reached: str
    missing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What a unit loses in the appraisal so far, item by item."""

    unit: str
    total: str
    items: tuple[str, ...]


def owed_papers(incident: Incident, sentences: Mapping[str, str]) -> tuple[OwedPaper, ...]:
    """The papers that the case must have as it stands."""
    return tuple(
        OwedPaper(
            name=word(item.kind),
            required=item.required,
            present=item.present,
            missing=max(item.required - item.present, 0),
            clause=cite(item.clause, sentences),
        )
        for item in required_papers(incident)
    )


def paper_rows(incident: Incident, sentences: Mapping[str, str]) -> tuple[PaperRow, ...]:
    """The papers in the file, those that wait for a signature first."""
    rows = (
        PaperRow(
            id=paper.id,
            name=word(paper.kind),
            unit=unit_name(incident.law, paper.unit),
            status=word(paper.status),
            is_waiting=paper.status is PaperStatus.DRAFTED,
            drafted=moment(paper.drafted_at),
            signed=moment(paper.signed_at) if paper.signed_at else None,
            clause=cite(paper.clause, sentences),
        )
        for paper in incident.papers
    )
    return tuple(sorted(rows, key=lambda row: not row.is_waiting))


def draft_rows(incident: Incident) -> tuple[DraftRow, ...]:
    """The drafts, the latest first."""
    published = {item.draft for item in incident.publications}
    return tuple(
        DraftRow(
            id=draft.id,
            form=word(draft.form),
            title=draft.title,
            unit=unit_name(incident.law, draft.unit),
            drafted=moment(draft.drafted_at),
            by=f"{word(draft.drafted_by.role)} {draft.drafted_by.person}",
            blocks=tuple((name, text) for name, text in _blocks(draft) if text.strip()),
            reviews=tuple(_review(review) for review in draft.reviews),
            holds=blocks(incident, draft) if draft.id not in published else (),
            is_published=draft.id in published,
        )
        for draft in reversed(incident.drafts)
    )


def _blocks(draft: Draft) -> Iterator[tuple[str, str]]:
    yield "事实真相", draft.facts
    yield "澄清", draft.clarification
    yield "政策措施", draft.measures
    yield "处置结果", draft.result
    if draft.interim is not None:
        yield "正在核实", f"{draft.interim.verifying}（{draft.interim.verifying_by}）"
        yield "下次发布", moment(draft.interim.next_update_at).text
    for answer in draft.answers:
        yield f"回应关切 {answer.concern}", answer.paragraph


def _review(review: Review) -> str:
    verdict = "通过" if review.approved else "退回"
    comment = f"：{review.comment}" if review.comment.strip() else ""
    return f"{word(review.stage)}{verdict}，{word(review.by.role)} {review.by.person}，{moment(review.at).text}{comment}"


def publication_rows(incident: Incident) -> tuple[PublicationRow, ...]:
    """The publications, the latest first."""
    return tuple(_publication(incident, item) for item in reversed(incident.publications))


def _publication(incident: Incident, item: Publication) -> PublicationRow:
    late = item.received_at - item.published_at >= WORTH_TELLING
    return PublicationRow(
        id=item.id,
        form=word(item.form),
        title=incident.draft(item.draft).title,
        unit=names(incident, (item.unit, *item.co_issuers)),
        published=moment(item.published_at),
        recorded=moment(item.received_at) if late else None,
        channels=_platforms(item.channels),
        notes=tuple(_publication_notes(item)),
        proofs=tuple((proof.url, proof.sha256) for proof in item.evidence),
        relays=tuple(
            f"{unit_name(incident.law, relay.unit)} 于 {moment(relay.at).text} 在 {_platforms(relay.channels)} 转发"
            + ("（经授权）" if relay.authorised else "（未经授权，不计覆盖率）")
            for relay in item.relays
        ),
    )


def _publication_notes(item: Publication) -> Iterator[str]:
    if item.gives_result:
        yield "含处置结果"
    if item.fast_lane:
        yield "紧急通道，复审待补签"
    if item.withdrawn_at is not None:
        yield f"已于 {moment(item.withdrawn_at).text} 撤回，原文留存，不再计入"
    if item.superseded_by:
        yield f"已由 {'、'.join(item.superseded_by)} 更正，原文留存"


def _platforms(platforms: tuple[Platform, ...]) -> str:
    return "、".join(word(platform) for platform in platforms)


def coverage(incident: Incident, at: datetime) -> Coverage | None:
    """How many of the platforms on which the matter spread an official publication has reached; None where none is active."""
    rate = coverage_rate(incident, at)
    if rate is None:
        return None
    active = active_platforms(incident, at)
    reached = {
        channel
        for item in incident.standing_publications
        if item.published_at <= at
        for channel in item.channels
    }
    for item in incident.standing_publications:
        reached |= {c for relay in item.relays if relay.authorised and relay.at <= at for c in relay.channels}
    return Coverage(
        rate=f"{rate:.1%}",
        reached=_platforms(tuple(platform for platform in Platform if platform in active & reached)),
        missing=_platforms(tuple(platform for platform in Platform if platform in active - reached)),
    )


def scores(incident: Incident, at: datetime) -> tuple[Score, ...]:
    """What each responder has lost so far, with the obligation behind each deduction."""
    items = tuple(score_items(incident, at))
    return tuple(
        Score(
            unit=unit_name(incident.law, unit),
            total=f"{total:+g}" if total else "0",
            items=tuple(_score_words(incident, item) for item in items if item.unit == unit),
        )
        for unit, total in score_deltas(incident, at).items()
    )


def _score_words(incident: Incident, item: ScoreItem) -> str:
    """A deduction by what it is for, with the rule where that does not say it; a bonus by its rule."""
    rule = labels().get("score_rule", {}).get(item.rule)
    if item.publications:
        drafts = {published.id: published.draft for published in incident.publications}
        titles = "与".join(f"《{incident.draft(drafts[name]).title}》" for name in item.publications)
        return f"{titles}说法矛盾 {item.points:+g}"
    if not item.obligation:
        return f"{rule.here if rule else item.rule} {item.points:+g}"
    duty = duty_words(incident, incident.obligation(item.obligation))
    return f"{duty} {item.points:+g}" + (f"（{rule.here}）" if rule else "")
