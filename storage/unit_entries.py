"""The registry entry by entry: a person or a channel of a unit put in, altered or taken out,
each as a recorded act.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Generic, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.law.registry import Channel, UnitPerson
from storage.account_tables import AccountRow
from storage.accounts import Administrator
from storage.acts import ActKind, Author, Facts, record_act
from storage.registry import channel_of, columns, person_of
from storage.unit_tables import ChannelRow, UnitPersonRow

Entry = UnitPerson | Channel
E = TypeVar("E", UnitPerson, Channel)
_PHONE_TOLD: Final = 4  # last digits of a telephone number that the record of acts shows


class EntryReason(StrEnum):
    """Why an entry is not put in, altered or taken out."""

    DUPLICATE = "duplicate_entry"
    CHANGED_MEANWHILE = "changed_meanwhile"
    NO_LONGER = "no_longer_system_administrator"


class EntryRefused(Exception):  # noqa: N818  an answer to who asked
    """The registry stays as it is."""

    def __init__(self, reason: EntryReason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class StoredEntry(Generic[E]):
    """An entry with the position of its row; `digest` tells whether it is still the one
    that a form was made of.
    """

    position: int
    entry: E

    @property
    def digest(self) -> str:
        """A digest of the entry."""
        return _digest(self.entry)


@dataclass(frozen=True, slots=True)
class EntryPlace:
    """Which row of a unit is meant, and what it held when it was shown."""

    unit: str
    position: int
    digest: str


async def persons_of(session: AsyncSession, unit: str) -> tuple[StoredEntry[UnitPerson], ...]:
    """The persons of a unit, past and future ones too, in the order of their entry."""
    statement = (
        select(UnitPersonRow).where(col(UnitPersonRow.unit) == unit).order_by(col(UnitPersonRow.position))
    )
    return tuple(
        StoredEntry(row.position, person_of(row)) for row in (await session.execute(statement)).scalars()
    )


async def channels_of(session: AsyncSession, unit: str) -> tuple[StoredEntry[Channel], ...]:
    """The channels of a unit in the order of their entry."""
    statement = select(ChannelRow).where(col(ChannelRow.unit) == unit).order_by(col(ChannelRow.position))
    return tuple(
        StoredEntry(row.position, channel_of(row)) for row in (await session.execute(statement)).scalars()
    )


async def put_in(session: AsyncSession, author: Author, entry: Entry, *, at: datetime) -> None:
    """A new entry, in a session that writes; raises EntryRefused for one that is there already."""
    await _check(session, author)
    model = UnitPersonRow if isinstance(entry, UnitPerson) else ChannelRow
    await _refuse_second(session, entry, col(model.position).is_not(None))
    session.add(model(**columns(entry), imported_at=at))
    await _flush(session)
    kind = _kinds(entry)[0]
    await record_act(session, kind, author, entry.unit, at=at, after=_told(entry))


async def alter(
    session: AsyncSession, author: Author, place: EntryPlace, entry: Entry, *, at: datetime
) -> None:
    """An entry in place of another, in a session that writes; raises EntryRefused."""
    row, old = await _held(session, author, place, type(entry))
    await _refuse_second(session, entry, col(type(row).position) != place.position)
    if entry == old:
        return
    for name, value in columns(entry).items():
        setattr(row, name, value)
    row.imported_at = at
    await _flush(session)
    said = {"before": _told(old), "after": _told(entry)}
    await record_act(session, _kinds(entry)[1], author, entry.unit, at=at, **said)


async def take_out(
    session: AsyncSession, author: Author, place: EntryPlace, kind: type[Entry], *, at: datetime
) -> None:
    """Take out an entry that should never have been there, in a session that writes; raises EntryRefused."""
    row, old = await _held(session, author, place, kind)
    await session.delete(row)
    await record_act(session, _kinds(old)[2], author, old.unit, at=at, before=_told(old))


async def _check(session: AsyncSession, author: Author) -> None:
    """Raises EntryRefused unless the author is still a system administrator who can sign in."""
    row = await session.get(AccountRow, author.account_id, populate_existing=True)
    if row is None or row.disabled_at is not None or row.role != Administrator.SYSTEM:
        raise EntryRefused(EntryReason.NO_LONGER)


async def _held(
    session: AsyncSession, author: Author, place: EntryPlace, kind: type[Entry]
) -> tuple[UnitPersonRow | ChannelRow, Entry]:
    await _check(session, author)
    row: UnitPersonRow | ChannelRow | None
    if kind is UnitPerson:
        row = await session.get(UnitPersonRow, place.position, with_for_update=True)
    else:
        row = await session.get(ChannelRow, place.position, with_for_update=True)
    if row is None or row.unit != place.unit:
        raise EntryRefused(EntryReason.CHANGED_MEANWHILE)
    old = person_of(row) if isinstance(row, UnitPersonRow) else channel_of(row)
    if _digest(old) != place.digest:
        raise EntryRefused(EntryReason.CHANGED_MEANWHILE)
    return row, old


async def _refuse_second(session: AsyncSession, entry: Entry, others: ColumnElement[bool]) -> None:
    """The same person in the same part from the same day, or the same account on a platform,
    stands once (as in a file).
    """
    if isinstance(entry, UnitPerson):
        same = (
            (col(UnitPersonRow.unit) == entry.unit)
            & (col(UnitPersonRow.part) == entry.part.value)
            & (col(UnitPersonRow.person) == entry.person)
            & (col(UnitPersonRow.since) == entry.since)
        )
        statement = select(col(UnitPersonRow.position)).where(same, others)
    else:
        same = (
            (col(ChannelRow.unit) == entry.unit)
            & (col(ChannelRow.platform) == entry.platform)
            & (col(ChannelRow.name) == entry.name)
        )
        statement = select(col(ChannelRow.position)).where(same, others)
    if (await session.execute(statement.limit(1))).first() is not None:
        raise EntryRefused(EntryReason.DUPLICATE)


async def _flush(session: AsyncSession) -> None:
    try:
        await session.flush()
    except IntegrityError:  # the same was put in at the same moment
        raise EntryRefused(EntryReason.DUPLICATE) from None


def _kinds(entry: Entry) -> tuple[ActKind, ActKind, ActKind]:
    if isinstance(entry, UnitPerson):
        return ActKind.UNIT_PERSON_ADDED, ActKind.UNIT_PERSON_CHANGED, ActKind.UNIT_PERSON_REMOVED
    return ActKind.CHANNEL_ADDED, ActKind.CHANNEL_CHANGED, ActKind.CHANNEL_REMOVED


def _told(entry: Entry) -> Facts:
    """An entry for the record: its row in words of data, of a telephone number the end alone."""
    return {name: _said(name, value) for name, value in columns(entry).items() if name != "unit"}


def _said(name: str, value: object) -> str:
    if value is None or value == date.min:
        return ""
    if name == "phone" and value:
        return f"…{str(value)[-_PHONE_TOLD:]}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _digest(entry: Entry) -> str:
    return hashlib.sha256(repr(sorted(columns(entry).items())).encode()).hexdigest()[:16]
