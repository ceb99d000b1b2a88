"""R20: stores of different age, one that is gone, a worker of another folder:
kept, healed or stopped, within a minute.
"""

import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
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

_CASES: Final = 4
_STEPS: Final = 8
_MOVES: Final = 60.0  # seconds from the start to a step of every case
_ENGINE: Final = "temporal.db"
_LEDGER: Final = "huiying.db"
_OLDER: Final[dict[str, tuple[str, bool]]] = {  # which store is of before, or gone
    "older engine": (_ENGINE, True),
    "older ledger": (_LEDGER, True),
    "engine gone": (_ENGINE, False),
    "ledger gone": (_LEDGER, False),
}
_FOREIGN: Final = "foreign worker"
KINDS: Final = (*_OLDER, _FOREIGN)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreCopies:
    """Two copies of one folder, the older made before most steps were acknowledged;
    the cases, and what was said in each.
    """

    older: Path
    newer: Path
    cases: tuple[str, ...]
    said: tuple[str, ...]


async def drive(errand: Errand) -> Outcome:
    """So many mismatches, in turn from the seed on, each on a copy of the same two folders."""
    prepare()
    outcome = Outcome()
    stores = await _made(errand.folder)
    for turn in range(errand.times):
        name = KINDS[(errand.seed + turn) % len(KINDS)]
        folder = errand.folder / f"turn-{turn}"
        outcome.tried += 1
        findings = await (
            _foreign(stores, folder) if name == _FOREIGN else _parted(stores, folder, name, outcome)
        )
        outcome.worked += 1
        outcome.findings += [f"turn {turn}, {name}: {line}" for line in findings]
        shutil.rmtree(folder / "var", ignore_errors=True)
        errand.say(f"R20: {turn + 1} of {errand.times} ({name}), {len(outcome.findings)} findings")
    return outcome


async def _made(folder: Path) -> StoreCopies:
    work = folder / "made"
    async with _at_work(work) as (_, sender):
        cases = [await sender.open_case(f"r20-{ordinal}") for ordinal in range(_CASES)]
        await _say(sender, cases, "old")
    shutil.copytree(work / "var", folder / "older")
    said = [f"new-{ordinal}" for ordinal in range(_STEPS)]
    async with _at_work(work) as (_, sender):
        for text in said:
            await _say(sender, cases, text)
    shutil.copytree(work / "var", folder / "newer")
    return StoreCopies(
        older=folder / "older", newer=folder / "newer", cases=tuple(cases), said=("old", *said)
    )


@asynccontextmanager
async def _at_work(folder: Path) -> AsyncIterator[tuple[FaultyHouse, Clerk]]:
    async with keeping(folder) as house:
        sender = await clerk(house)
        yield house, sender
        await sender.close()


async def _say(sender: Clerk, cases: Sequence[str], text: str) -> None:
    for incident_id in cases:
        step = BenchStep(actor=RESPONDER, command=RecordConcern(text=text))
        await sender.insist_on(incident_id, step, f"{incident_id}-{text}")


async def _parted(stores: StoreCopies, folder: Path, name: str, outcome: Outcome) -> list[str]:
    """What is wrong after a start on stores that do not fit;
    how long it took, until every case had taken a step.
    """
    store, is_older = _OLDER[name]
    shutil.copytree(stores.newer, folder / "var")
    _take_away(folder / "var", store)
    if is_older:
        for file in stores.older.glob(f"{store}*"):
            shutil.copy(file, folder / "var")
    began = monotonic()
    if name == "ledger gone":
        status, output = await huiying(settings_in(folder), "rebuild", "log")
        if status:
            return [f"rebuild log ended with {status}: {output[-200:]}"]
    async with _at_work(folder) as (house, sender):
        started = monotonic() - began
        await _say(sender, stores.cases, "afterwards")
        moved = monotonic() - began
        outcome.figures.setdefault(name, []).append({"started": round(started, 1), "moved": round(moved, 1)})
        findings = [
            f"{incident_id} does not show once: {text}"
            for incident_id in stores.cases
            for text in await sender.missing(incident_id, (*stores.said, "afterwards"))
        ]
        findings += await audited(house)
    if moved > _MOVES:
        findings.append(f"moved after {moved:.1f} s, not {_MOVES:g}")
    return findings


def _take_away(var_dir: Path, store: str) -> None:
    for file in var_dir.glob(f"{store}*"):
        file.unlink()


async def _foreign(stores: StoreCopies, folder: Path) -> list[str]:
    """A worker left over from another folder is pointed at this system's engine:
    it must stop with its reason.
    """
    shutil.copytree(stores.newer, folder / "var")
    other = folder / "other"
    async with _at_work(other):
        pass
    async with _at_work(folder) as (house, sender):
        began = monotonic()
        address = house.settings.temporal_address
        status, output = await huiying(
            settings_in(other), "-m", "worker", more={"HUIYING_TEMPORAL_ADDRESS": address}
        )
        seconds = monotonic() - began
        await _say(sender, stores.cases, "afterwards")
        findings = await audited(house)
    if status != 1 or "this worker stops" not in output:
        findings.append(f"the foreign worker ended with {status}: {output[-200:]}")
    if seconds > _MOVES:
        findings.append(f"the foreign worker stopped after {seconds:.1f} s, not {_MOVES:g}")
    return findings
