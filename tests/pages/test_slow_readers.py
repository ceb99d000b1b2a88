"""Answers that nobody reads, or drop by drop, are let go of; whoever reads slowly gets all of it."""

import asyncio
from collections.abc import AsyncIterator
from typing import ClassVar
from urllib.parse import urlsplit

import pytest
from starlette.types import Receive, Scope, Send

from api.slow_heads import BoundedHeads
from tests.pages.serving import serving

PIECE = 64 * 1024
SIZE = 32 * 1024 * 1024  # far more than two sockets take
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
STREAM = GET.replace(b"/", b"/stream", 1)


class Impatient(BoundedHeads):
    """Ours with less patience; says when a connection has ended."""

    patience = 0.5
    ended: ClassVar[asyncio.Event]

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        super().connection_lost(exc)
        self.ended.set()


async def large(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answers with many bytes: of one piece, or in pieces, as a stream does."""
    if scope["path"] == "/stream":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(SIZE // PIECE):
            await send({"type": "http.response.body", "body": b"." * PIECE, "more_body": True})
        return
    length = (b"content-length", b"%d" % SIZE)
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": b"." * SIZE})


@pytest.fixture
async def place() -> AsyncIterator[tuple[str, int]]:
    """A server of little patience, by its host and port."""
    Impatient.ended = asyncio.Event()
    async with serving(large, 0, Impatient) as there:
        parts = urlsplit(there)
        yield str(parts.hostname), int(parts.port or 0)


@pytest.mark.parametrize("asked", [GET, STREAM], ids=["of one piece", "a stream"])
async def test_an_answer_that_nobody_reads_is_let_go_of(place: tuple[str, int], asked: bytes):
    async with asyncio.timeout(20):
        _reader, writer = await asyncio.open_connection(*place)
        writer.write(asked)
        await Impatient.ended.wait()
        writer.transport.abort()


async def test_an_answer_that_is_read_in_drops_is_let_go_of(place: tuple[str, int]):
    async with asyncio.timeout(20):
        reader, writer = await asyncio.open_connection(*place)
        writer.write(GET)
        while not Impatient.ended.is_set():
            await reader.read(64)
            await asyncio.sleep(0.02)
        writer.transport.abort()


async def test_whoever_reads_slowly_gets_all_of_it(place: tuple[str, int]):
    async with asyncio.timeout(60):
        reader, writer = await asyncio.open_connection(*place)
        writer.write(GET)
        await reader.readuntil(b"\r\n\r\n")
        size = 0
        while size < SIZE:
            size += len(await reader.read(SIZE // 64))
            await asyncio.sleep(0.01)
        assert size == SIZE
        writer.transport.abort()


def test_the_bound_is_one_that_a_bad_line_keeps():
    assert BoundedHeads.least / BoundedHeads.patience < 1024  # bytes a second
