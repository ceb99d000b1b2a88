"""Heads of requests that do not come, drip or never end: answered in words and let go of, while others are served."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

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
    async with asyncio.timeout(60), httpx2.AsyncClient(timeout=20) as other:
        slow = [asyncio.create_task(answer(place, begun)) for begun in (b"", b"GET ", LINE) * (SLOW // 3)]
        page = await other.get(f"http://{place[0]}:{place[1]}/sign-in", headers={"Accept": "text/html"})
        assert page.status_code == 200
        answers = await asyncio.gather(*slow)
    assert {text.partition("\r\n")[0] for text in answers} == {TIMED_OUT}
    assert "请求未及时送达" in answers[0]


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


def test_the_web_process_serves_by_it():
    command = web_command(Settings())
    assert command[command.index("--http") + 1] == f"{BoundedHeads.__module__}:{BoundedHeads.__qualname__}"
    assert BoundedHeads.grace == 10.0
