"""回应: the draft in three blocks, what each form must say,
and the triple review before publication (三(三), R005, R343).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from domain.case.events import Command, Event
from domain.case.records import Claim, ConcernAnswer, Draft, Evidence, Interim, Review, check_proofs
from domain.case.state import Incident, replaced
from domain.law.articles import Article
from domain.rules.consistency import found_conflicts
from domain.rules.content import NOTICES, check_documented, fast_lane_open
from domain.rules.correction import check_correctable
from domain.rules.countersigning import asked_of, dropped
from domain.rules.discrepancies import check_cleared, read_out
from domain.rules.exposure import as_read, check_private, exposed
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.ids import Thing, numbered
from domain.terms.instants import whole
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import HANDLERS, LEADERS, STAFF, Deed, Role, Standing
from domain.terms.vocabulary import Audience, PublicationForm, ReviewStage

CLAUSE: str = Article.FACTS_AND_RESULTS
REVIEWERS = {
    ReviewStage.FIRST_REVIEW: HANDLERS,
    ReviewStage.SECOND_REVIEW: LEADERS,
    ReviewStage.FINAL_REVIEW: frozenset({Role.PRINCIPAL_LEADER}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftResponse(Command):
    """Draft a text for publication by one's own unit, in the three blocks facts, measures, result.

    Drafting waits for no assignment: a unit involved may begin at once. `updates` and `corrects` name
    publications whose statements it brings up to date, or whose errors it mends (R208, DD-15).
    """

    kind: Literal["draft_response"] = "draft_response"
    allowed_for_corrections: ClassVar[bool] = True
    roles: ClassVar[frozenset[Role]] = STAFF
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.RESPONDER, Standing.INVOLVED})
    clause: ClassVar[str] = Article.AUTHORITATIVE_INFORMATION

    form: PublicationForm
    title: str
    facts: FreeText
    measures: FreeText = ""
    result: FreeText = ""
    clarification: FreeText = ""
    interim: Interim | None = None
    answers: tuple[ConcernAnswer, ...] = ()
    claims: tuple[Claim, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    co_issuers: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()
    corrects: tuple[str, ...] = ()
    audience: Audience = Audience.PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDraft(Command):
    """Review one's unit's draft: first by a second pair of eyes, then the deputy leader,
    last the principal leader.

    The final review may say who confirmed the handling on the ground (R383).
    """

    kind: Literal["review_draft"] = "review_draft"
    allowed_for_corrections: ClassVar[bool] = True
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.RESPONDER, Standing.INVOLVED})
    clause: ClassVar[str] = Article.AUTHORITATIVE_INFORMATION

    draft: str
    stage: ReviewStage
    approved: bool
    comment: FreeText = ""
    secrecy_reviewer: str = ""
    handling_confirmed_by: FreeText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordInternalReply(Command):
    """Record an internal reply; it answers nobody outside and stops no clock (DD-06)."""

    kind: Literal["record_internal_reply"] = "record_internal_reply"
    roles: ClassVar[frozenset[Role]] = STAFF
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.RESPONDER, Standing.INVOLVED})
    clause: ClassVar[str] = Article.STATUTORY_LIMIT

    note: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted(Event):
    """A text was drafted."""

    kind: Literal["drafted"] = "drafted"
    draft: Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed(Event):
    """A draft was approved at a stage, or sent back."""

    kind: Literal["reviewed"] = "reviewed"
    draft: str
    review: Review


@dataclass(frozen=True, slots=True, kw_only=True)
class InternallyReplied(Event):
    """A unit replied inside the house."""

    kind: Literal["internally_replied"] = "internally_replied"
    unit: str
    note: FreeText


RespondCommand = DraftResponse | ReviewDraft | RecordInternalReply
RespondEvent = Drafted | Reviewed | InternallyReplied


def decide(incident: Incident, command: RespondCommand, deed: Deed) -> Iterator[Event]:
    """Drafting runs beside verification and judging; the clock waits for none of them."""
    match command:
        case DraftResponse():
            return _draft(incident, command, deed)
        case ReviewDraft():
            return _review(incident, command, deed)
        case RecordInternalReply():
            return _internal_reply(command, deed)


def _draft(incident: Incident, command: DraftResponse, deed: Deed) -> Iterator[Event]:
    _check_blocks(command)
    check_proofs(command.evidence, incident.law.edition)
    for code in command.co_issuers:
        incident.law.unit(code)
    for earlier in command.updates:
        incident.publication(earlier)
    for mistaken in command.corrects:
        check_correctable(incident, mistaken)
    for answer in command.answers:
        if answer.concern not in incident.concern_numbers:
            raise Refused(Reason.UNKNOWN_REFERENCE, numbered(Thing.CONCERN, answer.concern))
    draft = Draft(
        id=numbered(Thing.DRAFT, incident.draft_count + 1),
        unit=deed.actor.unit,
        drafted_at=deed.at,
        drafted_by=deed.actor,
        form=command.form,
        title=command.title,
        facts=command.facts,
        measures=command.measures,
        result=command.result,
        clarification=command.clarification,
        interim=_promised(command.interim),
        answers=command.answers,
        claims=command.claims,
        evidence=command.evidence,
        co_issuers=command.co_issuers,
        updates=command.updates,
        corrects=command.corrects,
        audience=command.audience,
    )
    yield Drafted(at=deed.at, by=deed.actor, draft=draft)
    after = incident.with_draft(draft)  # it speaks against what the case still holds
    yield from found_conflicts(after, draft, deed)
    read = as_read(incident, draft, deed)
    yield from exposed(after, draft, read)
    yield from read_out(after, draft, read)


def _promised(interim: Interim | None) -> Interim | None:
    return interim and changed(interim, next_update_at=whole(interim.next_update_at))


def _check_blocks(command: DraftResponse) -> None:
    """Three mandatory blocks (R005); an interim response states what, who and when;
    a notice facts and measures.
    """
    blocks = {"title": command.title, "facts": command.facts}
    if command.form is PublicationForm.INTERIM_RESPONSE:
        interim = command.interim
        if interim is None or not interim.verifying.strip() or not interim.verifying_by.strip():
            raise Refused(Reason.INTERIM_INCOMPLETE, "interim")
    else:
        blocks["measures"] = command.measures
        if command.form not in NOTICES:
            blocks["result"] = command.result
    for name, text in blocks.items():
        if not text.strip():
            raise Refused(Reason.BLOCK_MISSING, name)


def _review(incident: Incident, command: ReviewDraft, deed: Deed) -> Iterator[Event]:
    draft = incident.draft(command.draft)
    _check_reviewer(incident, draft, command, deed)
    if command.approved:
        check_private(incident, draft)
        if command.stage is ReviewStage.FINAL_REVIEW:
            check_documented(incident, draft)
            check_cleared(incident, draft, deed)
    elif not command.comment.strip():
        raise Refused(Reason.REASON_MISSING, "comment")
    is_final = command.stage is ReviewStage.FINAL_REVIEW
    review = Review(
        at=deed.at,
        stage=command.stage,
        approved=command.approved,
        by=deed.actor,
        comment=command.comment,
        secrecy_reviewer=command.secrecy_reviewer.strip(),
        handling_confirmed_by=command.handling_confirmed_by if is_final else "",
    )
    yield Reviewed(at=deed.at, by=deed.actor, draft=draft.id, review=review)
    if not command.approved:
        yield from dropped(incident, draft, deed)
    elif command.stage is ReviewStage.FIRST_REVIEW:
        yield from asked_of(incident, draft, deed)


def _check_reviewer(incident: Incident, draft: Draft, command: ReviewDraft, deed: Deed) -> None:
    """Refuses a review out of its order, or by who may not give it;
    whom secrecy was left to, the last one says.
    """
    if draft.unit != deed.actor.unit:
        raise Refused(Reason.UNIT_NOT_CONCERNED, draft.unit)
    if deed.actor.role not in REVIEWERS[command.stage]:
        raise Refused(Reason.ROLE_NOT_ALLOWED, command.stage)
    if draft.returned or command.stage in draft.approved:
        raise Refused(Reason.ALREADY_DONE, command.stage)
    people = {draft.drafted_by.person} | {review.by.person for review in draft.reviews}
    if deed.actor.person in people:
        raise Refused(Reason.REVIEWER_REPEATED, command.stage)
    _check_order(incident, draft, command.stage, deed.at)
    if command.secrecy_reviewer.strip() and command.stage is not ReviewStage.FINAL_REVIEW:
        raise Refused(Reason.REVIEW_OUT_OF_ORDER, "secrecy_reviewer")


def _check_order(incident: Incident, draft: Draft, stage: ReviewStage, at: datetime) -> None:
    """First, second, final; in the emergency lane from first to final,
    the second signs later (`practice.md` 3.3).
    """
    if stage is ReviewStage.FIRST_REVIEW:
        return
    needed = {ReviewStage.FIRST_REVIEW}
    if stage is ReviewStage.FINAL_REVIEW and not fast_lane_open(incident, draft, at):
        needed.add(ReviewStage.SECOND_REVIEW)
    if not needed <= draft.approved:
        raise Refused(Reason.REVIEW_OUT_OF_ORDER, stage)


def _internal_reply(command: RecordInternalReply, deed: Deed) -> Iterator[Event]:
    if not command.note.strip():
        raise Refused(Reason.MISSING_PART, "note")
    yield InternallyReplied(at=deed.at, by=deed.actor, unit=deed.actor.unit, note=command.note)


def evolve(incident: Incident, event: RespondEvent) -> Incident:
    """The case after a step of drafting."""
    match event:
        case Drafted():
            return incident.with_draft(event.draft)
        case Reviewed():
            drafts = replaced(
                incident.drafts,
                lambda draft: draft.id == event.draft,
                lambda draft: changed(draft, reviews=(*draft.reviews, event.review)),
            )
            return changed(incident, drafts=drafts)
        case InternallyReplied():
            return incident
