"""The audit book: who signed in, who looked, who administered.

Append-only, and each entry sealed to the one before.

What stands in the event log (commands of the catalogue) is not written here again. Every other deed is
written in the transaction of what it did, so that what cannot be written down does not happen (ASVS 16.3,
GB/T 22239 8.1.5.2).
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.audit_book_tables import AuditEntryRow
from storage.tables import table

FIRST_SEAL: Final = "0" * 64
"""What the first entry is sealed to."""

_LONGEST: Final = {"person": 100, "subject": 200, "address": 100, "trace_id": 64, "means_id": 64}
_LONGEST_DETAIL: Final = 2000  # characters of one value
_MOST_DETAILS: Final = 20
_MARK_DIGITS: Final = 16
_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtext('audit_entry'))")
_LAST: Final = (
    select(table(AuditEntryRow).c.position, table(AuditEntryRow).c.seal)
    .order_by(table(AuditEntryRow).c.position.desc())
    .limit(1)
)


class BookDeed(StrEnum):
    """What was done."""

    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    SESSION_END = "session_end"
    PASSWORD_CHANGE = "password_change"  # noqa: S105  the name of a deed
    CODE_BEGIN = "code_begin"
    CODE_CONFIRM = "code_confirm"
    CODE_END = "code_end"
    PASSKEY_BEGIN = "passkey_begin"
    PASSKEY_ADD = "passkey_add"
    PASSKEY_END = "passkey_end"
    OPENID_LINK = "openid_link"
    OPENID_END = "openid_end"
    TOKEN_MAKE = "token_make"  # noqa: S105  the name of a deed
    TOKEN_END = "token_end"  # noqa: S105  the name of a deed
    INCIDENT_READ = "incident_read"
    LIST_READ = "list_read"
    SEARCH = "search"
    EXPORT = "export"
    ATTACHMENT_OPEN = "attachment_open"
    ATTACHMENT_ADD = "attachment_add"
    COMMAND = "command"
    ACKNOWLEDGEMENT = "acknowledgement"
    LINK_OPEN = "link_open"
    LINK_ACKNOWLEDGEMENT = "link_acknowledgement"
    ADDRESS_CHANGE = "address_change"
    ABSENCE_ENTER = "absence_enter"
    ABSENCE_END = "absence_end"
    HANDOVER_NOTE = "handover_note"
    CHANNEL_TEST = "channel_test"
    PEOPLE_READ = "people_read"
    PEOPLE_CHANGE = "people_change"
    UNITS_READ = "units_read"
    UNITS_CHANGE = "units_change"
    LAW_CHANGE = "law_change"
    TEXT_REDUCE = "text_reduce"
    DESTRUCTION = "destruction"
    AUDIT_NOTE = "audit_note"
    AUDIT_VERIFY = "audit_verify"
    SYSTEM_READ = "system_read"
    BOOK_READ = "book_read"
    TERMINAL = "terminal"
    KEYS_CHANGE = "keys_change"
    SETTINGS_CHANGE = "settings_change"
    BACKUP = "backup"
    HEAL = "heal"


RESTORE: Final = "restore"  # the command, as entries of the deed BACKUP name it


class DeedOutcome(StrEnum):
    """How it ended: done, refused to who asked, or failed for a fault that is not the asker's."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class Means(StrEnum):
    """By what who asked was known."""

    SESSION = "session"
    TOKEN = "token"  # noqa: S105  the name of a means
    MACHINE = "machine"  # this machine's own browser or terminal
    HOUSE = "house"  # a process of the system itself
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who does something, by what the person is known, and from where; empty where nobody can say."""

    means: Means = Means.NOTHING
    person: str = ""
    post: str = ""
    unit: str = ""
    means_id: str = ""
    address: str = ""
    trace_id: str = ""


HOUSE: Final = Origin(means=Means.HOUSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookEntry:
    """One entry before it has its place; `subject` is an id, a login or a code, `detail` names and codes,
    never content.
    """

    at: datetime
    deed: BookDeed
    origin: Origin
    outcome: DeedOutcome = DeedOutcome.DONE
    subject: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)


def append(connection: Connection, entries: Sequence[BookEntry]) -> None:
    """Write entries at the end of the book, in the transaction of the connection."""
    if not entries:
        return
    if connection.dialect.name == "postgresql":  # SQLite has one writer
        connection.execute(_LOCK)
    last = connection.execute(_LAST).first()
    position, seal = (last.position, last.seal) if last is not None else (0, FIRST_SEAL)
    rows = []
    for entry in entries:
        position += 1
        values = _values(position, entry)
        seal = sealed(seal, values)
        rows.append({**values, "seal": seal})
    connection.execute(insert(table(AuditEntryRow)), rows)


async def enter(session: AsyncSession, entry: BookEntry) -> None:
    """Write an entry in the transaction of a session that writes."""
    connection = await session.connection()
    await connection.run_sync(append, (entry,))


def sealed(before: str, values: Mapping[str, Any]) -> str:
    """The seal of an entry: SHA-256, in hexadecimal, over the seal before, a line feed,
    and the entry's canonical JSON.
    """
    return hashlib.sha256(f"{before}\n{canonical(values)}".encode()).hexdigest()


def canonical(values: Mapping[str, Any]) -> str:
    """The canonical JSON of an entry's columns but `seal`:
    keys sorted, no blanks, instants as ISO 8601 in UTC.
    """
    content = {
        name: value.astimezone(UTC).isoformat(timespec="microseconds")
        if isinstance(value, datetime)
        else value
        for name, value in values.items()
        if name != "seal"
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def mark(installation: str, words: str) -> str:
    """The mark under which words that were searched for stand in the book:
    the same words, the same mark, and no way back.

    The words may be a person's name or number, which an append-only book could never lose again.
    """
    folded = " ".join(words.casefold().split())
    return hmac.new(installation.encode(), folded.encode(), hashlib.sha256).hexdigest()[:_MARK_DIGITS]


def _values(position: int, entry: BookEntry) -> dict[str, Any]:
    origin = entry.origin
    detail = {name: value[:_LONGEST_DETAIL] for name, value in list(entry.detail.items())[:_MOST_DETAILS]}
    values: dict[str, Any] = {
        "position": position,
        "at": entry.at.astimezone(UTC),
        "deed": entry.deed.value,
        "outcome": entry.outcome.value,
        "person": origin.person,
        "post": origin.post,
        "unit": origin.unit,
        "means": origin.means.value,
        "means_id": origin.means_id,
        "address": origin.address,
        "subject": entry.subject,
        "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True),
        "trace_id": origin.trace_id,
    }
    return values | {name: _printable(values[name])[:longest] for name, longest in _LONGEST.items()}


def _printable(text_: str) -> str:
    """Without what no database keeps (NUL, halves of characters)."""
    return text_.replace("\0", "").encode(errors="replace").decode()


async def last_backup(session: AsyncSession) -> datetime | None:
    """When a backup was last asked for by `huiying backup`, as the book has it; None where none was."""
    book = table(AuditEntryRow)
    done = (book.c.deed == BookDeed.BACKUP.value) & (book.c.outcome == DeedOutcome.DONE.value)
    backups = done & ~book.c.detail.contains(f'"command": "{RESTORE}"')
    statement = select(book.c.at).where(backups).order_by(book.c.position.desc()).limit(1)
    return (await session.execute(statement)).scalar_one_or_none()


async def last_restore(session: AsyncSession) -> datetime | None:
    """When the stores were last put back from a backup by `huiying restore`;
    None where the book knows of none.
    """
    book = table(AuditEntryRow)
    statement = (
        select(book.c.at)
        .where(book.c.deed == BookDeed.BACKUP.value, book.c.detail.contains(f'"command": "{RESTORE}"'))
        .order_by(book.c.position.desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()
