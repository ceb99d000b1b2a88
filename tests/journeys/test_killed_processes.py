"""kill -9 of each process in the middle of an incident:
nothing acknowledged is missing, the clocks stand where they should.
"""

import asyncio
import os
import signal
from functools import partial
from typing import Any

import httpx2
import pytest

from audit.verify import verify
from domain.terms.roles import Actor, Role
from settings import Settings
from storage.api_tokens import create_token
from storage.case_texts import texts_of
from storage.database import Database, open_database
from storage.queries import incident as ledger_row
from tests.api.office import JUDGEMENT, registration
from tests.deploy.system import PROCESSES, System, running
from tests.deploy.waiting import until
from workflows.client import connect

OFFICE = Actor(person="p-office", role=Role.PRINCIPAL_LEADER, unit="gov_office")
STEPS = 40
AGAIN = frozenset({502, 503})


class Clerk:
    """Gives commands and writes down what was acknowledged; sends again under the same key until it was."""

    def __init__(self, settings: Settings, token: str) -> None:
        self.acknowledged: dict[str, int] = {}
        self.http = httpx2.AsyncClient(
            base_url=f"http://{settings.host}:{settings.web_port}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
        )

    async def give(self, path: str, content: Any, key: str) -> dict[str, Any]:
        async with asyncio.timeout(60):
            while True:
                try:
                    answer = await self.http.post(path, json=content, headers={"Idempotency-Key": key})
                except httpx2.TransportError:
                    await asyncio.sleep(0.1)
                    continue
                if answer.status_code not in AGAIN:
                    assert answer.status_code in {200, 201, 202}, answer.text
                    self.acknowledged[key] = answer.status_code
                    return dict(answer.json())
                await asyncio.sleep(0.1)


@pytest.mark.timeout(240)  # four processes, each of which takes its time to start on a busy machine
async def test_nothing_acknowledged_is_lost_when_each_process_is_killed_in_turn(settings: Settings):
    async with asyncio.timeout(220), running(settings) as system:
        await system.heard("Huiying is running")
        database = open_database(settings.database_url)
        try:
            await _work_while_killing(settings, system, database)
        finally:
            await database.close()


async def _work_while_killing(settings: Settings, system: System, database: Database) -> None:
    async with database.writing() as session:
        token = await create_token(session, OFFICE.person, OFFICE.role, OFFICE.unit)
    clerk = Clerk(settings, token)
    incident_id = (await clerk.give("/incidents", registration(), "opening"))["incident_id"]
    await clerk.give(f"/incidents/{incident_id}/judge", JUDGEMENT, "judge")
    await clerk.give(f"/incidents/{incident_id}/assign", {"first": ["qingxi"]}, "assign")
    before = await _state(database, incident_id)

    killing = asyncio.create_task(_kill_each(system))
    for step in range(STEPS):
        await clerk.give(f"/incidents/{incident_id}/record_concern", {"text": f"关切{step}"}, f"step-{step}")
        await asyncio.sleep(0.1)
    await killing
    await clerk.http.aclose()

    async with asyncio.timeout(60):
        while len((await _state(database, incident_id)).concerns) < STEPS:
            await asyncio.sleep(0.1)
    after = await _state(database, incident_id)
    assert len(clerk.acknowledged) == STEPS + 3
    async with database.session() as session:
        texts = await texts_of(session, incident_id, [concern.text for concern in after.concerns])
    assert sorted(texts.values()) == sorted(f"关切{step}" for step in range(STEPS))
    assert after.obligations[0] == before.obligations[0]
    assert {obligation.id: obligation.due_at for obligation in after.obligations} == {
        obligation.id: obligation.due_at for obligation in before.obligations
    }
    client = await connect(settings.temporal_address, settings.temporal_namespace, settings.keys_dir)
    report = await verify(database, client)
    assert [str(difference) for difference in report.differences] == []


async def _kill_each(system: System) -> None:
    for word in PROCESSES:
        await asyncio.sleep(1)
        pid = system.pids()[word]
        os.kill(pid, signal.SIGKILL)
        await until(partial(_is_another, system, word, pid))


def _is_another(system: System, word: str, pid: int) -> bool:
    return system.pids().get(word, pid) != pid


async def _state(database: Database, incident_id: str) -> Any:
    async with database.session() as session:
        row = await ledger_row(session, incident_id)
    assert row is not None
    return row.state
