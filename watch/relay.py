"""Passes the audit book on to a receiver outside the house as syslog (RFC 5424 over TCP or TLS,
RFC 6587 and 5425).
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from storage.audit_book import FIRST_SEAL
from storage.audit_book_pages import line, pass_on, position_of, rows
from storage.audit_book_tables import AuditEntryRow
from storage.database import Database

EVERY: Final = 2.0  # seconds between looks for new entries
_AFTER_A_FAILURE: Final = 15.0
_SECONDS: Final = 10.0  # to connect, and for a message to be taken
_TOGETHER: Final = 500  # entries after which it is noted how far it came
_PRIORITY: Final = 13 * 8 + 6  # log audit, informational

log = structlog.get_logger("watch")


class BookRelay:
    """Sends each entry once it is written, in the order of the book, and goes on where it ended.

    How far it came is noted once a receiver has read to the end and closed (by TLS: once all has left this
    process), so an entry may come twice, which its position tells. A receiver loses what it had taken and not
    kept: syslog knows no receipts.
    """

    def __init__(self, database: Database, receiver: str) -> None:
        self._database = database
        self._receiver = receiver

    async def go_on(self) -> None:
        """Pass on what is new until cancelled; a receiver or a database that is away is tried again."""
        while True:
            try:
                await self.send_new()
            except (OSError, TimeoutError, ValueError, SQLAlchemyError) as error:
                log.warning("audit book not passed on", why=type(error).__name__)
                await asyncio.sleep(_AFTER_A_FAILURE)
            await asyncio.sleep(EVERY)

    async def send_new(self) -> int:
        """Send the entries after the last that was sent; gives how many.

        Raises OSError and TimeoutError of the connection.
        """
        position, seal = await self._place()
        entries = rows(self._database, position)
        first = await anext(entries, None)
        if first is None:
            return 0
        count = 0
        async with _connection(self._receiver) as writer:
            row: dict[str, Any] | None = dict(first)
            while row is not None:
                await _send(writer, message(row, seal))
                position, seal, count = row["position"], row["seal"], count + 1
                if count % _TOGETHER == 0:
                    break  # the rest by a connection of its own, once these have gone out
                following = await anext(entries, None)
                row = dict(following) if following is not None else None
        await self._note(position)
        return count

    async def _place(self) -> tuple[int, str]:
        async with self._database.session() as session:
            position = await position_of(session, self._receiver)
            seals = select(col(AuditEntryRow.seal)).where(col(AuditEntryRow.position) == position)
            return position, (await session.execute(seals)).scalar_one_or_none() or FIRST_SEAL

    async def _note(self, position: int) -> None:
        await self._database.write(partial(pass_on, receiver=self._receiver, position=position))


def message(row: dict[str, Any], previous: str) -> bytes:
    """One entry as a message of RFC 5424, counted in octets."""
    at = row["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    head = f"<{_PRIORITY}>1 {at} {socket.gethostname() or '-'} huiying - {row['deed']} - ".encode()
    text = head + b"\xef\xbb\xbf" + line(row, previous)
    return str(len(text)).encode() + b" " + text


async def _send(writer: asyncio.StreamWriter, content: bytes) -> None:
    writer.write(content)
    async with asyncio.timeout(_SECONDS):
        await writer.drain()


@asynccontextmanager
async def _connection(receiver: str) -> AsyncIterator[asyncio.StreamWriter]:
    place = urlsplit(receiver)
    by_tls = ssl.create_default_context() if place.scheme == "tls" else None
    async with asyncio.timeout(_SECONDS):
        reader, writer = await asyncio.open_connection(place.hostname, place.port, ssl=by_tls)
    writer.transport.set_write_buffer_limits(high=0)  # so that what was drained has left this process
    try:
        yield writer
        if writer.can_write_eof():  # where the other side has read to the end and closed, it has taken all
            writer.write_eof()
            async with asyncio.timeout(_SECONDS):
                await reader.read()
    finally:
        writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_SECONDS):
                await writer.wait_closed()
