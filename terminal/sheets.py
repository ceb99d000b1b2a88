"""A sheet of posts taken in from the terminal: into a running case,
or as the items of a new one (R302, R119).
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from domain.terms.vocabulary import PlatformCode
from intake.items import content_of, digest_of, key_of, opening
from intake.sheet_rows import NoSheet, SheetFault, SheetItem
from intake.sheets import LARGEST_SHEET, items_in
from terminal.client import Declined, Web
from terminal.giving import NEW, REGISTER, tell
from terminal.outcome import Exit, refuse_usage
from terminal.session import incident_id
from terminal.wordings import plain

_KEY_REUSED: Final = "urn:huiying:problem:key_reused"
_FAULTS: Final = {
    "title": ("没有标题", "no title"),
    "time": ("发布时间无法识别", "not a time"),
    "platform": ("平台不在名录中", "not a platform of the register"),
    "number": ("数字无法识别", "not a number"),
    "text": ("文字过长或含不可见字符", "a text too long, or with characters that nobody sees"),
    "formula": (
        "是公式或格式文字，不予计算，请粘贴为纯文本的值",
        "a formula or formatted text, which is not read",
    ),
    "broken": ("单元格有错误", "an error of the spreadsheet"),
    "rounded": ("以数字保存，末几位已失真，请改存为文本", "a number cut by the spreadsheet: save it as text"),
}


def take_in(web: Web, file: Path, *, target: str, title: str, discovered_at: str | None) -> None:
    """Read the sheet and hand its items in: each by itself into the case `target`,
    or all of them with a registration.

    Nothing is handed in where a row cannot be read.
    The key of a row is made of it, so that the same sheet may be sent again.
    """
    items = _read(file, _platforms(web))
    console = Console(highlight=False)
    if target == NEW:
        _register(web, console, items, title, discovered_at)
        return
    _add_each(web, console, incident_id(web, target), items)


def _platforms(web: Web) -> dict[str, PlatformCode]:
    """Names and codes of the register in force → code."""
    entries = web.get("/platforms").content["items"]
    return {
        name: entry["code"]
        for entry in entries
        for name in (entry["label"], entry["label_en"], entry["code"])
    }


def _read(file: Path, platforms: dict[str, PlatformCode]) -> list[SheetItem]:
    try:
        with file.expanduser().open("rb") as opened:
            rows = items_in(opened.read(LARGEST_SHEET + 1), platforms)
    except OSError as error:
        raise refuse_usage(f"读不了表格文件：{error}", "The sheet cannot be read.") from None
    except NoSheet as error:
        raise refuse_usage(
            (
                f"不是可导入的表格（{error}）：须为 XLSX，或 UTF-8、GB18030 编码的 CSV，"
                "有标题、来源、发布时间三列，至多 150 行、5 MB。"
            ),
            "No sheet of posts: XLSX or CSV with columns 标题, 来源 and 发布时间, at most 150 rows and 5 MB.",
        ) from None
    faults = [row for row in rows if isinstance(row, SheetFault)]
    if faults:
        lines = "；".join(f"第 {one.row} 行{_FAULTS[one.code][0]}“{one.words}”" for one in faults[:10])
        words = "; ".join(f"row {one.row}: {_FAULTS[one.code][1]}" for one in faults[:10])
        raise refuse_usage(f"{lines}。改正后再导入。", words)
    items = [row for row in rows if isinstance(row, SheetItem)]
    if not items:
        raise refuse_usage("表格里没有内容。", "The sheet is empty.")
    return items


def _register(
    web: Web, console: Console, items: list[SheetItem], title: str, discovered_at: str | None
) -> None:
    name = title or items[0].title
    sources = [content_of(item) for item in items]
    first = opening(sources)
    content = {
        "title": name[:200],
        "discovered_at": discovered_at or datetime.now(UTC).isoformat(timespec="seconds"),
        "sources": sources[:first],
    }
    key = digest_of(NEW, json.dumps([name, discovered_at, sources], ensure_ascii=False))
    try:
        answer = web.give("/incidents", _body(content), key=key)
    except Declined as declined:
        incident = _registered_before(console, declined, discovered_at)
    else:
        tell(console, REGISTER, answer)
        incident = answer.content["incident_id"]
    if first < len(items):
        _add_each(web, console, incident, items[first:])


def _registered_before(console: Console, declined: Declined, discovered_at: str | None) -> str:
    """The case that the same sheet opened before; raises what else was declined.

    Without an instant on the command line it was found when the sheet was first handed in, and that stands.
    """
    incident = str(declined.problem.get("subject", ""))
    if discovered_at is not None or declined.problem.get("type") != _KEY_REUSED or not incident:
        raise declined
    console.print(f"这张表格先前已登记为一件事件，不再重复登记：{plain(incident)}", soft_wrap=True)
    console.print("The sheet opened this case before; nothing is registered twice.", soft_wrap=True)
    return incident


def _add_each(web: Web, console: Console, incident: str, items: list[SheetItem]) -> None:
    done = [_add(web, console, incident, item) for item in items]
    console.print(f"共 {len(done)} 条，已收 {sum(done)} 条。 {sum(done)} of {len(done)} items taken in.")
    if not all(done):
        raise SystemExit(Exit.REFUSED)


def _add(web: Web, console: Console, incident: str, item: SheetItem) -> bool:
    source = content_of(item)
    key = key_of(incident, source)
    try:
        web.give(f"/incidents/{incident}/add_source", _body({"source": source}), key=key)
    except Declined as declined:
        why = plain(str(declined.problem.get("title", declined.status)))
        console.print(f"第 {item.row} 行 row {item.row}　{why}", soft_wrap=True)
        return False
    console.print(f"第 {item.row} 行 row {item.row}　{plain(item.gist[:60])}", soft_wrap=True)
    return True


def _body(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()
