"""R25: backups under load, each restored into an empty folder: nothing acknowledged before is missing,
every case moves.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Final

from bench.cases import RESPONDER, BenchStep
from domain.steps.register import RecordConcern
from faults.clerk import Clerk, clerk
from faults.drivers.slow_ledger import audited
from faults.house import FaultyHouse, huiying, keeping, settings_in
from faults.outcome import Errand, Outcome
from workflows.converter import prepare

_CASES: Final = 3
_BEFORE: Final = 2.0  # seconds under load before each backup
_BETWEEN: Final = 0.1  # from one step of a case to the next
_NAMES: Final = ("folder", "file.tar")

Said = dict[str, list[str]]


async def drive(errand: Errand) -> Outcome:
    """So many backups of one system under load, as a folder and as a file in turn;
    then each restored and looked at.
    """
    prepare()
    outcome = Outcome()
    taken = await _backed_up(errand, outcome)
    for turn, (backup, said) in enumerate(taken):
        findings = await _restored(backup, errand.folder / f"restored-{turn}", said, outcome)
        outcome.worked += 1
        outcome.findings += [f"backup {turn}: {line}" for line in findings]
        errand.say(f"R25: {turn + 1} of {errand.times} restored, {len(outcome.findings)} findings")
    return outcome


async def _backed_up(errand: Errand, outcome: Outcome) -> list[tuple[Path, Said]]:
    """The backups, each with what had been acknowledged when it began, by case."""
    taken: list[tuple[Path, Said]] = []
    async with keeping(errand.folder / "worked-on") as house:
        sender = await clerk(house)
        cases = [await sender.open_case(f"r25-{ordinal}") for ordinal in range(_CASES)]
        said: Said = {incident_id: [] for incident_id in cases}
        working = [
            asyncio.create_task(_press(sender, incident_id, said[incident_id])) for incident_id in cases
        ]
        for turn in range(errand.times):
            outcome.tried += 1
            await asyncio.sleep(_BEFORE)
            before = {incident_id: list(texts) for incident_id, texts in said.items()}
            backup = errand.folder / f"{turn}-{_NAMES[turn % len(_NAMES)]}"
            status, output = await huiying(house.settings, "backup", str(backup))
            if status:
                outcome.findings.append(f"backup {turn} ended with {status}: {output[-200:]}")
            else:
                taken.append((backup, before))
        await _stop(working)
        await sender.close()
    return taken


async def _press(sender: Clerk, incident_id: str, said: list[str]) -> None:
    for ordinal in count():
        text = f"{incident_id}-{ordinal}"
        await _give(sender, incident_id, text)
        said.append(text)
        await asyncio.sleep(_BETWEEN)


async def _give(sender: Clerk, incident_id: str, text: str) -> None:
    step = BenchStep(actor=RESPONDER, command=RecordConcern(text=text))
    await sender.insist_on(incident_id, step, text)


async def _stop(working: Sequence[asyncio.Task[None]]) -> None:
    for task in working:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _restored(backup: Path, folder: Path, said: Said, outcome: Outcome) -> list[str]:
    """What is wrong with the system that a backup becomes in an empty folder."""
    began = monotonic()
    status, output = await huiying(settings_in(folder), "restore", str(backup))
    if status:
        return [f"restore ended with {status}: {output[-200:]}"]
    async with keeping(folder) as house:
        return await _looked_at(house, said, began, outcome)


async def _looked_at(house: FaultyHouse, said: Said, began: float, outcome: Outcome) -> list[str]:
    sender = await clerk(house)
    for incident_id in said:
        await _give(sender, incident_id, f"{incident_id}-again")
    outcome.figures.setdefault("moved", []).append(round(monotonic() - began, 1))
    findings = [
        f"{incident_id} does not show once: {text}"
        for incident_id, texts in said.items()
        for text in await sender.missing(incident_id, (*texts, f"{incident_id}-again"))
    ]
    await sender.close()
    return [*findings, *await audited(house)]
