"""Whether two values of a claim say the same: numbers and dates in their common spellings,
all else letter by letter (R208).
"""

import re
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from unicodedata import normalize

from domain.terms.workdays import SHANGHAI

_DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_SCALES = {"": 1, "万": 10**4, "亿": 10**8, "万亿": 10**12}
_HAN_NUMBER = re.compile("[零〇一二三四五六七八九十百千两]+")
_NUMBER = re.compile(r"([+-]?\d{1,18}(?:\.\d{1,9})?)(万亿|万|亿)?(.*)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_PEOPLE = frozenset("人名位个")
_DATE = re.compile(
    r"(?:(\d{4})[年/.-](\d{1,2})[月/.-]|(\d{1,2})月)(\d{1,2})[日号]?"
    r"(?:t?(凌晨|早上|上午|中午|下午|傍晚|晚上|晚|夜间)?(\d{1,2})(?:[:时点](\d{1,2})?)?(?:[:分](\d{1,2})?)?秒?)?(整)?"
)
_AFTERNOON = frozenset({"下午", "傍晚", "晚上", "晚", "夜间"})
_NOON = 12

_GAP = re.compile(r"(?<=\d)\s+(?=\d{1,2}[:：时点])")  # between a day and its hour


class _Amount(NamedTuple):
    number: Decimal
    unit: str


class _Moment(NamedTuple):
    year: int | None
    date: tuple[int, int]
    time: tuple[int, int, int] | None


def normal(text: str) -> str:
    """A subject, type or expression in its common form:
    compatible characters made one, case and blanks left out.
    """
    return "".join(normalize("NFKC", text).casefold().split())


def same_value(one: str, other: str) -> bool:
    """Whether two values agree.

    1. Letter by letter in their common form: "３ 人" and "3人".
    2. As numbers with their unit, Chinese numerals and 万、亿 reckoned: "12000元" and "1.2万元".
       A bare number agrees with the same number of anything, and 人、名、位、个 all count heads.
    3. As dates, with the time where one is given; one without a year agrees with the same day of any.
    """
    first, second = normal(one), normal(other)
    if first == second:
        return True
    moments = _moment(one), _moment(other)
    if moments[0] and moments[1]:
        return _same_moment(moments[0], moments[1])
    amounts = _amount(first), _amount(second)
    return bool(amounts[0] and amounts[1]) and _same_amount(*amounts)  # type: ignore[arg-type]  # both are there


def _same_amount(one: _Amount, other: _Amount) -> bool:
    units = {one.unit, other.unit}
    return one.number == other.number and (len(units) == 1 or "" in units or units <= _PEOPLE)


def _amount(text: str) -> _Amount | None:
    plain = _THOUSANDS.sub("", _HAN_NUMBER.sub(lambda match: _han(match[0]), text))
    if (match := _NUMBER.fullmatch(plain)) is None:
        return None
    return _Amount(Decimal(match[1]) * _SCALES[match[2] or ""], match[3])


def _han(numeral: str) -> str:
    """A Chinese numeral below ten thousand in digits; what is no number stays as it is."""
    if not set(numeral) & set(_TENS):
        return "".join(str(_DIGITS[character]) for character in numeral)
    total, digit = 0, None
    for character in numeral:
        if character in _TENS:
            total += (1 if digit is None else digit) * _TENS[character]
            digit = None
        else:
            digit = _DIGITS[character]
    return str(total + (digit or 0))


def _same_moment(one: _Moment, other: _Moment) -> bool:
    years = {one.year, other.year} - {None}
    return (one.date, one.time) == (other.date, other.time) and len(years) <= 1


def _moment(value: str) -> _Moment | None:
    text = normal(_GAP.sub("t", value))
    exact = _exact(text)
    if exact is not None and exact.tzinfo is not None:
        local = exact.astimezone(SHANGHAI)
        return _Moment(local.year, (local.month, local.day), (local.hour, local.minute, local.second))
    if (match := _DATE.fullmatch(text)) is None:
        return None
    year, month, own_month, day, part, hour, minute, second, _ = match.groups()
    time = (_hour(part, int(hour)), int(minute or 0), int(second or 0)) if hour else None
    return _Moment(int(year) if year else None, (int(month or own_month), int(day)), time)


def _exact(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        return None


def _hour(part: str | None, hour: int) -> int:
    return hour + _NOON if part in _AFTERNOON and hour < _NOON else hour
