"""What is measured beside commands and memory: deadlines, replay,
pages over ledgers of two sizes, and a peer.
"""

import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from bench import big_ledger, lateness, replaying
from bench.big_ledger import LISTS, STATISTICS, TimedPage
from bench.figure import BenchFigure
from bench.lateness import Lateness
from bench.plan import Plan
from bench.replaying import BenchReplay
from bench.rounds import Rounds, Say
from bench.system import System
from settings import CHECKOUT

COUNTS_FROM = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Commands of DBOS on PostgreSQL: per second with the many callers,
    and the median latency of one caller.
    """

    per_second: float
    p50_milliseconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """All of it; no peer where none is installed."""

    bare_timers: Lateness
    deadlines: Lateness
    replaying: BenchReplay
    few: int
    many: int
    pages_of_few: dict[str, TimedPage]
    pages_of_many: dict[str, TimedPage]
    peer: Peer | None


async def measure(system: System, folder: Path, plan: Plan, incident_ids: Sequence[str], say: Say) -> Beside:
    """Take all of it: the deadlines and histories on the running system,
    the pages and the peer in processes of their own.
    """
    say("P5: the audit's replay beside the bare Replayer")
    replayed = await replaying.measure(system, incident_ids[: plan.replayed])
    say(f"  {replayed.audit_milliseconds:.1f} ms against {replayed.bare_milliseconds:.1f} ms")
    say(f"P3: {plan.deadlines} deadlines due within {plan.within:g} s")
    bare, late = await lateness.measure(system, plan)
    say(f"  bare {bare.p99_milliseconds:.0f} ms, cases {late.p99_milliseconds:.0f} ms")
    few, many = await _pages(folder, plan.few, plan, say), await _pages(folder, plan.many, plan, say)
    return Beside(
        bare_timers=bare,
        deadlines=late,
        replaying=replayed,
        few=plan.few,
        many=plan.many,
        pages_of_few=few,
        pages_of_many=many,
        peer=await _peer(plan, say),
    )


async def _pages(folder: Path, incidents: int, plan: Plan, say: Say) -> dict[str, TimedPage]:
    say(f"P4, P10, P11: pages over {incidents} incidents")
    here = folder / f"ledger-{incidents}"
    paths = (*LISTS, STATISTICS.format(year=datetime.now(UTC).year))
    try:
        seconds = await big_ledger.pages(await big_ledger.fill(here, incidents), paths, plan.samples)
    finally:
        big_ledger.forget(here)
    for path, page in seconds.items():
        say(f"  {page.p95_milliseconds:7.1f} ms  {page.statements} statements  {page.size:6} bytes  {path}")
    return seconds


async def _peer(plan: Plan, say: Say) -> Peer | None:
    if find_spec("dbos") is None:
        say("peer: DBOS is not installed (make bench installs it)")
        return None
    say("peer: DBOS on PostgreSQL")
    arguments = [str(plan.callers), str(plan.alone), str(plan.together)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.peer_dbos", *arguments, stdout=asyncio.subprocess.PIPE, cwd=CHECKOUT
    )
    figures = json.loads((await process.communicate())[0].decode().splitlines()[-1])
    peer = Peer(
        per_second=figures["together"]["per_second"], p50_milliseconds=figures["alone"]["p50_milliseconds"]
    )
    say(f"  {peer.per_second:.1f}/s, p50 {peer.p50_milliseconds:.1f} ms")
    return peer


def figures(taken: Beside, rounds: Rounds) -> Iterator[BenchFigure]:
    """P3 to P5, P10 and P11; and how much faster the peer is, beside P1 and P2."""
    yield _deadlines(taken)
    yield from _replay(taken.replaying)
    yield from _of_pages(taken)
    if taken.peer is not None:
        yield from _against(taken.peer, rounds)


def _deadlines(taken: Beside) -> BenchFigure:
    bare, late = taken.bare_timers, taken.deadlines
    return BenchFigure(
        id="P3",
        what=f"lateness of {late.deadlines} deadlines, p99, over bare timers",
        value=late.p99_milliseconds / bare.p99_milliseconds,
        unit="",
        target=1.2,
        at_least=False,
        taken=f"{late.p99_milliseconds:.0f} ms over {bare.p99_milliseconds:.0f} ms",
        counts=min(late.noticed, bare.noticed) >= COUNTS_FROM * late.deadlines,
    )


def _replay(taken: BenchReplay) -> Iterator[BenchFigure]:
    yield BenchFigure(
        id="P5",
        what=(
            "archived cases that `audit verify` takes a second, whole and on all cores,"
            " over the bare Replayer"
        ),
        value=taken.bare_wall / taken.whole_wall,
        unit="",
        target=0.9,
        at_least=True,
        taken=(
            f"{taken.whole_wall:.1f} ms in {taken.processes} processes over {taken.bare_wall:.1f} ms in one"
        ),
        counts=not taken.failed,
    )
    yield BenchFigure(
        id="P5",
        what="histories that the audit replays a second, over the bare Replayer",
        value=taken.bare_milliseconds / taken.audit_milliseconds,
        unit="",
        target=0.9,
        at_least=True,
        taken=(
            f"{taken.audit_milliseconds:.1f} ms over {taken.bare_milliseconds:.1f} ms of CPU,"
            f" {taken.histories} histories"
        ),
        counts=not taken.failed,
    )


def _of_pages(taken: Beside) -> Iterator[BenchFigure]:
    few, many = taken.pages_of_few, taken.pages_of_many
    slowest = max(LISTS, key=lambda path: many[path].p95_milliseconds)
    ratio = max(many[path].p95_milliseconds / few[path].p95_milliseconds for path in LISTS)
    yield BenchFigure(
        id="P4",
        what=f"the slowest list at {taken.many} incidents, p95",
        value=many[slowest].p95_milliseconds,
        unit="ms",
        target=100,
        at_least=False,
        taken=f"{slowest}; at most {ratio:.2f} times that at {taken.few}",
    )
    grown = [path for path in LISTS if many[path].statements != few[path].statements]
    yield BenchFigure(
        id="P10",
        what="the largest list as it travels",
        value=max(many[path].size for path in LISTS) / 1024,
        unit="KB",
        target=150,
        at_least=False,
        taken=", ".join(f"{path} {many[path].statements} statements" for path in LISTS),
        counts=not grown,
    )
    statistics = next(path for path in many if path not in LISTS)
    yield BenchFigure(
        id="P11",
        what=f"statistics of a year at {taken.many} incidents, p95",
        value=many[statistics].p95_milliseconds,
        unit="ms",
        target=100,
        at_least=False,
        taken=f"{few[statistics].p95_milliseconds:.1f} ms at {taken.few}",
    )


def _against(peer: Peer, rounds: Rounds) -> Iterator[BenchFigure]:
    ours = sorted(each.api.load.rate for each in rounds.rounds)[len(rounds.rounds) // 2]
    alone = sorted(each.api_alone.load.p50_milliseconds for each in rounds.rounds)[len(rounds.rounds) // 2]
    yield BenchFigure(
        id="P1",
        what="commands per second over those of DBOS on PostgreSQL, which are called in its own process",
        value=ours / peer.per_second,
        unit="",
        target=1.0,
        at_least=True,
        taken=f"{ours:.1f}/s over {peer.per_second:.1f}/s",
    )
    yield BenchFigure(
        id="P2",
        what="p50 latency of one caller over that of DBOS",
        value=alone / peer.p50_milliseconds,
        unit="",
        target=1.0,
        at_least=False,
        taken=f"{alone:.1f} ms over {peer.p50_milliseconds:.1f} ms",
    )
