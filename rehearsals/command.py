"""`huiying rehearse`: takes files, rehearses each, shows what was expected beside what came,
and answers by its status.
"""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from rich.console import Console
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter

from rehearsals.calling import rehearse_calls
from rehearsals.document import Rehearsal, load
from rehearsals.live import NoSystem, rehearse_live
from rehearsals.outage import rehearse_with_outages
from rehearsals.progress import Lines, ProgressBar
from rehearsals.pure import rehearse_purely
from rehearsals.readback import Unsettled
from rehearsals.showing import tell
from rehearsals.skipping import WorkerBuilder, rehearse_exactly
from rehearsals.source import Faulty, SourcePlace
from rehearsals.verdict import RehearsalVerdict
from settings import Settings
from storage.regulations import load_law

FOLDER = Path(__file__).resolve().parent
_WIDTH = 160
AGREED, DIFFERED, UNUSABLE = 0, 1, 2


def rehearse(
    files: Sequence[Path],
    *,
    settings: Settings,
    build_worker: WorkerBuilder,
    live: bool = False,
    scale: float | None = None,
    pure: bool = False,
    console: Console | None = None,
) -> int:
    """Rehearse the files, or all of `rehearsals/`; 0 when all agree, 1 when something differs,
    2 when a file is unusable.

    By default on the time-skipping server; `live` against the running system,
    `scale` times as fast as real time; `pure` by the rules alone.
    """
    console = console or _console()
    try:
        rehearsals = [load(file) for file in files or _all_files(calls=not live and not pure)]
        for rehearsal in rehearsals:
            _check_means(rehearsal, live=live, pure=pure)
        run = _Run(settings, build_worker, console, live=live, scale=scale, pure=pure)
        return asyncio.run(run.all(rehearsals))
    except Faulty as faulty:
        console.print(str(faulty), style="bold red", markup=False, highlight=False, soft_wrap=True)
    except NoSystem as absent:
        lines = (
            f"{absent} 没有就绪的系统，请先执行 make run。 No system is ready there: start it with make run."
        )
        console.print(lines, style="bold red", markup=False, highlight=False, soft_wrap=True)
    return UNUSABLE


def _console() -> Console:
    """The terminal as wide as it is; in a file or a pipe wide enough for the tables."""
    console = Console()
    return console if console.is_terminal else Console(width=_WIDTH)


def _all_files(*, calls: bool) -> list[Path]:
    """The files of the project, those of calls too, named from where the caller stands when
    they lie below it.
    """
    here = Path.cwd()
    files = [*sorted(FOLDER.glob("*.yaml")), *(sorted(FOLDER.glob("calls/*.yaml")) if calls else ())]
    return [file.relative_to(here) if file.is_relative_to(here) else file for file in files]


def _check_means(rehearsal: Rehearsal, *, live: bool, pure: bool) -> None:
    if rehearsal.calls is not None and (live or pure):
        raise Faulty(
            rehearsal.calls.place,
            "通知（calls）只在时间跳跃服务器上演练。",
            "Calls are rehearsed on the time-skipping server alone.",
        )
    if live and rehearsal.system:
        place: SourcePlace = rehearsal.system[0].place
        raise Faulty(place, "--live 不能停启系统。", "With --live no part of the system is stopped.")


def _be_quiet() -> None:
    """What Temporal's libraries retry is no news to an audience; what fails shows in the verdict."""
    logging.getLogger("temporalio").setLevel(logging.ERROR)
    errors = TelemetryFilter(core_level="ERROR", other_level="ERROR")
    Runtime.set_default(
        Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter=errors))), error_if_already_set=False
    )


class _Run:
    """One call of the command: how each file is rehearsed, and to whom it is told."""

    def __init__(
        self,
        settings: Settings,
        build_worker: WorkerBuilder,
        console: Console,
        *,
        live: bool,
        scale: float | None,
        pure: bool,
    ) -> None:
        self._settings = settings
        self._build_worker = build_worker
        self._console = console
        self._live = live
        self._scale = scale
        self._pure = pure

    async def all(self, rehearsals: Sequence[Rehearsal]) -> int:
        """Rehearse one file after the other."""
        _be_quiet()
        agreed = []
        for rehearsal in rehearsals:
            began = monotonic()
            try:
                verdicts = await self._one(rehearsal)
            except Unsettled as unsettled:
                lines = (
                    f"✗ {rehearsal.path}：{unsettled} 的记录没有跟上。 The record of {unsettled} did not"
                    " follow in time."
                )
                self._console.print(lines, style="bold red", markup=False, highlight=False, soft_wrap=True)
                agreed.append(False)
                continue
            tell(self._console, verdicts, _units(rehearsal), seconds=monotonic() - began)
            agreed.append(all(verdict.agrees for verdict in verdicts))
        return AGREED if all(agreed) else DIFFERED

    async def _one(self, rehearsal: Rehearsal) -> tuple[RehearsalVerdict, ...]:
        scale = self._scale or rehearsal.scale
        if rehearsal.calls is not None:
            return await rehearse_calls(rehearsal, rehearsal.calls, self._settings, self._build_worker)
        if self._pure:
            return rehearse_purely(rehearsal)
        if self._live:
            lines = Lines(self._console, _units(rehearsal))
            return await rehearse_live(rehearsal, self._settings, lines, scale=scale)
        with ProgressBar(self._console) as bar:
            if rehearsal.system:
                return await rehearse_with_outages(
                    rehearsal, self._settings, self._build_worker, bar, scale=scale
                )
            return await rehearse_exactly(rehearsal, self._settings, self._build_worker, bar)


def _units(rehearsal: Rehearsal) -> dict[str, str]:
    """The names of units by their codes."""
    law = load_law(rehearsal.regulation, rehearsal.begins_at.year)
    return {unit.code: unit.name for unit in law.units}
