"""Calls as the application sees them: told that a notice was acknowledged, and what a one-time link opens."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from activities.payloads import call_id
from casework.incident_workflow import IncidentWorkflowClient, WorkflowNotFound
from casework.ledger_session import reading
from casework.outcomes import Unavailable
from domain.hearing import CALLED
from storage import call_channels, called_notices, receipts
from storage.accounts import Account, account_of, row_of
from storage.call_links import link_of
from storage.called_notices import CalledNotice
from storage.database import Database
from storage.hearers import may_hear
from storage.receipts import CallStatus, Key, ReceiptEntry


async def tell_calls(cases: IncidentWorkflowClient, keys: Iterable[Key]) -> None:
    """Tell the calls of notices that it may be worth looking;
    one that does not hear of it looks before it calls anybody else.
    """

    async def tell(key: Key) -> None:
        with suppress(Unavailable, WorkflowNotFound):
            await cases.heard(call_id(*key))

    await asyncio.gather(*(tell(key) for key in keys))


async def tell_acknowledged(
    cases: IncidentWorkflowClient, database: Database, positions: Sequence[int]
) -> None:
    """As `tell_calls`, for notices by their positions in the inboxes;
    nothing where no channel is on, or the ledger does not answer.
    """
    keys: tuple[Key, ...] = ()
    with suppress(Unavailable):
        async with reading(database) as session:
            if positions and await call_channels.is_any_enabled(session):
                keys = await called_notices.keys_of(session, positions)
    await tell_calls(cases, (key for key in keys if key[2] in CALLED))


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedLink:
    """What a one-time link opens: the message that carried it, its notice, and whose it is."""

    begun: ReceiptEntry
    notice: CalledNotice
    account: Account
    is_used: bool
    expires_at: datetime


async def open_link(session: AsyncSession, token: str) -> OpenedLink | None:
    """What a link opens, served or not; None for one that the house did not send,
    and for whom nothing may be shown (any more).
    """
    link = link_of(session, token)
    entries = await receipts.of_attempt(session, link.attempt) if link is not None else ()
    if link is None or not entries:
        return None
    begun = entries[0]
    row = await row_of(session, begun.person)
    notice = await called_notices.notice_of(session, begun.key)
    if notice is None or row is None or row.disabled_at is not None:
        return None
    if not await may_hear(session, begun.incident_id, [begun.person]):
        return None
    is_used = any(entry.status is CallStatus.ACKNOWLEDGED for entry in entries)
    return OpenedLink(
        begun=begun,
        notice=notice,
        account=account_of(row),
        is_used=is_used,
        expires_at=link.expires_at,
    )


async def acknowledge_link(session: AsyncSession, link: OpenedLink, at: datetime) -> bool:
    """Note that the person has heard, in a session that writes; whether the notice is thereby acknowledged.

    The link serves no more.

    Only who is of the addressed unit acknowledges for it (DD-33);
    of whoever else was called it is noted, and the call goes on.
    """
    key, account = link.begun.key, link.account
    entry = receipts.after(link.begun, CallStatus.ACKNOWLEDGED, at=at)
    await receipts.write(session, entry)
    if account.unit != link.begun.unit:
        return False
    return await called_notices.acknowledge_by_link(session, key, person=account.login, at=at)
