"""The results file of a run, beside those of earlier ones."""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench.report import machine, versions
from faults.outcome import Outcome
from faults.registry import DRIVERS

RESULTS: Final = Path(__file__).resolve().parent / "results"


@dataclass(slots=True, kw_only=True)
class FaultRun:
    """What one call of the command drove, and with what outcome."""

    size: str
    seed: int
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    seconds: dict[str, float] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether every driver counts and found nothing."""
        return all(outcome.counts and not outcome.findings for outcome in self.outcomes.values())


def table(run: FaultRun) -> str:
    """The outcomes as a Markdown table."""
    lines = ["| id | what happens | tried | seconds | found |", "|---|---|---|---|---|"]
    for name, outcome in run.outcomes.items():
        verdict = str(len(outcome.findings)) if outcome.counts else "does not count"
        tried = f"{outcome.tried} ({DRIVERS[name].unit})"
        lines.append(f"| {name} | {DRIVERS[name].what} | {tried} | {run.seconds[name]:.0f} | {verdict} |")
    return "\n".join(lines)


def write(run: FaultRun, release: str, folder: Path) -> Path:
    """Write the results file; a short run never takes the place of a release-size one."""
    suffix = "" if run.size == "release" else f"-{run.size}"
    file = folder / f"{release}-{run.began.date().isoformat()}{suffix}.json"
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(_content(run, release), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return file


def _result(outcome: Outcome) -> dict[str, Any]:
    """An outcome as the file has it, where the figures are called `seen` as in every earlier one."""
    return {"seen" if name == "figures" else name: value for name, value in asdict(outcome).items()}


def _content(run: FaultRun, release: str) -> dict[str, Any]:
    return {
        "release": release,
        "began": run.began.isoformat(timespec="seconds"),
        "size": run.size,
        "seed": run.seed,
        "machine": machine(),
        "versions": versions(),
        "drivers": {
            name: {
                "what": DRIVERS[name].what,
                "unit": DRIVERS[name].unit,
                "seconds": round(run.seconds[name], 1),
            }
            | _result(outcome)
            for name, outcome in run.outcomes.items()
        },
    }
