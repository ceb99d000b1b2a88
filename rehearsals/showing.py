"""Shows a rehearsal to people: values as they read them, the table of expected against actual,
and the verdict.
"""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rehearsals.comparing import Disagreement
from rehearsals.instants import shown_duration, shown_instant
from rehearsals.verdict import RehearsalVerdict

_NONE = "none"
_LONGEST = 300


def shown(value: Any, units: dict[str, str]) -> str:
    """A value in one line; instants in Asia/Shanghai, units by name."""
    if is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, dict):
        return ", ".join(f"{shown(name, units)} {shown(item, units)}" for name, item in value.items())
    if isinstance(value, tuple | list):
        return "; ".join(shown(item, units) for item in value) or "[]"
    return _scalar(value, units)


def _scalar(value: Any, units: dict[str, str]) -> str:
    if value is None:
        return _NONE
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return shown_instant(value)
    if isinstance(value, timedelta):
        return shown_duration(value)
    if isinstance(value, StrEnum):
        return value.value
    written = f"{value:g}" if isinstance(value, float) else units.get(value, str(value))
    return written if len(written) <= _LONGEST else f"{written[:_LONGEST]}…"


def table(verdict: RehearsalVerdict, units: dict[str, str]) -> Table:
    """Expected against actual, one row per finding."""
    title = f"{verdict.rehearsal.name} {verdict.rehearsal.title}"
    if len(verdict.rehearsal.incidents) > 1:
        title += f" · {verdict.plan.name}"
    rows = Table(title=title, title_justify="left", show_lines=False, expand=False)
    for heading in ("", "行 line", "项目 what", "时刻 at", "预期 expected", "实际 actual"):
        rows.add_column(heading, overflow="fold")
    for finding in verdict.findings:
        rows.add_row(*_row(finding, units))
    return rows


def _row(finding: Disagreement, units: dict[str, str]) -> list[Text]:
    style = "" if finding.agrees else "bold red"
    at = shown_instant(finding.at)[5:] if finding.at is not None else ""
    words = " ".join(units.get(word, word) for word in finding.subject.split(" "))
    cells = (
        "✓" if finding.agrees else "✗",
        str(finding.place.line),
        words,
        at,
        ("不得有 not: " if finding.unwanted else "") + shown(finding.expected, units),
        shown(finding.actual, units),
    )
    return [Text(cell, style=style) for cell in cells]


def tell(
    console: Console, verdicts: Sequence[RehearsalVerdict], units: dict[str, str], *, seconds: float
) -> None:
    """The tables of one file and its verdict in a line."""
    for verdict in verdicts:
        console.print(table(verdict, units))
    wrong = sum(not finding.agrees for verdict in verdicts for finding in verdict.findings)
    total = sum(len(verdict.findings) for verdict in verdicts)
    steps = sum(verdict.accepted for verdict in verdicts)
    name = verdicts[0].rehearsal.path
    if wrong:
        line = Text(
            f"✗ {name}：{total} 项中 {wrong} 项不符。 {wrong} of {total} do not agree. ({seconds:.1f} s)"
        )
        console.print(line, style="bold red")
    else:
        done = (
            f"{steps} 步、{total} 项均符合。 {steps} steps carried out, all {total} agree. ({seconds:.1f} s)"
        )
        console.print(Text(f"✓ {name}：{done}"), style="green")
