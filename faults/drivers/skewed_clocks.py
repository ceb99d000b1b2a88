"""R26: the clock of the worker or of the web is wrong by 26 hours; instants are the engine's all the same.

The other clock is shown by a small library that is put before the system's own, compiled where a C compiler is at hand.
A web that is behind refuses a registration of what was discovered after its own time, in words. Not tried here: a command handed over by signal through a web with a wrong clock, whose receipt the audit compares with
the date of its signal and reports; and an engine with a wrong clock, which is the clock that counts.
"""

import asyncio
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bench.cases import OFFICE, RESPONDER, Step
from domain.steps.instruct import Instruct
from faults.clerk import clerk
from faults.drivers.slow_ledger import audited
from faults.house import WORDS, House, keeping
from faults.outcome import Errand, Outcome

SKEW: Final = timedelta(hours=26)
_SOURCE: Final = Path(__file__).parents[1] / "skew.c"
_KINDS: Final = tuple((name, by) for name in ("worker", "web") for by in (SKEW, -SKEW))
_NEAR: Final = timedelta(minutes=2)
_INSTANTS: Final = ("recorded_at", "delivered_at", "received_at", "registered_at")


def compiler() -> str | None:
    """A C compiler, where there is one."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


async def drive(errand: Errand) -> Outcome:
    """So many systems, worker and web in turn, ahead and behind; each opens a case and tells a unit something."""
    outcome = Outcome()
    program = compiler()
    if program is None:
        outcome.findings.append("no C compiler: the other clock could not be made")
        return outcome
    library = await asyncio.to_thread(_compiled, program, errand.folder)
    for turn in range(errand.times):
        name, by = _KINDS[(errand.seed + turn) % len(_KINDS)]
        other = {
            "LD_PRELOAD": str(library),
            "FAULTS_SKEW_OF": WORDS[name] if name == "worker" else "uvicorn",
            "FAULTS_SKEW_SECONDS": str(int(by.total_seconds())),
        }
        async with keeping(errand.folder / f"turn-{turn}", other) as house:
            outcome.tried += 1
            found = await _looked_at(house, f"{name} {by}")
            outcome.findings += [f"{name} by {by}: {line}" for line in found]
            outcome.worked += 1
        errand.say(f"R26: {turn + 1} of {errand.times}, {len(outcome.findings)} findings")
    return outcome


def _compiled(program: str, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    library = folder / "skew.so"
    command = [program, "-shared", "-fPIC", "-O1", "-o", str(library), str(_SOURCE), "-ldl"]
    subprocess.run(command, check=True, timeout=60, capture_output=True)
    return library


async def _looked_at(house: House, name: str) -> list[str]:
    """What is wrong with the instants of a case that was opened, instructed on, and told of."""
    sender = await clerk(house)
    began = datetime.now(UTC)
    # Discovered before any of the clocks: a web that is behind would else refuse what lies in its future.
    incident_id = await sender.open_case(f"r26 {name}", age=SKEW)
    step = Step(actor=OFFICE, command=Instruct(text="R26", to=(RESPONDER.unit,)))
    await sender.insist_on(incident_id, step, "r26")
    await house.kill("worker")  # the case is read anew from its history
    await sender.insist_on(incident_id, step, "r26 again")
    await asyncio.sleep(2)
    views = {
        view: (await sender.ask("GET", view, RESPONDER)).content
        for view in (
            f"/api/v1/incidents/{incident_id}/events?limit=200",
            "/api/v1/inbox",
            f"/api/v1/incidents/{incident_id}",
        )
    }
    ended = datetime.now(UTC)
    await sender.close()
    found = [
        f"{view} says {instant.isoformat()}"
        for view, content in views.items()
        for instant in _instants(content)
        if not began - _NEAR <= instant <= ended + _NEAR
    ]
    return [*found, *await audited(house)]


def _instants(content: Any, name: str = "") -> list[datetime]:
    """Every instant of a name that says when something was taken or told."""
    if isinstance(content, dict):
        return [found for key, value in content.items() for found in _instants(value, key)]
    if isinstance(content, list):
        return [found for value in content for found in _instants(value, name)]
    if name in _INSTANTS and isinstance(content, str):
        return [datetime.fromisoformat(content)]
    return []
