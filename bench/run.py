"""One run of the bench: every figure, each on an empty folder of its own,
all processes stopped at the end.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bench import beside, crowd, first_page, memory, rules
from bench.beside import Beside
from bench.crowd import Crowd
from bench.plan import Plan
from bench.processes import free_settings
from bench.profile_run import profile
from bench.report import BenchRun
from bench.rounds import Rounds, Say, measure
from bench.system import running, serving


@dataclass(frozen=True, slots=True)
class _Bench:
    """The folder, lengths and voice of a run."""

    folder: Path
    plan: Plan
    say: Say


async def take(plan: Plan, say: Say, *, with_profile: bool) -> BenchRun:
    """Measure everything; some minutes for a full plan."""
    began = perf_counter()
    with TemporaryDirectory(prefix="huiying-bench-") as folder:
        bench = _Bench(Path(folder), plan, say)
        cost = await asyncio.to_thread(_rules, bench)
        pages = await _first_pages(bench)
        readers = await _crowd(bench)
        bare, incidents = await _memory(bench)
        rounds, others = await _rounds(bench)
        run = BenchRun(
            plan=plan,
            rounds=rounds,
            rules=cost,
            bare_memory=bare,
            incident_memory=incidents,
            first_page_seconds=pages,
            beside=others,
            crowd=readers,
        )
        if with_profile:
            run.profile = await profile(free_settings(bench.folder / "profiled"), plan, say)
    run.seconds = perf_counter() - began
    return run


def _rules(bench: _Bench) -> rules.RulesCost:
    bench.say("P7: decide, evolve and fold")
    cost = rules.measure(bench.plan.repeats)
    bench.say(f"  {cost.median_microseconds:.1f} µs, {cost.fold_milliseconds:.2f} ms")
    return cost


async def _first_pages(bench: _Bench) -> list[float]:
    bench.say("P9: from the run command to the first page")
    taken = [
        await first_page.measure(bench.folder / f"start-{number}") for number in range(bench.plan.starts)
    ]
    bench.say(f"  {', '.join(f'{seconds:.1f} s' for seconds in taken)}")
    return taken


async def _crowd(bench: _Bench) -> Crowd:
    bench.say("P12: the public page under a crowd, beside a static file")
    taken = await crowd.measure(bench.folder / "public", bench.plan)
    bench.say(f"  {taken.figure().taken}")
    return taken


async def _memory(bench: _Bench) -> tuple[memory.MemoryFigures, memory.MemoryFigures]:
    bench.say(f"P6: memory of {bench.plan.cases} cases held")
    async with serving(free_settings(bench.folder / "memory")) as system:
        bare = await memory.bare(system, bench.plan)
        bench.say(f"  bare     {bare.own_kilobytes:6.1f} KB (RSS {bare.resident_kilobytes:.1f})")
        incidents = await memory.incidents(system, bench.plan)
        bench.say(f"  incident {incidents.own_kilobytes:6.1f} KB (RSS {incidents.resident_kilobytes:.1f})")
    return bare, incidents


async def _rounds(bench: _Bench) -> tuple[Rounds, Beside]:
    bench.say("P1, P2: the floors and the HTTP API beside each other")
    async with running(free_settings(bench.folder / "rounds")) as system:
        rounds = await measure(system, bench.plan, bench.say)
        return rounds, await beside.measure(system, bench.folder, bench.plan, rounds.incident_ids, bench.say)
