"""Heads of requests that do not come, drip or never end:
answered in words and let go of, while others are served.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from api.slow_heads import LARGEST, BoundedHeads
from deploy.supervisor import web_command
from settings import Settings
from tests.pages.serving import application, serving

NOW = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)
SLOW = 300
LINE = b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n"
TIMED_OUT = "HTTP/1.1 408 Request Timeout"


class Impatient(BoundedHeads):
    """Ours with less patience."""

    grace = 1.0


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[tuple[str, int]]:
    """A server of little patience, by its host and port."""
    async with application(tmp_path, (), lambda: NOW) as app, serving(app, 0, Impatient) as there:
        parts = urlsplit(there)
        assert parts.hostname is not None
        assert parts.port is not None
        yield parts.hostname, parts.port


async def answer(place: tuple[str, int], begun: bytes = b"", dripping: Iterable[bytes] = ()) -> str:
    """What is answered to what is begun and goes on in drops, up to the end of the connection."""
    reader, writer = await asyncio.open_connection(*place)
    try:
        writer.write(begun)
        reading = asyncio.create_task(reader.read())
        for drop in dripping:
            if reading.done():
                break
            writer.write(drop)
            await asyncio.wait({reading}, timeout=0.02)
        return (await reading).decode()
    except ConnectionError:  # it was let go of while more was being sent
        return ""
    finally:
        writer.close()


async def test_three_hundred_heads_that_do_not_come_are_let_go_of_while_others_are_served(
    place: tuple[str, int],
):
    async with asyncio.timeout(60), httpx2.AsyncClient(timeout=60) as other:
        slow = [asyncio.create_task(answer(place, begun)) for begun in (b"", b"GET ", LINE) * (SLOW // 3)]
        page = await other.get(f"http://{place[0]}:{place[1]}/sign-in", headers={"Accept": "text/html"})
        assert page.status_code == 200
        answers = await asyncio.gather(*slow)
    assert {text.partition("\r\n")[0] for text in answers[1::3] + answers[2::3]} == {TIMED_OUT}
    assert "请求未及时送达" in answers[1]
    assert set(answers[::3]) == {""}, "who said nothing is told nothing"


async def test_a_head_that_comes_byte_by_byte_is_let_go_of_as_well(place: tuple[str, int]):
    async with asyncio.timeout(60):
        told = await answer(place, LINE + b"X-Slow: ", repeat(b"a"))
    assert told == "" or told.startswith(TIMED_OUT)


async def test_a_head_without_end_is_refused(place: tuple[str, int]):
    lines = b"".join(b"X-%d: %s\r\n" % (number, b"a" * 1000) for number in range(LARGEST // 1000))
    async with asyncio.timeout(60):
        told = await answer(place, LINE + lines)
    assert told.startswith("HTTP/1.1 431 ")
    assert "请求头过大" in told


async def test_each_request_of_a_connection_has_its_own_time_and_an_answer_may_take_longer(
    place: tuple[str, int],
):
    whole = LINE + b"Accept: text/html\r\n\r\n"
    reader, writer = await asyncio.open_connection(*place)
    async with asyncio.timeout(60):
        for _ in range(3):
            writer.write(whole[:-2])
            await asyncio.sleep(0.5)  # half of the time of a head, three times
            writer.write(whole[-2:])
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            assert head.startswith("HTTP/1.1 200 ")
            length = next(line for line in head.lower().splitlines() if line.startswith("content-length:"))
            await reader.readexactly(int(length.partition(":")[2]))
        writer.write(whole[:-2])
        assert (await reader.read()).startswith(TIMED_OUT.encode())
        writer.close()


GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
PARTS = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
LAST_PARTS = PARTS.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
SMALL = 4 * 1024
TOO_LARGE = b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * SMALL + b"\r\n\r\n"
UPLOAD = 10 * 1024 * 1024


class Strict(BoundedHeads):
    """Ours with hardly any patience, and for small heads; says when a connection has ended."""

    grace = 0.2
    largest = SMALL
    ended: ClassVar[asyncio.Event]

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        super().connection_lost(exc)
        self.ended.set()


class Counter:
    """Answers a request with the lines of its head and the bytes of its body;
    one for /later in two parts, once it may end.
    """

    def __init__(self) -> None:
        self.requests = 0
        self.may_end = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        self.requests += 1
        size, is_whole = 0, False
        while not is_whole:
            message = await receive()
            size += len(message.get("body", b""))
            is_whole = not message.get("more_body", False)
        words = b"%d lines, %d bytes." % (len(scope["headers"]), size)
        if scope["path"] == "/large":
            words = b"." * UPLOAD
        length = (b"content-length", b"%d" % len(words))
        await send({"type": "http.response.start", "status": 200, "headers": [length]})
        if scope["path"] == "/later":
            await send({"type": "http.response.body", "body": words[:4], "more_body": True})
            words = words[4:]
            await self.may_end.wait()
        await send({"type": "http.response.body", "body": words})


@pytest.fixture
async def counter() -> Counter:
    """What answers."""
    return Counter()


@pytest.fixture
async def strict(counter: Counter) -> AsyncIterator[tuple[str, int]]:
    """A server of hardly any patience, by its host and port."""
    Strict.ended = asyncio.Event()
    async with serving(counter, 0, Strict) as there:
        parts = urlsplit(there)
        yield str(parts.hostname), int(parts.port or 0)


async def time_is_up(place: tuple[str, int]) -> None:
    """Whatever was begun before this has had its time."""
    assert (await answer(place, b"GET ")).startswith(TIMED_OUT)


async def test_lines_after_a_body_in_parts_are_not_kept(strict: tuple[str, int]):
    async with asyncio.timeout(60):
        told = await answer(strict, LAST_PARTS + b"0\r\n" + b"a: b\r\n" * 100 + b"\r\n")
        assert told.endswith("\r\n3 lines, 0 bytes.")


async def test_lines_after_a_body_in_parts_have_an_end(strict: tuple[str, int]):
    async with asyncio.timeout(60):
        assert await answer(strict, PARTS + b"0\r\n", repeat(b"a:b\r\n" * 100)) == ""


@pytest.mark.parametrize("begun", [b"\r\n", b"\r"], ids=["an empty line", "half a line"])
async def test_no_connection_is_held_by_what_comes_after_an_answer(strict: tuple[str, int], begun: bytes):
    async with asyncio.timeout(60):
        reader, writer = await asyncio.open_connection(*strict)
        writer.write(GET)
        await reader.readuntil(b"bytes.")
        writer.write(begun)
        assert await reader.read() == b""
        writer.close()


async def test_empty_lines_without_end_are_refused(strict: tuple[str, int]):
    async with asyncio.timeout(60):
        assert await answer(strict, b"", repeat(b"\r\n" * 1000)) == ""


@pytest.mark.parametrize("begun", [b"GET / HT", TOO_LARGE], ids=["not whole", "too large"])
async def test_a_further_head_takes_no_answer_away_that_is_on_its_way(
    strict: tuple[str, int], counter: Counter, begun: bytes
):
    async with asyncio.timeout(60):
        reader, writer = await asyncio.open_connection(*strict)
        writer.write(GET.replace(b"/", b"/later", 1) + begun)
        await reader.readuntil(b"\r\n\r\n1 li")
        await time_is_up(strict)
        writer.write(GET)  # nobody heeds it
        await time_is_up(strict)
        counter.may_end.set()
        assert await reader.read() == b"nes, 0 bytes."
        assert counter.requests == 1
        writer.close()


@pytest.mark.parametrize("before", [0, 1, 2])
async def test_a_head_that_comes_at_once_has_the_same_bound(
    strict: tuple[str, int], counter: Counter, before: int
):
    async with asyncio.timeout(60):
        reader, writer = await asyncio.open_connection(*strict)
        for _ in range(before):
            writer.write(GET)
            await reader.readuntil(b"bytes.")
        writer.write(TOO_LARGE)
        assert (await reader.read()).startswith(b"HTTP/1.1 431 ")
        assert counter.requests == before
        writer.close()


async def test_who_does_not_read_is_let_go_of_as_well(strict: tuple[str, int]):
    async with asyncio.timeout(60):
        _reader, writer = await asyncio.open_connection(*strict)
        writer.write(GET.replace(b"/", b"/large", 1))
        await time_is_up(strict)
        Strict.ended.clear()
        writer.write(b"\r\n")
        await Strict.ended.wait()
        writer.transport.abort()


@pytest.mark.parametrize(
    "whole",
    [
        PARTS.replace(b"Transfer-Encoding: chunked", b"Content-Length: %d" % UPLOAD) + b"a" * UPLOAD,
        PARTS + b"%x\r\n" % UPLOAD + b"a" * UPLOAD + b"\r\n0\r\n\r\n",
        PARTS + (b"400\r\n" + b"a" * 1024 + b"\r\n") * (UPLOAD // 1024) + b"0\r\n\r\n",
    ],
    ids=["of one piece", "in one part", "in many parts"],
)
async def test_a_body_has_no_bound_here(strict: tuple[str, int], whole: bytes):
    async with asyncio.timeout(60):
        reader, writer = await asyncio.open_connection(*strict)
        for _ in range(2):
            writer.write(whole)
            assert (await reader.readuntil(b"bytes.")).endswith(b"2 lines, %d bytes." % UPLOAD)
        writer.close()


async def test_whole_requests_at_once_are_all_answered(strict: tuple[str, int], counter: Counter):
    async with asyncio.timeout(60):
        reader, writer = await asyncio.open_connection(*strict)
        many = 2 * SMALL // len(GET)
        writer.write(GET * many + GET.replace(b"1.1", b"1.0"))
        assert (await reader.read()).count(b"1 lines, 0 bytes.") == counter.requests == many + 1
        writer.close()


def test_the_web_process_serves_by_it():
    command = web_command(Settings())
    assert command[command.index("--http") + 1] == f"{BoundedHeads.__module__}:{BoundedHeads.__qualname__}"
    assert BoundedHeads.grace == 10.0
