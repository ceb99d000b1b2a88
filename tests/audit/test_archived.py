"""Archived cases need no engine: its store deleted, each is audited whole from the archive, and handed out.

`make archived` does it with fifty, five in each of ten houses: of many on one machine some would come late.
"""

import asyncio
import os
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from activities.archive import as_kept
from audit.bundle.exporting import House, exported
from audit.bundle.verify import verified
from audit.differences import AuditOutcome
from audit.sealing import sealed_now
from audit.verify import verify
from storage import histories
from storage.checkpoint_keys import CheckpointKeys
from storage.database import open_database
from storage.proof import prove_whole
from storage.signed_notes import is_signature
from tests.audit.sealed import LI, NOON
from tests.audit.test_histories import ENDED, QUICK
from tests.domain.cast import registered
from tests.keys import KEYS
from tests.workflows.stage import a_stage, flat

# A time-out that comes as the activity ends lets the SDK warn, and a warning is an error here.
pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")
_EACH: Final = 5
HOUSES: Final = -(-int(os.environ.get("HUIYING_ARCHIVED", "5")) // _EACH)
IDS: Final = tuple(f"inc-archived-{number}" for number in range(1, _EACH + 1))


async def _archived(folder: Path) -> None:
    """So many cases carried to their end side by side, and their histories in the archive."""
    async with a_stage(folder) as stage, stage.worker():
        for incident_id in IDS:
            await stage.register(registered(), incident_id)
        for step in flat([QUICK, ENDED]):
            for incident_id in IDS:
                await stage.give(step, incident_id)
        for incident_id in IDS:
            await asyncio.wait_for(stage.handles[incident_id].result(), 120)
            history = await stage.client.get_workflow_handle(incident_id).fetch_history()
            await histories.keep(stage.database, as_kept(history, history.run_id))
            await stage.database.write(partial(prove_whole, incident_id=incident_id))


@pytest.mark.parametrize("house_number", range(HOUSES))
async def test_what_is_archived_is_audited_and_handed_out_without_the_engines_store(
    tmp_path: Path, house_number: int
):
    await _archived(tmp_path)  # the server's store, which was in its memory, went with it
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'huiying.db'}")
    try:
        signing = CheckpointKeys(tmp_path / "keys")
        await sealed_now(database, signing, NOON)
        report = await verify(database, None, keys=KEYS, signing=signing)
        assert [str(one) for one in report.differences] == []
        assert {case.incident_id for case in report.cases} == set(IDS)
        assert {case.outcome for case in report.cases} == {AuditOutcome.AGREES}
        assert {case.covered_from for case in report.cases} == {1}
        assert all(case.runs >= 1 and case.events > len(QUICK) for case in report.cases)
        house = House(release="0.4.0", signing=signing, keys=KEYS, outside=tmp_path / "checkpoints.txt")
        for hours, incident_id in enumerate(IDS[:3]):
            at = NOON + timedelta(hours=hours)
            bundle = await exported(database, house, incident_id, LI, at)
            assert not verified(bundle.content, is_signature)[0].wrong
    finally:
        await database.close()
