"""Making deadline certificates: the records that name an obligation, each with its proof, what they say,
and the entry that handed it out.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any, Final

from sqlalchemy import Connection, select

from audit.bundle.certificate import CertificateCheck
from audit.bundle.core import canonical, sha256
from audit.bundle.records import RecordLine, decision_line, entry_line
from audit.sealing import seal, sealed_now
from domain.case.obligations import Obligation
from domain.case.state import Incident
from domain.catalogue import Decision
from papers.certificate import FORMAT, PrintedBeside, numbers_about, statement
from papers.certificate_sheet import code_of, printed
from papers.following import case_of, following, parted
from papers.outcome import names, obligation_of
from storage.audit_book import BookDeed, BookEntry, Origin, append
from storage.audit_book_tables import AuditEntryRow
from storage.beside_obligations import healings_told, notices_told
from storage.checkpoint_codes import checkpoint_code
from storage.checkpoint_keys import CheckpointKeys
from storage.checkpoints import LogBroken, StoredCheckpoint, checkpoints, key_notes
from storage.codec import DECISION
from storage.database import Database
from storage.reduced_rows import ReducedRows, reduced_rows_of
from storage.regulation_text import sentences
from storage.sealed_log import Tree, leaf_of
from storage.signed_notes import is_signature
from storage.snapshots import snapshot
from storage.tables import EventLogRow, table

_LOG, _ENTRY = table(EventLogRow), table(AuditEntryRow)
_OF_KEYS: Final = frozenset(
    {"keys", "checkpoint", "certificate"}
)  # told by each check, as of a bundle (0088)
_TRIES: Final = 4  # a case may go on while its certificate is made
Chosen = Sequence[tuple[RecordLine, Decision]]  # decisions of one case, in their order


class NoObligation(Exception):  # noqa: N818  named for what was found
    """The case has no such obligation, or goes on faster than it can be certified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate: the bytes of its file, and what is printed of it."""

    incident: Incident
    obligation: str
    content: bytes
    statement: Mapping[str, Any]
    log: Mapping[str, Any]

    @property
    def sha256(self) -> str:
        """By which the file is known."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def code(self) -> str:
        """What is printed of that."""
        return code_of(self.sha256)

    def pdf(self) -> bytes:
        """The page.

        Takes some tenths of a second: not for the event loop. Raises NoChineseFont and Unprintable.
        """
        return printed(self.statement, self.log, self.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineStatement:
    """What a certificate says, and by which decisions; `digest` is by what the audit book names it."""

    incident: Incident
    obligation: str
    statement: Mapping[str, Any]
    chosen: Chosen

    @property
    def digest(self) -> str:
        """SHA-256 of what it says, in hexadecimal."""
        return sha256(canonical(self.statement))


async def certified(
    database: Database,
    signing: CheckpointKeys,
    incident_id: str,
    origin: Origin,
    at: datetime,
    *,
    obligation: str | None = None,
) -> tuple[Certificate, ...]:
    """The certificate of an obligation, or of all of a case, as the ledger shows it, handed out to `origin`.

    1. What is durable is sealed. What each says is named by an entry of the audit book,
       which is sealed and signed.
    2. Each stands under the first checkpoint that covers that entry and all its records:
       it stays the same, to the byte, until something of it changes, and no further entry is made for it.

    Raises NoObligation, LogBroken, KeyLost, KeyUnreadable, and the database's errors:
    what cannot be written down is not handed out.
    """
    for _ in range(_TRIES):
        await seal(database)
        async with database.session() as session:
            case = await snapshot(session, incident_id)
            if case is None:
                raise NoObligation(incident_id)
            reduced = await reduced_rows_of(session, incident_id)
            work = partial(_read, case.state, obligation=obligation, reduced=reduced)
            certificates, lacking = await (await session.connection()).run_sync(work)
        if not lacking:
            return certificates
        detail = {"certificates": " ".join(lacking), "event": str(case.state.event_number)}
        entry = BookEntry(at=at, deed=BookDeed.EXPORT, origin=origin, subject=incident_id, detail=detail)
        await database.write(partial(append, entries=[entry]))
        await sealed_now(database, signing, at)
    raise NoObligation(obligation or incident_id)


def _read(
    incident: Incident, connection: Connection, *, obligation: str | None, reduced: ReducedRows
) -> tuple[tuple[Certificate, ...], list[str]]:
    """The certificates that stand under a checkpoint, and the digests of those that do not yet."""
    said = all_said(connection, incident, obligation, reduced)
    pairs = [(one.digest, under_a_checkpoint(connection, one)) for one in said]
    return (
        tuple(certificate for _, certificate in pairs if certificate is not None),
        [digest for digest, certificate in pairs if certificate is None],
    )


def all_said(
    connection: Connection, incident: Incident, obligation_id: str | None, reduced: ReducedRows
) -> list[DeadlineStatement]:
    """What the certificates of an obligation, or of all of a case, say. Raises NoObligation."""
    statement = (
        select(_LOG)
        .where(_LOG.c.incident_id == incident.incident_id, _LOG.c.last_number <= incident.event_number)
        .order_by(_LOG.c.first_number)
    )
    rows = [dict(row) for row in connection.execute(statement).mappings()]
    obligations = [
        obligation for obligation in incident.obligations if obligation_id in {None, obligation.id}
    ]
    if not obligations or not rows:
        raise NoObligation(obligation_id or incident.incident_id)
    texts = [row["decision"] for row in rows]

    @cache
    def chosen(place: int) -> tuple[RecordLine, Decision]:
        return decision_line(rows[place], reduced), DECISION.validate_json(texts[place])

    @cache
    def whole() -> Chosen:
        return [chosen(place) for place in range(len(rows))]

    return [
        _said(
            connection,
            incident,
            obligation.id,
            [chosen(place) for place in _places(incident, obligation, texts)],
            whole,
        )
        for obligation in obligations
    ]


def _places(incident: Incident, obligation: Obligation, texts: Sequence[str]) -> list[int]:
    """The first and the last decision of a case, and those that name the obligation, what fulfilled it,
    or the text of that.
    """
    drafts = [item.draft for item in incident.publications if item.id == obligation.evidence]
    wanted = [name for name in (obligation.id, obligation.evidence, *drafts) if name]
    return [
        place
        for place, text in enumerate(texts)
        if place in {0, len(texts) - 1} or any(names(text, name) for name in wanted)
    ]


def _said(
    connection: Connection,
    incident: Incident,
    obligation_id: str,
    chosen: Chosen,
    whole: Callable[[], Chosen],
) -> DeadlineStatement:
    """What a certificate says.

    It rests on the whole case where something else follows from the decisions that were chosen.
    """
    decisions = [decided for _, decided in chosen]
    obligation = obligation_of(decisions, obligation_id)
    if obligation is None:
        raise NoObligation(obligation_id)
    numbers = numbers_about(obligation, decisions)
    beside = PrintedBeside(
        notices=notices_told(connection, incident.incident_id, obligation_id, numbers, incident.law),
        healings=healings_told(connection, incident.incident_id),
    )
    content = statement(incident, obligation, decisions, sentences(incident.law.regulation), beside)
    if _parted(content, obligation_id, chosen):
        chosen = whole()
        if wrong := _parted(content, obligation_id, chosen):
            raise LogBroken(f"{obligation_id}: {', '.join(wrong)}")
    content["records"] = [
        {"record": line.sealed["first_number"], "hash": line.sealed["hash"]} for line, _ in chosen
    ]
    return DeadlineStatement(incident=incident, obligation=obligation_id, statement=content, chosen=chosen)


def _parted(content: Mapping[str, Any], obligation_id: str, chosen: Chosen) -> list[str]:
    """What the statement says otherwise than these decisions."""
    decisions = [decided for _, decided in chosen]
    case, obligation = case_of(decisions), obligation_of(decisions, obligation_id)
    return (
        ["outcome"]
        if case is None or obligation is None
        else parted(content, following(case, obligation, decisions))
    )


def under_a_checkpoint(connection: Connection, said: DeadlineStatement) -> Certificate | None:
    """The certificate under the first checkpoint that covers it; None where none does.

    Raises LogBroken where the log proves it no more.
    """
    entry = _entry_of(connection, said)
    if entry is None:
        return None
    lines = [*(line for line, _ in said.chosen), entry]
    leaves = [leaf_of(connection, line.kind, line.key) for line in lines]
    places = [leaf.position for leaf in leaves if leaf is not None]
    checkpoint = next((one for one in checkpoints(connection) if one.size > max(places, default=0)), None)
    if checkpoint is None or len(places) < len(leaves):
        return None
    tree = Tree(connection)
    records = [
        {
            "sealed": line.sealed,
            **line.beside,
            "index": place,
            "path": [hashed.hex() for hashed in tree.inclusion(place, checkpoint.size)],
        }
        for line, place in zip(lines, places, strict=True)
    ]
    content = {
        "format": FORMAT,
        "statement": said.statement,
        "records": records[:-1],
        "export": records[-1],
        "checkpoint": checkpoint.note,
        "keys": "".join(f"{note}\n" for note in key_notes(connection)),
    }
    certificate = Certificate(
        incident=said.incident,
        obligation=said.obligation,
        content=canonical(content) + b"\n",
        statement=said.statement,
        log=_log(checkpoint, len(records)),
    )
    check = CertificateCheck(certificate.content)
    check.run(is_signature)
    broken = [wrong for wrong in check.wrong if wrong.place not in _OF_KEYS]
    if broken:
        raise LogBroken(str(broken[0]))
    return certificate


def _entry_of(connection: Connection, said: DeadlineStatement) -> RecordLine | None:
    """The first entry of the audit book that names what the certificate says."""
    statement = (
        select(_ENTRY)
        .where(
            _ENTRY.c.subject == said.incident.incident_id,
            _ENTRY.c.deed == BookDeed.EXPORT.value,
            _ENTRY.c.detail.contains(said.digest, autoescape=True),
        )
        .order_by(_ENTRY.c.position)
        .limit(1)
    )
    row = connection.execute(statement).mappings().first()
    return None if row is None else entry_line(connection, dict(row))


def _log(checkpoint: StoredCheckpoint, records: int) -> dict[str, Any]:
    """Under which checkpoint the records stand, as it is printed."""
    return {
        "origin": checkpoint.note.split("\n", 1)[0],
        "size": checkpoint.size,
        "at": checkpoint.at.isoformat(timespec="seconds"),
        "key": checkpoint.key,
        "code": checkpoint_code(checkpoint.note),
        "records": records,
    }
