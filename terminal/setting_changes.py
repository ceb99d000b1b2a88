"""Which settings a start has that the one before had not, for the audit book:
their names, never their values.
"""

import hashlib
import json
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Final

from pydantic import SecretStr
from sqlalchemy import make_url, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from settings import Settings
from storage.audit_book import BookDeed, BookEntry, append
from storage.audit_book_tables import AuditEntryRow
from storage.database import Database
from terminal.machine_user import machine_user

_DIGITS: Final = 12  # of a digest: enough to tell one value from another


async def write_down_settings(database: Database, settings: Settings) -> None:
    """Write down the settings of a start by name where release or a value differs from the start before.

    A book that takes no entry keeps no system from starting: its clocks come first.
    """
    with suppress(SQLAlchemyError, OSError):
        await _write_down(database, settings)


async def _write_down(database: Database, settings: Settings) -> None:
    digests = digests_of(settings)
    before = await _before(database)
    changed = sorted(name for name in digests | before if digests.get(name) != before.get(name))
    if not changed:
        return
    text = " ".join(f"{name}:{value}" for name, value in digests.items())
    detail = {"changed": " ".join(changed) if before else "first", "digests": text}
    entry = BookEntry(
        at=datetime.now(UTC),
        deed=BookDeed.SETTINGS_CHANGE,
        origin=machine_user(),
        subject=settings.release,
        detail=detail,
    )
    await database.write(partial(append, entries=[entry]))


def digests_of(settings: Settings) -> dict[str, str]:
    """Of each setting a digest of its value, of a secret whether it is set; the release is one of them."""
    values = {name: getattr(settings, name) for name in type(settings).model_fields}
    values |= {
        "release": settings.release,
        "database_url": make_url(settings.database_url),
    }  # its text has no password
    return {name: _digest(value) for name, value in values.items()}


def _digest(value: object) -> str:
    content = bool(value.get_secret_value()) if isinstance(value, SecretStr) else value
    return hashlib.sha256(str(content).encode()).hexdigest()[:_DIGITS]


async def _before(database: Database) -> dict[str, str]:
    statement = (
        select(col(AuditEntryRow.detail))
        .where(
            col(AuditEntryRow.deed) == BookDeed.SETTINGS_CHANGE.value,
            col(AuditEntryRow.detail).contains('"digests":'),  # pages enter changes of channels, without any
        )
        .order_by(col(AuditEntryRow.position).desc())
        .limit(1)
    )
    async with database.session() as session:
        detail = (await session.execute(statement)).scalar_one_or_none()
    digests = str(json.loads(detail)["digests"]) if detail else ""
    return dict(pair.split(":", 1) for pair in digests.split())
