"""A database with two cases and their archived histories, made once; each test gets a copy to tamper with."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from activities.archive import as_kept
from audit.bundle.exporting import Bundle, House, exported
from domain.case.records import Source
from domain.catalogue import AnyCommand, Decision
from domain.steps.close import Archive
from domain.terms.free_texts import CaseText, referred
from domain.terms.roles import Actor
from domain.terms.vocabulary import Platform
from storage import histories
from storage.checkpoint_keys import CheckpointKeys
from storage.database import Database, open_database
from storage.record import record
from tests.audit.forger import Forger
from tests.audit.sealed import LI, NOON, signed
from tests.domain.cast import ALICE, assigned, h, judged, registered, step
from tests.keys import KEYS
from tests.storage.cases import OFFICE, Case
from tests.workflows.course import WHOLE_COURSE
from tests.workflows.stage import Stage, a_stage

ENDED, SILENT = "inc-ended", "inc-silent"


async def _made(folder: Path) -> None:
    async with a_stage(folder) as stage, stage.worker():
        await stage.register(registered(), ENDED)
        # Of a call nobody is asked for counts: once its ladder is climbed the clock of the case has
        # nothing more to say.
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


@pytest.fixture
async def kept_outside(database: Database, tmp_path: Path) -> tuple[CheckpointKeys, Path]:
    """The file sealed and signed: the keys that signed it,
    and the file of checkpoints that left the house.
    """
    return await signed(database, tmp_path, ENDED)


@pytest.fixture
def house(kept_outside: tuple[CheckpointKeys, Path]) -> House:
    """Who hands out bundles."""
    keys, outside = kept_outside
    return House(release="0.4.0", signing=keys, keys=KEYS, outside=outside)


@pytest.fixture
async def bundle(database: Database, house: House) -> Bundle:
    """The bundle of the case that ended."""
    return await exported(database, house, ENDED, LI, NOON)


class Worded(Case):
    """A case whose words stand beside it, as a command's do that came over the web."""

    texts: tuple[CaseText, ...] = ()

    def submit(self, command: AnyCommand, actor: Actor = OFFICE) -> Decision:
        in_references, texts = referred(command, "salt")
        self.texts = (*self.texts, *texts)
        return super().submit(in_references, actor)


@pytest.fixture
async def worded(database: Database, house: House) -> Bundle:
    """A small bundle: a case with texts and no history."""
    case = Worded("worded")
    case.assign()
    await record(database, case.incident_id, case.decisions, texts=case.texts)
    return await exported(database, house, case.incident_id, LI, NOON)
