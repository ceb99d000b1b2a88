"""A whole system beside a stranger on the same machine:
nothing typed stands in clear, and what a stranger starts stays outside.
"""

import asyncio
import base64
import json
import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from temporalio.api.common.v1 import Payload, WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RawValue
from temporalio.service import RPCError

from audit.verify import verify
from domain.catalogue import COMMANDS
from domain.steps.register import Register
from domain.terms.free_texts import rewritten
from settings import Settings
from storage.alarms import AlarmKind, latest_alarms
from storage.api_tokens import create_token
from storage.codec import COMMAND
from storage.database import open_database
from storage.event_log import decisions
from storage.queries import incident as ledger_row
from terminal.doctor.listeners import addresses
from tests.api.office import registration
from tests.deploy.system import ROOT, System, running
from tests.domain.every import filled
from tests.journeys import foreign_page
from tests.journeys.clerk import OFFICE, Clerk, a_token
from workflows.client import connect
from workflows.converter import converter

PATIENCE = 150  # seconds for a start, which a busy machine may need
pytestmark = pytest.mark.timeout(4 * PATIENCE)
CANARIES = ("canary-4f1d", "金丝雀青溪")
TELEPHONE = "13912344321"
PERSON = "p-bird-77e2"
TABLES = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
# Fields beside the free texts that hold what people write.
WRITTEN = (
    "title",
    "topic",
    "duty",
    "subject",
    "value",
    "forbidden",
    "organ",
    "act",
    "receipt",
    "doc_number",
    "verifying_by",
)
# Where what people write may stand: event log and ledger with what SQLite keeps beside,
# hence attachments; and backups.
IN_CLEAR = "huiying.db"


def forms(text: str) -> tuple[bytes, ...]:
    """A text as a file may hold it: as it is, as JSON escapes it, and in base64 at each of three places."""
    raw = text.encode()
    shifted = (base64.b64encode(b"x" * shift + raw)[4:-4] for shift in range(3))
    return raw, json.dumps(text)[1:-1].encode(), *shifted


SOUGHT = [form for text in (*CANARIES, TELEPHONE, PERSON) for form in forms(text)]
# Logs say who asked (the login, not the name), and never what.
NAMED_IN = "web.log"


def holding(folder: Path, *texts: str) -> set[str]:
    """The files below a folder that hold one of the texts in one of its forms."""
    sought = [form for text in texts for form in forms(text)]
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.name for file in files if any(form in file.read_bytes() for form in sought)}


async def _stop(system: System) -> None:
    system.process.terminate()
    assert await system.process.wait() == 0


async def _work(settings: Settings, system: System) -> str:
    """A case full of canaries: by update, by a hand-over while no worker answers,
    in steps that are refused or malformed.
    """
    async with Clerk(settings, await _a_named_token(settings)) as clerk:
        incident_id = await clerk.open_case("sealed")
        opening = registration(
            title=f"网传{CANARIES[1]}", sources=[_source(f"{CANARIES[1]}，请致电{TELEPHONE}")]
        )
        written = str((await clerk.give("/incidents", opening, "written"))["incident_id"])
        for number, content in enumerate(_contents()):
            kind = content.pop("kind")
            answer = await clerk.http.post(
                f"/incidents/{written}/{kind}",
                json=content,
                headers={"Idempotency-Key": f"{CANARIES[0]}-{number}"},
            )
            assert answer.status_code < 500, (kind, answer.text)
        await _hand_over(system, clerk, incident_id)
        await _ask(clerk)
        await clerk.moves(incident_id, f"{CANARIES[0]} at the end")
    return incident_id


def _source(gist: str) -> dict[str, str]:
    address = f"https://{CANARIES[0]}.example/{TELEPHONE}"
    return {"at": "2026-03-01T00:00:00Z", "platform": "douyin", "gist": gist, "url": address}


def _contents() -> Iterator[dict[str, Any]]:
    """Every command of the catalogue with a canary in each text;
    most are refused, and their texts come that far.
    """
    for command in set(COMMANDS.values()) - {Register}:
        for text in (*CANARIES, TELEPHONE):
            given = rewritten(filled(command), partial(_instead, text))
            yield _written(COMMAND.dump_python(given, mode="json", warnings="none"), text)


def _instead(text: str, _: str) -> str:
    return text


def _written(content: Any, text: str) -> Any:
    if isinstance(content, list):
        return [_written(item, text) for item in content]
    if not isinstance(content, dict):
        return content
    return {
        name: text if name in WRITTEN and isinstance(value, str) else _written(value, text)
        for name, value in content.items()
    }


async def _hand_over(system: System, clerk: Clerk, incident_id: str) -> None:
    worker = system.pids()["worker"]
    os.kill(worker, signal.SIGSTOP)
    try:
        content = {"text": f"{CANARIES[1]}待办"}
        given = await clerk.give(f"/incidents/{incident_id}/record_concern", content, "handed over")
        assert given["status"] == 202
    finally:
        os.kill(worker, signal.SIGCONT)


async def _ask(clerk: Clerk) -> None:
    """Questions that hold canaries: searches, addresses of nothing, and bodies that cannot be read."""
    for text in (*CANARIES, TELEPHONE):
        await clerk.http.get("/incidents", params={"search": text, "text": text, "q": text})
        await clerk.http.get("/incidents/similar", params={"title": text, "text": text})
        await clerk.http.get(f"/incidents/{text}", headers={"User-Agent": f"x-{CANARIES[0]}"})
        await clerk.http.post(
            "/incidents", content=f'{{"title": "{text}"', headers={"Idempotency-Key": CANARIES[0]}
        )


async def _a_named_token(settings: Settings) -> str:
    database = open_database(settings.database_url)
    try:
        async with database.writing() as session:
            return await create_token(session, PERSON, OFFICE.role, OFFICE.unit)
    finally:
        await database.close()


async def _holds_nothing_in_clear(settings: Settings) -> None:
    """What the engine shows of its workflows, and what is measured."""
    client = await Client.connect(settings.temporal_address, namespace=settings.temporal_namespace)
    shown = [item.raw_info.SerializeToString() async for item in client.list_workflows("")]
    async with httpx2.AsyncClient() as http:
        for port, name in (
            (settings.temporal_metrics_port, b"service_requests"),
            (settings.worker_metrics_port, b"temporal_workflow_task_execution_latency"),
        ):
            figures = await http.get(f"http://127.0.0.1:{port}/metrics")
            assert name in figures.content
            listening = {address.is_loopback for address in addresses(TABLES, port)}
            assert listening == {True}, name
            shown.append(figures.content)
    assert len(shown) > 5
    assert not any(form in text for form in SOUGHT for text in shown)


def _plain_case() -> Payload:
    """How a release that did not seal began a case: valid, but of nobody."""
    told = json.loads((ROOT / "tests/golden/0.3.0/P1.history.json").read_text(encoding="utf-8"))
    (payload,) = told["events"][0]["workflowExecutionStartedEventAttributes"]["input"]["payloads"]
    return Payload(metadata={"encoding": b"json/plain"}, data=base64.b64decode(payload["data"]))


async def _intrude(settings: Settings, incident_id: str) -> list[str]:
    """Start cases as a stranger, one where a worker is and one where none ever comes,
    and hand a plain step over.
    """
    client = await Client.connect(
        settings.temporal_address, namespace=settings.temporal_namespace, data_converter=converter()
    )
    names = [f"inc-{uuid4().hex[:24]}" for _ in range(2)]
    case = RawValue(_plain_case())
    taken = await client.start_workflow("Incident", case, id=names[0], task_queue=settings.task_queue)
    await client.start_workflow("Incident", case, id=names[1], task_queue="nobody")
    with pytest.raises(WorkflowFailureError):
        await asyncio.wait_for(taken.result(), 60)
    await client.get_workflow_handle(incident_id).signal("submit_later", case)
    await _send_too_much(client, settings, incident_id)
    return names


async def _send_too_much(client: Client, settings: Settings, incident_id: str) -> None:
    """More than a worker may answer, which would hold the case up until the watch starts it anew:
    it is refused at the door.
    """
    large = RawValue(Payload(metadata={"encoding": b"json/plain"}, data=b"0" * 2_500_000))
    case = client.get_workflow_handle(incident_id)
    with pytest.raises(RPCError, match="payload size of in-flight updates"):
        await case.execute_update("submit", large, rpc_timeout=timedelta(seconds=20))
    async with Clerk(settings, await a_token(settings)) as clerk:
        await clerk.moves(incident_id, f"{CANARIES[0]} after too much")


async def test_nothing_typed_stands_in_clear_and_a_strangers_case_stays_outside(settings: Settings):
    async with asyncio.timeout(PATIENCE), running(settings) as system:
        await system.heard("Huiying is running")
        incident_id = await _work(settings, system)
        names = await _intrude(settings, incident_id)
        await _alarmed(settings, AlarmKind.INTRUSION, {incident_id, names[0]})
        await _attacked_by_a_foreign_page(settings, system, incident_id)
        await _holds_nothing_in_clear(settings)
        await _stop(system)
    found, naming = holding(settings.var_dir, *CANARIES, TELEPHONE), holding(settings.var_dir, PERSON)
    assert any(name.startswith(IN_CLEAR) for name in found)  # or nothing was looked for
    assert {name for name in found if not name.startswith(IN_CLEAR)} == set()
    assert {name for name in naming if not name.startswith(IN_CLEAR)} == {NAMED_IN}
    async with asyncio.timeout(PATIENCE), running(settings) as system:
        await system.heard("Huiying is running")
        await _is_untouched(settings, incident_id, names)
        await _stop(system)


async def _attacked_by_a_foreign_page(settings: Settings, system: System, incident_id: str) -> None:
    """What a page elsewhere may have a browser of this machine send:
    nothing comes of it, and what is ended goes on.
    """
    before = await _submissions(settings, incident_id)
    page = await foreign_page.opened(settings, system)
    statuses = await page.attack(incident_id, base64.b64encode(_plain_case().data).decode())
    assert 200 in statuses  # the engine itself asks nobody
    assert not {401, 403} & set(statuses)
    await _alarmed(settings, AlarmKind.CASE_MISSING, {incident_id})
    async with Clerk(settings, await a_token(settings)) as clerk:
        await clerk.moves(incident_id, f"{CANARIES[0]} after the page")
        await _deleted(settings, incident_id)
        await clerk.moves(incident_id, f"{CANARIES[0]} after it was deleted")
    assert await _submissions(settings, incident_id) == before + 2


async def _deleted(settings: Settings, incident_id: str) -> None:
    """Ended with its history, by another user of the machine."""
    client = await Client.connect(settings.temporal_address, namespace=settings.temporal_namespace)
    await client.workflow_service.delete_workflow_execution(
        DeleteWorkflowExecutionRequest(
            namespace=client.namespace, workflow_execution=WorkflowExecution(workflow_id=incident_id)
        )
    )


async def _submissions(settings: Settings, incident_id: str) -> int:
    database = open_database(settings.database_url)
    try:
        async with database.session() as session:
            log = await decisions(session, incident_id)
    finally:
        await database.close()
    return sum(stored.decision.cause.kind in {"submission", "unreadable"} for stored in log)


async def _alarmed(settings: Settings, kind: AlarmKind, subjects: set[str]) -> None:
    """Wait until alarms of a kind were raised, whether they stand or what is wrong was healed since."""
    database = open_database(settings.database_url)
    try:
        async with asyncio.timeout(60):
            told: set[str] = set()
            while not subjects <= told:
                async with database.session() as session:
                    alarms = await latest_alarms(session, 50)
                told = {alarm.subject for alarm in alarms if alarm.kind is kind}
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
        assert (incident_id, "watch") in told
        assert {kind for _, kind in told} == {"watch"}  # what was sent to all cases may reach the other too
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
