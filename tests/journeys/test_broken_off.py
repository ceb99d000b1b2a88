"""`huiying rebuild log` killed half-way, again and again, is ended by the next call:
every case is whole, once, and moves.
"""

import asyncio
import os
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from audit.verify import verify
from settings import Settings
from storage.database import open_database
from tests.deploy.system import ROOT, running
from tests.journeys.clerk import Clerk, a_token
from workflows.client import connect

CASES = 5
PATIENCE = 150  # seconds for a start, which a busy machine may need
pytestmark = pytest.mark.timeout(4 * PATIENCE)


async def _worked_on(settings: Settings) -> dict[str, list[str]]:
    """What was said in each case of a system that was stopped, and whose ledger is then gone."""
    async with asyncio.timeout(PATIENCE), running(settings) as system:
        await system.heard("Huiying is running")
        async with Clerk(settings, await a_token(settings)) as clerk:
            ids = [await clerk.open_case(f"case-{place}") for place in range(CASES)]
            said = {incident_id: [f"{incident_id}-{step}" for step in range(3)] for incident_id in ids}
            for incident_id, texts in said.items():
                for text in texts:
                    await clerk.concern(incident_id, text)
        system.process.terminate()
        assert await system.process.wait() == 0
    for file in settings.var_dir.glob("huiying.db*"):
        file.unlink()
    return said


async def _rebuilding(settings: Settings) -> asyncio.subprocess.Process:
    named = {f"HUIYING_{name.upper()}": str(getattr(settings, name)) for name in settings.model_fields_set}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "cli.py", "rebuild", "log"),
        env={**os.environ, **named},
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


def _cases(ledger: Path) -> int:
    """How many cases the log holds so far."""
    if not ledger.exists():
        return -1
    with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as connection:
        try:
            return int(connection.execute("SELECT count(DISTINCT incident_id) FROM event_log").fetchone()[0])
        except sqlite3.OperationalError:
            return -1


async def _killed_at(settings: Settings, cases: int) -> None:
    """Rebuild until the log holds so many cases, none for its mere tables; then kill -9."""
    process = await _rebuilding(settings)
    while process.returncode is None and _cases(settings.var_dir / "huiying.db") < cases:
        await asyncio.sleep(0.002)
    if process.returncode is None:
        os.kill(process.pid, signal.SIGKILL)
    await process.communicate()


async def test_a_rebuilt_log_is_whole_however_often_it_was_broken_off(settings: Settings):
    said = await _worked_on(settings)
    async with asyncio.timeout(PATIENCE):
        for cases in (0, 1, 3):
            await _killed_at(settings, cases)
        last = await _rebuilding(settings)
        told, _ = await last.communicate()
        assert last.returncode == 0, told.decode()
    async with asyncio.timeout(PATIENCE), running(settings) as system:
        await system.heard("Huiying is running")
        async with Clerk(settings, await a_token(settings)) as clerk:
            for incident_id, texts in said.items():
                await clerk.holds_what_was_acknowledged(incident_id, texts)
                await clerk.moves(incident_id, f"{incident_id}-again")
        database = open_database(settings.database_url)
        try:
            client = await connect(settings.temporal_address, settings.temporal_namespace, settings.keys_dir)
            report = await verify(database, client)
            assert [str(difference) for difference in report.differences] == []
        finally:
            await database.close()
