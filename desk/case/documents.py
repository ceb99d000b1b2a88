"""The file of an incident: papers owed and present, drafts with their reviews, publications,
coverage and scores.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.case.obligations import Status
from domain.case.records import Draft, PaperStatus, Publication, Relay, Review
from domain.case.state import Incident
from domain.rules.countersigning import obligation_of
from domain.rules.coverage import active_platforms, coverage_rate
from domain.rules.papers import required_papers
from domain.rules.scores import ScoreItem, score_deltas, score_items
from domain.rules.tracks import lacks_confirmation
from domain.terms.vocabulary import Audience
from words.attention import blocks
from words.cards import unit_name
from words.clauses import Citation, cite
from words.event_text.description import because, broken_words, names
from words.event_text.rules import obligation_words
from words.labels import labels, word
from words.language import marked, say
from words.papers import party
from words.platforms import platform_name, platforms
from words.wording import WORTH_TELLING, MomentText, listed, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedPaper:
    """A paper that the rules call for, and how many are missing."""

    name: str
    required: int
    present: int
    missing: int
    clause: Citation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePaperLine:
    """A paper in the file; `party` says to whom it goes, or that its unit issues it."""

    id: str
    name: str
    unit: str
    party: str
    status: str
    is_waiting: bool
    drafted: MomentText
    signed: MomentText | None
    clause: Citation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """A text for publication: its blocks with their headings, and how its reviews stand."""

    id: str
    form: str
    title: str
    unit: str
    drafted: MomentText
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
    published: MomentText
    recorded: MomentText | None
    channels: str
    notes: tuple[str, ...]
    proofs: tuple[tuple[str, str], ...]
    relays: tuple[str, ...]
    reads: tuple[str, ...]


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


def paper_rows(incident: Incident, sentences: Mapping[str, str]) -> tuple[CasePaperLine, ...]:
    """The papers in the file, those that wait for a signature first."""
    rows = (
        CasePaperLine(
            id=paper.id,
            name=word(paper.kind),
            unit=unit_name(incident.law, paper.unit),
            party=party(incident.law, paper.kind, paper.unit),
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
            reviews=(*map(_review, draft.reviews), *_countersign(incident, draft)),
            holds=(
                *(blocks(incident, draft) if draft.id not in published else ()),
                *_unconfirmed(incident, draft),
            ),
            is_published=draft.id in published,
        )
        for draft in reversed(incident.drafts)
    )


def _unconfirmed(incident: Incident, draft: Draft) -> Iterator[str]:
    if lacks_confirmation(incident, draft):
        yield say("终审时未说明处置情况由谁确认（三同步）")


def _blocks(draft: Draft) -> Iterator[tuple[str, str]]:
    yield say("事实真相"), draft.facts
    yield say("澄清"), draft.clarification
    yield say("政策措施"), draft.measures
    yield say("处置结果"), draft.result
    if draft.interim is not None:
        yield (
            say("正在核实"),
            say("{what}（{unit}）", what=draft.interim.verifying, unit=draft.interim.verifying_by),
        )
        yield say("下次发布"), moment(draft.interim.next_update_at).text
    for answer in draft.answers:
        yield say("回应关切 {number}", number=answer.concern), answer.paragraph


def _review(review: Review) -> str:
    passed, returned = (
        marked("{stage}通过，{role} {person}，{time}"),
        marked("{stage}退回，{role} {person}，{time}"),
    )
    sentence = say(
        passed if review.approved else returned,
        stage=word(review.stage),
        role=word(review.by.role),
        person=review.by.person,
        time=moment(review.at).text,
    )
    if review.secrecy_reviewer:
        sentence = say("{review}，保密审查 {person}", review=sentence, person=review.secrecy_reviewer)
    return _with_words(sentence, review)


def _with_words(sentence: str, review: Review) -> str:
    """A review with who confirmed the handling, and the comment, where there are any."""
    name, comment = review.handling_confirmed_by, review.comment
    by = say("{review}；处置情况由 {name} 确认", review=sentence, name=name) if name.strip() else sentence
    return say("{review}：{comment}", review=by, comment=comment) if comment.strip() else by


def _countersign(incident: Incident, draft: Draft) -> Iterator[str]:
    """How its countersign stands: given, spoken against, not answered in time, or still running (DD-40)."""
    obligation, answer = obligation_of(incident, draft), draft.countersign
    if answer is not None:
        agreed, against = marked("会签：{unit}同意，{time}"), marked("会签：{unit}有不同意见，{time}")
        words, unit, at = agreed if answer.agreed else against, answer.unit, answer.at
    elif obligation is not None and obligation.is_owed and obligation.unit is not None:
        silent, running = marked("会签：{unit}未反馈，{time} 到期"), marked("会签：{unit}，{time} 到期")
        words, unit, at = (
            silent if obligation.status is Status.BREACHED else running,
            obligation.unit,
            obligation.due_at,
        )
    else:
        return
    yield say(words, unit=unit_name(incident.law, unit), time=moment(at).text)


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
        channels=platforms(incident.law, item.channels),
        notes=(*_addressed(incident.draft(item.draft)), *_publication_notes(item)),
        proofs=tuple((proof.url, proof.sha256) for proof in item.evidence),
        relays=tuple(_relay(incident, relay) for relay in item.relays),
        reads=tuple(
            say(
                "截至 {time}，{channel} 阅读 {reads} 次",
                time=moment(count.at).text,
                channel=platform_name(incident.law, count.channel),
                reads=count.reads,
            )
            for count in item.reads
        ),
    )


def _relay(incident: Incident, relay: Relay) -> str:
    counted = marked("{unit} 于 {time} 在 {channels} 转发（经授权）")
    uncounted = marked("{unit} 于 {time} 在 {channels} 转发（未经授权，不计覆盖率）")
    return say(
        counted if relay.authorised else uncounted,
        unit=unit_name(incident.law, relay.unit),
        time=moment(relay.at).text,
        channels=platforms(incident.law, relay.channels),
    )


def _addressed(draft: Draft) -> Iterator[str]:
    """To whom a text speaks, where that is not everybody (R366)."""
    if draft.audience is not Audience.PUBLIC:
        yield say("面向{audience}", audience=word(draft.audience))


def _publication_notes(item: Publication) -> Iterator[str]:
    if item.gives_result:
        yield say("含处置结果")
    if item.fast_lane:
        yield say("紧急通道，复审待补签")
    if item.not_countersigned:
        yield say("公布时未会签")
    if item.irregular:
        counted, uncounted = marked("不合规公布：{rules}"), marked("不合规公布，不计为回应：{rules}")
        sentence = say(counted if item.counts else uncounted, rules=broken_words(item.irregular))
        yield sentence + because(item.went_out_anyway)
    if item.withdrawn_at is not None:
        yield say("已于 {time} 撤回，原文留存，不再计入", time=moment(item.withdrawn_at).text)
    if item.superseded_by:
        yield say("已由 {publications} 更正，原文留存", publications=listed(item.superseded_by))


def coverage(incident: Incident, at: datetime) -> Coverage | None:
    """How many of the platforms on which the matter spread an official publication has reached;
    None where none is active.
    """
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
    known = [entry.code for entry in incident.law.register]
    return Coverage(
        rate=f"{rate:.1%}",
        reached=platforms(incident.law, (code for code in known if code in active & reached)),
        missing=platforms(incident.law, (code for code in known if code in active - reached)),
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
        titles = (say("《{title}》", title=incident.draft(drafts[name]).title) for name in item.publications)
        return say("{titles}说法矛盾 {points}", titles=say("与").join(titles), points=f"{item.points:+g}")
    if not item.obligation:
        return f"{rule.here if rule else item.rule} {item.points:+g}"
    obligation = obligation_words(incident, incident.obligation(item.obligation))
    if rule:
        return say(
            "{obligation} {points}（{rule}）",
            obligation=obligation,
            points=f"{item.points:+g}",
            rule=rule.here,
        )
    return f"{obligation} {item.points:+g}"
