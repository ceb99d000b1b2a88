"""The audit book passed on as syslog: every entry in order, again from where it ended, and nothing else."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

import pytest
from pydantic import ValidationError

from settings import Settings
from storage.audit_book import HOUSE, BookDeed, BookEntry, append, sealed
from storage.audit_book_pages import position_of
from storage.database import Database
from watch.relay import BookRelay


class Receiver:
    """A receiver of syslog that counts octets, as RFC 6587 has it."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.address = ""

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                length = int((await reader.readuntil(b" ")).strip())
                self.messages.append((await reader.readexactly(length)).decode())
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    @property
    def positions(self) -> list[int]:
        told = [json.loads(one.split("\ufeff", 1)[1]) for one in self.messages]
        return [json.loads(one["entry"])["position"] for one in told]


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.take, "127.0.0.1", 0)
    async with server:
        receiver.address = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield receiver


async def written(database: Database, count: int) -> None:
    entry = BookEntry(
        at=datetime(2026, 3, 2, tzinfo=UTC), deed=BookDeed.INCIDENT_READ, origin=HOUSE, subject="inc-1"
    )
    await database.write(partial(append, entries=[entry] * count))


async def heard(receiver: Receiver, count: int) -> None:
    async with asyncio.timeout(60):
        while len(receiver.messages) < count:
            await asyncio.sleep(0.01)


async def test_each_entry_is_sent_in_order_and_the_next_look_goes_on_from_there(database: Database):
    async with receiving() as receiver:
        relay = BookRelay(database, receiver.address)
        assert await relay.send_new() == 0
        await written(database, 3)
        assert await relay.send_new() == 3
        await written(database, 2)
        assert await BookRelay(database, receiver.address).send_new() == 2
        await heard(receiver, 5)
    assert receiver.positions == [1, 2, 3, 4, 5]
    head, content = receiver.messages[1].split("\ufeff", 1)
    assert head.startswith("<110>1 2026-03-02T00:00:00.000000Z ")
    assert head.endswith(" huiying - incident_read - ")
    first, second = (json.loads(one.split("\ufeff", 1)[1]) for one in receiver.messages[:2])
    assert second["previous"] == first["seal"]
    assert (
        sealed(second["previous"], json.loads(second["entry"]))
        == second["seal"]
        == json.loads(content)["seal"]
    )


async def test_what_a_receiver_that_is_away_did_not_get_it_gets_later(database: Database):
    await written(database, 2)
    async with receiving() as receiver:
        address = receiver.address
    with pytest.raises(ConnectionRefusedError):
        await BookRelay(database, address).send_new()
    async with receiving() as receiver:
        assert await BookRelay(database, receiver.address).send_new() == 2


async def test_a_receiver_that_takes_nothing_gets_it_all_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    await written(database, 2)
    monkeypatch.setattr("watch.relay._SECONDS", 0.5)
    given_up = asyncio.Event()

    async def take_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await given_up.wait()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(take_nothing, "127.0.0.1", 0)
    async with server:
        relay = BookRelay(database, f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        with pytest.raises(TimeoutError):
            await relay.send_new()
        given_up.set()
        async with database.session() as session:
            assert await position_of(session, relay._receiver) == 0


async def test_a_receiver_that_shows_no_certificate_is_sent_nothing(database: Database):
    await written(database, 1)
    async with receiving() as receiver:
        by_tls = receiver.address.replace("tcp", "tls")
        with pytest.raises((ssl.SSLError, OSError, TimeoutError)):
            await BookRelay(database, by_tls).send_new()
    assert [message for message in receiver.messages if "huiying" in message] == []


@pytest.mark.parametrize(
    "address", ["udp://127.0.0.1:514", "tcp://logs.example:514", "tls://logs.example", "logs"]
)
def test_a_receiver_elsewhere_is_reached_by_tls_alone(address: str):
    with pytest.raises(ValidationError):
        Settings(syslog=address)


def test_a_receiver_by_tls_or_on_this_machine_is_taken():
    assert Settings(syslog="tls://logs.example:6514").syslog
    assert Settings(syslog="tcp://127.0.0.1:514").syslog
