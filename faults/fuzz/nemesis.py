"""What is done to a run from outside: its worker lost or stopped, its ledger made to ail,
at instants that a seed draws.
"""

import asyncio
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from pathlib import Path
from random import Random
from typing import Final

from bench.processes import BenchProgram
from bench.system import System
from faults.fuzz.ledger import Mode
from faults.fuzz.worker import FuzzErrand

_READY_SECONDS: Final = 120.0
_QUIET_SECONDS: Final = 4.0  # at the end of a run, so that what was begun can be looked at


class Blow(StrEnum):
    """What the nemesis does."""

    AIL = "ail"
    HEAL = "heal"
    KILL = "kill"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """One blow, after a rest; the worker comes back after `gap` seconds, from a stop alive or killed."""

    rest: float
    blow: Blow
    mode: Mode
    gap: float
    wakes: bool


_BLOWS: Final = {Blow.AIL: 35, Blow.HEAL: 25, Blow.KILL: 22, Blow.STOP: 18}


def strokes(seed: int) -> Iterator[Stroke]:
    """The strokes of a seed, without end."""
    chance = Random(seed)
    while True:
        (blow,) = chance.choices(list(_BLOWS), list(_BLOWS.values()))
        yield Stroke(
            rest=chance.uniform(0.5, 2.5),
            blow=blow,
            mode=chance.choice([Mode.SLOW, Mode.FLAKY, Mode.DOWN]),
            gap=chance.choice([0.1, 1, 3]) if blow is Blow.KILL else chance.uniform(0.5, 5),
            wakes=chance.random() < 0.5,
        )


class Nemesis:
    """Holds the worker of a run, a spare one, and the file that says how its ledger is; `begin` first."""

    def __init__(self, system: System, errand: FuzzErrand) -> None:
        self.kills = 0
        self._system, self._errand = system, errand
        self._mode = Path(errand.mode_file)
        self._set(Mode.WELL)
        self._is_dead = False
        self._ordinals = count()
        self._spare = self._another()
        self._worker: BenchProgram | None = None

    async def begin(self) -> None:
        """Let the first worker begin."""
        await self._until_spare()
        self._worker = self._taken()

    def _another(self) -> tuple[BenchProgram, Path, Path]:
        """A worker that makes itself ready, the file that says that it is, and the one that it waits for."""
        name = f"worker-{next(self._ordinals)}"
        ready, start = self._mode.with_name(f"{name}.ready"), self._mode.with_name(f"{name}.start")
        errand = replace(
            self._errand,
            ready_file=str(ready),
            start_file=str(start),
            seed=self._errand.seed + self.kills,
        )
        return self._system.start("worker", errand.command()), ready, start

    async def _until_spare(self) -> None:
        """Wait until the spare worker has made itself ready, which takes long on a busy machine."""
        program, ready, _ = self._spare
        async with asyncio.timeout(_READY_SECONDS):
            while not await asyncio.to_thread(ready.exists):
                program.require_alive()
                await asyncio.sleep(0.05)

    def _taken(self) -> BenchProgram:
        """Let the spare worker begin, and have another made ready."""
        program, _, start = self._spare
        start.touch()
        self._spare = self._another()
        return program

    def _set(self, mode: Mode) -> None:
        self._mode.write_text(mode.value, encoding="ascii")

    async def rage(self, seed: int, seconds: float, *, has_dead_ledger: bool) -> None:
        """Strike until little of the run is left, then leave a ledger that is well and a worker that runs."""
        self._is_dead = has_dead_ledger
        if has_dead_ledger:
            self._set(Mode.DOWN)
        end = asyncio.get_running_loop().time() + seconds - _QUIET_SECONDS
        for stroke in strokes(seed):
            left = end - asyncio.get_running_loop().time()
            if stroke.rest > left:
                await asyncio.sleep(max(left, 0))
                break
            await asyncio.sleep(stroke.rest)
            await self._strike(stroke)
        self._set(Mode.WELL)

    async def _strike(self, stroke: Stroke) -> None:
        match stroke.blow:
            case Blow.AIL | Blow.HEAL if self._is_dead:
                pass
            case Blow.AIL:
                self._set(stroke.mode)
            case Blow.HEAL:
                self._set(Mode.WELL)
            case Blow.KILL:
                await self.restart(stroke.gap)
            case Blow.STOP:
                await self._stop(stroke)

    async def _stop(self, stroke: Stroke) -> None:
        """Stop the worker for a while; it goes on, or is lost."""
        self._send(signal.SIGSTOP)
        await asyncio.sleep(stroke.gap)
        if stroke.wakes:
            self._send(signal.SIGCONT)
        else:
            await self.restart(0)

    def _send(self, number: signal.Signals) -> None:
        if self._worker is not None:
            self._worker.process.send_signal(number)

    async def restart(self, gap: float) -> None:
        """Lose the worker with kill -9 once there is a spare one, which begins after `gap` seconds."""
        await self._until_spare()
        self.lose()
        await asyncio.sleep(gap)
        self._worker = self._taken()

    def lose(self) -> None:
        """Lose the worker with kill -9."""
        if self._worker is None:
            return
        self.kills += 1
        self._worker.process.kill()
        self._worker.process.wait()
        self._system.programs.remove(self._worker)
        self._worker = None
