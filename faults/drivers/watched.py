"""R21: a process killed or hung, a case ended, a ledger locked: told in time, and healed, by nobody's hand."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from bench.cases import RESPONDER, Step
from domain.steps.register import RecordConcern
from faults.clerk import Clerk, clerk
from faults.drivers.slow_ledger import audited
from faults.house import House, keeping
from faults.outcome import Errand, Outcome
from workflows.client import connect

_ENDED_TOLD: Final = 15.0
_TOLD: Final = 30.0
_HEALED: Final = 60.0
_LOCKED: Final = 12.0
_LOOKS: Final = 8.0  # within which the supervisor looks at least once
_GIVEN_UP: Final = 120.0
_SILENT: Final = "gives no sign of life"
_DIED: Final = "ended ("


@dataclass(slots=True)
class Scene:
    """One system with one case, and when the fault began."""

    house: House
    sender: Clerk
    incident_id: str
    heard: int  # bytes of the terminal before the fault
    began: float = field(default_factory=monotonic)

    def said(self, words: str) -> bool:
        """Whether the supervisor has said it since."""
        terminal = (self.house.settings.var_dir.parent / "terminal.log").read_bytes()[self.heard :]
        return words in terminal.decode("utf-8", "replace")

    async def named(self, name: str) -> bool:
        """Whether `/readyz` names a part or a check."""
        answer = await self.sender.ask("GET", "/readyz")
        return name in (*answer.content.get("down", ()), *answer.content.get("checks", ()))

    async def well(self) -> bool:
        """Whether everything is ready and no case is wrong any more; that a process had ended may still be said."""
        answer = await self.sender.ask("GET", "/readyz")
        return not answer.content.get("down", ["?"]) and set(answer.content.get("checks", ["?"])) <= {
            "process"
        }


Strike = Callable[[Scene], Coroutine[None, None, float | None]]


def _struck(name: str, number: signal.Signals) -> Strike:
    """A process is killed or stopped; tells after how many seconds it was told."""

    async def strike(scene: Scene) -> float | None:
        pid = await scene.house.another(name, None)
        os.kill(pid, number)
        words = f"{name} {_DIED if number == signal.SIGKILL else _SILENT}"

        async def told() -> bool:
            return scene.said(words) or (number == signal.SIGSTOP and await scene.named(name))

        seconds = await _until(scene, told)
        await scene.house.another(name, pid, _GIVEN_UP)
        return seconds

    return strike


async def _ended(scene: Scene) -> float | None:
    """The case's workflow is terminated, as by a person in the engine's own pages."""
    settings = scene.house.settings
    client = await connect(settings.temporal_address, settings.temporal_namespace)
    await client.get_workflow_handle(scene.incident_id).terminate("a hand from outside")
    return await _until(scene, lambda: scene.named("case_missing"))


async def _locked(scene: Scene) -> float | None:
    """The ledger is locked for a while."""
    with scene.house.locked():
        seconds = await _until(scene, lambda: scene.named("database"), _TOLD)
        await asyncio.sleep(max(0.0, _LOCKED - (monotonic() - scene.began)))
    return seconds


STRIKES: Final[dict[str, Strike]] = {
    "worker stopped": _struck("worker", signal.SIGSTOP),
    "case ended": _ended,
    "web killed": _struck("web", signal.SIGKILL),
    "ledger locked": _locked,
    "engine stopped": _struck("temporal", signal.SIGSTOP),
    "worker killed": _struck("worker", signal.SIGKILL),
    "web stopped": _struck("web", signal.SIGSTOP),
    "engine killed": _struck("temporal", signal.SIGKILL),
    "watch stopped": _struck("watch", signal.SIGSTOP),
    "watch killed": _struck("watch", signal.SIGKILL),
}


async def drive(errand: Errand) -> Outcome:
    """So many faults, each in a system of its own, in turn from the seed on."""
    outcome, names = Outcome(), tuple(STRIKES)
    for turn in range(errand.times):
        name = names[(errand.seed + turn) % len(names)]
        async with _scene(errand, turn) as scene:
            outcome.tried += 1
            findings = await _judged(scene, name, outcome)
            outcome.worked += 1
            outcome.findings += [f"round {turn}, {name}: {line}" for line in findings]
            outcome.findings += await audited(scene.house)
        errand.say(f"R21: {turn + 1} of {errand.times} faults ({name}), {len(outcome.findings)} findings")
    return outcome


@asynccontextmanager
async def _scene(errand: Errand, turn: int) -> AsyncIterator[Scene]:
    async with keeping(errand.folder / f"round-{turn}") as house:
        sender = await clerk(house)
        incident_id = await sender.open_case(f"r21-{errand.seed}-{turn}")
        await _all_under_way(house, sender)
        terminal = house.settings.var_dir.parent / "terminal.log"
        yield Scene(house, sender, incident_id, terminal.stat().st_size)
        await sender.close()


async def _all_under_way(house: House, sender: Clerk) -> None:
    """Wait until everything is ready, and the supervisor has seen the watch look: one that only starts is given longer."""
    async with asyncio.timeout(_GIVEN_UP):
        while not (house.settings.var_dir / "heartbeat" / "watch").exists():
            await asyncio.sleep(0.5)
        await asyncio.sleep(_LOOKS)
        while (await sender.ask("GET", "/readyz")).content.get("status") != "ready":
            await asyncio.sleep(0.5)


async def _judged(scene: Scene, name: str, outcome: Outcome) -> list[str]:
    """The fault, how soon it was told and healed, and whether the case takes a step afterwards."""
    bound = _ENDED_TOLD if name.endswith("killed") else _TOLD
    scene.began = monotonic()
    told = await STRIKES[name](scene)
    healed = await _until(scene, scene.well)
    outcome.seen[name] = {"told": told, "healed": healed}
    step = Step(actor=RESPONDER, command=RecordConcern(text="之后仍可办理"))
    await scene.sender.insist_on(scene.incident_id, step, "afterwards")
    found = []
    if told is None or told > bound:
        found.append(f"told after {told} s, not {bound:g}")
    if healed is None or healed > _HEALED:
        found.append(f"healed after {healed} s, not {_HEALED:g}")
    return found


async def _until(
    scene: Scene, holds: Callable[[], Coroutine[None, None, bool]], seconds: float = _GIVEN_UP
) -> float | None:
    """Seconds from the fault until it holds; None where it does not in time."""
    while monotonic() - scene.began < seconds:
        if await holds():
            return round(monotonic() - scene.began, 1)
        await asyncio.sleep(0.3)
    return None
