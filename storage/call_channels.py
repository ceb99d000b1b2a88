"""The ways out of the house as they are set up, where each person is reached by them,
and whether they work.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.account_tables import AccountRow
from storage.at_rest import opened, sealed
from storage.call_tables import CallChannelRow, CallReceiptRow, PersonAddressRow
from storage.receipts import CallStatus

BROKEN_AFTER: Final = 5  # failures one after the other, after which a channel rests
RESTS: Final = timedelta(
    minutes=2
)  # then one message tries it again, and the others wait for what comes of it
_LOOKED_AT: Final = 100  # receipts of one channel, the latest
_OUTCOMES: Final = frozenset({CallStatus.SENT, CallStatus.FAILED, CallStatus.DEFERRED, CallStatus.REFUSED})
_ID_BYTES: Final = 8
_SETTINGS, _ADDRESS = "settings", "address"  # the columns that are sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """A channel as it is set up; `settings` is empty where they do not open, since their key was given up."""

    channel: str
    enabled: bool
    settings: Mapping[str, str]
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a person is reached by a channel."""

    channel: str
    address: str
    entered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a channel has fared since it was set up or a provider took a message of it, whichever was later.

    `failures` counts what the channel is to blame for, and each person for whom the provider took nothing
    once: one wrong address breaks no channel, and where nobody is taken any more it is no matter of
    addresses. Whoever tries a channel that has rested and is answered about one person shows that it works.
    `trying_since` is when a message began of which nothing is known yet.
    """

    failures: int = 0
    detail: str = ""
    failed_at: datetime | None = None
    sent_at: datetime | None = None
    trying_since: datetime | None = None

    @property
    def is_broken(self) -> bool:
        """Whether it has failed so often that whoever keeps the system must see to it."""
        return self.failures >= BROKEN_AFTER

    def rests(self, now: datetime) -> bool:
        """Whether nobody is called by it now, so that the next channel is taken at once."""
        return self.is_broken and self.failed_at is not None and now < self.failed_at + RESTS

    def is_being_tried(self, now: datetime) -> bool:
        """Whether it has rested, and one message tries it;
        one whose process died is waited for no longer than a rest.
        """
        if not self.is_broken or self.failed_at is None or self.trying_since is None or self.rests(now):
            return False
        return self.trying_since >= self.failed_at + RESTS and now < self.trying_since + RESTS


async def set_up(session: AsyncSession) -> dict[str, SetUp]:
    """The channels that were ever set up, by their names."""
    rows = (await session.execute(select(CallChannelRow))).scalars()
    return {
        row.id: SetUp(
            channel=row.id,
            enabled=row.enabled,
            settings=json.loads(opened(session, row.settings, _SETTINGS, row.id, never_clear=True) or "{}"),
            changed_at=row.changed_at,
        )
        for row in rows
    }


async def enabled(session: AsyncSession) -> tuple[str, ...]:
    """The channels that are on, by name; their settings are not opened."""
    statement = (
        select(col(CallChannelRow.id)).where(col(CallChannelRow.enabled)).order_by(col(CallChannelRow.id))
    )
    return tuple((await session.execute(statement)).scalars())


async def is_any_enabled(session: AsyncSession) -> bool:
    """Whether anything leaves the house at all."""
    enabled = select(col(CallChannelRow.id)).where(col(CallChannelRow.enabled)).limit(1)
    return (await session.execute(enabled)).first() is not None


async def keep(
    session: AsyncSession, channel: str, settings: Mapping[str, str], *, enabled: bool, at: datetime
) -> None:
    """Set a channel up, in a session that writes."""
    text = sealed(session, json.dumps(dict(settings), sort_keys=True), _SETTINGS, channel)
    row = CallChannelRow(id=channel, enabled=enabled, settings=text, changed_at=at)
    await session.merge(row)


async def addresses_of(session: AsyncSession, account_id: str) -> tuple[Address, ...]:
    """Where a person is reached, in the order in which it is tried; what does not open is left out."""
    statement = (
        select(PersonAddressRow)
        .where(col(PersonAddressRow.account_id) == account_id)
        .order_by(col(PersonAddressRow.place), col(PersonAddressRow.id))
    )
    addresses = []
    for row in (await session.execute(statement)).scalars():
        address = opened(session, row.address, _ADDRESS, row.id, never_clear=True)
        if address:
            addresses.append(Address(channel=row.channel, address=address, entered_at=row.entered_at))
    return tuple(addresses)


async def enter_addresses(
    session: AsyncSession, account_id: str, addresses: Mapping[str, str], *, at: datetime
) -> None:
    """Put addresses in place of all that a person had, in the order in which they are to be tried;
    in a session that writes.
    """
    await session.execute(delete(PersonAddressRow).where(col(PersonAddressRow.account_id) == account_id))
    for place, (channel, address) in enumerate(addresses.items()):
        row = secrets.token_hex(_ID_BYTES)
        session.add(
            PersonAddressRow(
                id=row,
                account_id=account_id,
                channel=channel,
                address=sealed(session, address, _ADDRESS, row),
                place=place,
                entered_at=at,
            )
        )
    await session.flush()


async def persons_with_addresses(session: AsyncSession) -> int:
    """How many persons have said where they are reached."""
    statement = select(func.count(func.distinct(col(PersonAddressRow.account_id))))
    return int((await session.execute(statement)).scalar_one())


async def logins_with_addresses(session: AsyncSession, unit: str) -> frozenset[str]:
    """The persons of a unit who have said where they are reached."""
    statement = (
        select(col(AccountRow.login))
        .join(PersonAddressRow, col(PersonAddressRow.account_id) == col(AccountRow.id))
        .where(col(AccountRow.unit) == unit)
    )
    return frozenset((await session.execute(statement)).scalars())


async def health(session: AsyncSession, channel: str, *, lock: bool = False) -> Health:
    """How a channel has fared of late, by its receipts: of any process, and over restarts.

    With `lock`, in a session that writes, nobody else begins a message of it before the session ends.
    """
    row = select(col(CallChannelRow.changed_at)).where(col(CallChannelRow.id) == channel)
    changed_at = (await session.execute(row.with_for_update() if lock else row)).scalar_one_or_none()
    statement = (
        select(
            col(CallReceiptRow.status),
            col(CallReceiptRow.at),
            col(CallReceiptRow.detail),
            col(CallReceiptRow.person),
            col(CallReceiptRow.attempt),
        )
        .where(
            col(CallReceiptRow.channel) == channel,
            col(CallReceiptRow.status).in_([CallStatus.BEGUN, *sorted(_OUTCOMES)]),
        )
        .order_by(col(CallReceiptRow.position).desc())
        .limit(_LOOKED_AT)
    )
    return _fared((await session.execute(statement)).all(), changed_at)


def _fared(rows: Sequence[Any], changed_at: datetime | None) -> Health:
    """How it fared, by receipts of which the newest are first."""
    ended = {row.attempt for row in rows if row.status in _OUTCOMES}
    under_way = [row.at for row in rows if row.status == CallStatus.BEGUN and row.attempt not in ended]
    sent = next((row for row in rows if row.status == CallStatus.SENT), None)
    since = rows[: rows.index(sent)] if sent is not None else rows
    outcomes = [row for row in since if row.status in _OUTCOMES]
    if changed_at is not None:
        outcomes = [row for row in outcomes if row.at >= changed_at]
    own, persons = _counted(outcomes)
    failures = len(own) + len(persons)
    worst = outcomes if failures >= BROKEN_AFTER else own
    return Health(
        failures=failures if failures >= BROKEN_AFTER else len(own),
        detail=worst[0].detail if worst else "",
        failed_at=worst[0].at if worst else None,
        sent_at=sent.at if sent is not None else None,
        trying_since=max(under_way, default=None),
    )


def _counted(outcomes: Sequence[Any]) -> tuple[list[Any], set[str]]:
    """What the channel is to blame for, the newest first, and for whom else nothing was taken.

    An answer about a person, to a message that tries a channel which has rested, shows that it works: what it
    failed before counts no more. For whom nothing was taken counts on, since where nobody is taken any more
    one more refusal shows nothing.
    """
    own: list[Any] = []
    persons: set[str] = set()
    broke_at: datetime | None = None
    for row in reversed(outcomes):
        if row.status == CallStatus.FAILED:
            own.insert(0, row)
        else:
            if broke_at is not None and row.at >= broke_at + RESTS:
                own = []
            persons.add(row.person)
        broke_at = row.at if len(own) + len(persons) >= BROKEN_AFTER else None
    return own, persons
