"""Compares what was acknowledged with what the database holds,
read with the standard library and not by the system.
"""

import asyncio
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Any

from bench.http_callers import AcknowledgedStep
from storage.codec import canonical

Recorded = dict[
    str, dict[bytes, list[int]]
]  # incident → command → the last event number of each decision it caused


async def faults(file: Path, acknowledged: Sequence[AcknowledgedStep], seconds: float = 30) -> list[str]:
    """What is wrong once the record has had `seconds` to catch up;
    empty when all that was acknowledged is there, once.
    """
    until = monotonic() + seconds
    while faulty := await asyncio.to_thread(_faults, file, acknowledged):
        if monotonic() >= until:
            break
        await asyncio.sleep(0.5)
    return faulty


def _faults(file: Path, acknowledged: Sequence[AcknowledgedStep]) -> list[str]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        recorded = _recorded(connection)
        return [
            *_missing(recorded, acknowledged),
            *_repeated(recorded, acknowledged),
            *_behind(connection, acknowledged),
        ]


def _recorded(connection: sqlite3.Connection) -> Recorded:
    log: Recorded = defaultdict(lambda: defaultdict(list))
    rows = connection.execute(
        "SELECT incident_id, last_number, decision FROM event_log WHERE cause = 'submission'"
    )
    texts = dict(connection.execute("SELECT reference, text FROM case_text"))
    for incident_id, number, decision in rows:
        command = _with_texts(json.loads(decision)["cause"]["command"], texts)
        log[incident_id][canonical(command)].append(number)
    return log


def _with_texts(value: Any, texts: dict[str, str]) -> Any:
    """What was given: the log holds references to what was written, which stands beside the case."""
    if isinstance(value, dict):
        return {name: _with_texts(item, texts) for name, item in value.items()}
    if isinstance(value, list):
        return [_with_texts(item, texts) for item in value]
    return texts.get(value, value) if isinstance(value, str) else value


def _missing(recorded: Recorded, acknowledged: Sequence[AcknowledgedStep]) -> Iterator[str]:
    for step in acknowledged:
        numbers = recorded[step.incident_id][canonical(step.command)]
        if not numbers:
            yield f"{step.incident_id}: {step.command['kind']} was acknowledged and is not in the event log"
        elif step.event_number is not None and step.event_number not in numbers:
            yield f"{step.incident_id}: number {step.event_number} was acknowledged, {numbers} recorded"


def _repeated(recorded: Recorded, acknowledged: Sequence[AcknowledgedStep]) -> Iterator[str]:
    steps = Counter((each.incident_id, canonical(each.command)) for each in acknowledged)
    for (incident_id, command), times in steps.items():
        if len(recorded[incident_id][command]) > times:
            yield f"{incident_id}: a command given {times} times was recorded more often"


def _behind(connection: sqlite3.Connection, acknowledged: Sequence[AcknowledgedStep]) -> Iterator[str]:
    """The ledger of each incident must stand where its event log ends."""
    incidents = {step.incident_id for step in acknowledged}
    rows = connection.execute(
        "SELECT e.incident_id, max(e.last_number), i.event_number FROM event_log e"
        " LEFT JOIN incident i ON i.incident_id = e.incident_id GROUP BY e.incident_id"
    )
    for incident_id, last, reached in rows:
        if incident_id in incidents and reached != last:
            yield f"{incident_id}: the event log ends at {last}, the ledger stands at {reached}"
