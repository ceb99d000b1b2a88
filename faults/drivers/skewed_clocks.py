"""R26: the clock of the worker, the web or the watch is wrong by 26 hours;
instants are the engine's all the same, and it is told.

The other clock is shown by a small library that is put before the system's own, compiled where a C compiler
is at hand. Not tried here: an engine with a wrong clock, which is the clock that counts.
"""

import asyncio
import os
import shutil
import signal
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, Final

from bench.cases import OFFICE, RESPONDER, BenchStep
from domain.steps.instruct import Instruct
from domain.steps.register import RecordConcern
from faults.clerk import Clerk, clerk
from faults.drivers.slow_ledger import audited
from faults.house import WORDS, FaultyHouse, keeping
from faults.outcome import Errand, Outcome

SKEW: Final = timedelta(hours=26)
_SOURCE: Final = Path(__file__).parents[1] / "skew.c"
KINDS: Final = (
    ("web", SKEW),
    ("worker", -SKEW),
    ("web", -SKEW),
    ("worker", SKEW),
    ("watch", SKEW),
    ("watch", -SKEW),
)
_WITHIN: Final = 60.0
_HANDED_OVER: Final = 202
_LATER: Final = "转交的一步"
_NEAR: Final = timedelta(minutes=2)
_INSTANTS: Final = ("recorded_at", "delivered_at", "received_at", "registered_at")


def compiler() -> str | None:
    """A C compiler, where there is one."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


async def drive(errand: Errand) -> Outcome:
    """So many systems, in turn from the seed on; each opens a case, tells a unit something,
    and is given a step while no worker answers.
    """
    outcome = Outcome()
    program = compiler()
    if program is None:
        outcome.findings.append("no C compiler: the other clock could not be made")
        return outcome
    library = await asyncio.to_thread(_compiled, program, errand.folder)
    for turn in range(errand.times):
        name, by = KINDS[(errand.seed + turn) % len(KINDS)]
        other = {
            "LD_PRELOAD": str(library),
            "FAULTS_SKEW_OF": WORDS[name],
            "FAULTS_SKEW_SECONDS": str(int(by.total_seconds())),
        }
        async with keeping(errand.folder / f"turn-{turn}", other) as house:
            outcome.tried += 1
            findings = await _looked_at(house, f"{name} {by}")
            outcome.findings += [f"{name} by {by}: {line}" for line in findings]
            outcome.worked += 1
        errand.say(f"R26: {turn + 1} of {errand.times}, {len(outcome.findings)} findings")
    return outcome


def _compiled(program: str, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    library = folder / "skew.so"
    command = [program, "-shared", "-fPIC", "-O1", "-o", str(library), str(_SOURCE), "-ldl"]
    subprocess.run(command, check=True, timeout=60, capture_output=True)
    return library


async def _looked_at(house: FaultyHouse, name: str) -> list[str]:
    """What is wrong with the instants of a case that was opened, instructed on, told of and handed a step;
    and who says nothing.
    """
    sender = await clerk(house)
    began = datetime.now(UTC)
    incident_id = await sender.open_case(f"r26 {name}")
    step = BenchStep(actor=OFFICE, command=Instruct(text="R26", to=(RESPONDER.unit,)))
    await sender.insist_on(incident_id, step, "r26")
    await house.kill("worker")  # the case is read anew from its history
    await sender.insist_on(incident_id, step, "r26 again")
    findings = await _handed_over(house, sender, incident_id)
    views = {
        view: (await sender.ask("GET", view, RESPONDER)).content
        for view in (
            f"/api/v1/incidents/{incident_id}/events?limit=200",
            "/api/v1/inbox",
            f"/api/v1/incidents/{incident_id}",
        )
    }
    ended = datetime.now(UTC)
    findings += [
        f"{view} says {instant.isoformat()}"
        for view, content in views.items()
        for instant in _instants(content)
        if not began - _NEAR <= instant <= ended + _NEAR
    ]
    findings += await _alarms(sender)
    await sender.close()
    return [*findings, *await audited(house)]


async def _handed_over(house: FaultyHouse, sender: Clerk, incident_id: str) -> list[str]:
    """A step is given while the worker stands still, and so waits as a signal, dated by the web."""
    pid = await house.another("worker", None)
    os.kill(pid, signal.SIGSTOP)
    try:
        step = BenchStep(actor=RESPONDER, command=RecordConcern(text=_LATER))
        await sender.insist_on(incident_id, step, "r26 later")
    finally:
        os.kill(pid, signal.SIGCONT)
    until = monotonic() + _WITHIN
    while _LATER not in str((await sender.ask("GET", f"/api/v1/incidents/{incident_id}")).content):
        if monotonic() > until:
            return ["what was handed over is not on record"]
        await asyncio.sleep(0.2)
    is_handed_over = sender.acknowledged["r26 later"] == _HANDED_OVER
    return [] if is_handed_over else ["nothing was handed over"]


async def _alarms(sender: Clerk) -> list[str]:
    """Whether the watch tells of the clock in time, and of nothing that is not so."""
    until = monotonic() + _WITHIN
    while "clock" not in (checks := (await sender.ask("GET", "/readyz")).content.get("checks", ())):
        if monotonic() > until:
            return ["nobody tells of the clock"]
        await asyncio.sleep(0.5)
    # Of the worker, which was killed and stood still, there may be alarms;
    # of a case there is no cause for any.
    return [
        f"an alarm without cause: {check}" for check in checks if check.startswith(("case_", "limit_passed"))
    ]


def _instants(content: Any, name: str = "") -> list[datetime]:
    """Every instant of a name that says when something was taken or told."""
    if isinstance(content, dict):
        return [instant for key, value in content.items() for instant in _instants(value, key)]
    if isinstance(content, list):
        return [instant for value in content for instant in _instants(value, name)]
    if name in _INSTANTS and isinstance(content, str):
        return [datetime.fromisoformat(content)]
    return []
