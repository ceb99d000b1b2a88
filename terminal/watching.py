"""The live table of what is owed: counted on each second, asked anew every few, until Ctrl-C."""

import time
from dataclasses import dataclass

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from terminal.client import ServerUnreachable, Web
from terminal.obligations import Owed, holder, owed, unit_names
from terminal.wordings import left, lit, plain, word
from words.wording import absolute

_ROWS = 100


@dataclass(slots=True)
class LastLook:
    """What was last heard, when on this machine's steady clock, and whether the last look failed."""

    names: dict[str, str]
    obligations: list[Owed]
    heard: float
    lost: bool = False


def watch_obligations(
    web: Web, *, unit: str | None, drill: bool | None, every: float, once: bool, english: bool
) -> None:
    """Show the obligations until Ctrl-C; a service that goes away is said, and looked for again."""
    look = LastLook(unit_names(web), owed(web, unit=unit, drill=drill), time.monotonic())
    console = Console()
    if once:
        console.print(_shown(look, english=english))
        return
    try:
        with Live(
            _shown(look, english=english), console=console, auto_refresh=False, screen=console.is_terminal
        ) as live:
            while True:
                time.sleep(1)
                if time.monotonic() - look.heard >= every:
                    _look(web, look, unit=unit, drill=drill)
                live.update(_shown(look, english=english), refresh=True)
    except KeyboardInterrupt:
        console.print("已停止。 Stopped.")


def _look(web: Web, look: LastLook, *, unit: str | None, drill: bool | None) -> None:
    try:
        look.obligations, look.lost = owed(web, unit=unit, drill=drill), False
    except ServerUnreachable:
        look.lost = True
        return
    look.heard = time.monotonic()


def _shown(look: LastLook, *, english: bool) -> Group:
    passed = time.monotonic() - look.heard
    table = Table(title="时限倒计时 what is owed", title_justify="left", expand=True)
    table.add_column("灯 lamp")
    table.add_column("剩余 time left", no_wrap=True)
    table.add_column("任务 obligation")
    table.add_column("单位 unit")
    table.add_column("到期 due", no_wrap=True)
    table.add_column("事件 incident", overflow="ellipsis", no_wrap=True, ratio=1)
    for item in look.obligations[:_ROWS]:
        drill = "【演练】" if item.drill else ""
        table.add_row(
            lit(item.obligation, item.at(passed), english=english),
            left(item.left(passed), english=english),
            word(item.obligation.kind, english=english),
            plain(holder(item, look.names)),
            absolute(item.obligation.due_at),
            plain(f"{drill}{item.number} {item.title}"),
        )
    return Group(table, _foot(look))


def _foot(look: LastLook) -> Text:
    if look.lost:
        return Text(
            "与服务失去联系，正在重试；上面是最后一次取得的内容。 The service is gone; trying again.",
            style="bold red",
        )
    more = len(look.obligations) - _ROWS
    return Text(f"另有 {more} 项。 {more} more." if more > 0 else "Ctrl-C 结束。 Ctrl-C ends.", style="dim")
