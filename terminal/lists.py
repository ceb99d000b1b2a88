"""The table of incidents by remaining time."""

from typing import Any

from rich.console import Console
from rich.table import Table

from domain.terms.vocabulary import Marking, Stage, WarningLevel
from terminal.client import Web
from terminal.obligations import Owed, first_of, owed, unit_names
from terminal.wordings import instant, left, lit, mark_words, plain, word
from words.wording import absolute


def show_list(
    web: Web, *, closed: bool, drill: bool | None, unit: str | None, limit: int, english: bool
) -> None:
    """Print the incidents that the caller may see."""
    order = "newest" if closed else "due"
    answer = web.get("/incidents", closed=closed, drill=drill, unit=unit, order=order, limit=limit)
    lines = answer.content["items"]
    obligations = [] if closed else owed(web, drill=drill)
    rows = [(line, first_of(obligations, line["incident_id"])) for line in lines]
    if not closed:
        rows.sort(key=lambda row: (row[1] is None, row[1].left() if row[1] else 0.0))
    console = Console()
    console.print(_table(rows, unit_names(web), closed=closed, english=english))
    if answer.next_cursor is not None:
        console.print(f"只列出前 {limit} 件；用 --limit 多列一些。 Only the first {limit} are listed.")


def _table(
    rows: list[tuple[dict[str, Any], Owed | None]], names: dict[str, str], *, closed: bool, english: bool
) -> Table:
    table = Table(title="已办结事件 closed" if closed else "在办事件 open incidents", title_justify="left")
    table.add_column("灯 lamp")
    table.add_column("剩余 time left", no_wrap=True)
    table.add_column("到期 due" if not closed else "办结 closed", no_wrap=True)
    table.add_column("编号 number", no_wrap=True)
    table.add_column("事件 incident", overflow="fold")
    table.add_column("等级 level")
    table.add_column("第一责任主体 first responsible", overflow="fold")
    table.add_column("阶段 stage")
    for line, first in rows:
        table.add_row(*_row(line, first, names, english=english))
    return table


def _row(line: dict[str, Any], first: Owed | None, names: dict[str, str], *, english: bool) -> list[Any]:
    drill = ("[drill] " if english else "【演练】") if line["drill"] else ""
    mark = mark_words(Marking(line["marking"]), english=english)
    level = word(WarningLevel(line["level"]), english=english) if line["level"] else "—"
    at = first.as_of if first else None
    return [
        lit(first.obligation, at, english=english) if first and at else "—",
        left(first.left(), english=english) if first else "—",
        absolute(first.obligation.due_at)
        if first
        else (instant(line["closed_at"]) if line["closed_at"] else "—"),
        plain(line["number"]),
        plain(mark + drill + line["title"]),
        level,
        plain("、".join(names.get(code, code) for code in line["first_responsible"]) or "—"),
        word(Stage(line["stage"]), english=english),
    ]
