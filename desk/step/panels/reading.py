"""A text as whoever answers for it must see it: whole, against the version before,
with its reviews and what the rules hold against it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from desk.attachments.view import AttachmentLine, attachment_line
from desk.step.panels.differences import Piece, TextChange, pieces
from desk.step.panels.obstacles import advice, obstacles
from desk.step.panels.panel import StepContext
from domain.case.records import Draft, Review, Source
from domain.case.state import Incident
from domain.law.regulation import Law
from domain.rules.content import fast_lane_open
from words.attention import fact_words
from words.cards import unit_name
from words.event_text.description import names
from words.labels import word
from words.language import say
from words.platforms import platform_name
from words.wording import absolute, listed

_SOURCES: Final = 8  # of a case, the latest, beside a text
_FILES: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSection:
    """A block of the text under its heading, in pieces by what became of them since the version before."""

    heading: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What bears out a text: a file of the case, else an address,
    with or without the digest of what was seen there.
    """

    file: AttachmentLine | None
    address: str
    note: str
    has_digest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """Where somebody spoke, in words, and its address."""

    text: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadThrough:
    """A whole text to be read.

    `before` says with which version it is compared, empty where it is the first.
    """

    id: str
    title: str
    form: str
    by: str
    before: str
    is_changed: bool
    sections: tuple[TextSection, ...]
    facts: tuple[str, ...]
    proofs: tuple[Proof, ...]
    sources: tuple[SourceLine, ...]
    more_sources: int
    files: tuple[AttachmentLine, ...]
    more_files: int
    reviews: tuple[str, ...]
    obstacles: tuple[str, ...]
    advice: str
    is_urgent: bool


def reading(circumstance: StepContext, draft: Draft) -> ReadThrough:
    """The text of a draft as the case stands now."""
    incident = circumstance.incident
    before = version_before(incident, draft)
    sections = tuple(_sections(draft, before))
    proofs = tuple(_proofs(circumstance, draft))
    proving = {proof.file.number for proof in proofs if proof.file is not None}
    others = [one for one in circumstance.files if one.number not in proving]
    return ReadThrough(
        id=draft.id,
        title=draft.title,
        form=word(draft.form),
        by=say(
            "{unit} {person}，{at} 起草",
            unit=unit_name(incident.law, draft.unit),
            person=draft.drafted_by.person,
            at=absolute(draft.drafted_at),
        ),
        before=""
        if before is None
        else say("与 {at} 的上一版《{title}》比较", at=absolute(before.drafted_at), title=before.title),
        is_changed=any(
            piece.change is not TextChange.SAME for section in sections for piece in section.pieces
        ),
        sections=sections,
        facts=tuple(_facts(incident, draft)),
        proofs=proofs,
        sources=tuple(_source(incident.law, one) for one in incident.sources[-_SOURCES:]),
        more_sources=max(len(incident.sources) - _SOURCES, 0),
        files=tuple(attachment_line(incident, one) for one in others[-_FILES:]),
        more_files=max(len(others) - _FILES, 0),
        reviews=tuple(_review(review) for review in _all_reviews(draft, before)),
        obstacles=obstacles(incident, draft, circumstance.now),
        advice=advice(incident, draft),
        is_urgent=fast_lane_open(incident, draft, circumstance.now),
    )


def _proofs(circumstance: StepContext, draft: Draft) -> Iterator[Proof]:
    files = {one.sha256: one for one in circumstance.files}
    for one in draft.evidence:
        file = files.get(one.sha256)
        yield Proof(
            file=None if file is None else attachment_line(circumstance.incident, file),
            address=one.url,
            note=one.note,
            has_digest=bool(one.sha256),
        )


def _source(law: Law, source: Source) -> SourceLine:
    words = say(
        "{platform}，{at}：{gist}",
        platform=platform_name(law, source.platform),
        at=absolute(source.at),
        gist=source.gist,
    )
    return SourceLine(text=words, address=source.url)


def version_before(incident: Incident, draft: Draft) -> Draft | None:
    """The version that a draft is written after: what it updates or corrects,
    else the unit's latest of its form that did not go out.
    """
    published = {item.id: item.draft for item in incident.publications}
    named = [published[name] for name in (*draft.corrects, *draft.updates) if name in published]
    if named:
        return incident.draft(named[-1])
    earlier = incident.drafts[: incident.drafts.index(draft)] if draft in incident.drafts else incident.drafts
    own = [item for item in earlier if (item.unit, item.form) == (draft.unit, draft.form)]
    unsent = [item for item in own if item.id not in published.values()]
    return unsent[-1] if unsent else None


def _sections(draft: Draft, before: Draft | None) -> Iterator[TextSection]:
    old = dict(_blocks(before)) if before is not None else {}
    for heading, text in _blocks(draft):
        earlier = old.get(heading, "")
        if not text.strip() and not earlier.strip():
            continue
        whole = (Piece(change=TextChange.SAME, text=text),)
        yield TextSection(heading=heading, pieces=pieces(earlier, text) if before is not None else whole)


def _blocks(draft: Draft) -> Iterator[tuple[str, str]]:
    yield say("标题"), draft.title
    yield say("事实真相"), draft.facts
    yield say("澄清"), draft.clarification
    yield say("政策措施"), draft.measures
    yield say("处置结果"), draft.result
    if (interim := draft.interim) is not None:
        yield say("正在核实"), say("{what}（{who}）", what=interim.verifying, who=interim.verifying_by)
        yield say("下次发布"), absolute(interim.next_update_at)


def _facts(incident: Incident, draft: Draft) -> Iterator[str]:
    concerns = {concern.number: concern.text for concern in incident.concerns}
    for answer in draft.answers:
        question = concerns.get(answer.concern, "")
        yield say(
            "回应诉求 {number}“{asked}”：{answer}",
            number=answer.concern,
            asked=question,
            answer=answer.paragraph,
        )
    for claim in draft.claims:
        yield say("关键事实：{subject} {value}", subject=claim.subject, value=claim.value)
    for stated in incident.stated:
        if stated.draft == draft.id:
            yield say("从文中读出：{facts}", facts=listed(fact_words(fact) for fact in stated.facts))
    if draft.co_issuers:
        yield say("联合发布：{units}", units=names(incident, draft.co_issuers))


def _all_reviews(draft: Draft, before: Draft | None) -> tuple[Review, ...]:
    """The reviews of the text, after those that sent the version before back."""
    earlier = tuple(review for review in before.reviews if not review.approved) if before is not None else ()
    return (*earlier, *draft.reviews)


def _review(review: Review) -> str:
    verdict = say("同意") if review.approved else say("退回")
    return say(
        "{stage} {verdict}：{person}，{at}　{comment}",
        stage=word(review.stage),
        verdict=verdict,
        person=f"{word(review.by.role)} {review.by.person}",
        at=absolute(review.at),
        comment=review.comment,
    )
