"""When messages could leave the house at all, as the audit book has it:
a channel that is saved anew was on before.
"""

import json
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.audit_book import BookDeed
from storage.audit_book_tables import AuditEntryRow
from storage.call_tables import CallChannelRow

SUBJECT: Final = "channel:"  # and its name: the subject of entries of settings that are a channel's
Window = tuple[datetime, datetime | None]


class WindowsOnce:
    """The windows as they were when somebody first asked, for who goes through many cases."""

    def __init__(self) -> None:
        self._windows: tuple[Window, ...] | None = None

    async def of(self, session: AsyncSession) -> tuple[Window, ...]:
        """The windows; read the first time alone."""
        if self._windows is None:
            self._windows = await windows(session)
        return self._windows


async def windows(session: AsyncSession) -> tuple[Window, ...]:
    """From when until when (None: until now) at least one channel was on, in their order."""
    statement = (
        select(col(AuditEntryRow.at), col(AuditEntryRow.subject), col(AuditEntryRow.detail))
        .where(
            col(AuditEntryRow.deed) == BookDeed.SETTINGS_CHANGE.value,
            col(AuditEntryRow.subject).startswith(SUBJECT),
        )
        .order_by(col(AuditEntryRow.position))
    )
    on: set[str] = set()
    since: datetime | None = None
    ended: list[Window] = []
    for at, subject, detail in (await session.execute(statement)).all():
        state = json.loads(detail).get("enabled")
        if state == "on":
            on.add(subject)
            since = since or at
        elif state == "off":
            on.discard(subject)
            if since is not None and not on:
                ended.append((since, at))
                since = None
    if since is None:  # of a channel that is on the book may say nothing
        oldest = select(func.min(col(CallChannelRow.changed_at))).where(col(CallChannelRow.enabled))
        since = (await session.execute(oldest)).scalar_one_or_none()
    return (*ended, (since, None)) if since is not None else tuple(ended)
