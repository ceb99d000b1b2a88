"""How instants, durations and remaining time are worded, on Asia/Shanghai time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.terms.drill import DrillClock
from domain.terms.workdays import SHANGHAI
from words.language import marked, say

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_IN_DAYS = timedelta(hours=72)
# The clock looks one second after a due instant; what was recorded within a minute needs no second date.
WORTH_TELLING = _MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentText:
    """An instant of a case: `iso` for machines, `text` as lists show it (`2026-09-09 10:00`)."""

    iso: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Countdown:
    """Time left to a due instant: `due_iso` in real time and `scale` let a page count on;
    `text` is how it stood.
    """

    due_iso: str
    scale: float
    text: str


def absolute(instant: datetime) -> str:
    """`2026-09-09 10:00`, with seconds only where there are any."""
    local = instant.astimezone(SHANGHAI)
    return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")


def moment(instant: datetime) -> MomentText:
    """The instant for machines and for readers."""
    return MomentText(iso=instant.astimezone(SHANGHAI).isoformat(timespec="seconds"), text=absolute(instant))


def duration(span: timedelta) -> str:
    """A span by its two largest units: `3天08小时` from 72 hours on, `41小时05分`, `12分08秒`, `8秒`."""
    span = timedelta(seconds=int(span.total_seconds()))
    if span >= _IN_DAYS:
        return say("{days}天{hours:02}小时", days=span // _DAY, hours=span % _DAY // _HOUR)
    if span >= _HOUR:
        return say("{hours}小时{minutes:02}分", hours=span // _HOUR, minutes=span % _HOUR // _MINUTE)
    seconds = int(span.total_seconds())
    if span >= _MINUTE:
        return say("{minutes}分{seconds:02}秒", minutes=seconds // 60, seconds=seconds % 60)
    return say("{seconds}秒", seconds=seconds)


def remaining(due_at: datetime, at: datetime) -> str:
    """`还剩 5小时12分` up to and at the due second, then `已超时 3小时05分`."""
    if at <= due_at:
        return say("还剩 {time}", time=duration(due_at - at))
    return say("已超时 {time}", time=duration(at - due_at))


def countdown(due_at: datetime, at: datetime, drill: DrillClock | None) -> Countdown:
    """Time left at `at` on the case's clock; a drill's clock is turned into real time for the reader's."""
    real = drill.real(due_at) if drill else due_at
    return Countdown(
        due_iso=real.astimezone(SHANGHAI).isoformat(),
        scale=drill.scale if drill else 1.0,
        text=remaining(due_at, at),
    )


def limit_span(limit: str) -> timedelta:
    """The span of a limit in hours, minutes or seconds: `PT48H`, `PT30M`, `PT90S`."""
    units = {"H": _HOUR, "M": _MINUTE, "S": timedelta(seconds=1)}
    return int(limit[2:-1]) * units[limit[-1]]


def limit_words(limit: str) -> str:
    """A limit of a computation in words: `PT48H` is 48小时, `PT30M` 30分钟, `3 workdays` 3个工作日."""
    if limit.endswith(" workdays"):
        days = limit.removesuffix(" workdays")
        return say("1个工作日") if days == "1" else say("{count}个工作日", count=days)
    units = {"H": marked("{count}小时"), "M": marked("{count}分钟"), "S": marked("{count}秒")}
    return say(units[limit[-1]], count=limit[2:-1])


def begun(text: str, most: int) -> str:
    """A text, or as much of it as a list has room for and how long it is."""
    return (
        text if len(text) <= most else say("{start}……（共 {count} 字）", start=text[:most], count=len(text))
    )


def listed(words: Iterable[str]) -> str:
    """Words one after another, as the language of the page joins them."""
    return say("、").join(words)
