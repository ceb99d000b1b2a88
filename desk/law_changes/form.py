"""What is typed for a change of the law: the days of a calendar, the value of a parameter, from when."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from domain.terms.workdays import SHANGHAI
from storage.codec import canonical
from words.language import say

_BLANKS: Final = re.compile(r"[\s,，、;；]+")
_TO: Final = re.compile(r"[~～至—–]+")
_DAY: Final = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?")
_LONGEST_SPAN: Final = 31  # days
_SATURDAY: Final = 5
_YEARS: Final = range(2000, 2100)  # those that may have a calendar
_APART: Final = frozenset({"regulation", "version", "title", "shared", "calendar", "profiles"})


class FaultyChange(ValueError):  # noqa: N818  an answer to who typed
    """What was typed is no change; says what to put right."""


def calendar_of(year: str, holidays: str, makeup: str) -> dict[str, Any]:
    """The calendar of a year as a change has it; weekend days within a holiday are passed over.

    Raises FaultyChange.
    """
    if not (year.isascii() and year.isdecimal()) or len(year) != len("2027"):
        raise FaultyChange(say("年份应写作 2027。"))
    off = sorted({day for day in _days(holidays, int(year)) if day.weekday() < _SATURDAY})
    worked = sorted(set(_days(makeup, int(year))))
    if not off:
        raise FaultyChange(say("请填写放假日期，如 2027-02-05~2027-02-11。"))
    if weekday := next((day for day in worked if day.weekday() < _SATURDAY), None):
        raise FaultyChange(say("{day} 不是周六或周日，不会是调休上班日。", day=weekday))
    days = {
        "holidays": [day.isoformat() for day in off],
        "makeup_workdays": [day.isoformat() for day in worked],
    }
    return {f"calendar.{year}": days}


def _days(typed: str, year: int) -> Iterator[date]:
    for words in filter(None, _BLANKS.split(typed.strip())):
        ends = [_day(part, year) for part in _TO.split(words, maxsplit=1)]
        first, last = ends[0], ends[-1]
        if not timedelta(0) <= last - first < timedelta(days=_LONGEST_SPAN):
            raise FaultyChange(say("“{words}”：止期应不早于起期，一段不超过 31 天。", words=words))
        yield from (first + timedelta(days=number) for number in range((last - first).days + 1))


def _day(words: str, year: int) -> date:
    match = _DAY.fullmatch(words)
    try:
        day = date(int(match[1] or year), int(match[2]), int(match[3])) if match else None
    except ValueError:
        day = None
    if day is None or day.year != year:
        raise FaultyChange(
            say("“{words}”不是 {year} 年的日期，应写作 {year}-02-05。", words=words, year=year)
        )
    return day


def value_of(typed: str) -> Any:
    """A value as it was typed: a number, a list, a switch as JSON has them; else the words themselves."""
    try:
        value = json.loads(typed)
        canonical(value)  # half a character can be typed as JSON, and written nowhere
    except (ValueError, RecursionError):
        return typed
    return value


def since_of(typed: str, now: datetime) -> datetime:
    """From when a change is to hold, Shanghai's time; now where nothing was typed. Raises FaultyChange."""
    if not typed:
        return now
    try:
        since = datetime.fromisoformat(typed)
    except ValueError:
        since = None
    if since is None or since.tzinfo is not None or since.year not in _YEARS:
        raise FaultyChange(say("生效时间应写作 2027-01-01T00:00。"))
    return since.replace(tzinfo=SHANGHAI)


def flat(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Each parameter that may be changed, by its dotted name."""
    for name, value in values.items():
        if not above and name in _APART:
            continue
        if isinstance(value, Mapping):
            yield from flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value
