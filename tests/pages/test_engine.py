"""The banner over the pages follows the real engine: Temporal and a worker, running or gone."""

import asyncio
from pathlib import Path
from time import monotonic

import httpx2

from casework.outcomes import Unavailable
from casework.pulse import Pulse
from tests.api.office import System, address, start_temporal, system

BANNER = "时限引擎（Temporal 或其工作进程）暂时没有应答"


async def board(made: System) -> str:
    """The board as this machine's browser gets it."""
    transport = httpx2.ASGITransport(app=made.app, client=("127.0.0.1", 50000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=60) as browser:
        answer = await browser.get("/", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    return answer.text


async def until(made: System, *, banner: bool) -> str:
    """The board once the banner is there, or gone, within 15 seconds."""
    end = monotonic() + 15
    while (BANNER in (text := await board(made))) is not banner:
        assert monotonic() < end
        await asyncio.sleep(0.2)
    return text


async def test_the_banner_comes_with_an_outage_and_the_ledger_stays(tmp_path: Path):
    environment = await start_temporal()
    async with system(tmp_path, address(environment), pages_open=True) as made:
        async with await made.worker():
            incident_id = await made.register(title="青溪镇路灯长期不亮")
            text = await until(made, banner=False)
            assert incident_id in text
        await environment.shutdown()
        text = await until(made, banner=True)
        assert "青溪镇路灯长期不亮" in text
        began = monotonic()
        assert incident_id in await board(made)
        assert monotonic() - began < 15  # nobody waits for the engine, which is tried again for minutes


async def test_readers_at_one_time_ask_once_and_the_answer_is_kept_a_while():
    asked = []

    async def ask() -> bool:
        asked.append(1)
        await asyncio.sleep(0.05)
        return True

    pulse = Pulse(ask)
    assert await asyncio.gather(*(pulse.beats() for _ in range(20))) == [True] * 20
    assert len(asked) == 1


async def test_an_answer_is_asked_anew_once_it_is_old():
    answers = iter([True, False, True])

    async def ask() -> bool:
        return next(answers)

    pulse = Pulse(ask, kept_seconds=0)
    assert [await pulse.beats() for _ in range(3)] == [True, False, True]


async def test_an_engine_that_is_down_or_slow_counts_as_silent():
    async def down() -> bool:
        raise Unavailable("temporal")

    async def slow() -> bool:
        await asyncio.sleep(30)
        return True

    began = monotonic()
    assert await Pulse(down).beats() is False
    assert await Pulse(slow).beats() is False
    assert monotonic() - began < 20  # the slow one takes thirty
