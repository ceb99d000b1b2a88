"""The faults of R21, done to a running system from outside,
each telling after how many seconds the system told of it.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from temporalio.client import Client

from faults import hands
from faults.clerk import Clerk
from faults.disks import filled
from faults.house import FaultyHouse
from workflows.client import connect

ENDED_TOLD: Final = 15.0
WITHIN: Final = 30.0
HEALED: Final = 60.0
GIVEN_UP: Final = 120.0
_ANEW: Final = 3.0  # the web answers what it found up to two seconds ago
_LOCK_SECONDS: Final = 12.0  # how long a database stays locked, or full
_OVERDUE: Final = 60.0  # from a limit to the alarm that nothing was said of it
_SILENT: Final = "gives no sign of life"
_DIED: Final = "ended ("


@dataclass(slots=True)
class Scene:
    """One system with one case, and when the fault began."""

    house: FaultyHouse
    sender: Clerk
    incident_id: str
    heard: int  # bytes of the terminal before the fault
    has_own_disk: bool = False
    began: float = field(default_factory=monotonic)

    def begin(self) -> None:
        """The fault begins now."""
        self.began = monotonic()

    def said(self, words: str) -> bool:
        """Whether the supervisor has said it since."""
        terminal = (self.house.settings.var_dir.parent / "terminal.log").read_bytes()[self.heard :]
        return words in terminal.decode("utf-8", "replace")

    async def named(self, *names: str) -> bool:
        """Whether `/readyz` names one of these parts or checks."""
        answer = await self.sender.ask("GET", "/readyz")
        return bool({*names} & {*answer.content.get("down", ()), *answer.content.get("checks", ())})

    async def well(self) -> bool:
        """Whether everything is ready and no case is wrong any more;
        that a process had ended may still be said.
        """
        answer = await self.sender.ask("GET", "/readyz")
        return not answer.content.get("down", ["?"]) and set(answer.content.get("checks", ["?"])) <= {
            "process"
        }

    async def until(
        self, holds: Callable[[], Coroutine[None, None, bool]], seconds: float = GIVEN_UP
    ) -> float | None:
        """Seconds from the fault until it holds; None where it does not in time."""
        while monotonic() - self.began < seconds:
            if await holds():
                return round(monotonic() - self.began, 1)
            await asyncio.sleep(0.3)
        return None

    async def healed(self) -> float | None:
        """Seconds until all is well, and still is when readiness has been asked for anew."""
        while (seconds := await self.until(self.well)) is not None:
            await asyncio.sleep(_ANEW)
            if await self.well():
                return seconds
        return None

    async def told(self, *names: str) -> float | None:
        """Seconds until `/readyz` names one of these."""
        return await self.until(lambda: self.named(*names))

    async def client(self) -> Client:
        """A client of the engine, as anybody on this machine may have."""
        settings = self.house.settings
        return await connect(settings.temporal_address, settings.temporal_namespace, settings.keys_dir)


Strike = Callable[[Scene], Coroutine[None, None, float | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFault:
    """One kind: how it is done, within how many seconds it must be told.

    `falls_soon` calls for a case of which a limit falls soon,
    `on_a_disk` for a system on a small disk of its own.
    """

    strike: Strike
    within: float = WITHIN
    falls_soon: bool = False
    on_a_disk: bool = False


def _struck(name: str, number: signal.Signals) -> Strike:
    """A process is killed or stopped."""

    async def strike(scene: Scene) -> float | None:
        pid = await scene.house.another(name, None)
        os.kill(pid, number)
        words = f"{name} {_DIED if number == signal.SIGKILL else _SILENT}"

        async def told() -> bool:
            # A web that hangs does not answer, and makes us wait.
            hangs = number == signal.SIGSTOP and name != "web"
            return scene.said(words) or (hangs and await scene.named(name))

        seconds = await scene.until(told)
        await scene.house.another(name, pid, GIVEN_UP)
        if number == signal.SIGKILL and await scene.until(lambda: scene.named("process"), WITHIN) is None:
            return None  # the terminal alone said so
        return seconds

    return strike


async def _ended(scene: Scene) -> float | None:
    """The case's workflow is terminated."""
    await hands.end(await scene.client(), scene.incident_id)
    return await scene.told("case_missing")


async def _failing(scene: Scene) -> float | None:
    """The case's history holds a command that no worker of the house gives."""
    async with _without_worker(scene) as client:
        queue = scene.house.settings.task_queue
        await hands.answer(client, queue, scene.incident_id, hands.another_timer)
    await _working(scene)  # the fault is the case's, and begins with a worker that meets it, at the next step
    scene.begin()
    return await scene.told("case_failing")


async def _wedged(scene: Scene) -> float | None:
    """The case's timer is taken away shortly before a limit falls: nothing of it fails, and nothing moves."""
    async with _without_worker(scene) as client:
        queue = scene.house.settings.task_queue
        await hands.answer(client, queue, scene.incident_id, hands.no_timer)
    scene.began = scene.house.next_limit(scene.incident_id) + _OVERDUE
    return await scene.told("limit_passed")


@asynccontextmanager
async def _without_worker(scene: Scene) -> AsyncIterator[Client]:
    """A client of the engine, while no worker runs; the supervisor is held, so that it starts none."""
    client = await scene.client()
    pid = await scene.house.another("worker", None)
    with scene.house.held():
        os.kill(pid, signal.SIGKILL)
        yield client
    await scene.house.another("worker", pid)


async def _working(scene: Scene) -> None:
    """Wait until a worker takes steps again."""
    async with asyncio.timeout(GIVEN_UP):
        while (await scene.sender.ask("GET", "/readyz")).content.get("parts", {}).get("worker") != "up":
            await asyncio.sleep(0.3)


async def _locked(scene: Scene) -> float | None:
    """The ledger is locked for a while."""
    with scene.house.locked():
        seconds = await scene.until(lambda: scene.named("database"), WITHIN)
        await asyncio.sleep(max(0.0, _LOCK_SECONDS - (monotonic() - scene.began)))
    return seconds


async def _full(scene: Scene) -> float | None:
    """No file of worker, web, watch or supervisor takes another byte for a while."""
    with scene.house.full():
        seconds = await scene.until(lambda: scene.named("database"), WITHIN)
        await asyncio.sleep(max(0.0, _LOCK_SECONDS - (monotonic() - scene.began)))
    return seconds


async def _disk_full(scene: Scene) -> float | None:
    """Not a byte is left for ledger, engine and logs; where no disk could be made for them, as `_full`."""
    if not scene.has_own_disk:
        return await _full(scene)
    with filled(scene.house.settings.var_dir):
        scene.begin()
        seconds = await scene.until(lambda: scene.named("database"), WITHIN)
        await asyncio.sleep(max(0.0, _LOCK_SECONDS - (monotonic() - scene.began)))
    return seconds


async def _mute(scene: Scene) -> float | None:
    """The worker takes steps, and can write no heartbeat until it is started anew."""
    pid = await scene.house.another("worker", None)
    with scene.house.refusing("UPDATE ON heartbeat WHEN NEW.name = 'worker'"):
        seconds = await scene.told("worker")
        await scene.house.another("worker", pid, GIVEN_UP)
    return seconds


FAULTS: Final[dict[str, StoreFault]] = {
    "worker stopped": StoreFault(strike=_struck("worker", signal.SIGSTOP)),
    "case ended": StoreFault(strike=_ended),
    "web killed": StoreFault(strike=_struck("web", signal.SIGKILL), within=ENDED_TOLD),
    "ledger locked": StoreFault(strike=_locked),
    "engine stopped": StoreFault(strike=_struck("temporal", signal.SIGSTOP)),
    "case failing": StoreFault(strike=_failing),
    "worker killed": StoreFault(strike=_struck("worker", signal.SIGKILL), within=ENDED_TOLD),
    "ledger full": StoreFault(strike=_full),
    "web stopped": StoreFault(strike=_struck("web", signal.SIGSTOP)),
    "case wedged": StoreFault(strike=_wedged, falls_soon=True),
    "disk full": StoreFault(strike=_disk_full, on_a_disk=True),
    "engine killed": StoreFault(strike=_struck("temporal", signal.SIGKILL), within=ENDED_TOLD),
    "worker mute": StoreFault(strike=_mute),
    "watch stopped": StoreFault(strike=_struck("watch", signal.SIGSTOP)),
    "watch killed": StoreFault(strike=_struck("watch", signal.SIGKILL), within=ENDED_TOLD),
}
