"""Where the time of P1 goes: the load once more, with worker and web process sampled."""

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

from bench.http_callers import make_tokens
from bench.plan import Plan
from bench.processes import BenchProgram
from bench.rounds import Say, api_load
from bench.system import WORKER, serving
from deploy.supervisor import web_command
from settings import Settings

_STOP_SECONDS = 20
_LINES = {"packages": 12, "own": 15, "within": 60}


async def profile(settings: Settings, plan: Plan, say: Say) -> dict[str, Any]:
    """Load a system whose worker and web process are sampled;
    processor milliseconds per command, process by process.
    """
    folder = settings.var_dir / "profiles"
    folder.mkdir(parents=True)
    async with serving(settings) as system:
        sampled = [
            system.start("worker", _sampled(folder / "worker.json", WORKER)),
            system.start("web", _sampled(folder / "web.json", web_command(settings))),
        ]
        await system.until_ready()
        tokens = await make_tokens(settings)

        def begin() -> None:
            for program in sampled:
                program.process.send_signal(signal.SIGUSR1)

        measured = await api_load(system, tokens, plan.callers, plan.together, [], begin=begin)
        await asyncio.gather(*(asyncio.to_thread(_stop, program) for program in sampled))
    say(f"  sampled             {measured}")
    commands = max(measured.load.outcomes.total(), 1)
    accounts = {program.name: _per_command(folder / f"{program.name}.json", commands) for program in sampled}
    return {"cpu_milliseconds": measured.cpu_milliseconds, **accounts}


def told(profile: dict[str, Any]) -> str:
    """Where the processor time of a command goes in worker and web process, as lines for the terminal."""
    lines: list[str] = []
    for name in ("worker", "web"):
        for part, count in _LINES.items():
            lines.append(f"{name}, {part}: processor milliseconds per command")
            entries = list(profile[name][part].items())[:count]
            lines += [f"  {taken:7.2f}  {what}" for what, taken in entries]
    return "\n".join(lines)


def _sampled(result: Path, command: tuple[str, ...] | list[str]) -> list[str]:
    """The same command with the sampler between Python and the module."""
    python, dash_m, *module = command
    return [python, dash_m, "bench.sampled", str(result), *module]


def _stop(program: BenchProgram) -> None:
    program.stop(signal.SIGINT, _STOP_SECONDS)


def _per_command(file: Path, commands: int) -> dict[str, dict[str, float]]:
    account: dict[str, dict[str, float]] = json.loads(file.read_text(encoding="utf-8"))
    return {
        part: {name: round(seconds * 1e3 / commands, 3) for name, seconds in entries.items()}
        for part, entries in account.items()
    }
