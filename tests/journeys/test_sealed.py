"""A whole system beside a stranger on the same machine: nothing typed stands in clear, and what a stranger starts stays outside."""

import asyncio
import base64
import json
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RawValue

from audit.verify import verify
from settings import Settings
from storage.alarms import AlarmKind, open_alarms
from storage.database import open_database
from storage.queries import incident as ledger_row
from tests.deploy.system import ROOT, System, running
from tests.journeys.clerk import Clerk, a_token
from workflows.client import connect
from workflows.converter import converter

PATIENCE = 150  # seconds for a start, which a busy machine may need
pytestmark = pytest.mark.timeout(4 * PATIENCE)
CANARIES = ("canary-4f1d", "金丝雀青溪")
# Where what people write may stand: event log and ledger with what SQLite keeps beside, hence attachments; and backups.
IN_CLEAR = "huiying.db"


def forms(text: str) -> tuple[bytes, ...]:
    """A text as a file may hold it: as it is, as JSON escapes it, and in base64 at each of three places."""
    raw = text.encode()
    shifted = (base64.b64encode(b"x" * shift + raw)[4:-4] for shift in range(3))
    return raw, json.dumps(text)[1:-1].encode(), *shifted


def holding(folder: Path) -> set[str]:
    """The files below a folder that hold a canary in one of its forms."""
    sought = [form for text in CANARIES for form in forms(text)]
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.name for file in files if any(form in file.read_bytes() for form in sought)}


async def _stop(system: System) -> None:
    system.process.terminate()
    assert await system.process.wait() == 0


async def _work(settings: Settings, system: System) -> str:
    """A case full of canaries: by update, by a hand-over while no worker runs, by the clock, and a refused step."""
    async with Clerk(settings, await a_token(settings)) as clerk:
        incident_id = await clerk.open_case("sealed")
        for number, text in enumerate(CANARIES):
            await clerk.give(f"/incidents/{incident_id}/record_concern", {"text": text}, f"said-{number}")
            source = {"at": "2026-03-01T00:00:00Z", "platform": "douyin", "gist": text}
            await clerk.http.post(
                f"/incidents/{incident_id}/add_source",
                json={"source": source},
                headers={"Idempotency-Key": f"source-{number}"},
            )
        await clerk.moves(incident_id, f"{CANARIES[0]} at the end")
    return incident_id


def _plain_case() -> Payload:
    """How a release that did not seal began a case: valid, but of nobody."""
    told = json.loads((ROOT / "tests/golden/0.3.0/P1.history.json").read_text(encoding="utf-8"))
    (payload,) = told["events"][0]["workflowExecutionStartedEventAttributes"]["input"]["payloads"]
    return Payload(metadata={"encoding": b"json/plain"}, data=base64.b64decode(payload["data"]))


async def _intrude(settings: Settings, incident_id: str) -> list[str]:
    """Start cases as a stranger, one where a worker is and one where none ever comes, and hand a plain step over."""
    client = await Client.connect(
        settings.temporal_address, namespace=settings.temporal_namespace, data_converter=converter()
    )
    names = [f"inc-{uuid4().hex[:24]}" for _ in range(2)]
    case = RawValue(_plain_case())
    taken = await client.start_workflow("Incident", case, id=names[0], task_queue=settings.task_queue)
    await client.start_workflow("Incident", case, id=names[1], task_queue="nobody")
    with pytest.raises(WorkflowFailureError):
        await asyncio.wait_for(taken.result(), 30)
    await client.get_workflow_handle(incident_id).signal("submit_later", case)
    return names


async def test_nothing_typed_stands_in_clear_and_a_strangers_case_stays_outside(settings: Settings):
    async with asyncio.timeout(PATIENCE), running(settings) as system:
        await system.heard("Huiying is running")
        incident_id = await _work(settings, system)
        names = await _intrude(settings, incident_id)
        await _alarmed(settings, {incident_id, names[0]})
        await _stop(system)
    found = holding(settings.var_dir)
    assert any(name.startswith(IN_CLEAR) for name in found)  # or nothing was looked for
    assert {name for name in found if not name.startswith(IN_CLEAR)} == set()
    async with asyncio.timeout(PATIENCE), running(settings) as system:
        await system.heard("Huiying is running")
        await _is_untouched(settings, incident_id, names)
        await _stop(system)


async def _alarmed(settings: Settings, subjects: set[str]) -> None:
    database = open_database(settings.database_url)
    try:
        async with asyncio.timeout(30):
            told: set[str] = set()
            while not subjects <= told:
                async with database.session() as session:
                    alarms = await open_alarms(session)
                told = {alarm.subject for alarm in alarms if alarm.kind is AlarmKind.INTRUSION}
                await asyncio.sleep(0.2)
    finally:
        await database.close()


async def _is_untouched(settings: Settings, incident_id: str, names: list[str]) -> None:
    """The case goes on, and what the stranger started is in no record of the house."""
    async with Clerk(settings, await a_token(settings)) as clerk:
        await clerk.moves(incident_id, "afterwards")
    database = open_database(settings.database_url)
    try:
        async with database.session() as session:
            assert [await ledger_row(session, name) for name in names] == [None, None]
        client = await connect(settings.temporal_address, settings.temporal_namespace, settings.keys_dir)
        report = await verify(database, client)
        told = {(case.incident_id, str(one.kind)) for case in report.cases for one in case.differences}
        assert told == {(incident_id, "watch")}
    finally:
        await database.close()


async def test_a_start_without_a_key_that_histories_name_is_refused_in_words(settings: Settings):
    async with asyncio.timeout(PATIENCE), running(settings) as system:
        await system.heard("Huiying is running")
        await _stop(system)
    (settings.keys_dir).rename(settings.var_dir / "elsewhere")
    async with asyncio.timeout(PATIENCE), running(settings) as system:
        await system.heard("lacks the key")
        assert await system.process.wait() == 1
    (settings.var_dir / "elsewhere").rename(settings.keys_dir)
    async with asyncio.timeout(PATIENCE), running(settings) as system:
        await system.heard("Huiying is running")
        await _stop(system)
