"""What each row of a sheet becomes, before anything is taken in."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from pydantic import Field, TypeAdapter

from desk.register.duplicates import Alike
from domain.case.records import Source
from domain.case.state import Incident
from domain.law.regulation import Law
from domain.terms.vocabulary import PlatformCode
from intake.items import Content, content_of
from intake.sheet_rows import MOST_ROWS, SheetFault, SheetItem
from words.language import marked, say
from words.platforms import platform_name
from words.wording import absolute

FAULTS: Final = {
    "title": marked("没有标题"),
    "time": marked("发布时间无法识别：“{words}”；须有日期和时刻"),
    "future": marked("发布时间晚于现在"),
    "platform": marked("平台不在名录中：“{words}”"),
    "number": marked("数字无法识别：“{words}”"),
    "text": marked("文字过长或含不可见字符：“{words}”"),
    "formula": marked("单元格是公式或格式文字，不予计算；请粘贴为纯文本的值"),
    "broken": marked("单元格有错误：“{words}”"),
    "rounded": marked("编号以数字保存，末几位已失真：“{words}”；请改存为文本"),
}
NO_SHEET: Final = {
    "size": marked("文件过大：表格至多 5 MB，展开后至多 16 MB。"),
    "rows": marked("行数过多：一次至多 150 行，请分次导入。"),
    "encoding": marked("文字编码无法识别：请存为 XLSX，或 UTF-8、GB18030 编码的 CSV。"),
    "encrypted": marked("文件有密码：请去掉密码后再导入。"),
    "columns": marked("缺少列：首行（或前五行之一）须有标题、来源、发布时间。"),
}
UNREADABLE: Final = marked("不是可导入的表格：请存为 XLSX 或 CSV 后再导入。")
_CARRIED: Final = TypeAdapter(Annotated[list[tuple[int, Content]], Field(min_length=1, max_length=MOST_ROWS)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of the sheet: what becomes of it, and what it says; `is_fault` where nothing does."""

    row: int
    becomes: str
    platform: str = ""
    at: str = ""
    gist: str = ""
    is_fault: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPage:
    """The page: the form, and once a sheet was read its lines and what is carried on to taking them in;
    `places` are those at fault, each with what is wrong there.
    """

    into: str = ""
    number: str = ""
    title: str = ""
    discovered_at: str = ""
    trouble: str = ""
    places: tuple[tuple[str, str], ...] = ()
    lines: tuple[Line, ...] = ()
    taken: int = 0
    rows: str = ""
    key: str = ""
    alike: tuple[Alike, ...] = ()
    outcomes: tuple[Line, ...] = ()

    @property
    def faults(self) -> int:
        """How many rows nothing becomes of."""
        return sum(line.is_fault for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class SortedRows:
    """The rows that were read, as they are carried from the page back to the house."""

    items: tuple[SheetItem, ...]
    faults: tuple[SheetFault, ...]

    @property
    def rows(self) -> str:
        """The items as a text, each with its row."""
        return json.dumps([[one.row, content_of(one)] for one in self.items], ensure_ascii=False)


def sorted_out(rows: Iterable[SheetItem | SheetFault], now: datetime) -> SortedRows:
    """The items and the faults; what is said to be posted after now is one."""
    items: list[SheetItem] = []
    faults: list[SheetFault] = []
    for row in rows:
        if isinstance(row, SheetFault):
            faults.append(row)
        elif row.at > now:
            faults.append(SheetFault(row=row.row, code="future", words=""))
        else:
            items.append(row)
    return SortedRows(items=tuple(items), faults=tuple(faults))


def lines_of(
    sorted_rows: SortedRows, law: Law, target: Incident | None, cases: Iterable[Incident]
) -> tuple[Line, ...]:
    """The rows in the order of the sheet."""
    first: dict[str, int] = {}
    known = {name: incident.number for incident in cases for one in incident.sources for name in one.names}
    lines = [_fault(one) for one in sorted_rows.faults]
    for item in sorted_rows.items:
        names = _names(item)
        lines.append(
            Line(
                row=item.row,
                becomes=_becomes(names, first, known, target),
                platform=platform_name(law, item.platform),
                at=absolute(item.at),
                gist=item.gist,
            )
        )
        for name in names:
            first.setdefault(name, item.row)
    return tuple(sorted(lines, key=lambda line: line.row))


def _becomes(
    names: tuple[str, ...], first: Mapping[str, int], known: Mapping[str, str], target: Incident | None
) -> str:
    if (row := next((first[name] for name in names if name in first), None)) is not None:
        return say("与第 {row} 行是同一帖文，只收一次", row=row)
    if (number := next((known[name] for name in names if name in known), None)) is not None:
        return say("{number} 已有这一帖文", number=number)
    return say("新事件的来源") if target is None else say("补充来源")


def _names(item: SheetItem) -> tuple[str, ...]:
    return Source(
        at=item.at, platform=item.platform, gist=item.gist, url=item.url, foreign_id=item.foreign_id
    ).names


def names_in(sorted_rows: SortedRows) -> list[str]:
    """By what the items are known."""
    return [name for item in sorted_rows.items for name in _names(item)]


def _fault(fault: SheetFault) -> Line:
    return Line(row=fault.row, becomes=say(FAULTS[fault.code], words=fault.words), is_fault=True)


def why_no_sheet(code: str) -> str:
    """Why a file is no sheet of posts, and what to do."""
    if set(code.split(",")) <= {"at", "platform", "title"}:
        code = "columns"
    return say(NO_SHEET.get(code, UNREADABLE))


def carried(rows: str) -> list[tuple[int, Content]]:
    """The items that a page carried back, each with its row; raises ValueError for what is none."""
    return _CARRIED.validate_json(rows, strict=True)


def lines_again(rows: Iterable[tuple[int, Content]], law: Law) -> tuple[Line, ...]:
    """The rows that a page carried back, for one that is shown once more."""
    return tuple(
        Line(
            row=row,
            becomes=say("新事件的来源"),
            platform=platform_name(law, content.get("platform", "")),
            at=_moment_of(content.get("at", "")),
            gist=content.get("gist", ""),
        )
        for row, content in rows
    )


def _moment_of(words: str) -> str:
    try:
        return absolute(datetime.fromisoformat(words))
    except (ValueError, OverflowError):
        return words


def register_platforms(law: Law) -> dict[str, PlatformCode]:
    """Names and codes of the register → code."""
    return {name: entry.code for entry in law.register for name in (entry.zh, entry.en, entry.code)}
