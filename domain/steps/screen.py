"""甄别: what does not belong is left out and kept, a mistaken registration voided,
duplicates joined (三(二)#2, R324, DD-16).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from domain.case.events import Command, Event
from domain.case.obligations import ObligationVoided, Status
from domain.case.posts import unknown
from domain.case.records import Source
from domain.case.screening import Exclusion, Linked, Screening, SentOn
from domain.case.state import Incident
from domain.law.articles import Article
from domain.law.editions import Switch
from domain.rules.intake import taken
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText, length
from domain.terms.ids import Thing, numbered
from domain.terms.instants import past, whole
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import HANDLERS, LEADERS, Deed, Role, Standing
from domain.terms.vocabulary import ObligationKind, OtherHouse

CLAUSE: str = Article.JUDGEMENT
VOIDED, MERGED, NOT_OURS = "voided", "merged", "not_ours"
_OFFICE = frozenset({Standing.OFFICE})
_PROMISED = (ObligationKind.SUP_FB, ObligationKind.FOLLOW_UP, ObligationKind.RECTIFY)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludeSource(Command):
    """Leave out an intake item that does not belong, by its place from 1, with the reason;
    it is kept (R324).
    """

    kind: Literal["exclude_source"] = "exclude_source"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.OFFICE, Standing.CYBERSPACE_OFFICE})
    clause: ClassVar[str] = CLAUSE

    item: int
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidRegistration(Command):
    """Void a mistaken registration; all that was recorded stays,
    breaches and what they cost among it (DD-19).
    """

    kind: Literal["void_registration"] = "void_registration"
    roles: ClassVar[frozenset[Role]] = LEADERS
    standings: ClassVar[frozenset[Standing]] = _OFFICE
    clause: ClassVar[str] = CLAUSE

    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOn(Command):
    """End a case as not ours: it belongs to another city, to petition, litigation or 12345;
    where it was sent, and who was told.

    市政府办公室 approves; it is neither void nor closed, and counted apart (DD-44).
    """

    kind: Literal["send_on"] = "send_on"
    roles: ClassVar[frozenset[Role]] = LEADERS
    standings: ClassVar[frozenset[Standing]] = _OFFICE
    clause: ClassVar[str] = CLAUSE

    house: OtherHouse
    destination: FreeText
    addressees: FreeText
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeInto(Command):
    """End this case as a duplicate of another that is carried on; both histories are kept (DD-16).

    `discovered_at` and `response_due_at` are those of the other: merging never postpones a clock.
    """

    kind: Literal["merge_into"] = "merge_into"
    roles: ClassVar[frozenset[Role]] = LEADERS
    standings: ClassVar[frozenset[Standing]] = _OFFICE
    clause: ClassVar[str] = CLAUSE

    incident: str
    number: str
    discovered_at: datetime
    response_due_at: datetime
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsorbDuplicate(Command):
    """Take over the intake items of a duplicate that ends in this case (DD-16);
    more of one later, where it has more (DD-42).
    """

    kind: Literal["absorb_duplicate"] = "absorb_duplicate"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = _OFFICE
    clause: ClassVar[str] = CLAUSE

    incident: str
    number: str
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceExcluded(Event):
    """An intake item counts no more."""

    kind: Literal["source_excluded"] = "source_excluded"
    exclusion: Exclusion


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationVoided(Event):
    """The registration was a mistake; the case ended."""

    kind: Literal["registration_voided"] = "registration_voided"
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class SentOnward(Event):
    """The case was not ours, and went to whom it belongs; it ended."""

    kind: Literal["sent_onward"] = "sent_onward"
    sent_on: SentOn


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedInto(Event):
    """The case ended as a duplicate of another."""

    kind: Literal["merged_into"] = "merged_into"
    survivor: Linked
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateAbsorbed(Event):
    """A duplicate ended in this case, which took over its items; those that it holds already are left out."""

    kind: Literal["duplicate_absorbed"] = "duplicate_absorbed"
    duplicate: Linked
    sources: tuple[Source, ...]


ScreenCommand = ExcludeSource | VoidRegistration | SendOn | MergeInto | AbsorbDuplicate
ScreenEvent = SourceExcluded | RegistrationVoided | SentOnward | MergedInto | DuplicateAbsorbed


def decide(incident: Incident, command: ScreenCommand, deed: Deed) -> Iterator[Event]:
    """Screening: nothing is deleted, and no clock is put off."""
    match command:
        case ExcludeSource():
            return _exclude(incident, command, deed)
        case VoidRegistration():
            return _void(incident, command, deed)
        case SendOn():
            return _send_on(incident, command, deed)
        case MergeInto():
            return _merge(incident, command, deed)
        case AbsorbDuplicate():
            return _absorb(incident, command, deed)


def _exclude(incident: Incident, command: ExcludeSource, deed: Deed) -> Iterator[Event]:
    _check_reason(command.reason)
    if not 1 <= command.item <= len(incident.sources):
        raise Refused(Reason.UNKNOWN_REFERENCE, numbered(Thing.SOURCE, command.item))
    if command.item in {exclusion.item for exclusion in incident.screening.excluded}:
        raise Refused(Reason.ALREADY_DONE, numbered(Thing.SOURCE, command.item))
    exclusion = Exclusion(item=command.item, at=deed.at, reason=command.reason)
    yield SourceExcluded(at=deed.at, by=deed.actor, exclusion=exclusion)


def _void(incident: Incident, command: VoidRegistration, deed: Deed) -> Iterator[Event]:
    """A superior who waits for an answer, and what the public was promised,
    do not fall with a registration.
    """
    _check_reason(command.reason)
    _check_nothing_promised(incident)
    yield RegistrationVoided(at=deed.at, by=deed.actor, reason=command.reason)
    yield from _fallen(incident, VOIDED, deed)


def _send_on(incident: Incident, command: SendOn, deed: Deed) -> Iterator[Event]:
    """What was promised to a superior or to the public is answered first,
    though it be with where the item went.
    """
    if not incident.law.has(Switch.SENT_ONWARD):
        raise Refused(Reason.WRONG_STAGE, incident.stage)
    for name, text in (("destination", command.destination), ("addressees", command.addressees)):
        if not text.strip():
            raise Refused(Reason.MISSING_PART, name)
    _check_reason(command.reason)
    _check_nothing_promised(incident)
    for obligation in incident.owed(
        ObligationKind.REPLACE, ObligationKind.CORRECT
    ):  # the public waits for it (DD-13, DD-15)
        raise Refused(Reason.CLOSE_OBLIGATION_OPEN, obligation.id)
    sent_on = SentOn(
        house=command.house,
        destination=command.destination,
        addressees=command.addressees,
        reason=command.reason,
    )
    yield SentOnward(at=deed.at, by=deed.actor, sent_on=sent_on)
    yield from _fallen(incident, NOT_OURS, deed)


def _merge(incident: Incident, command: MergeInto, deed: Deed) -> Iterator[Event]:
    """Only into a case found earlier and due no later, so that no merge puts off a clock (DD-02, DD-16)."""
    _check_reason(command.reason)
    survivor = _other(incident, command.incident, command.number)
    if past(command.discovered_at, deed.at, "discovered_at") > incident.discovered_at:
        raise Refused(Reason.MERGE_WOULD_POSTPONE, "discovered_at")
    if whole(command.response_due_at) > incident.response_due_at:
        raise Refused(Reason.MERGE_WOULD_POSTPONE, "response_due_at")
    _check_nothing_promised(incident)
    yield MergedInto(at=deed.at, by=deed.actor, survivor=survivor, reason=command.reason)
    yield from _fallen(incident, MERGED, deed)


def _absorb(incident: Incident, command: AbsorbDuplicate, deed: Deed) -> Iterator[Event]:
    duplicate = _other(incident, command.incident, command.number)
    knows_posts = incident.law.has(Switch.SAME_POST)
    items = [taken(source, incident.law.edition, deed) for source in command.sources]
    known = {_item(source, deed) for source in incident.sources}
    fresh = tuple(source for source in dict.fromkeys(items) if _item(source, deed) not in known)
    if knows_posts:
        fresh = unknown(incident.sources, (), fresh)
    if duplicate in incident.screening.absorbed and not (knows_posts and fresh):
        raise Refused(Reason.ALREADY_DONE, duplicate.incident)
    yield DuplicateAbsorbed(at=deed.at, by=deed.actor, duplicate=duplicate, sources=fresh)


def _item(source: Source, deed: Deed) -> object:
    """By what an item is known again: its words, or, where references stand for them, their number alone."""
    if deed.reading is None:
        return source
    return source.at, source.platform, source.url, length(source.gist)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(Reason.REASON_MISSING, "reason")


def _other(incident: Incident, other_id: str, number: str) -> Linked:
    if other_id == incident.incident_id or not other_id.strip():
        raise Refused(Reason.UNKNOWN_REFERENCE, "incident")
    if not number.strip():
        raise Refused(Reason.MISSING_PART, "number")
    return Linked(incident=other_id, number=number)


def _check_nothing_promised(incident: Incident) -> None:
    """Refuses to end a case that owes a superior its feedback, the public a promise,
    or waits for a clue's receipt.
    """
    for obligation in incident.owed(*_PROMISED):
        raise Refused(Reason.CLOSE_OBLIGATION_OPEN, obligation.id)
    for clue in incident.clues:
        if clue.lacks_receipt:
            raise Refused(Reason.CLOSE_CLUE_RECEIPT_MISSING, clue.id)


def _fallen(incident: Incident, cause: str, deed: Deed) -> Iterator[Event]:
    """What is still open falls away; a breach stands (DD-19)."""
    for obligation in incident.obligations:
        if obligation.status is Status.OPEN:
            yield ObligationVoided(at=deed.at, obligation=obligation.id, cause=cause)


def evolve(incident: Incident, event: ScreenEvent) -> Incident:
    """The case after a step of screening."""
    screening = _screened(incident.screening, event)
    match event:
        case SourceExcluded():
            return changed(incident, screening=screening)
        case DuplicateAbsorbed():
            return changed(incident.with_items(event.sources), screening=screening)
        case RegistrationVoided() | MergedInto() | SentOnward():
            return changed(incident, screening=screening, closed_at=event.at)


def _screened(screening: Screening, event: ScreenEvent) -> Screening:
    match event:
        case SourceExcluded():
            return changed(screening, excluded=(*screening.excluded, event.exclusion))
        case RegistrationVoided():
            return changed(screening, voided=event.reason)
        case MergedInto():
            return changed(screening, merged_into=event.survivor)
        case SentOnward():
            return changed(screening, sent_on=event.sent_on)
        case DuplicateAbsorbed():
            return changed(screening, absorbed=tuple(dict.fromkeys((*screening.absorbed, event.duplicate))))
