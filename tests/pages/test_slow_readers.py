"""Answers that nobody reads, or drop by drop, are let go of; whoever reads slowly gets all of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn import Config
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.server import ServerState

from api.slow_heads import BoundedHeads
from api.slow_readers import BoundedAnswers
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
    async with asyncio.timeout(60):
        _reader, writer = await asyncio.open_connection(*place)
        writer.write(asked)
        await Impatient.ended.wait()
        writer.transport.abort()


async def test_an_answer_that_is_read_in_drops_is_let_go_of(place: tuple[str, int]):
    async with asyncio.timeout(60):
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


class Clock:
    """A loop that lets no time pass and keeps what it was to do later."""

    def __init__(self) -> None:
        self.later: list[asyncio.TimerHandle] = []

    def call_later(self, delay: float, callback: Callable[..., object], *args: object) -> asyncio.TimerHandle:
        loop = asyncio.get_running_loop()
        self.later.append(asyncio.TimerHandle(loop.time() + delay, callback, args, loop))
        return self.later[-1]


class Wire(asyncio.Transport):
    """A connection that may be closing, with something still to be sent."""

    is_closed = False

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed

    def get_write_buffer_size(self) -> int:
        return PIECE

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


async def test_a_connection_that_closes_and_then_fills_is_watched_once_and_no_more_when_read():
    config = Config(large, lifespan="off")
    config.load()
    protocol = BoundedAnswers(config=config, server_state=ServerState(), app_state={})
    clock: Any = Clock()
    wire = Wire()
    protocol.loop, protocol.transport, protocol.flow = clock, wire, FlowControl(wire)
    protocol.timeout_keep_alive_handler()
    protocol.pause_writing()
    assert [handle.cancelled() for handle in clock.later] == [True, False]
    protocol.resume_writing()
    assert all(handle.cancelled() for handle in clock.later)
