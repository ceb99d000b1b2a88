"""A start on records that do not belong together, or of which one is lost, says so and what to do,
and runs nothing.
"""

import asyncio
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from settings import Settings
from storage.installation import read_note
from tests.deploy.system import ROOT, running
from tests.journeys.clerk import Clerk, a_token
from tests.ledgers import sqlite_url

PATIENCE = 150  # seconds for a start, which a busy machine may need
pytestmark = pytest.mark.timeout(4 * PATIENCE)


async def _worked_on(settings: Settings) -> None:
    """A folder with one case, whose system was stopped."""
    async with asyncio.timeout(PATIENCE), running(settings) as system:
        await system.heard("Huiying is running")
        async with Clerk(settings, await a_token(settings)) as clerk:
            await clerk.open_case("first")
        system.process.terminate()
        assert await system.process.wait() == 0


Giving = Callable[[Settings], None]


def _given_once(kept: Path) -> Giving:
    """Gives a test's own folder the files of one that was worked on; which was done once."""

    def give(settings: Settings) -> None:
        if kept.exists():
            shutil.copytree(kept, settings.var_dir)
        else:
            asyncio.run(_worked_on(settings))
            shutil.copytree(settings.var_dir, kept)

    return give


@pytest.fixture(scope="session")
def worked_on(tmp_path_factory: pytest.TempPathFactory) -> Giving:
    return _given_once(tmp_path_factory.mktemp("worked-on") / "var")


@pytest.fixture(scope="session")
def worked_on_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Giving:
    """Another installation."""
    return _given_once(tmp_path_factory.mktemp("worked-on-elsewhere") / "var")


async def _refused(settings: Settings, words: str) -> None:
    async with asyncio.timeout(PATIENCE), running(settings) as system:
        await system.heard(words)
        assert await system.process.wait() == 1


def _without(settings: Settings, *names: str) -> None:
    for name in names:
        for file in settings.var_dir.glob(f"{name}*"):
            file.unlink()


@pytest.fixture
def other(settings: Settings, tmp_path: Path, free_port: Callable[[], int]) -> Settings:
    """A folder beside, on other ports."""
    ports = {name: free_port() for name in type(settings).model_fields if name.endswith("_port")}
    return Settings.model_validate(
        {"var_dir": tmp_path / "other", "stop_seconds": 5, "demonstration": False, **ports}
    )


def test_a_ledger_that_is_gone_stops_the_start(settings: Settings, worked_on: Giving):
    worked_on(settings)
    _without(settings, "huiying.db")
    asyncio.run(_refused(settings, "huiying rebuild log"))
    assert not (settings.var_dir / "huiying.db").exists()


def test_a_ledger_that_is_gone_with_its_note_stops_the_start_since_temporal_knows_of_cases(
    settings: Settings, worked_on: Giving
):
    worked_on(settings)
    _without(settings, "huiying.db", "installation")
    asyncio.run(_refused(settings, "huiying rebuild log"))


def test_the_engine_of_another_installation_stops_the_start(
    settings: Settings, other: Settings, worked_on: Giving, worked_on_elsewhere: Giving
):
    worked_on(settings)
    worked_on_elsewhere(other)
    _without(settings, "temporal.db")  # whole, with what a hasty stop left beside it
    for file in other.var_dir.glob("temporal.db*"):
        shutil.copy(file, settings.var_dir)
    asyncio.run(_refused(settings, "belongs to installation"))


def test_a_note_that_is_gone_is_written_again(settings: Settings, worked_on: Giving):
    worked_on(settings)
    note = read_note(settings.var_dir)
    _without(settings, "installation")

    async def start() -> None:
        async with asyncio.timeout(PATIENCE), running(settings) as system:
            await system.heard("Huiying is running")

    asyncio.run(start())
    again = read_note(settings.var_dir)
    assert note is not None
    assert again is not None
    assert again.id == note.id
    assert again.marks.decisions >= 3


def test_a_worker_of_another_folder_stops_with_a_reason(
    settings: Settings, other: Settings, worked_on: Giving, worked_on_elsewhere: Giving
):
    worked_on(settings)
    worked_on_elsewhere(other)
    foreign = {
        "HUIYING_VAR_DIR": str(other.var_dir),
        "HUIYING_TEMPORAL_ADDRESS": settings.temporal_address,
        "HUIYING_WORKER_METRICS_PORT": str(other.worker_metrics_port),
        "PATH": "",
    }

    async def start() -> None:
        async with asyncio.timeout(PATIENCE), running(settings) as system:
            await system.heard("Huiying is running")
            worker = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "worker"),
                env=foreign,
                cwd=ROOT,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            said, _ = await worker.communicate()
            assert worker.returncode == 1
            assert "this worker stops" in said.decode()

    asyncio.run(start())


def test_tables_of_a_newer_release_are_said_to_be_so(settings: Settings, worked_on: Giving):
    worked_on(settings)
    import sqlite3  # noqa: PLC0415  only here is a file changed behind the system's back

    with sqlite3.connect(settings.var_dir / "huiying.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    asyncio.run(_refused(settings, "written by a newer release"))
    assert sqlite_url(settings.var_dir / "huiying.db") == settings.database_url
