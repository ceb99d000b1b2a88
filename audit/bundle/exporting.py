"""Handing out a bundle: its manifest is named in the audit book, that entry is sealed,
and one signature covers every byte.
"""

import asyncio
import hashlib
import json
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, select

from audit.bundle.container import packed
from audit.bundle.contents import Contents, certificate_files, gathered
from audit.bundle.records import RecordLine, batched, entry_line
from audit.bundle.signature import pem_of, untyped
from audit.bundle.stamps import STAMPS
from audit.bundle.telling import README, about_case
from audit.bundle.verify import FORMAT
from audit.certificates import Certificate, NoObligation, certified
from audit.sealing import carry_out, seal, sealed_now
from audit.stamping import Stamped, request_answered, stamps_about
from domain.case.state import Incident
from storage.audit_book import BookDeed, BookEntry, Origin, append
from storage.audit_book_tables import AuditEntryRow
from storage.checkpoint_codes import latest_code
from storage.checkpoint_keys import CheckpointKeys
from storage.checkpoints import LogBroken, StoredCheckpoint, key_notes, log_origin
from storage.codec import canonical
from storage.database import Database
from storage.reduced_rows import reduced_rows_of
from storage.sealed_log import Tree, leaves_by_key
from storage.sealing_keys import first_key_at
from storage.signed_notes import announcement_of, note_of
from storage.tables import table
from workflows.keys import Keyring

_HERE: Final = Path(__file__).parent
_ENTRY: Final = table(AuditEntryRow)
_LAST: Final = select(_ENTRY).order_by(_ENTRY.c.position.desc()).limit(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """By what a house hands out bundles: its release, the keys that sign, those that open histories,
    the file of checkpoints outside.
    """

    release: str
    signing: CheckpointKeys
    keys: Keyring | None = None
    outside: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A bundle as it is handed out: its name as a file, its bytes, and the case as it stands in it."""

    name: str
    content: bytes
    incident: Incident

    @property
    def sha256(self) -> str:
        """By which who receives it tells that it is the one that was handed out."""
        return hashlib.sha256(self.content).hexdigest()


async def exported(
    database: Database,
    house: House,
    incident_id: str,
    origin: Origin,
    at: datetime,
    *,
    with_files: bool = True,
) -> Bundle:
    """The bundle of a case, handed out to `origin`.

    1. What is durable is sealed; the contents are what is sealed then.
       The certificates of its obligations are handed out with it.
    2. The entry of the export is written, with the digest of the manifest in it;
       it is sealed, and the log is signed.
    3. The proofs of all records and of that entry go along with the checkpoint.

    Raises NoCase, TooLarge, ContentGone, LogBroken, KeyLost, KeyUnreadable, and the database's errors:
    what cannot be written down is not handed out.
    """
    await seal(database)
    certificates = await _certificates(database, house, incident_id, origin, at)
    async with database.session() as session:
        reduced, since = await reduced_rows_of(session, incident_id), await first_key_at(session)
        connection = await session.connection()
        gather = partial(gathered, sealed_since=since, with_files=with_files, beside=database.files)
        contents = await connection.run_sync(gather, incident_id, reduced, house.keys)
        log, code = await connection.run_sync(log_origin), await connection.run_sync(latest_code)
        stamps = await connection.run_sync(stamps_about, incident_id)
    about = "\n".join(about_case(contents.incident, origin, at, code))
    pages = await asyncio.to_thread(certificate_files, certificates)
    beside = {**pages, **_stamp_files(stamps)}
    files = await asyncio.to_thread(_named, contents, beside, log, house.release, about)
    digest = hashlib.sha256(files["manifest.json"]).hexdigest()
    detail = {"bundle": digest, "event": str(contents.incident.event_number), "files": str(with_files)}
    if code:
        detail["checkpoint"] = code
    entry = BookEntry(at=at, deed=BookDeed.EXPORT, origin=origin, subject=incident_id, detail=detail)
    line = await database.write(partial(_entered, entry=entry))
    checkpoint = await sealed_now(database, house.signing, at)
    if checkpoint is None:
        raise LookupError("nothing is sealed")
    if house.outside is not None:
        await _try_to_carry_out(database, house.outside)
    lines = {**contents.lines, "proof/export.jsonl": [line]}
    async with database.session() as session:
        connection = await session.connection()
        proofs = await connection.run_sync(_proofs, lines, checkpoint, stamps)
    content = await asyncio.to_thread(packed, {**files, **proofs})
    return Bundle(name=f"{incident_id}.zip", content=content, incident=contents.incident)


async def _certificates(
    database: Database, house: House, incident_id: str, origin: Origin, at: datetime
) -> Sequence[Certificate]:
    try:
        return await certified(database, house.signing, incident_id, origin, at)
    except (
        NoObligation,
        LogBroken,
    ):  # nothing is owed, or a record is not what was sealed, which the bundle tells
        return ()


async def _try_to_carry_out(database: Database, outside: Path) -> None:
    try:
        await carry_out(database, outside)
    except OSError:
        return  # the worker tries again, and says so


def _entered(connection: Connection, entry: BookEntry) -> RecordLine:
    append(connection, [entry])
    return entry_line(connection, dict(connection.execute(_LAST).mappings().one()))


def _stamp_files(stamps: Sequence[Stamped]) -> dict[str, bytes]:
    """Of each stamp the checkpoint that it is on, request, response,
    and the certificates by which it holds.
    """
    files: dict[str, bytes] = {}
    for number, one in enumerate(stamps, start=1):
        files |= {
            f"{STAMPS}{number:04}.note": one.note.encode(),
            f"{STAMPS}{number:04}.pem": one.stamp.certificates.encode(),
            f"{STAMPS}{number:04}.tsq": request_answered(one.stamp.response),
            f"{STAMPS}{number:04}.tsr": one.stamp.response,
        }
    return files


def _named(
    contents: Contents, beside: Mapping[str, bytes], log: str, release: str, about: str
) -> dict[str, bytes]:
    """The files of a bundle with the manifest that names them."""
    incident = contents.incident
    files = {
        **contents.files,
        **beside,
        "README.txt": README.format(about=about).encode(),
        "verify.py": script().encode(),
    }
    manifest = {
        "format": FORMAT,
        "origin": log,
        "incident_id": incident.incident_id,
        "number": incident.number,
        "release": release,
        **({"left_out": contents.left_out} if contents.left_out else {}),
        "files": {
            name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            for name, content in files.items()
        },
    }
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1)
    return {**files, "manifest.json": f"{text}\n".encode()}


@cache
def script() -> str:
    """The program that lies in each bundle: the parts of the verifier as one file."""
    parts = [
        (_HERE / f"{name}.py").read_text(encoding="utf-8")
        for name in ("container", "hashes", "core", "signature", "stamps", "certificate", "verify")
    ]
    lines = [
        line for part in parts for line in part.splitlines() if not line.startswith("from audit.bundle.")
    ]
    return "#!/usr/bin/env python3\n" + "\n".join(lines) + "\n"


def _proofs(
    connection: Connection,
    lines: Mapping[str, Sequence[RecordLine]],
    checkpoint: StoredCheckpoint,
    stamps: Sequence[Stamped],
) -> dict[str, bytes]:
    body, _, signatures = checkpoint.note.partition("\n\n")
    signature = b64decode(signatures.split()[2])[4:]
    notes = key_notes(connection)
    export = lines["proof/export.jsonl"][0]
    return {
        "proof/checkpoint.txt": checkpoint.note.encode(),
        "proof/checkpoint.body": f"{body}\n".encode(),
        "proof/checkpoint.sig": signature,
        "proof/key.pem": _pem(notes, checkpoint.key),
        "proof/keys.txt": "".join(f"{note}\n" for note in notes).encode(),
        "proof/export.jsonl": export.text() + b"\n",
        "proof/leaves.jsonl": b"".join(
            canonical(leaf) + b"\n" for leaf in _leaves(connection, lines, checkpoint)
        ),
        "proof/stamps.jsonl": b"".join(
            canonical(proof) + b"\n" for proof in _stamp_proofs(connection, checkpoint, stamps)
        ),
    }


def _stamp_proofs(
    connection: Connection, checkpoint: StoredCheckpoint, stamps: Sequence[Stamped]
) -> Iterator[dict[str, Any]]:
    """That the log of the checkpoint begins with that of each which is stamped."""
    tree = Tree(connection)
    for number, one in enumerate(stamps, start=1):
        path = [hashed.hex() for hashed in tree.consistency(one.size, checkpoint.size)]
        yield {"stamp": f"{STAMPS}{number:04}", "path": path}


def _leaves(
    connection: Connection, lines: Mapping[str, Sequence[RecordLine]], checkpoint: StoredCheckpoint
) -> Iterator[dict[str, Any]]:
    tree = Tree(connection)
    for name in sorted(lines):
        known = {
            key: leaf
            for some in batched(lines[name])
            for key, leaf in leaves_by_key(connection, some[0].kind, [one.key for one in some]).items()
        }
        for number, line in enumerate(lines[name], start=1):
            leaf = known.get(line.key)
            if leaf is None:
                raise LookupError(f"{name} line {number} is not sealed")
            path = [hashed.hex() for hashed in tree.inclusion(leaf.position, checkpoint.size)]
            yield {"file": name, "line": number, "index": leaf.position, "path": path}


def _pem(notes: Sequence[str], key: str) -> bytes:
    """The public key of a checkpoint as openssl reads it."""
    announcements = [announcement_of(note_of(note)) for note in notes]
    line = next(one.line for one in announcements if one is not None and one.line.split("+")[1] == key)
    return pem_of(untyped(b64decode(line.split("+", 2)[2]))).encode()
