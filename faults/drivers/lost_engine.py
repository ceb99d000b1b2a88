"""R19: the engine killed, or frozen and killed, in the middle of steps whose senders never send again."""

import asyncio
import os
import signal
from collections.abc import Iterator
from random import Random
from typing import Final

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowHistory

from bench.cases import RESPONDER, BenchStep
from casework.submissions import command_id
from domain.steps.register import RecordConcern
from faults.clerk import Clerk, clerk
from faults.drivers.slow_ledger import audited
from faults.fuzz.run import histories
from faults.house import FaultyHouse, keeping
from faults.outcome import Errand, Outcome
from workflows.client import connect

_CASES: Final = 4
_FROZEN_SECONDS: Final = 0.6
_RECOVERED_SECONDS: Final = 5.0
_VIEWS: Final = ("/api/v1/incidents/{}", "/api/v1/incidents/{}/events?limit=200", "/incidents/{}")


async def drive(errand: Errand) -> Outcome:
    """So many rounds; five seconds after each, no reader may show a step that the engine does not hold."""
    outcome, chance = Outcome(), Random(errand.seed)
    async with keeping(errand.folder) as house:
        sender = await clerk(house)
        cases = [await sender.open_case(f"r19-{errand.seed}-{ordinal}") for ordinal in range(_CASES)]
        for turn in range(errand.times):
            marks = await _round(house, sender, cases, turn, chance.uniform(0.3, 1.2))
            outcome.tried, outcome.worked = outcome.tried + 1, outcome.worked + 1
            outcome.findings += await _phantoms(house, sender, marks, turn)
            errand.say(f"R19: {turn + 1} of {errand.times} rounds, {len(outcome.findings)} findings")
        await sender.close()
        outcome.findings += await audited(house)
    return outcome


async def _round(
    house: FaultyHouse, sender: Clerk, cases: list[str], turn: int, seconds: float
) -> dict[str, list[str]]:
    """One engine lost under steps; the marks that were sent, by case."""
    marks: dict[str, list[str]] = {incident_id: [] for incident_id in cases}
    sending = [asyncio.create_task(_press(sender, case, f"turn{turn}", marks[case])) for case in cases]
    await asyncio.sleep(seconds)
    pid = await house.another("temporal", None)
    if turn % 2:
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(_FROZEN_SECONDS)
    os.kill(pid, signal.SIGKILL)
    for task in sending:
        task.cancel()
    await asyncio.gather(*sending, return_exceptions=True)
    await house.another("temporal", pid)
    await house.ready()
    await asyncio.sleep(_RECOVERED_SECONDS)
    return marks


async def _press(sender: Clerk, incident_id: str, turn: str, marks: list[str]) -> None:
    """Step after step, none sent again; cancelled with its sender's connection, as when people give up."""
    while True:
        mark = f"{turn}mark{len(marks)}of{incident_id[-6:]}"
        marks.append(mark)
        step = BenchStep(actor=RESPONDER, command=RecordConcern(text=mark))
        await sender.give(incident_id, step, mark)


async def _phantoms(house: FaultyHouse, sender: Clerk, marks: dict[str, list[str]], turn: int) -> list[str]:
    client = await connect(
        house.settings.temporal_address, house.settings.temporal_namespace, house.settings.keys_dir
    )
    findings = []
    for incident_id, sent in marks.items():
        views = {view: str((await sender.ask("GET", view.format(incident_id))).content) for view in _VIEWS}
        views["ledger"] = house.stored(incident_id)
        history_bytes = b"".join(texts(run) for run in await histories(client, incident_id))
        for mark in sent:
            at = [view for view, content in views.items() if mark in content]
            is_held = _command_id(incident_id, mark).encode() in history_bytes
            if at and not is_held:
                findings.append(
                    f"round {turn}: {incident_id} {mark} is shown by {', '.join(at)} and not held"
                )
            if mark in sender.acknowledged and not is_held:
                findings.append(f"round {turn}: {incident_id} {mark} was acknowledged and is not held")
    return findings


def _command_id(incident_id: str, mark: str) -> str:
    """By what a step stands in a history, where its text is sealed under a key of its own."""
    return command_id(RESPONDER, f"{incident_id}/record_concern", mark)


def texts(run: WorkflowHistory) -> bytes:
    """All payloads of a history, one after the other."""
    return b"\n".join(data for event in run.events for data in _payloads(event))


def _payloads(message: Message) -> Iterator[bytes]:
    if isinstance(message, Payload):
        yield message.data
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if isinstance(value, Message):
            yield from _payloads(value)
        elif field.message_type.GetOptions().map_entry:
            yield from (
                data for each in value.values() if isinstance(each, Message) for data in _payloads(each)
            )
        else:
            yield from (data for each in value for data in _payloads(each))
