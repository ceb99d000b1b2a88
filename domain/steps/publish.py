"""对外公布: publication and its proof, what it fulfils, relays, press, end of the emergency (三(三)#4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from domain.case.as_of import as_of
from domain.case.events import UNTIL_ARCHIVED, Command, Event
from domain.case.obligations import ObligationVoided
from domain.case.records import Draft, Evidence, Interim, Publication, Relay, check_proofs, check_seen
from domain.case.state import Incident, replaced
from domain.law.articles import Article
from domain.law.editions import Switch
from domain.rules.content import check_promised, check_unpublished, gives_result, said_at
from domain.rules.countersigning import lacked
from domain.rules.fulfilment import published_obligations, replaced_by_press, spoken
from domain.rules.going_out import answers_somebody, broken_rules
from domain.rules.papers import PaperDrafted, issued, of_publication
from domain.rules.performance import perform
from domain.rules.permissions import owes_mending, standings
from domain.rules.press import form_of, promised, promised_by, said_to_the_press
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.ids import Thing, numbered
from domain.terms.instants import past
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import HANDLERS, STAFF, Deed, Role, Standing
from domain.terms.vocabulary import (
    ObligationKind,
    PlatformCode,
    ReviewStage,
)

CLAUSE: str = Article.STATUTORY_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish(Command):
    """Record that a reviewed draft was published: when, on which media (R364), and the proof (DD-03, DD-06).

    What could not go out and did is recorded with `went_out_anyway`, the reason,
    by its unit or 市政府办公室 (DD-30).
    """

    kind: Literal["publish"] = "publish"
    allowed_for_corrections: ClassVar[bool] = True
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = frozenset(
        {Standing.RESPONDER, Standing.FORMER_RESPONDER, Standing.OFFICE}
    )
    clause: ClassVar[str] = CLAUSE

    draft: str
    published_at: datetime
    channels: tuple[PlatformCode, ...]
    evidence: tuple[Evidence, ...]
    went_out_anyway: FreeText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRelay(Command):
    """Record that a publication was passed on; by media too (R122);
    only an authorised one counts for coverage (R365).
    """

    kind: Literal["record_relay"] = "record_relay"
    roles: ClassVar[frozenset[Role]] = STAFF
    standings: ClassVar[frozenset[Standing]] = frozenset(
        {Standing.OFFICE, Standing.RESPONDER, Standing.MEDIA_CENTER, Standing.CYBERSPACE_OFFICE}
    )
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = Article.INTERACTION

    publication: str
    relayed_at: datetime
    channels: tuple[PlatformCode, ...]
    authorised: bool
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPressConference(Command):
    """Record a press conference (80号, DD-24): with facts and measures it answers for the `units` it speaks
    for, else its holder (DD-31).

    市政府办公室 speaks for the units that it names,
    a responsible unit for itself and those that it names beside itself (DD-14).
    """

    kind: Literal["hold_press_conference"] = "hold_press_conference"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = frozenset(
        {Standing.OFFICE, Standing.RECEIVING, Standing.RESPONDER, Standing.FORMER_RESPONDER}
    )
    clause: ClassVar[str] = CLAUSE

    held_at: datetime
    evidence: tuple[Evidence, ...]
    units: tuple[str, ...] = ()
    facts: FreeText = ""
    measures: FreeText = ""
    clarification: FreeText = ""
    interim: Interim | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndEmergencyResponse(Command):
    """End the emergency response, and with it continuous publication (R348)."""

    kind: Literal["end_emergency_response"] = "end_emergency_response"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.OFFICE})
    clause: ClassVar[str] = CLAUSE

    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class Published(Event):
    """A text was before the public at `at`."""

    kind: Literal["published"] = "published"
    publication: Publication


@dataclass(frozen=True, slots=True, kw_only=True)
class Relayed(Event):
    """A publication was passed on at `at`."""

    kind: Literal["relayed"] = "relayed"
    publication: str
    relay: Relay


@dataclass(frozen=True, slots=True, kw_only=True)
class PressConferenceHeld(Event):
    """The press was spoken to at `at`; `text` is what was said, where it is a publication (DD-31)."""

    kind: Literal["press_conference_held"] = "press_conference_held"
    unit: str
    evidence: tuple[Evidence, ...]
    text: Draft | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyResponseEnded(Event):
    """The emergency response ended."""

    kind: Literal["emergency_response_ended"] = "emergency_response_ended"
    reason: FreeText


PublishCommand = Publish | RecordRelay | HoldPressConference | EndEmergencyResponse
PublishEvent = Published | Relayed | PressConferenceHeld | EmergencyResponseEnded


def decide(incident: Incident, command: PublishCommand, deed: Deed) -> Iterator[Event]:
    """Speaking to the public."""
    match command:
        case Publish():
            return _publish(incident, command, deed)
        case RecordRelay():
            return _relay(incident, command, deed)
        case HoldPressConference():
            return _press_conference(incident, command, deed)
        case EndEmergencyResponse():
            return _end_emergency(incident, command, deed)


def _publish(incident: Incident, command: Publish, deed: Deed) -> Iterator[Event]:
    """Publication by the responsible unit, judged by the case as it stood at its instant (DD-29).

    1. Its unit's own text, not published before, its instant in the past.
    2. What could not go out then is refused, or with `went_out_anyway` recorded with each rule
       that it broke (DD-30).
    3. It fulfils what `domain.rules.fulfilment` says,
       for the unit and each co-issuer named in the text (DD-14).
    """
    _check_unit(incident, deed.actor.unit)
    name = incident.draft(command.draft).id
    published_at = said_at(incident, command.published_at, deed.at, "published_at")
    stood = as_of(incident, published_at)
    draft = stood.draft(name)
    _check_author(incident, stood, draft, command, deed)
    check_unpublished(incident, draft)
    broken = broken_rules(
        stood,
        draft,
        published_at,
        deed.reading,
        proved=lambda: _check_proved(incident, command),
        went_out=_went_out(incident, command),
    )
    fast = ReviewStage.SECOND_REVIEW not in draft.approved and Reason.REVIEW_INCOMPLETE not in broken
    publication = Publication(
        id=numbered(Thing.PUBLICATION, len(incident.publications) + 1),
        draft=draft.id,
        unit=draft.unit,
        form=draft.form,
        published_at=published_at,
        received_at=deed.at,
        channels=command.channels,
        evidence=command.evidence,
        co_issuers=draft.co_issuers,
        gives_result=gives_result(stood, draft, published_at),
        conclusion=stood.conclusion.value if stood.conclusion else None,
        fast_lane=fast,
        second_review_due_at=published_at + incident.law.limits.second_review if fast else None,
        irregular=broken,
        went_out_anyway=command.went_out_anyway if broken else "",
        counts=answers_somebody(draft, broken),
        not_countersigned=lacked(incident, draft, published_at),
    )
    yield Published(at=published_at, by=deed.actor, publication=publication)
    paper = issued(incident, of_publication(draft.form), draft.unit, cause=publication.id, deed=deed)
    yield PaperDrafted(at=deed.at, paper=paper)
    yield from published_obligations(incident, publication, draft, deed)


def _went_out(incident: Incident, command: Publish) -> bool:
    """Whether it is recorded as something that went out, permitted or not; not in earlier editions."""
    return incident.law.has(Switch.WENT_OUT) and bool(command.went_out_anyway.strip())


def _check_unit(incident: Incident, unit: str) -> None:
    """Refuses in earlier editions whoever does not answer, 市政府办公室 too."""
    earlier = not incident.law.has(Switch.WENT_OUT)
    if earlier and unit not in incident.responders and not owes_mending(unit, incident):
        raise Refused(Reason.UNIT_NOT_CONCERNED, unit)


def _check_author(incident: Incident, stood: Incident, draft: Draft, command: Publish, deed: Deed) -> None:
    """Refuses another unit's text, save that 市政府办公室 may record what went out anyway (DD-30).

    A former responder records what went out while it answered, unless it mends something (DD-29).
    """
    if draft.unit != deed.actor.unit:
        if deed.actor.unit not in incident.powers.deciding or not incident.law.has(Switch.WENT_OUT):
            raise Refused(Reason.UNIT_NOT_CONCERNED, draft.unit)
        if not command.went_out_anyway.strip():
            raise Refused(Reason.REASON_MISSING, "went_out_anyway")
    if draft.unit not in {*incident.responders, *stood.responders} and not owes_mending(draft.unit, incident):
        raise Refused(Reason.UNIT_NOT_CONCERNED, draft.unit)


def _check_proved(incident: Incident, command: Publish) -> None:
    """Refuses what is on no public channel, or without proof; no such thing is recorded as published."""
    if not any(incident.law.platform(channel).publishing for channel in command.channels):
        raise Refused(Reason.MISSING_PART, "channels")
    _check_channels(incident, command.channels)
    check_seen(command.evidence, incident.law.edition)


def _check_channels(incident: Incident, channels: tuple[PlatformCode, ...]) -> None:
    """Refuses a channel that the law of the case does not name,
    and from the third edition on what is a source alone (DD-32).
    """
    for channel in channels:
        entry = incident.law.platform(channel)
        if incident.law.has(Switch.SOURCES_APART) and not entry.publishing:
            raise Refused(Reason.SOURCE_ALONE, channel)


def _relay(incident: Incident, command: RecordRelay, deed: Deed) -> Iterator[Event]:
    publication = incident.publication(command.publication)
    relayed_at = past(command.relayed_at, deed.at, "relayed_at")
    if relayed_at < publication.published_at:
        raise Refused(Reason.BEFORE_OCCURRENCE, "relayed_at")
    if not command.channels:
        raise Refused(Reason.MISSING_PART, "channels")
    _check_channels(incident, command.channels)
    check_proofs(command.evidence, incident.law.edition)
    relay = Relay(
        at=relayed_at,
        unit=deed.actor.unit,
        channels=command.channels,
        authorised=command.authorised,
        evidence=command.evidence,
    )
    yield Relayed(at=relayed_at, by=deed.actor, publication=publication.id, relay=relay)


def _press_conference(incident: Incident, command: HoldPressConference, deed: Deed) -> Iterator[Event]:
    """A word to the press meets the limits that ask for that alone;
    one that states facts and measures is a publication too (DD-31).
    """
    check_seen(command.evidence, incident.law.edition)
    held_at = said_at(incident, command.held_at, deed.at, "held_at")
    stood = as_of(incident, held_at)
    _check_holder(incident, stood, deed.actor.unit)
    text = _spoken_text(incident, stood, command, held_at, deed)
    yield PressConferenceHeld(
        at=held_at, by=deed.actor, unit=deed.actor.unit, evidence=command.evidence, text=text
    )
    for obligation in incident.owed(ObligationKind.OVL_PRESS24):
        yield from perform(incident, obligation, deed, happened_at=held_at)
    if text is not None:
        yield from _spoken_publication(incident, stood, text, command.evidence, deed)
        return
    cause = numbered(Thing.PRESS, len(incident.press_conferences) + 1)
    yield from replaced_by_press(incident, cause, held_at, deed)
    yield from spoken(incident, cause, held_at, deed)


def _check_holder(incident: Incident, stood: Incident, unit: str) -> None:
    """Refuses a former responder that did not answer when it was held (DD-29)."""
    now = standings(unit, incident) & {Standing.OFFICE, Standing.RECEIVING, Standing.RESPONDER}
    if not now and unit not in stood.responders:
        raise Refused(Reason.UNIT_NOT_CONCERNED, unit)


def _spoken_for(incident: Incident, command: HoldPressConference, unit: str) -> tuple[str, ...]:
    """The units whose word it was, the first being the one that the publication bears.

    An office names whom it speaks for; a responsible unit speaks for itself,
    and names others beside itself (DD-14, DD-31).
    """
    units = tuple(dict.fromkeys(command.units)) or (unit,)
    for code in units:
        incident.law.unit(code)
    is_office = standings(unit, incident) & {Standing.OFFICE, Standing.RECEIVING}
    if is_office or not incident.law.has(Switch.SPOKEN_FOR):
        return units
    if unit not in units:
        raise Refused(Reason.UNIT_NOT_CONCERNED, units[0])
    return tuple(dict.fromkeys((unit, *units)))


def _spoken_text(
    incident: Incident, stood: Incident, command: HoldPressConference, held_at: datetime, deed: Deed
) -> Draft | None:
    """What was said, where it is a publication: it states facts and measures,
    and is of a form that could answer then.
    """
    units = _spoken_for(incident, command, deed.actor.unit)
    interim = promised(command.interim)
    form = form_of(stood, interim)
    stated = bool(command.facts.strip() and command.measures.strip())
    if not incident.law.has(Switch.PRESS) or not stated or form is None:
        return None
    text = Draft(
        id=numbered(Thing.DRAFT, incident.draft_count + 1),
        unit=units[0],
        drafted_at=held_at,
        drafted_by=deed.actor,
        form=form,
        title=incident.title,
        facts=command.facts,
        measures=command.measures,
        result="",
        clarification=command.clarification,
        interim=interim,
        evidence=command.evidence,
        co_issuers=units[1:],
    )
    check_promised(stood, text, held_at)
    return text


def _spoken_publication(
    incident: Incident, stood: Incident, text: Draft, evidence: tuple[Evidence, ...], deed: Deed
) -> Iterator[Event]:
    publication = said_to_the_press(stood, text, evidence, deed)
    yield Published(at=publication.published_at, by=deed.actor, publication=publication)
    paper = issued(incident, of_publication(text.form), text.unit, cause=publication.id, deed=deed)
    yield PaperDrafted(at=deed.at, paper=paper)
    promising = promised_by(incident, stood, publication.issuers)
    yield from published_obligations(incident.with_draft(text), publication, text, deed, promising)


def _end_emergency(incident: Incident, command: EndEmergencyResponse, deed: Deed) -> Iterator[Event]:
    if not incident.in_emergency:
        raise Refused(Reason.NOT_AN_EMERGENCY, "end_emergency_response")
    if incident.emergency_ended_at is not None:
        raise Refused(Reason.ALREADY_DONE, "end_emergency_response")
    if not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "reason")
    yield EmergencyResponseEnded(at=deed.at, by=deed.actor, reason=command.reason)
    for obligation in incident.owed(ObligationKind.CONT_UPD):
        yield ObligationVoided(at=deed.at, obligation=obligation.id, cause="emergency_response_ended")


def evolve(incident: Incident, event: PublishEvent) -> Incident:
    """The case after something was said in public."""
    match event:
        case Published():
            return changed(incident, publications=(*incident.publications, event.publication))
        case Relayed():
            publications = replaced(
                incident.publications,
                lambda item: item.id == event.publication,
                lambda item: changed(item, relays=(*item.relays, event.relay)),
            )
            return changed(incident, publications=publications)
        case PressConferenceHeld():
            spoken_to = changed(incident, press_conferences=(*incident.press_conferences, event.at))
            return spoken_to if event.text is None else spoken_to.with_draft(event.text)
        case EmergencyResponseEnded():
            return changed(incident, emergency_ended_at=event.at)
