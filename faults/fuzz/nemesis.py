"""What is done to a run from outside: its workers lost or stopped, its ledger made to ail,
at instants that a seed draws.
"""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from bench.processes import BenchProgram
from bench.system import System
from faults.fuzz.ledger import HandNotes, Mode
from faults.fuzz.plan import FuzzPlan
from faults.fuzz.worker import FuzzErrand

_READY_SECONDS: Final = 120.0
_AT_HAND_SECONDS: Final = 3.0  # within which a slow ledger mostly has a record at hand
_QUIET_SECONDS: Final = 4.0  # at the end of a run, so that what was begun can be looked at


class Blow(StrEnum):
    """What the nemesis does."""

    AIL = "ail"
    HEAL = "heal"
    KILL = "kill"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """One blow, after a rest; the worker comes back after `gap` seconds, from a stop alive or killed.

    A kill that `waits` comes while a record is at hand. `which` draws the worker of those that share a queue.
    """

    rest: float
    blow: Blow
    mode: Mode
    gap: float
    wakes: bool
    waits: bool
    which: int


_WORKERS: Final = 60  # divided by however many share the queue
_BLOWS: Final = {Blow.AIL: 35, Blow.HEAL: 25, Blow.KILL: 22, Blow.STOP: 18}


def strokes(seed: int, *, is_at_hand: bool = False) -> Iterator[Stroke]:
    """The strokes of a seed, without end; kills alone where records are to be lost at hand."""
    chance = Random(seed)
    while True:
        (blow,) = [Blow.KILL] if is_at_hand else chance.choices(list(_BLOWS), list(_BLOWS.values()))
        yield Stroke(
            rest=chance.uniform(0.5, 2.5),
            blow=blow,
            mode=chance.choice([Mode.SLOW, Mode.FLAKY, Mode.DOWN]),
            gap=chance.choice([0.1, 1, 3]) if blow is Blow.KILL else chance.uniform(0.5, 5),
            wakes=chance.random() < 0.5,
            waits=is_at_hand or chance.random() < 0.5,
            which=chance.randrange(_WORKERS),
        )


class _FuzzWorker(NamedTuple):
    program: BenchProgram
    notes: HandNotes


class _Spare(NamedTuple):
    """A worker that makes itself ready, the file that says that it is, and the one that it waits for."""

    worker: _FuzzWorker
    ready: Path
    start: Path


class Nemesis:
    """Holds the workers of a run, a spare one, and the file that says how their ledger is; `begin` first."""

    def __init__(self, system: System, errand: FuzzErrand) -> None:
        self.kills = 0
        self.lost_at_hand = 0  # records that were at hand with a worker when it was lost
        self._system, self._errand = system, errand
        self._mode = Path(errand.mode_file)
        self._set(Mode.WELL)
        self._is_dead = False
        self._ordinals = count()
        self._spare = self._another()
        self._workers: list[_FuzzWorker] = []

    async def begin(self, workers: int = 1) -> None:
        """Let the first workers begin."""
        for _ in range(workers):
            await self._until_spare()
            self._workers.append(self._taken())

    def _another(self) -> _Spare:
        name = f"worker-{next(self._ordinals)}"
        ready, start = self._mode.with_name(f"{name}.ready"), self._mode.with_name(f"{name}.start")
        notes = self._mode.with_name(f"{name}.notes")
        errand = replace(
            self._errand,
            ready_file=str(ready),
            start_file=str(start),
            notes_file=str(notes),
            seed=self._errand.seed + self.kills,
        )
        program = self._system.start("worker", errand.command())
        return _Spare(_FuzzWorker(program, HandNotes(notes)), ready, start)

    async def _until_spare(self) -> None:
        """Wait until the spare worker has made itself ready, which takes long on a busy machine."""
        async with asyncio.timeout(_READY_SECONDS):
            while not await asyncio.to_thread(self._spare.ready.exists):
                self._spare.worker.program.require_alive()
                await asyncio.sleep(0.05)

    def _taken(self) -> _FuzzWorker:
        """Let the spare worker begin, and have another made ready."""
        spare = self._spare
        spare.start.touch()
        self._spare = self._another()
        return spare.worker

    def _set(self, mode: Mode) -> None:
        self._mode.write_text(mode.value, encoding="ascii")

    async def rage(self, plan: FuzzPlan) -> None:
        """Strike until little of the run is left, then leave a ledger that is well and workers that run."""
        self._is_dead = plan.has_dead_ledger
        if self._is_dead:
            self._set(Mode.DOWN)
        end = asyncio.get_running_loop().time() + plan.seconds - _QUIET_SECONDS
        for stroke in strokes(plan.seed, is_at_hand=plan.is_at_hand):
            left = end - asyncio.get_running_loop().time()
            if stroke.rest > left:
                await asyncio.sleep(max(left, 0))
                break
            await asyncio.sleep(stroke.rest)
            await self._strike(stroke)
        self._set(Mode.WELL)

    async def _strike(self, stroke: Stroke) -> None:
        which = stroke.which % len(self._workers)
        match stroke.blow:
            case Blow.AIL | Blow.HEAL if self._is_dead:
                pass
            case Blow.AIL:
                self._set(stroke.mode)
            case Blow.HEAL:
                self._set(Mode.WELL)
            case Blow.KILL:
                await self._restart(which, stroke.gap, waits=stroke.waits and not self._is_dead)
            case Blow.STOP:
                await self._stop(which, stroke)

    async def _stop(self, which: int, stroke: Stroke) -> None:
        """Stop a worker for a while; it goes on, or is lost."""
        self._workers[which].program.process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(stroke.gap)
        if stroke.wakes:
            self._workers[which].program.process.send_signal(signal.SIGCONT)
        else:
            await self._restart(which, 0)

    async def _restart(self, which: int, gap: float, *, waits: bool = False) -> None:
        """Lose a worker with kill -9 once there is a spare one, which begins after `gap` seconds."""
        await self._until_spare()
        if waits:
            await self._until_at_hand(self._workers[which].notes)
        self._lose(self._workers[which])
        await asyncio.sleep(gap)
        self._workers[which] = self._taken()

    async def _until_at_hand(self, notes: HandNotes) -> None:
        """Make the ledger slow, and wait until a record is under way to it."""
        self._set(Mode.SLOW)
        with suppress(TimeoutError):
            async with asyncio.timeout(_AT_HAND_SECONDS):
                while not await asyncio.to_thread(notes.at_hand):
                    await asyncio.sleep(0.005)

    async def anew(self) -> None:
        """Lose all workers; one takes over, which has to replay every case."""
        await self._until_spare()
        self.lose()
        self._workers = [self._taken()]

    def lose(self) -> None:
        """Lose all workers with kill -9."""
        for worker in self._workers:
            self._lose(worker)
        self._workers = []

    def _lose(self, worker: _FuzzWorker) -> None:
        self.kills += 1
        worker.program.process.kill()
        worker.program.process.wait()
        self.lost_at_hand += worker.notes.at_hand()
        self._system.programs.remove(worker.program)
