"""Receipts: what became of each message of a call, from its beginning on; append-only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.call_tables import CallReceiptRow

Key = tuple[str, int, str, str]  # incident, event number, purpose and unit: what makes a notice one


class CallStatus(StrEnum):
    """What happened to a message."""

    BEGUN = "begun"  # written before anything is sent: without an outcome nobody knows whether it went out
    SENT = "sent"  # a provider took it
    FAILED = "failed"  # the channel did not work, and it is tried again
    DEFERRED = "deferred"  # the provider did not take it for this address, and it is tried again
    REFUSED = "refused"  # the provider will never take it for this address
    UNREACHABLE = "unreachable"  # nobody to call, or no address of who is to be called
    ACKNOWLEDGED = "acknowledged"  # by the link that the message carried
    JOINED = "joined"  # the person has the same news from the call of another unit
    LAPSED = "lapsed"  # nobody need hear of it any more, and the call has ended


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptEntry:
    """One receipt; the fields are the columns of `CallReceiptRow`."""

    at: datetime
    attempt: str
    incident_id: str
    event_number: int
    purpose: str
    unit: str
    rung: int
    hearer: str
    person: str
    channel: str
    status: CallStatus
    provider: str = ""
    message_id: str = ""
    detail: str = ""
    again: bool = False
    deputy_for: str = ""  # who was away, where the person is the deputy

    @property
    def key(self) -> Key:
        """The notice that it is of."""
        return self.incident_id, self.event_number, self.purpose, self.unit


def after(
    begun: ReceiptEntry,
    status: CallStatus,
    *,
    at: datetime,
    provider: str = "",
    message_id: str = "",
    detail: str = "",
) -> ReceiptEntry:
    """What became of a message that was begun."""
    return replace(begun, status=status, at=at, provider=provider, message_id=message_id, detail=detail)


async def write(session: AsyncSession, entry: ReceiptEntry) -> None:
    """Add a receipt, in a session that writes."""
    values = {name: getattr(entry, name) for name in ReceiptEntry.__dataclass_fields__}
    session.add(CallReceiptRow(**values))
    await session.flush()


async def of_event(
    session: AsyncSession, incident_id: str, event_number: int, purpose: str
) -> tuple[ReceiptEntry, ...]:
    """The receipts of what one event told, whichever unit it was addressed to, in their order."""
    this = and_(
        col(CallReceiptRow.incident_id) == incident_id,
        col(CallReceiptRow.event_number) == event_number,
        col(CallReceiptRow.purpose) == purpose,
    )
    return await _entries(session, this)


async def of_notices(session: AsyncSession, keys: Iterable[Key]) -> dict[Key, tuple[ReceiptEntry, ...]]:
    """The receipts of notices, each notice's in their order; notices without any are left out."""
    these = [
        and_(
            col(CallReceiptRow.incident_id) == incident_id,
            col(CallReceiptRow.event_number) == number,
            col(CallReceiptRow.purpose) == purpose,
            col(CallReceiptRow.unit) == unit,
        )
        for incident_id, number, purpose, unit in keys
    ]
    by_notice: dict[Key, tuple[ReceiptEntry, ...]] = {}
    for entry in await _entries(session, or_(*these)) if these else ():
        by_notice[entry.key] = (*by_notice.get(entry.key, ()), entry)
    return by_notice


async def of_incident(
    session: AsyncSession, incident_id: str, *, until: datetime | None = None, latest: int | None = None
) -> tuple[ReceiptEntry, ...]:
    """The receipts of all notices of an incident, in their order:
    those until an instant, of them the latest.
    """
    which = col(CallReceiptRow.incident_id) == incident_id
    if until is not None:
        which &= col(CallReceiptRow.at) <= until
    return await _entries(session, which, latest)


async def of_attempt(session: AsyncSession, attempt: str) -> tuple[ReceiptEntry, ...]:
    """All that happened to one message, from its beginning on; empty for one that there never was."""
    return await _entries(session, col(CallReceiptRow.attempt) == attempt)


async def _entries(
    session: AsyncSession, which: ColumnElement[bool], latest: int | None = None
) -> tuple[ReceiptEntry, ...]:
    newest_first = select(CallReceiptRow).where(which).order_by(col(CallReceiptRow.position).desc())
    rows: Sequence[CallReceiptRow] = (await session.execute(newest_first.limit(latest))).scalars().all()
    return tuple(
        ReceiptEntry(
            at=row.at,
            attempt=row.attempt,
            incident_id=row.incident_id,
            event_number=row.event_number,
            purpose=row.purpose,
            unit=row.unit,
            rung=row.rung,
            hearer=row.hearer,
            person=row.person,
            channel=row.channel,
            status=CallStatus(row.status),
            provider=row.provider,
            message_id=row.message_id,
            detail=row.detail,
            again=row.again,
            deputy_for=row.deputy_for,
        )
        for row in reversed(rows)
    )
