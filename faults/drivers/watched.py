"""R21: a process killed or hung, a case ended, failing or wedged, a ledger locked or full:
told in time, and healed, by nobody's hand.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from datetime import timedelta
from itertools import count
from typing import Final

from bench.cases import RESPONDER, BenchStep
from domain.steps.register import RecordConcern
from faults.clerk import Clerk, clerk
from faults.disks import small_disk
from faults.drivers.slow_ledger import audited
from faults.house import FaultyHouse, keeping
from faults.outcome import Errand, Outcome
from faults.strikes import FAULTS, GIVEN_UP, HEALED, Scene, StoreFault
from workflows.converter import prepare

_LOOKS: Final = 8.0  # within which the supervisor looks at least once
_BETWEEN: Final = 1.5  # seconds from one step to the next
_DURING: Final = "during-"  # the steps under a fault, and the one after it
_LAST: Final = "afterwards"
# Discovered so long ago, and a minute, a case's limit of 48 hours falls seconds after
# everything is under way.
_NEARLY_DUE: Final = timedelta(hours=48) - timedelta(minutes=2, seconds=15)


async def drive(errand: Errand) -> Outcome:
    """So many faults, each in a system of its own, in turn from the seed on."""
    prepare()
    outcome, names = Outcome(), tuple(FAULTS)
    for turn in range(errand.times):
        name = names[(errand.seed + turn) % len(names)]
        async with _scene(errand, turn, FAULTS[name]) as scene:
            outcome.tried += 1
            findings = await _judged(scene, name, outcome)
            outcome.worked += 1
            findings += await audited(scene.house)
            outcome.findings += [f"round {turn}, {name}: {line}" for line in findings]
        errand.say(f"R21: {turn + 1} of {errand.times} faults ({name}), {len(outcome.findings)} findings")
    return outcome


@asynccontextmanager
async def _scene(errand: Errand, turn: int, fault: StoreFault) -> AsyncIterator[Scene]:
    folder = errand.folder / f"round-{turn}"
    with small_disk(folder) if fault.on_a_disk else nullcontext(enter_result=False) as has_own_disk:
        async with keeping(folder) as house:
            sender = await clerk(house)
            age = _NEARLY_DUE if fault.falls_soon else timedelta(0)
            incident_id = await sender.open_case(f"r21-{errand.seed}-{turn}", age)
            await _all_under_way(house, sender)
            heard = (house.settings.var_dir.parent / "terminal.log").stat().st_size
            yield Scene(house, sender, incident_id, heard, has_own_disk)
            await sender.close()


async def _all_under_way(house: FaultyHouse, sender: Clerk) -> None:
    """Wait until everything is ready, and the supervisor has seen the watch look:
    one that only starts is given longer.
    """
    async with asyncio.timeout(GIVEN_UP):
        while not (house.settings.var_dir / "heartbeat" / "watch").exists():
            await asyncio.sleep(0.5)
        await asyncio.sleep(_LOOKS)
        while (await sender.ask("GET", "/readyz")).content.get("status") != "ready":
            await asyncio.sleep(0.5)


async def _judged(scene: Scene, name: str, outcome: Outcome) -> list[str]:
    """The fault under steady steps: how soon it was told and healed,
    and whether all that was acknowledged is shown.
    """
    fault = FAULTS[name]
    async with _pressed(scene, is_quiet=fault.falls_soon):
        scene.begin()
        seconds = await fault.strike(scene)
        healed = await scene.healed()
    outcome.figures[name] = {
        "told": seconds,
        "healed": healed,
        "acknowledged": len(scene.sender.acknowledged),
    }
    await scene.sender.insist_on(scene.incident_id, _step(_LAST), _LAST)
    marks = [mark for mark in scene.sender.acknowledged if mark.startswith((_DURING, _LAST))]
    missing = await scene.sender.missing(scene.incident_id, marks)
    findings = [f"acknowledged and not shown once: {mark}" for mark in missing]
    if seconds is None or seconds > fault.within:
        findings.append(f"told after {seconds} s, not {fault.within:g}")
    if healed is None or healed > HEALED:
        findings.append(f"healed after {healed} s, not {HEALED:g}")
    return findings


def _step(mark: str) -> BenchStep:
    return BenchStep(actor=RESPONDER, command=RecordConcern(text=mark))


@asynccontextmanager
async def _pressed(scene: Scene, *, is_quiet: bool) -> AsyncIterator[None]:
    """Inside, steps keep coming in; a case that is to be found by its limit alone is left alone."""
    pressing = asyncio.create_task(asyncio.sleep(0) if is_quiet else _press(scene))
    try:
        yield
    finally:
        pressing.cancel()
        with suppress(asyncio.CancelledError):
            await pressing


async def _press(scene: Scene) -> None:
    """Step after step until cancelled, each given once."""
    for ordinal in count():
        mark = f"{_DURING}{ordinal}"
        await scene.sender.give(scene.incident_id, _step(mark), mark)
        await asyncio.sleep(_BETWEEN)
