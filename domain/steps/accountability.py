"""追责移交: the file is assembled and handed to the competent organ; the rules find nothing (四3#2, R446)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from domain.case.events import UNTIL_ARCHIVED, Command, Event
from domain.case.obligations import RESPONSE_KINDS, Status
from domain.case.oversight import AccountabilityFile, FileItem
from domain.case.state import Incident
from domain.law.articles import Article
from domain.rules.papers import PaperDrafted, issued
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.ids import Thing, numbered
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Deed, Role, Standing
from domain.terms.vocabulary import ObligationKind, PaperKind

CLAUSE: str = Article.APPRAISAL
_TO_THE_PUBLIC = RESPONSE_KINDS | {ObligationKind.FOLLOW_UP, ObligationKind.CONT_UPD}
_LADDER = frozenset(
    {
        PaperKind.SUPERVISION_ORDER,
        PaperKind.CIRCULATED_CRITICISM,
        PaperKind.ADMONITORY_TALK,
        PaperKind.TALK_MINUTES,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverFile(Command):
    """Hand the file of a unit over to the organ that may hold it accountable;
    people state both conditions (R446).

    `infringement` says how the public's right to know was infringed, `seriousness` why that is serious.
    """

    kind: Literal["hand_over_file"] = "hand_over_file"
    roles: ClassVar[frozenset[Role]] = frozenset({Role.PRINCIPAL_LEADER})
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.OFFICE})
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE

    unit: str
    organ: str
    infringement: FreeText
    seriousness: FreeText
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHandedOver(Event):
    """A file went to the competent organ; what comes of it is that organ's affair."""

    kind: Literal["file_handed_over"] = "file_handed_over"
    file: AccountabilityFile


def decide(incident: Incident, command: HandOverFile, deed: Deed) -> Iterator[Event]:
    """Handing a file over, on a person's judgement alone.

    1. The organ is one that the regulation names, and not the unit itself (DD-21).
    2. The unit has missed a limit towards the public, though named before it (不按照规定公开);
       infringement and seriousness, both, are stated in words (侵犯知情权且情节较重).
    3. The file lists what the record holds of the unit; the same record is not handed over twice.
    """
    unit = incident.law.unit(command.unit).code
    _check_organ(incident, unit, incident.law.unit(command.organ).code)
    for name in ("infringement", "seriousness"):
        if not getattr(command, name).strip():
            raise Refused(Reason.MISSING_PART, name)
    if not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "reason")
    if unit not in accountable_units(incident):
        raise Refused(Reason.NOT_BREACHED, unit)
    items = tuple(_items(incident, unit))
    if any(
        (file.unit, file.organ, file.items) == (unit, command.organ, items)
        for file in incident.oversight.files
    ):
        raise Refused(Reason.ALREADY_DONE, unit)
    file = AccountabilityFile(
        id=numbered(Thing.FILE, len(incident.oversight.files) + 1),
        at=deed.at,
        unit=unit,
        organ=command.organ,
        infringement=command.infringement,
        seriousness=command.seriousness,
        reason=command.reason,
        event_number=incident.event_number,
        items=items,
    )
    yield FileHandedOver(at=deed.at, by=deed.actor, file=file)
    paper = issued(incident, PaperKind.ACCOUNTABILITY_FILE, command.organ, cause=file.id, deed=deed)
    yield PaperDrafted(at=deed.at, paper=paper)


def _check_organ(incident: Incident, unit: str, organ: str) -> None:
    if organ == unit:
        raise Refused(Reason.CONFLICT_OF_INTEREST, organ)
    if organ not in incident.law.offices.accountability_organs:
        raise Refused(Reason.UNIT_NOT_CONCERNED, organ)


def accountable_units(incident: Incident) -> frozenset[str | None]:
    """The units that have missed a limit towards the public for which they answer."""
    return frozenset(
        obligation.unit
        for obligation in incident.obligations
        if obligation.status is Status.BREACHED and obligation.kind in _TO_THE_PUBLIC and obligation.scored
    )


def files_to_hand_over(incident: Incident) -> Iterator[tuple[str, str]]:
    """Of which unit a file may be handed to which organ:
    one that is not there already with the same record.
    """
    for unit in sorted(unit for unit in accountable_units(incident) if unit is not None):
        items = tuple(_items(incident, unit))
        there = {file.organ for file in incident.oversight.files if (file.unit, file.items) == (unit, items)}
        for organ in incident.law.offices.accountability_organs:
            if organ != unit and organ not in there:
                yield unit, organ


def _items(incident: Incident, unit: str) -> Iterator[FileItem]:
    """Missed limits and rectifications, the papers of the ladder, what the unit published,
    in the order of the record.
    """
    for obligation in incident.obligations:
        ordered = obligation.kind is ObligationKind.RECTIFY
        if obligation.unit == unit and (ordered or obligation.status is Status.BREACHED):
            at = obligation.breached_at or obligation.fulfilled_at
            yield FileItem(what=obligation.kind, id=obligation.id, at=at, status=obligation.status)
    for paper in incident.papers:
        if paper.unit == unit and paper.kind in _LADDER:
            yield FileItem(
                what=paper.kind, id=paper.id, at=paper.signed_at or paper.drafted_at, status=paper.status
            )
    for item in incident.publications:
        if unit in item.issuers:
            proofs = tuple(proof.sha256 for proof in item.evidence if proof.sha256)
            yield FileItem(
                what="publication", id=item.id, at=item.published_at, status=item.form, digests=proofs
            )


def evolve(incident: Incident, event: FileHandedOver) -> Incident:
    """The case after a file went out."""
    oversight = incident.oversight
    return changed(incident, oversight=changed(oversight, files=(*oversight.files, event.file)))
