"""A worker left over from another folder meets the engine of this one on its port,
and records nothing of its cases (R20).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.testing import WorkflowEnvironment

from storage.installation import Note, marks, new_id, write_note
from tests.api.office import System, address, registration
from tests.api.office import system as make_system
from tests.api.test_outages import until


def folder_of(folder: Path) -> None:
    """An empty folder with an id of its own."""
    folder.mkdir()
    write_note(folder, Note(id=new_id()))


@asynccontextmanager
async def installed(folder: Path, temporal: WorkflowEnvironment, **changes: Any) -> AsyncIterator[System]:
    """A system in a folder with an id of its own."""
    folder_of(folder)
    async with make_system(folder, address(temporal), var_dir=folder, **changes) as made:
        yield made


async def decisions(system: System) -> int:
    async with system.database.session() as session:
        return (await marks(session)).decisions


async def test_a_worker_of_another_folder_is_given_no_task_of_this_one(
    temporal: WorkflowEnvironment, tmp_path: Path
):
    key, content = uuid4().hex, registration()
    async with installed(tmp_path / "ours", temporal) as ours:
        async with installed(tmp_path / "theirs", temporal) as theirs, await theirs.worker():
            accepted = await ours.give("incidents", content, key=key)
            assert accepted.status_code == 202, accepted.text
            assert await decisions(theirs) == 0
        async with await ours.worker():
            assert (await ours.recorded("incidents", content, key=key)).status_code == 201
        assert await decisions(ours) == 1


async def test_what_keeps_it_away_is_the_queue_that_bears_the_installations_id(
    temporal: WorkflowEnvironment, tmp_path: Path
):
    """Named alike by hand, and sealed by the same keys, the queues are one,
    and the wrong ledger is written.
    """
    alike = {"temporal_task_queue": uuid4().hex, "keys_dir": tmp_path / "keys"}
    async with (
        installed(tmp_path / "ours", temporal, **alike) as ours,
        installed(tmp_path / "theirs", temporal, **alike) as theirs,
        await theirs.worker(),
    ):
        accepted = await ours.give("incidents", registration())
        assert accepted.status_code == 202, accepted.text

        async def is_written() -> bool:
            return await decisions(theirs) > 0

        await until(is_written)
        assert await decisions(ours) == 0
