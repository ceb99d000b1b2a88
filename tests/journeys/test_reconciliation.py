"""Stores of different age, or one that is gone, are brought together by the next start:
nothing acknowledged is lost.
"""

import asyncio
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from audit.verify import verify
from settings import Settings
from storage.database import open_database
from storage.healings import healings
from tests.deploy.system import ROOT, System, running
from tests.journeys.clerk import Clerk, a_token
from workflows.client import connect

STEPS = 8
PATIENCE = 150  # seconds for a start, which a busy machine may need
pytestmark = pytest.mark.timeout(4 * PATIENCE)


class Kept(NamedTuple):
    """Two copies of one folder, the older made before steps were acknowledged;
    whose case, what was said in it, a token.
    """

    older: Path
    newer: Path
    incident_id: str
    said: tuple[str, ...]
    due: dict[str, str]
    token: str


async def _due(clerk: Clerk, incident_id: str) -> dict[str, str]:
    answer = await clerk.http.get(f"/incidents/{incident_id}/obligations")
    return {obligation["id"]: obligation["due_at"] for obligation in answer.json()["items"]}


async def _stop(system: System) -> None:
    system.process.terminate()
    assert await system.process.wait() == 0


async def _made(settings: Settings, folder: Path) -> Kept:
    async with asyncio.timeout(PATIENCE), running(settings) as system:
        await system.heard("Huiying is running")
        token = await a_token(settings)
        async with Clerk(settings, token) as clerk:
            incident_id = await clerk.open_case("kept")
            await clerk.concern(incident_id, "old")
        await _stop(system)
    shutil.copytree(settings.var_dir, folder / "older")
    async with asyncio.timeout(PATIENCE), running(settings) as system:
        await system.heard("Huiying is running")
        async with Clerk(settings, token) as clerk:
            for step in range(STEPS):
                await clerk.concern(incident_id, f"new-{step}")
            due = await _due(clerk, incident_id)
        await _stop(system)
    shutil.copytree(settings.var_dir, folder / "newer")
    said = ("old", *(f"new-{step}" for step in range(STEPS)))
    return Kept(folder / "older", folder / "newer", incident_id, said, due, token)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Made once."""
    folder = tmp_path_factory.mktemp("kept")
    names = [name for name in Settings.model_fields if name.endswith("_port")]
    ports = dict(zip(names, _free_ports(len(names)), strict=True))
    given = {"var_dir": folder / "var", "stop_seconds": 5, "demonstration": False, **ports}
    return asyncio.run(_made(Settings.model_validate(given), folder))


def _take(settings: Settings, kept: Kept, *, older: str) -> None:
    """The newer folder, with one store of the older in place of its own."""
    shutil.copytree(kept.newer, settings.var_dir)
    for file in settings.var_dir.glob(f"{older}*"):
        file.unlink()
    for file in kept.older.glob(f"{older}*"):
        shutil.copy(file, settings.var_dir)


@asynccontextmanager
async def _started(settings: Settings, words: str) -> AsyncIterator[System]:
    async with asyncio.timeout(PATIENCE), running(settings) as system:
        if words:
            await system.heard(words)
        await system.heard("Huiying is running")
        yield system


async def _all_is_there(settings: Settings, kept: Kept, token: str) -> None:
    """What was acknowledged, each once; the limits where they were; a case that moves;
    records that agree, or what was healed.
    """
    async with Clerk(settings, token) as clerk:
        await clerk.holds_what_was_acknowledged(kept.incident_id, list(kept.said))
        assert await _due(clerk, kept.incident_id) == kept.due
        await clerk.moves(kept.incident_id, "one-more")
        await clerk.holds_what_was_acknowledged(kept.incident_id, [*kept.said, "one-more"])
    database = open_database(settings.database_url)
    try:
        client = await connect(settings.temporal_address, settings.temporal_namespace, settings.keys_dir)
        report = await verify(database, client)
        assert [str(difference) for difference in report.differences] == []
        async with database.session() as session:
            entries = (await healings(session, limit=10)).items
        assert entries[0].incident_id == kept.incident_id
        assert entries[0].phase == "done"
    finally:
        await database.close()


async def test_an_older_engine_beside_a_newer_ledger_is_brought_up_to_it(settings: Settings, kept: Kept):
    _take(settings, kept, older="temporal.db")
    async with _started(settings, "1 started from their log"):
        await _all_is_there(settings, kept, kept.token)


async def test_an_older_ledger_beside_a_newer_engine_is_brought_up_to_it(settings: Settings, kept: Kept):
    _take(settings, kept, older="huiying.db")
    async with _started(settings, f"{STEPS} decisions added"):
        await _all_is_there(settings, kept, kept.token)


async def test_an_engine_that_is_gone_is_made_from_the_ledger(settings: Settings, kept: Kept):
    shutil.copytree(kept.newer, settings.var_dir)
    for file in settings.var_dir.glob("temporal.db*"):
        file.unlink()
    async with _started(settings, "1 started from their log"):
        await _all_is_there(settings, kept, kept.token)


async def test_a_ledger_that_is_gone_is_built_from_the_engine_when_asked(settings: Settings, kept: Kept):
    shutil.copytree(kept.newer, settings.var_dir)
    for file in settings.var_dir.glob("huiying.db*"):
        file.unlink()
    named = {f"HUIYING_{name.upper()}": str(getattr(settings, name)) for name in settings.model_fields_set}
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "cli.py", "rebuild", "log"),
        env={"PATH": "", "HOME": "/", **named},
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(PATIENCE):
        said, _ = await command.communicate()
    assert command.returncode == 0, said.decode()
    assert "1 mended" in said.decode()
    async with _started(settings, ""):
        await _all_is_there(settings, kept, await a_token(settings))
