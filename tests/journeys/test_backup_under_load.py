"""Backups taken while steps are given, restored into empty folders: nothing acknowledged before is missing,
every case moves.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from audit.verify import verify
from domain.bounds import MOST_CONCERNS
from settings import Settings
from storage.database import open_database
from tests.deploy.system import ROOT, running
from tests.journeys.clerk import Clerk, a_token
from workflows.client import connect

CASES = 3
NAMES = ("folder", "file.tar")
PATIENCE = 200  # seconds for a start and what follows, which a busy machine may need
pytestmark = pytest.mark.timeout(4 * PATIENCE)


async def _command(settings: Settings, *words: str) -> str:
    named = {f"HUIYING_{name.upper()}": str(getattr(settings, name)) for name in settings.model_fields_set}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "cli.py", *words),
        env={**os.environ, **named},
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def _work(clerk: Clerk, incident_id: str) -> None:
    for number in range(MOST_CONCERNS - 10):  # of which a case shows each by itself
        await clerk.concern(incident_id, f"{incident_id}-{number}")
        await asyncio.sleep(0.1)
    await asyncio.Event().wait()


async def _backed_up(settings: Settings, into: Path) -> tuple[str, dict[str, list[tuple[str, str]]]]:
    """A token, and for each backup what had been acknowledged when it began, by case."""
    said: dict[str, list[tuple[str, str]]] = {}
    async with asyncio.timeout(PATIENCE), running(settings) as system:
        await system.heard("Huiying is running")
        token = await a_token(settings)
        async with Clerk(settings, token) as clerk:
            ids = [await clerk.open_case(f"case-{place}") for place in range(CASES)]
            working = [asyncio.create_task(_work(clerk, incident_id)) for incident_id in ids]
            for name in NAMES:
                await asyncio.sleep(2)
                said[name] = [(incident_id, text) for incident_id, text, _ in clerk.acknowledged]
                assert "verified" in await _command(settings, "backup", str(into / name))
            for task in working:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        assert len({incident_id for incident_id, _ in said[NAMES[0]]}) == CASES
    return token, said


async def test_a_backup_under_load_loses_nothing_that_was_acknowledged_before(
    settings: Settings, tmp_path: Path, free_port: Callable[[], int]
):
    token, said = await _backed_up(settings, tmp_path)
    ports = {name: free_port() for name in Settings.model_fields if name.endswith("_port")}
    for name in NAMES:
        restored = Settings.model_validate(
            {"var_dir": tmp_path / f"new-{name}", "stop_seconds": 5, "demonstration": False, **ports}
        )
        assert "Restored" in await _command(restored, "restore", str(tmp_path / name))
        await _all_is_there(restored, token, said[name])


async def _all_is_there(settings: Settings, token: str, said: list[tuple[str, str]]) -> None:
    async with asyncio.timeout(PATIENCE), running(settings) as system:
        await system.heard("Huiying is running")
        async with Clerk(settings, token) as clerk:
            for incident_id in {incident_id for incident_id, _ in said}:
                texts = [text for of_case, text in said if of_case == incident_id]
                await clerk.holds_what_was_acknowledged(incident_id, texts)
                await clerk.moves(incident_id, f"{incident_id}-again")
        database = open_database(settings.database_url)
        try:
            client = await connect(settings.temporal_address, settings.temporal_namespace, settings.keys_dir)
            report = await verify(database, client)
            assert [str(difference) for difference in report.differences] == []
        finally:
            await database.close()
