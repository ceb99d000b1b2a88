"""A database with two cases and their archived histories, made once; each test gets a copy to tamper with."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from activities.archive import as_kept
from domain.case.records import Source
from domain.steps.close import Archive
from domain.terms.vocabulary import Platform
from storage import histories
from storage.database import Database, open_database
from tests.audit.forger import Forger
from tests.domain.cast import ALICE, assigned, h, judged, registered, step
from tests.workflows.course import WHOLE_COURSE
from tests.workflows.stage import Stage, a_stage

ENDED, SILENT = "inc-ended", "inc-silent"


async def _made(folder: Path) -> None:
    async with a_stage(folder) as stage, stage.worker():
        await stage.register(registered(), ENDED)
        # Of a call nobody is asked for counts: once its ladder is climbed the clock of the case has nothing more to say.
        call = Source(at=h(), platform=Platform.HOTLINE, gist="来电")
        await stage.register(registered(sources=(call,), metrics=()), SILENT)
        await stage.give([judged(), assigned()], SILENT)
        await stage.give(WHOLE_COURSE, ENDED)
        await stage.give(step(h(241), ALICE, Archive()), ENDED)
        await asyncio.wait_for(stage.handles[ENDED].result(), 60)
        for incident_id in (ENDED, SILENT):
            await _archive(stage, incident_id)


async def _archive(stage: Stage, incident_id: str) -> None:
    history = await stage.client.get_workflow_handle(incident_id).fetch_history()
    await histories.keep(stage.database, as_kept(history, history.run_id))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file with both cases."""
    folder = tmp_path_factory.mktemp("audited")
    asyncio.run(_made(folder))
    return folder / "huiying.db"


@pytest.fixture
def forger(made: Path, tmp_path: Path) -> Forger:
    """Somebody with the file in hand."""
    return Forger(Path(shutil.copy(made, tmp_path / "huiying.db")))


@pytest.fixture
async def database(forger: Forger) -> AsyncIterator[Database]:
    """The file as the audit opens it; what the forger does before or after shows alike."""
    opened = open_database(f"sqlite+aiosqlite:///{forger.file}")
    yield opened
    await opened.close()
