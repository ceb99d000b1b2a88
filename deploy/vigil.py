"""Ends a process that hangs, so that it is started again:
it lives for the kernel, and does not do what it exists for.
"""

import asyncio
import json
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

from deploy.child import Child
from deploy.vital_signs import Sign

EVERY: Final = 3.0  # seconds from one look to the next
_BETWEEN: Final = 0.5  # where a look took longer
_WARNED_AT: Final = 2  # failures in a row
_ENDED_AT: Final = 3  # at least so many, however long the deadlines
_REMEMBERED: Final = 600.0  # seconds; ends within that time make the next one come later
_LONGEST: Final = 8  # times the patience of the first

Figure = dict[str, int | bool | float | None]


def nobody() -> frozenset[str]:
    """Where nobody asks for anything."""
    return frozenset()


@dataclass
class ChildState:
    """What is known of one process: `pid` of the one that is meant, and since when it has been silent."""

    pid: int = 0
    has_proved: bool = False
    failures: int = 0
    silent_since: float = 0.0
    ended: int = 0  # how often it was ended since it hung


class Vigil:
    """Asks each process for its sign of life, says what is silent, and ends what stays so.

    A process is given `patience` seconds, one that has only been started `start_patience`; after each end
    within ten minutes, whosever it was, the patience is doubled: where two processes fail in turn, ending
    them mends nothing. What a process needs and has not (`needs`) is no fault of its own. One that the watch
    asks for (`inquiries`) counts as silent whatever it answers: so what is asked for in turn backs off as
    well. The ends of processes that stand `apart` make nobody else's come later: strangers can bring about
    those of the public's window.
    """

    def __init__(
        self,
        say: Callable[[str], None],
        *,
        patience: float,
        start_patience: float,
        inquiries: Callable[[], Collection[str]] = nobody,
        apart: Collection[str] = (),
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.standings: dict[str, ChildState] = {}
        self._inquiries = inquiries
        self._say = say
        self._patience = patience
        self._start_patience = start_patience
        self._apart = frozenset(apart)
        self._clock = clock
        self._ends: list[tuple[float, str]] = []

    def trust(self, child: Child) -> None:
        """Take the process that runs now for one that has proved to live."""
        self.standings[child.name] = ChildState(pid=child.pid or 0, has_proved=True)

    async def keep(
        self,
        children: Mapping[str, Child],
        signs: Mapping[str, Sign],
        needs: Mapping[str, str],
        note: Path,
    ) -> None:
        """Look at all of them every few seconds, until cancelled,
        and write down in `note` what is known of each.
        """
        while True:
            began = self._clock()
            await self.look(children, signs, needs)
            await asyncio.to_thread(_write, note, self.told(children))
            await asyncio.sleep(max(began + EVERY - self._clock(), _BETWEEN))

    def told(self, children: Mapping[str, Child]) -> dict[str, Figure]:
        """Of each process how often it has ended, how many seconds ago it last did,
        and whether it is silent now.
        """
        silent = {name: one.failures >= _WARNED_AT and one.has_proved for name, one in self.standings.items()}
        now = self._clock()
        return {
            name: {
                "ends": child.ends,
                "ended_ago": None if child.ended_at is None else round(now - child.ended_at, 1),
                "silent": silent.get(name, False),
            }
            for name, child in children.items()
        }

    async def look(
        self, children: Mapping[str, Child], signs: Mapping[str, Sign], needs: Mapping[str, str]
    ) -> None:
        """Ask each once."""
        asked_at = self._clock()
        answers = dict(zip(signs, await asyncio.gather(*(sign() for sign in signs.values())), strict=True))
        wanted = await asyncio.to_thread(self._inquiries)
        for name, child in children.items():
            if name in answers:
                excused = not answers.get(needs.get(name, ""), True)
                lives = answers[name] and name not in wanted
                self._note(child, lives=lives, excused=excused, asked_at=asked_at)

    def _note(self, child: Child, *, lives: bool, excused: bool, asked_at: float) -> None:
        standing = self.standings.setdefault(child.name, ChildState())
        pid = child.pid
        if pid is None:  # it has ended, and is being started again
            return
        if pid != standing.pid:
            standing.pid, standing.has_proved, standing.failures = pid, False, 0
        if lives or excused:
            self._lives(child, standing, lives=lives)
            return
        if not standing.failures:
            standing.silent_since = asked_at
        standing.failures += 1
        if standing.failures == _WARNED_AT and standing.has_proved:
            self._say(
                f"{child.name} 没有应答，再等片刻。 {child.name} gives no sign of life;"
                " it is given a little longer."
            )
        self._end_if_hopeless(child, standing)

    def _lives(self, child: Child, standing: ChildState, *, lives: bool) -> None:
        if lives and standing.failures >= _WARNED_AT and standing.has_proved:
            self._say(f"{child.name} 恢复应答。 {child.name} lives.")
        standing.has_proved = standing.has_proved or lives
        standing.failures = 0

    def _end_if_hopeless(self, child: Child, standing: ChildState) -> None:
        now = self._clock()
        self._ends = [end for end in self._ends if now - end[0] < _REMEMBERED]
        counted = sum(
            name == child.name or self._apart.isdisjoint({name, child.name}) for _, name in self._ends
        )
        patience = self._patience if standing.has_proved else max(self._start_patience, self._patience)
        patience *= min(2**counted, _LONGEST)
        silence = now - standing.silent_since
        if standing.failures < _ENDED_AT or silence < patience:
            return
        self._say(
            f"{child.name} 已 {silence:.0f} 秒没有应答，强制结束并重启。"
            f" {child.name} has hung for {silence:.0f} s; it is ended and started again."
        )
        self._ends.append((now, child.name))
        standing.ended += 1
        child.end()


def _write(note: Path, notes: Mapping[str, Figure]) -> None:
    """Replace the note as a whole; on a full disk the one before stays."""
    fresh = note.with_suffix(".new")
    with suppress(OSError):
        note.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(notes), encoding="utf-8")
        fresh.replace(note)
