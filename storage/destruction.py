"""Destruction lists and what was destroyed under them: rows are only ever added; what may go, the database
itself decides by them.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage import event_log
from storage.audit_book import BookDeed, BookEntry, Origin, append
from storage.codec import canonical
from storage.destruction_tables import (
    DestroyedCaseRow,
    DestructionEntryRow,
    DestructionListRow,
    DestructionWordRow,
    KeptCertificateRow,
)
from storage.tables import (
    table,
)

_LIST, _ENTRY, _WORD = table(DestructionListRow), table(DestructionEntryRow), table(DestructionWordRow)
_DESTROYED = table(DestroyedCaseRow)
_ALL_LISTS: Final = "destruction-lists"  # one process at a time draws
APPROVALS: Final = 2  # by different persons


class Word(StrEnum):
    """What is said of a list."""

    APPROVED = "approved"
    DECLINED = "declined"
    ARCHIVE_CONSENTED = "archive_consented"


class InBetween(StrEnum):
    """What came in between, while a word was said or a case was looked at."""

    DECLINED = "declined"
    DONE = "done"  # a case of the list was destroyed
    CHANGED = "changed"  # the log of the case is not as the list has it


class CameBetween(Exception):  # noqa: N818  named for what was found
    """Nothing was written, and what came in between."""

    def __init__(self, what: InBetween) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEntry:
    """A case of a list: `seal` and `decisions` say how its log ended when the list was drawn."""

    incident_id: str
    number: str
    retention: str
    closed_at: datetime
    due_at: datetime
    decisions: int
    seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A word on a list: whose, when, and by which letter of the archive."""

    kind: Word
    person: str
    post: str
    unit: str
    at: datetime
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListHead:
    """A list without its entries: who drew it, its digest, and what was said of it."""

    position: int
    at: datetime
    person: str
    sha256: str
    words: tuple[Said, ...]

    @property
    def approvals(self) -> frozenset[str]:
        """Who approved of it."""
        return frozenset(one.person for one in self.words if one.kind is Word.APPROVED)

    @property
    def is_declined(self) -> bool:
        """Whether somebody declined it, which ends it."""
        return any(one.kind is Word.DECLINED for one in self.words)

    @property
    def has_consent(self) -> bool:
        """Whether the archive's consent is on record."""
        return any(one.kind is Word.ARCHIVE_CONSENTED for one in self.words)

    @property
    def is_complete(self) -> bool:
        """Whether its cases may be destroyed."""
        return len(self.approvals) >= APPROVALS and self.has_consent and not self.is_declined


@dataclass(frozen=True, slots=True, kw_only=True)
class DestructionList(ListHead):
    """A list with its entries."""

    entries: tuple[ListEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCounts:
    """A list by its head, how many cases stand on it, and how many of them were destroyed."""

    head: ListHead
    cases: int
    destroyed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Destroyed:
    """A case that was destroyed: under which list, when, how many decisions it had, with those that were
    withdrawn, and how many leaves stay of it in the sealed log.
    """

    incident_id: str
    list_position: int
    at: datetime
    number: str
    decisions: int
    leaves: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCertificate:
    """A certificate that remains of a destroyed case; `content` is its file."""

    place: int
    obligation: str
    sha256: str
    content: bytes


def digest_of(entries: Iterable[ListEntry]) -> str:
    """SHA-256 of the entries of a list, in hexadecimal: by this the audit book names what was approved."""
    content = [
        {
            "incident_id": one.incident_id,
            "number": one.number,
            "retention": one.retention,
            "closed_at": one.closed_at.astimezone(UTC).isoformat(timespec="seconds"),
            "due_at": one.due_at.astimezone(UTC).isoformat(timespec="seconds"),
            "decisions": one.decisions,
            "seal": one.seal,
        }
        for one in sorted(entries, key=lambda one: one.incident_id)
    ]
    return hashlib.sha256(canonical(content)).hexdigest()


def draw_up(connection: Connection, *, entries: Sequence[ListEntry], origin: Origin, at: datetime) -> int:
    """Enter a list, with its entry of the audit book; gives its number.

    What another list took meanwhile is left out, and 0 says that nothing was left: nothing is entered then.
    """
    event_log.lock(connection, _ALL_LISTS)
    taken = _taken(connection)
    entries = [one for one in entries if one not in taken]
    if not entries:
        return 0
    digest = digest_of(entries)
    position = (connection.execute(select(func.max(_LIST.c.position))).scalar_one_or_none() or 0) + 1
    row = {"position": position, "at": at, "person": origin.person, "cases": len(entries), "sha256": digest}
    connection.execute(insert(_LIST), row)
    names = ListEntry.__dataclass_fields__
    connection.execute(
        insert(_ENTRY),
        [{"list_position": position, **{name: getattr(one, name) for name in names}} for one in entries],
    )
    detail = {"list": str(position), "word": "drawn", "sha256": digest}
    append(connection, [BookEntry(at=at, deed=BookDeed.DESTRUCTION, origin=origin, detail=detail)])
    return position


def _taken(connection: Connection) -> set[ListEntry]:
    """The cases, as they are on lists that nobody declined."""
    declined = select(_WORD.c.list_position).where(_WORD.c.kind == Word.DECLINED.value)
    names = ListEntry.__dataclass_fields__
    statement = select(*(_ENTRY.c[name] for name in names)).where(_ENTRY.c.list_position.not_in(declined))
    return {ListEntry(**row) for row in connection.execute(statement).mappings()}


def say_of(connection: Connection, *, one: DestructionList, said: Said, origin: Origin) -> None:
    """Enter a word on a list, with its entry of the audit book.

    Raises IntegrityError for one said before, and CameBetween for one that comes too late.
    """
    event_log.lock(connection, lock_of(one.position))
    if is_declined(connection, one.position):
        raise CameBetween(InBetween.DECLINED)
    begun = select(_DESTROYED.c.incident_id).where(_DESTROYED.c.list_position == one.position).limit(1)
    if said.kind is Word.DECLINED and connection.execute(begun).first() is not None:
        raise CameBetween(InBetween.DONE)
    row = {
        "list_position": one.position,
        "kind": said.kind.value,
        **{name: getattr(said, name) for name in ("person", "post", "unit", "at", "reference")},
    }
    connection.execute(insert(_WORD), row)
    detail = {"list": str(one.position), "word": said.kind.value, "sha256": one.sha256}
    if said.reference:
        detail["reference"] = said.reference
    append(connection, [BookEntry(at=said.at, deed=BookDeed.DESTRUCTION, origin=origin, detail=detail)])


def lock_of(position: int) -> str:
    """The name under which one process at a time changes what stands of a list (`event_log.lock`)."""
    return f"destruction-list-{position}"


def is_declined(connection: Connection, position: int) -> bool:
    """Whether somebody declined a list."""
    declined = select(_WORD.c.person).where(
        _WORD.c.list_position == position, _WORD.c.kind == Word.DECLINED.value
    )
    return connection.execute(declined.limit(1)).first() is not None


async def lists(session: AsyncSession, position: int | None = None) -> list[DestructionList]:
    """All lists, the first drawn first; or the one of a position, where there is one."""
    statement = select(DestructionListRow).order_by(col(DestructionListRow.position))
    if position is not None:
        statement = statement.where(col(DestructionListRow.position) == position)
    rows = (await session.execute(statement)).scalars().all()
    positions = [row.position for row in rows]
    entries = await _by_list(session, DestructionEntryRow, positions)
    words = await _by_list(session, DestructionWordRow, positions)
    names = ListEntry.__dataclass_fields__
    return [
        DestructionList(
            position=row.position,
            at=row.at,
            person=row.person,
            sha256=row.sha256,
            entries=tuple(
                ListEntry(**{name: getattr(one, name) for name in names})
                for one in sorted(entries.get(row.position, ()), key=lambda one: one.incident_id)
            ),
            words=_words(words.get(row.position, ())),
        )
        for row in rows
    ]


async def latest_lists(session: AsyncSession, limit: int, before: int | None = None) -> list[ListCounts]:
    """The lists without their entries, the latest first; those drawn before one, where that is named."""
    statement = select(DestructionListRow).order_by(col(DestructionListRow.position).desc()).limit(limit)
    if before is not None:
        statement = statement.where(col(DestructionListRow.position) < before)
    rows = (await session.execute(statement)).scalars().all()
    positions = [row.position for row in rows]
    words = await _by_list(session, DestructionWordRow, positions)
    counted = (
        select(col(DestroyedCaseRow.list_position), func.count())
        .where(col(DestroyedCaseRow.list_position).in_(positions))
        .group_by(col(DestroyedCaseRow.list_position))
    )
    destroyed = {row[0]: int(row[1]) for row in (await session.execute(counted)).all()}
    return [
        ListCounts(
            head=ListHead(
                position=row.position,
                at=row.at,
                person=row.person,
                sha256=row.sha256,
                words=_words(words.get(row.position, ())),
            ),
            cases=row.cases,
            destroyed=destroyed.get(row.position, 0),
        )
        for row in rows
    ]


def _words(rows: Iterable[DestructionWordRow]) -> tuple[Said, ...]:
    return tuple(
        Said(
            kind=Word(one.kind),
            person=one.person,
            post=one.post,
            unit=one.unit,
            at=one.at,
            reference=one.reference,
        )
        for one in sorted(rows, key=lambda one: one.at)
    )


async def _by_list(session: AsyncSession, model: Any, positions: Sequence[int]) -> dict[int, list[Any]]:
    grouped: dict[int, list[Any]] = {}
    statement = select(model).where(col(model.list_position).in_(positions))
    for row in (await session.execute(statement)).scalars():
        grouped.setdefault(row.list_position, []).append(row)
    return grouped


async def destroyed_under(session: AsyncSession, position: int) -> frozenset[str]:
    """The ids of the cases that were destroyed under a list."""
    statement = select(col(DestroyedCaseRow.incident_id)).where(
        col(DestroyedCaseRow.list_position) == position
    )
    return frozenset((await session.execute(statement)).scalars())


async def destroyed_cases(session: AsyncSession, incident_id: str | None = None) -> dict[str, Destroyed]:
    """The cases that were destroyed, or this one if it was, by their ids."""
    statement = select(DestroyedCaseRow)
    if incident_id is not None:
        statement = statement.where(col(DestroyedCaseRow.incident_id) == incident_id)
    rows = (await session.execute(statement)).scalars()
    names = Destroyed.__dataclass_fields__
    return {row.incident_id: Destroyed(**{name: getattr(row, name) for name in names}) for row in rows}


async def is_destroyed(session: AsyncSession, incident_id: str) -> bool:
    """Whether a case was destroyed."""
    row = select(col(DestroyedCaseRow.incident_id)).where(col(DestroyedCaseRow.incident_id) == incident_id)
    return (await session.execute(row)).first() is not None


def destroyed_ids(connection: Connection) -> frozenset[str]:
    """The ids of the cases that were destroyed."""
    return frozenset(connection.execute(select(_DESTROYED.c.incident_id)).scalars())


async def kept_certificates(session: AsyncSession, incident_id: str) -> list[KeptCertificate]:
    """The certificates that remain of a case, in the order of its obligations."""
    statement = (
        select(KeptCertificateRow)
        .where(col(KeptCertificateRow.incident_id) == incident_id)
        .order_by(col(KeptCertificateRow.place))
    )
    names = KeptCertificate.__dataclass_fields__
    rows = (await session.execute(statement)).scalars()
    return [KeptCertificate(**{name: getattr(row, name) for name in names}) for row in rows]
