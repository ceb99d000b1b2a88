"""R18: the ledger locked while a step is recorded, the worker lost with the next one in flight,
and restarted twice.
"""

import asyncio
from typing import Final

from audit.verify import verify
from bench.cases import RESPONDER, BenchStep
from domain.steps.register import RecordConcern
from faults.clerk import Clerk, clerk
from faults.house import FaultyHouse, keeping
from faults.outcome import Errand, Outcome
from storage.database import open_database
from workflows.client import connect

_AT_ONCE: Final = 4  # cases under one lock
_LOCKED_SECONDS: Final = 2.0
_REST: Final = 0.4  # between a step and the next, and between the next and the kill


async def drive(errand: Errand) -> Outcome:
    """So many cases, four at a time; each must take one more step, and the audit must be clean."""
    outcome = Outcome()
    async with keeping(errand.folder) as house:
        sender = await clerk(house)
        for first in range(0, errand.times, _AT_ONCE):
            names = [
                f"r18-{errand.seed}-{each}" for each in range(first, min(first + _AT_ONCE, errand.times))
            ]
            await _round(house, sender, names, outcome)
            errand.say(f"R18: {first + len(names)} of {errand.times} cases, {len(outcome.findings)} findings")
        await sender.close()
        outcome.findings += await audited(house)
    return outcome


async def _round(house: FaultyHouse, sender: Clerk, names: list[str], outcome: Outcome) -> None:
    cases = {name: await sender.open_case(name) for name in names}
    await _strike(house, sender, cases)
    for _ in range(2):
        await house.kill("worker")
        await asyncio.sleep(_REST)
    for name, incident_id in cases.items():
        outcome.tried += 1
        try:
            await sender.insist_on(incident_id, _concern(f"{name} last"), f"{name}-last")
            await _recorded(sender, incident_id, f"{name} last")
        except TimeoutError:
            outcome.findings.append(f"{incident_id}: takes no further step")
        else:
            outcome.worked += 1


async def _strike(house: FaultyHouse, sender: Clerk, cases: dict[str, str]) -> None:
    """A step under the lock, the next in flight, the worker killed."""
    flying = []
    with house.locked():
        for part in ("first", "next"):
            flying += [
                asyncio.create_task(sender.give(incident_id, _concern(f"{name} {part}"), f"{name}-{part}"))
                for name, incident_id in cases.items()
            ]
            await asyncio.sleep(_REST)
        await house.kill("worker")
        await asyncio.sleep(_LOCKED_SECONDS - 2 * _REST)
    await asyncio.gather(*flying)


def _concern(text: str) -> BenchStep:
    return BenchStep(actor=RESPONDER, command=RecordConcern(text=text))


async def _recorded(sender: Clerk, incident_id: str, text: str) -> None:
    async with asyncio.timeout(30):
        while text not in str((await sender.ask("GET", f"/api/v1/incidents/{incident_id}")).content):
            await asyncio.sleep(0.1)


async def audited(house: FaultyHouse) -> list[str]:
    """The differences that the audit finds, after the record has had time to catch up."""
    database = open_database(house.settings.database_url)
    try:
        client = await connect(
            house.settings.temporal_address, house.settings.temporal_namespace, house.settings.keys_dir
        )
        for _ in range(10):
            report = await verify(database, client)
            if not report.differences:
                return []
            await asyncio.sleep(2)
    finally:
        await database.close()
    return [str(difference) for difference in report.differences]
