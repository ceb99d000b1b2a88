"""What people wrote is lost by no outage: the words travel with their step,
and stand there once the ledger is back.
"""

import asyncio
from pathlib import Path

import pytest

from bench.cases import RESPONDER, BenchStep
from domain.steps.register import RecordConcern
from faults.clerk import Clerk, clerk
from faults.house import keeping

WORDS = "整治后的摊位安置在哪里"
LATER = "何时公布执法记录"


@pytest.mark.timeout(300)
async def test_words_given_to_a_dead_ledger_are_readable_after_it_and_after_a_lost_worker(tmp_path: Path):
    async with keeping(tmp_path) as house:
        sender = await clerk(house)
        incident_id = await sender.open_case("words")
        with house.locked():
            given = [
                await sender.insist_on(incident_id, step(text), f"words-{number}")
                for number, text in enumerate((WORDS, LATER))
            ]
            assert [answer.status for answer in given] == [202, 202]
            assert WORDS not in await shown(sender, incident_id)
            await house.kill("worker")
        async with asyncio.timeout(60):
            while not {WORDS, LATER} <= set(await shown(sender, incident_id)):
                await asyncio.sleep(0.2)
        await sender.close()


def step(text: str) -> BenchStep:
    return BenchStep(actor=RESPONDER, command=RecordConcern(text=text))


async def shown(sender: Clerk, incident_id: str) -> list[str]:
    incident = (await sender.ask("GET", f"/api/v1/incidents/{incident_id}")).content
    return [concern["text"] for concern in incident.get("concerns", ())]
