"""What a run tells while it goes on: a bar while the clock skips,
and each step as it is taken in front of people.
"""

from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from rich import progress as rich_progress
from rich.console import Console
from rich.text import Text

from rehearsals.instants import shown_instant
from rehearsals.outcomes import StepOutcome
from rehearsals.schedule import ScheduledDeed, ScheduledSwitch
from words.labels import label, label_of


class Progress(Protocol):
    """Who listens to a run."""

    def begin(self, name: str, total: int) -> None:
        """A file with so many moves begins."""

    def moved(self, move: ScheduledDeed | ScheduledSwitch, outcome: StepOutcome | None) -> None:
        """A move was made; a step's outcome goes with it."""


class SilentProgress:
    """Nobody listens."""

    def begin(self, name: str, total: int) -> None:
        """Pass over."""

    def moved(self, move: ScheduledDeed | ScheduledSwitch, outcome: StepOutcome | None) -> None:
        """Pass over."""


class ProgressBar:
    """A bar per file with the drill's clock beside it."""

    def __init__(self, console: Console) -> None:
        self._bar = rich_progress.Progress(
            rich_progress.TextColumn("{task.description}"),
            rich_progress.BarColumn(),
            rich_progress.MofNCompleteColumn(),
            rich_progress.TextColumn("{task.fields[clock]}"),
            console=console,
            transient=True,
        )
        self._task = rich_progress.TaskID(0)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def begin(self, name: str, total: int) -> None:
        """Show the bar of a file."""
        self._task = self._bar.add_task(name, total=total, clock="")

    def moved(self, move: ScheduledDeed | ScheduledSwitch, outcome: StepOutcome | None) -> None:
        """Go on by one, whatever came of it."""
        del outcome
        self._bar.update(self._task, advance=1, clock=shown_instant(move.at))


@dataclass(slots=True)
class Lines:
    """A line per move, for an audience; `units` gives the names of units by their codes."""

    console: Console
    units: dict[str, str]
    total: int = 0
    done: int = 0

    def begin(self, name: str, total: int) -> None:
        """Name the file."""
        self.console.print(Text(f"{name}：{total} 步 · {total} steps", style="bold"))
        self.total, self.done = total, 0

    def moved(self, move: ScheduledDeed | ScheduledSwitch, outcome: StepOutcome | None) -> None:
        """Tell what was done, by whom, and how it went."""
        self.done += 1
        line = f"{self.done:>3}/{self.total}  {shown_instant(move.at)}  {_what(move, self.units)}"
        if outcome is not None and outcome.refused is not None:
            line += f"  — 未受理 refused: {outcome.refused}"
        self.console.print(Text(line, style="" if outcome is None or outcome.agrees else "bold red"))


def _what(move: ScheduledDeed | ScheduledSwitch, units: dict[str, str]) -> str:
    if isinstance(move, ScheduledSwitch):
        return f"{'启动 start' if move.step.running else '停止 stop'} {move.step.part}"
    actor = move.step.actor
    who = f"{units[actor.unit]}/{label_of(actor.role).zh}"
    return f"{move.plan.name}  {who}  {label('commands', move.step.kind).zh} {move.step.kind}"
