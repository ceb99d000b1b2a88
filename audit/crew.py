"""Several processes that audit cases side by side; each is handed one case at a time,
and what it came to is handed back.
"""

import asyncio
import os
import pickle
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from audit.one_case import Audited, broken_off

HAND: Final = (sys.executable, "-m", "audit.hand")
LENGTH: Final = 8  # bytes that say how long what follows is
_FEWEST: Final = 8  # cases a process, below which it takes longer to start one than to go on
_WORDS: Final = 2048  # bytes of what a process said last
_LONGEST: Final = 200
_DIED: Final = "未能证实：核验进程意外结束（{0}）。 Unproven: the process that audited this case died ({0})"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditErrand:
    """What a process of its own needs in order to audit cases;
    `asks_server` is false where archived histories alone are looked at.
    """

    database_url: str
    keys_dir: Path
    temporal_address: str
    temporal_namespace: str
    asks_server: bool
    out_of_reach: bool


class Died(Exception):  # noqa: N818  named for what was found
    """A process ended before it had said what a case came to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """How many processes an audit is done in, with their errand; without one in this process alone.

    `processes` of None are as many as there are cores, and fewer for a handful of cases.
    `progress` hears of cases done and in all.
    """

    progress: Progress | None = None
    errand: AuditErrand | None = None
    processes: int | None = 1
    command: Sequence[str] = HAND

    def tell(self, done: int, total: int) -> None:
        """Tell whoever listens how far the audit is."""
        if self.progress is not None:
            self.progress(done, total)

    def is_worth_it(self, cases: int) -> bool:
        """Whether so many cases are audited by processes of their own."""
        return self.errand is not None and self.count(cases) > 1

    def count(self, cases: int) -> int:
        """How many processes audit so many cases."""
        if self.processes is None:
            return max(1, min(cores(), cases // _FEWEST))
        return min(self.processes, cases)

    async def audited(self, ids: Sequence[str]) -> list[Audited]:
        """What each case comes to, in the order of `ids`, whichever process audited it;
        all are ended on every way out.
        """
        results: dict[int, Audited] = {}
        waiting = iter(enumerate(ids))
        async with asyncio.TaskGroup() as group:
            for _ in range(self.count(len(ids))):
                group.create_task(self._work(waiting, results, len(ids)))
        return [results[place] for place in range(len(ids))]

    async def _work(
        self, waiting: Iterator[tuple[int, str]], results: dict[int, Audited], total: int
    ) -> None:
        """Audit what waits by one process, and by another after one that died."""
        hand: _Hand | None = None
        try:
            for place, incident_id in waiting:
                try:
                    hand = hand or await _begun(self.command, self.errand)
                    results[place] = await hand.audited(incident_id)
                except (Died, OSError) as why:
                    results[place] = broken_off(incident_id, _DIED.format(why))
                    if hand is not None:
                        await hand.end()
                    hand = None
                self.tell(len(results), total)
        finally:
            if hand is not None:
                await hand.end()


def cores() -> int:
    """How many cores this process may run on."""
    allowed = getattr(os, "sched_getaffinity", None)  # not on every system
    return len(allowed(0)) if allowed else os.cpu_count() or 1


async def _begun(command: Sequence[str], errand: AuditErrand | None) -> "_Hand":
    """Start a process and tell it its errand. Raises OSError where none can be started."""
    words = tempfile.TemporaryFile()  # noqa: SIM115  closed with the process
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=words,
            cwd=Path(__file__).parent.parent,
            process_group=0,  # a Ctrl-C in the terminal is heard here, which ends them all
        )
    except BaseException:
        words.close()
        raise
    hand = _Hand(process, words)
    with suppress(Died):  # as the first case will tell
        await hand.send(errand)
    return hand


class _Hand:
    """One process that audits, from here."""

    def __init__(self, process: asyncio.subprocess.Process, words: IO[bytes]) -> None:
        self._process = process
        self._words = words

    async def audited(self, incident_id: str) -> Audited:
        """What a case comes to. Raises Died."""
        await self.send(incident_id)
        assert self._process.stdout is not None  # noqa: S101  a pipe was asked for
        try:
            length = int.from_bytes(await self._process.stdout.readexactly(LENGTH))
            answer = pickle.loads(await self._process.stdout.readexactly(length))  # noqa: S301  of our own process
        except (asyncio.IncompleteReadError, pickle.UnpicklingError):
            raise await self._death() from None
        if not isinstance(answer, Audited) or answer.report.incident_id != incident_id:
            raise Died("another answer")
        return answer

    async def send(self, message: object) -> None:
        """Hand a message over. Raises Died."""
        assert self._process.stdin is not None  # noqa: S101  a pipe was asked for
        try:
            self._process.stdin.write(framed(message))
            await self._process.stdin.drain()
        except ConnectionError:
            raise await self._death() from None

    async def end(self) -> None:
        """End the process at once, whatever it does: it only reads."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.communicate()
        self._words.close()

    async def _death(self) -> Died:
        """How it ended, and the last line that it wrote."""
        code = await self._process.wait()
        how = signal.strsignal(-code) if code < 0 else f"status {code}"
        self._words.seek(0, os.SEEK_END)
        self._words.seek(max(0, self._words.tell() - _WORDS))
        lines = self._words.read().decode(errors="replace").strip().splitlines()
        return Died(f"{how}: {lines[-1][:_LONGEST]}" if lines else str(how))


def framed(message: object) -> bytes:
    """A message between the processes: its length, then the message pickled."""
    content = pickle.dumps(message)
    return len(content).to_bytes(LENGTH) + content
