"""Destroying a case: whatever stands of it goes in one transaction, and what remains of it comes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, exists, func, insert, select

from storage import event_log, ledger
from storage.attachment_tables import AttachmentContentRow, AttachmentRow
from storage.audit_book import BookDeed, BookEntry, Origin, append
from storage.case_text_tables import CaseTextRow
from storage.destruction import (
    CameBetween,
    DestructionList,
    InBetween,
    KeptCertificate,
    ListEntry,
    is_declined,
    lock_of,
)
from storage.destruction_tables import DestroyedCaseRow, KeptCertificateRow
from storage.forms_open import OpenFormRow
from storage.installation_tables import ForkedDecisionRow
from storage.sealed_log_tables import SealedLeafRow
from storage.tables import (
    ArchivedHistoryRow,
    EventLogRow,
    IncidentRow,
    NoticeRow,
    ProofRow,
    WithdrawnDecisionRow,
    table,
)
from storage.working_texts import WorkingTextRow, WorkingVersionRow

_DESTROYED, _CERTIFICATES = table(DestroyedCaseRow), table(KeptCertificateRow)
_FILE, _CONTENT = table(AttachmentRow), table(AttachmentContentRow)
_LOG, _WITHDRAWN = table(EventLogRow), table(WithdrawnDecisionRow)
_PROOF, _LEAF = table(ProofRow), table(SealedLeafRow)
_RECORDS: Final = (
    (_LOG, "incident_id"),
    (_WITHDRAWN, "incident_id"),
    (table(ForkedDecisionRow), "incident_id"),
    (table(ArchivedHistoryRow), "workflow_id"),
    (_FILE, "incident_id"),
)  # what is sealed, by place: the last row of none of them may go, or its place would be given again
_BESIDE: Final = (
    table(CaseTextRow),
    _PROOF,
    table(NoticeRow),
    table(WorkingTextRow),
    table(WorkingVersionRow),
    table(OpenFormRow),
)


def is_last(connection: Connection, incident_id: str) -> bool:
    """Whether a case holds the last row of a table whose places are given in order, or the last turn of
    proof, up to which whoever follows the record has looked.
    """
    ordered = [(source, name, source.c.position) for source, name in _RECORDS]
    for source, name, place in (*ordered, (_PROOF, "incident_id", _PROOF.c.turn)):
        last = select(source.c[name]).order_by(place.desc()).limit(1)
        if connection.execute(last).scalar_one_or_none() == incident_id:
            return True
    return False


def standing(connection: Connection, incident_id: str) -> list[str]:
    """The names of the tables that hold records of a case."""
    sources = (*_RECORDS, *((source, "incident_id") for source in (*_BESIDE, table(IncidentRow))))
    return [
        source.name
        for source, name in sources
        if connection.execute(select(source.c[name]).where(source.c[name] == incident_id).limit(1)).first()
    ]


def large_of(connection: Connection, incident_id: str) -> list[str]:
    """The SHA-256 of the files of a case that lie beside the database."""
    statement = (
        select(_CONTENT.c.sha256)
        .join(_FILE, _FILE.c.sha256 == _CONTENT.c.sha256)
        .where(_FILE.c.incident_id == incident_id, func.length(_CONTENT.c.content) == 0, _CONTENT.c.size > 0)
    )
    return list(connection.execute(statement).scalars())


def named_contents(connection: Connection, digests: Sequence[str]) -> frozenset[str]:
    """Those of some hundred SHA-256 under which the database keeps a content."""
    statement = select(_CONTENT.c.sha256).where(_CONTENT.c.sha256.in_(digests))
    return frozenset(connection.execute(statement).scalars())


def destroy(
    connection: Connection,
    *,
    of: DestructionList,
    entry: ListEntry,
    at: datetime,
    certificates: Sequence[KeptCertificate],
    origin: Origin,
) -> None:
    """Destroy a case in one transaction: the certificates come, its records go, the audit book has it.

    Raises CameBetween, and the database's refusal for a case of no list that two approved with the archive's
    consent.
    """
    for lock in (lock_of(of.position), entry.incident_id):
        event_log.lock(connection, lock)
    _require_as_listed(connection, of, entry)
    _enter(connection, of, entry, at)
    if certificates:
        names = KeptCertificate.__dataclass_fields__
        rows = [
            {"incident_id": entry.incident_id, **{name: getattr(one, name) for name in names}}
            for one in certificates
        ]
        connection.execute(insert(_CERTIFICATES), rows)
    ledger.forget(connection, entry.incident_id)
    digests = list(
        connection.execute(select(_FILE.c.sha256).where(_FILE.c.incident_id == entry.incident_id)).scalars()
    )
    for source, name in _RECORDS:
        connection.execute(delete(source).where(source.c[name] == entry.incident_id))
    for source in _BESIDE:
        connection.execute(delete(source).where(source.c.incident_id == entry.incident_id))
    alone = _CONTENT.c.sha256.in_(digests) & ~exists().where(_FILE.c.sha256 == _CONTENT.c.sha256)
    connection.execute(delete(_CONTENT).where(alone))
    detail: Mapping[str, str] = {
        "list": str(of.position),
        "word": "destroyed",
        "sha256": of.sha256,
        "certificates": str(len(certificates)),
    }
    booked = BookEntry(
        at=at, deed=BookDeed.DESTRUCTION, origin=origin, subject=entry.incident_id, detail=detail
    )
    append(connection, [booked])


def _require_as_listed(connection: Connection, of: DestructionList, entry: ListEntry) -> None:
    if is_declined(connection, of.position):
        raise CameBetween(InBetween.DECLINED)
    seals = list(
        connection.execute(select(_LOG.c.hash).where(_LOG.c.incident_id == entry.incident_id)).scalars()
    )
    if len(seals) != entry.decisions or entry.seal not in seals:
        raise CameBetween(InBetween.CHANGED)


def _enter(connection: Connection, of: DestructionList, entry: ListEntry, at: datetime) -> None:
    """What was withdrawn counts as a decision: else the marks of the installation would go back."""
    withdrawn, leaves = (
        connection.execute(
            select(func.count()).select_from(source).where(source.c.incident_id == entry.incident_id)
        ).scalar_one()
        for source in (_WITHDRAWN, _LEAF)
    )
    case = {
        "incident_id": entry.incident_id,
        "list_position": of.position,
        "at": at,
        "number": entry.number,
        "decisions": entry.decisions + withdrawn,
        "leaves": leaves,
    }
    connection.execute(insert(_DESTROYED), case)
