"""Days and times in a text: 3月12日19时40分许、2026-03-12 19:40、下午3时、24时 (0时
of the next day) (DD-41).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from domain.terms.numerals import numeral

_HAN: Final = "零〇一二三四五六七八九十两"
_TWO: Final = rf"(?:\d{{1,2}}|[{_HAN}]{{1,3}})"
_PART: Final = (
    "凌晨|清晨|早晨|早上|上午|中午|午间|下午|午后|傍晚|晚上|晚间|夜间|夜里|深夜|半夜|午夜|当晚|晚|早"
)
_NIGHT: Final = frozenset({"晚上", "晚间", "夜间", "夜里", "深夜", "半夜", "午夜", "当晚", "晚"})
_LATE: Final = _NIGHT | {"下午", "午后", "傍晚"}
_MIDDAY: Final = frozenset({"中午", "午间"})
_DAY: Final = (
    rf"(?:(?P<year>\d{{4}}|[{_HAN}]{{4}})年)?(?P<month>{_TWO})月(?P<day>{_TWO})[日号]?"
    r"|(?P<year2>(?:19|20)\d\d)[-/.](?P<month2>\d{1,2})[-/.](?P<day2>\d{1,2})(?!\d)"
    rf"|(?<![\d月年{_HAN}])(?P<day3>{_TWO})[日号](?![楼栋线门])"
    rf"|(?P<year4>(?:19|20)\d\d)年(?!代)(?:(?P<month4>{_TWO})月)?"
    rf"|(?P<year6>[一二][{_HAN}]{{3}})年(?![\d代])(?:(?P<month6>{_TWO})月)?"
    rf"|(?<![\d月年{_HAN}])(?P<month5>{_TWO})月份?(?![\d{_HAN}])"
)
_TIME: Final = (
    rf"(?P<next>次日|翌日|第二天)?(?P<part>{_PART})?"
    rf"(?:(?P<hour>{_TWO})(?P<oclock>时|点钟?)(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<minute>{_TWO})分?(?:(?P<second>{_TWO})秒)?)?"
    r"|(?P<hour2>\d{1,2}):(?P<minute2>\d{2})(?::(?P<second2>\d{2}))?(?!\d))(?P<sharp>整)?"
)
_MOMENT: Final = re.compile(
    rf"(?P<about>约|大约)?(?:(?:{_DAY})[t\s,]{{0,2}}(?:{_TIME})?|{_TIME.replace('?P<', '?P<t_')})(?P<vague>许|左右|前后)?"
)
_ENDS_A_SPAN: Final = re.compile("[时点分\\d][至到~—–-]$")
_DECIMAL: Final = re.compile(rf"[{_HAN}\d]")
_COUNTED: Final = re.compile(r"[万亿千百%元个倍米吨人名户度成]")
_WHOLE_DAY: Final = 24 * 60
_NOON: Final = 12
_HALF_DAY: Final = _NOON * 3600
_TO: Final = frozenset("到至~—–-")
_DEEP_NIGHT: Final = frozenset({"夜间", "夜里", "深夜", "半夜", "午夜"})
_EVENING: Final = 5  # what is of the deep of night before that hour is of the morning
_AFTERNOON: Final = 4  # 晚上4点 is of the afternoon
_LEAP: Final = 2024  # a year with every day


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A day, a time, or both, where they stand; what is not said is None.

    `seconds` are those since midnight.
    """

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    seconds: int | None = None
    by_the_hour: bool = False
    vague: bool = False

    def agrees(self, other: "Moment") -> bool:
        """Whether both may be one instant: what only one of them says does not part them,
        save a time beside a whole day.
        """
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        if any(one is not None and two is not None and one != two for one, two in pairs):
            return False
        if self.seconds is None or other.seconds is None:
            return self.seconds is other.seconds and self._shares_a_part(other)
        return abs(self.seconds - other.seconds) <= max(self.slack, other.slack)

    def _shares_a_part(self, other: "Moment") -> bool:
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return any(one is not None and two is not None for one, two in pairs)

    @property
    def slack(self) -> int:
        """By how many seconds it may be off: 19时许 by an hour, 19时40分许 by ten minutes."""
        if not self.vague:
            return 0
        return 3540 if self.by_the_hour else 600


def moments(text: str) -> Iterator[Moment]:
    """The days and times of a text, in their order; one that no calendar has is none."""
    last: Moment | None = None
    for match in _MOMENT.finditer(text):
        if (moment := _moment(match)) is not None:
            last = _of_the_same_half(text, last, moment)
            yield last


def _of_the_same_half(text: str, last: Moment | None, moment: Moment) -> Moment:
    """晚上10点到11点: the end of a span is of the half of the day in which it began."""
    if last is None or text[last.end : moment.start] not in _TO or None in (last.seconds, moment.seconds):
        return moment
    begin, end = last.seconds or 0, moment.seconds or 0
    if moment.day is None and end < _HALF_DAY <= begin < end + _HALF_DAY and text[moment.start].isnumeric():
        return replace(moment, seconds=end + _HALF_DAY)
    return moment


def _moment(match: re.Match[str]) -> Moment | None:
    groups = match.groupdict()
    year = _first(groups, "year", "year2", "year4", "year6")
    month, day = (
        _first(groups, "month", "month2", "month4", "month5", "month6"),
        _first(groups, "day", "day2", "day3"),
    )
    prefix = "t_" if groups["t_hour"] or groups["t_hour2"] else ""
    seconds, by_the_hour = _time(groups, prefix)
    if match.group(prefix + "oclock") == "点" and not _is_clock(match, prefix):
        return None
    if (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 31):  # noqa: PLR2004  the calendar's
        return None
    if seconds is not None and not 0 <= seconds <= 2 * _WHOLE_DAY * 60:
        return None
    if seconds is not None and seconds >= _WHOLE_DAY * 60 and month is not None and day is not None:
        try:
            later = date(year or _LEAP - 1, month, day) + timedelta(days=1)
        except (ValueError, OverflowError):
            return None
        year, month, day = (later.year if year else None), later.month, later.day
        seconds -= _WHOLE_DAY * 60
    return Moment(
        start=match.start(),
        end=match.end(),
        year=year,
        month=month,
        day=day,
        seconds=seconds,
        by_the_hour=by_the_hour,
        vague=bool(groups["about"] or groups["vague"]),
    )


def _is_clock(match: re.Match[str], prefix: str) -> bool:
    """Whether 点 is of a clock and no decimal mark: beside a part of the day, a half, a quarter,
    minutes told as such, or a day.
    """
    if any(match.group(prefix + name) for name in ("part", "half", "quarter", "sharp", "second")):
        return True
    if match[0].endswith("分") or match["vague"]:
        return True
    if match[0].endswith(("零点", "0点")) and not _DECIMAL.match(match.string, match.end()):
        return True  # midnight; 零点三 is none
    if _ENDS_A_SPAN.search(match.string, 0, match.start()) and match.end() == len(match.string):
        return True  # 上午9点到11点
    return not prefix and not _COUNTED.match(match.string, match.end())


def _first(groups: dict[str, str | None], *names: str) -> int | None:
    return next((numeral(value) for name in names if (value := groups[name])), None)


def _of_the_day(hour: int, part: str) -> int:
    """The hour as it is counted from midnight: 晚上12点 is 24, 凌晨12点 nought, 深夜1点 one,
    中午1点 and 下午1点 thirteen.
    """
    if part in _NIGHT and hour == _NOON:
        return 24
    if part == "凌晨" and hour == _NOON:
        return 0
    is_small = hour < (_EVENING if part in _DEEP_NIGHT else _AFTERNOON) and part in _NIGHT
    if (part in _LATE and hour < _NOON and not is_small) or (part in _MIDDAY and hour < _EVENING):
        return hour + _NOON
    return hour


def _time(groups: dict[str, str | None], prefix: str) -> tuple[int | None, bool]:
    """The seconds since midnight, and whether hours alone are named."""
    hour = _first(groups, f"{prefix}hour", f"{prefix}hour2")
    if hour is None:
        return None, False
    part = groups[f"{prefix}part"] or ""
    hour = _of_the_day(hour, part)
    minute = _first(groups, f"{prefix}minute", f"{prefix}minute2")
    if groups[f"{prefix}half"]:
        minute = 30
    if groups[f"{prefix}quarter"]:
        minute = 15 if groups[f"{prefix}quarter"] == "一" else 45
    second = _first(groups, f"{prefix}second", f"{prefix}second2") or 0
    days = 1 if groups[f"{prefix}next"] else 0
    return ((days * 24 + hour) * 60 + (minute or 0)) * 60 + second, minute is None
