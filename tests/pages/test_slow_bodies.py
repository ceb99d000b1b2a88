"""Bodies that do not come, or come too slowly: answered in words and let go of,
while everybody else is served.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from api.slow_bodies import SlowBodies
from tests.pages.serving import application, serving

NOW = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)
SLOW = 300
HEAD = (
    b"POST /sign-in HTTP/1.1\r\nHost: huiying.test\r\nAccept: text/html\r\nSec-Fetch-Site: same-origin\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\nlogin="
)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[tuple[str, int]]:
    """A server that has less patience than ours, by its host and port."""
    async with application(tmp_path, (), lambda: NOW) as app, serving(SlowBodies(app, grace=1.0), 0) as there:
        parts = urlsplit(there)
        assert parts.hostname is not None
        assert parts.port is not None
        yield parts.hostname, parts.port


async def answer(place: tuple[str, int], *, dripping: bool = False) -> str:
    """What is answered to a form that is begun and never ended, up to the end of the connection."""
    reader, writer = await asyncio.open_connection(*place)
    try:
        writer.write(HEAD)
        reading = asyncio.create_task(reader.read())
        while dripping and not reading.done():
            writer.write(b"a")
            await asyncio.wait({reading}, timeout=0.05)
        return (await reading).decode()
    except ConnectionError:  # it was let go of while more was being sent
        return ""
    finally:
        writer.close()


async def test_three_hundred_bodies_that_do_not_come_are_let_go_of_while_others_are_served(
    place: tuple[str, int], capfd: pytest.CaptureFixture[str]
):
    async with asyncio.timeout(60), httpx2.AsyncClient(timeout=60) as other:
        slow = [asyncio.create_task(answer(place)) for _ in range(SLOW)]
        page = await other.get(f"http://{place[0]}:{place[1]}/sign-in", headers={"Accept": "text/html"})
        assert page.status_code == 200
        answers = await asyncio.gather(*slow)
    late = [text for text in answers if text.startswith("HTTP/1.1 408 Request Timeout")]
    # on a machine that is busy the audit book may not take three hundred refusals in its time, and says so
    assert all(text.startswith("HTTP/1.1 503 Service Unavailable") for text in answers if text not in late)
    assert late
    assert all("请求内容未及时送达" in text for text in late)
    assert "defect" not in capfd.readouterr().out


async def test_a_body_that_drips_is_let_go_of_as_well(place: tuple[str, int]):
    async with asyncio.timeout(60):
        await answer(place, dripping=True)  # it ends, which is all that is asked


async def test_whoever_hangs_up_in_the_middle_is_no_defect(
    place: tuple[str, int], capfd: pytest.CaptureFixture[str]
):
    for _ in range(20):
        _, writer = await asyncio.open_connection(*place)
        writer.write(HEAD)
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.transport.abort()
    async with httpx2.AsyncClient(timeout=60) as other:
        page = await other.get(f"http://{place[0]}:{place[1]}/sign-in", headers={"Accept": "text/html"})
        assert page.status_code == 200
    assert "defect" not in capfd.readouterr().out
