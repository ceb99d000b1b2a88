"""A sheet of posts as a monitoring system exports it, read into items of a case:
no author is kept (R302, R119).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from casework.edge import EARLIEST, LATEST, text_fault
from domain.terms.plain_text import folded
from domain.terms.vocabulary import PlatformCode
from domain.terms.workdays import SHANGHAI
from intake.table import Table

_HEADINGS: Final = 5  # rows in which the names of the columns may stand
_LONGEST_GIST: Final = 600  # characters
_LONGEST: Final = 60  # characters of a text that is at fault
MOST_ROWS: Final = 150  # items that a case holds in full
_ENCODINGS: Final = ("utf-8-sig", "gb18030")
# What the columns are called; of several that fit, the first in the sheet counts, those apart that may
# as well say when a post was found, or where it happened.
_VAGUE: Final = frozenset({"时间", "time", "date", "地址", "编号", "id"})
_COLUMNS: Final[Mapping[str, frozenset[str]]] = {
    "title": frozenset({"标题", "标题/内容", "帖文标题", "title"}),
    "gist": frozenset({"摘要", "内容", "正文", "内容摘要", "gist", "content", "summary"}),
    "platform": frozenset({"来源", "来源网站", "平台", "发布平台", "网站", "source", "platform", "site"}),
    "kind": frozenset({"媒体类型", "信息类型", "类型", "type"}),
    "at": frozenset({"发布时间", "发表时间", "发帖时间", "时间", "published_at", "time", "date"}),
    "url": frozenset({"链接", "原文链接", "网址", "地址", "url", "link"}),
    "foreign_id": frozenset({"编号", "工单号", "工单编号", "id"}),
}
_COUNTED: Final = re.compile(r"(转发|评论|点赞|阅读|播放|浏览|收藏)(?:数|量)?$")
_TIMES: Final = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
)
_NUMBER: Final = re.compile(r"(\d{1,15}(?:\.\d{1,15})?)\s*(千|万|亿|[kKwW])?\+?")
_TIMES_OF: Final = {"千": 1_000, "k": 1_000, "万": 10_000, "w": 10_000, "亿": 100_000_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetItem:
    """A row that was read: its number in the sheet, the item, and the counts that stood beside it,
    by their names.
    """

    row: int
    title: str
    at: datetime
    platform: PlatformCode
    gist: str
    url: str = ""
    foreign_id: str = ""
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFault:
    """What in a row cannot be read, with the words that stand there: `code` is `time`, `platform`, `title`,
    `number`, `text` (too long, or of characters that nobody sees), or what is wrong with a cell of a table.
    """

    row: int
    code: str
    words: str


class NoSheet(ValueError):  # noqa: N818  named for what it is
    """A file that is no sheet of posts: its encoding, or the columns that it lacks."""


def text_of(content: bytes) -> str:
    """The text of a sheet, in UTF-8 or in the encoding in which office programs save it here;
    raises NoSheet.
    """
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NoSheet("encoding")


def items_of(table: Table, platforms: Mapping[str, PlatformCode]) -> Iterator[SheetItem | SheetFault]:
    """Each row as an item, or what is wrong with it; instants without a zone are Shanghai's. Raises NoSheet.

    `platforms` are the names and codes of the register → code;
    a name may stand within a longer one (新浪微博).
    The names of the columns stand in the first row, or below lines that head the sheet.
    """
    first, columns = _columns(table.rows)
    spoilt = {row for row, _ in table.spoilt}
    filled = [
        (number, cells)
        for number, cells in enumerate(table.rows[first + 1 :], start=first + 1)
        if number in spoilt or any(cell.strip() for cell in cells)
    ]
    if len(filled) > MOST_ROWS:
        raise NoSheet("rows")
    for number, cells in filled:
        yield _item(number, cells, columns, table, platforms)


class _Columns(NamedTuple):
    """Where each part of an item stands, and each count by its name."""

    parts: Mapping[str, int]
    counts: tuple[tuple[int, str], ...]


def _columns(rows: list[list[str]]) -> tuple[int, _Columns]:
    """Which row names the columns, and what they are; raises NoSheet with those that are lacking."""
    lacking: list[str] = []
    for number, cells in enumerate(rows[:_HEADINGS]):
        head = [folded(name).strip().lower() for name in cells]
        parts = {
            part: place for part, names in _COLUMNS.items() if (place := _place(head, names)) is not None
        }
        missing = sorted({"at", "platform"} - parts.keys())
        if not {"title", "gist"} & parts.keys():
            missing.append("title")
        if not missing:
            counted = ((place, _COUNTED.search(name)) for place, name in enumerate(head))
            return number, _Columns(parts, tuple((place, match[1]) for place, match in counted if match))
        if not lacking or len(missing) < len(lacking):
            lacking = missing
    raise NoSheet(",".join(lacking or ["at", "platform", "title"]))


def _place(head: list[str], names: frozenset[str]) -> int | None:
    fitting = [(name in _VAGUE, place) for place, name in enumerate(head) if name in names]
    return min(fitting)[1] if fitting else None


def _item(
    number: int, cells: list[str], columns: _Columns, table: Table, platforms: Mapping[str, PlatformCode]
) -> SheetItem | SheetFault:
    row = number + 1  # as spreadsheets number them
    for place in (*columns.parts.values(), *(place for place, _ in columns.counts)):
        if code := table.spoilt.get((number, place)):
            return SheetFault(row=row, code=code, words=cells[place] if place < len(cells) else "")
    cell = {part: cells[place].strip() if place < len(cells) else "" for part, place in columns.parts.items()}
    title = cell.get("title", "") or cell.get("gist", "")
    if not title:
        return SheetFault(row=row, code="title", words="")
    if (at := instant_of(cell["at"])) is None:
        return SheetFault(row=row, code="time", words=cell["at"])
    platform = _code(cell["platform"], platforms) or _code(cell.get("kind", ""), platforms)
    if platform is None:
        return SheetFault(row=row, code="platform", words=cell["platform"])
    counts = tuple(_counts(cells, columns))
    if unread := next((words for _, count, words in counts if count is None), ""):
        return SheetFault(row=row, code="number", words=unread)
    numbers = tuple((name, count) for name, count, _ in counts if count is not None)
    item = SheetItem(
        row=row,
        title=title,
        at=at,
        platform=platform,
        gist=_gist(title, cell.get("gist", ""), numbers),
        url=cell.get("url", ""),
        foreign_id=cell.get("foreign_id", ""),
        counts=numbers,
    )
    return _text_fault(item) or item


def _counts(cells: list[str], columns: _Columns) -> Iterator[tuple[str, int | None, str]]:
    """Each count that the row gives: its name, the number that was read, and the words that stand there."""
    for place, name in columns.counts:
        words = cells[place].strip() if place < len(cells) else ""
        if words:
            yield name, number_of(words), words


def _text_fault(item: SheetItem) -> SheetFault | None:
    """A text that no command would be let through with: too long, or of characters that nobody sees."""
    texts = (("gist", item.gist), ("url", item.url), ("foreign_id", item.foreign_id))
    words = next((text for field, text in texts if text_fault(text, field) is not None), None)
    return None if words is None else SheetFault(row=item.row, code="text", words=words[:_LONGEST])


def _gist(title: str, gist: str, counts: Iterable[tuple[str, int]]) -> str:
    beside = "，".join(f"{name}{count}" for name, count in counts)
    words = title if gist in {"", title} else f"{title}：{gist}"
    if len(words) > _LONGEST_GIST:
        words = f"{words[:_LONGEST_GIST]}……（节录）"  # the post itself stands at its address
    return f"{words}（{beside}）" if beside else words


def instant_of(words: str) -> datetime | None:
    """The instant of a cell, Shanghai's where it names no zone; None where no step may state it."""
    at = _instant(words)
    return at if at is not None and EARLIEST <= at < LATEST else None


def _instant(words: str) -> datetime | None:
    plain = " ".join(folded(words).replace("T", " ").split())
    for form in _TIMES:
        try:
            return datetime.strptime(plain, form).replace(tzinfo=SHANGHAI)
        except ValueError:
            continue
    try:
        at = datetime.fromisoformat(words.strip())
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def number_of(words: str) -> int | None:
    """A count as sheets write it: 1.2万 is 12000, 10万+ is 100000; None where it is none."""
    match = _NUMBER.fullmatch(folded(words).replace(",", "").strip())
    if match is None:
        return None
    return round(float(match[1]) * _TIMES_OF.get((match[2] or "").lower(), 1))


def _code(words: str, platforms: Mapping[str, PlatformCode]) -> PlatformCode | None:
    """The platform that a cell names: as it stands in the register,
    else the longest name within it or around it.
    """
    name = folded(words).strip().lower()
    if not name:
        return None
    names = {folded(known).lower(): code for known, code in platforms.items() if known}
    if name in names:
        return names[name]
    within = [
        known for known in names if len(known) > 1 and (known in name or (len(name) > 1 and name in known))
    ]
    return names[max(within, key=len)] if within else None
