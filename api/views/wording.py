"""How instants, durations and remaining time are worded, in Chinese, on Asia/Shanghai time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.terms.drill import DrillClock
from domain.terms.workdays import SHANGHAI

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_IN_DAYS = timedelta(hours=72)
# The clock looks one second after a due instant; what was recorded within a minute needs no second date.
WORTH_TELLING = _MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An instant of a case: `iso` for machines, `text` as lists show it (`2026-09-09 10:00`)."""

    iso: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Countdown:
    """Time left to a due instant: `due_iso` in real time and `scale` let a page count on; `text` is how it stood."""

    due_iso: str
    scale: float
    text: str


def absolute(instant: datetime) -> str:
    """`2026-09-09 10:00`, with seconds only where there are any."""
    local = instant.astimezone(SHANGHAI)
    return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")


def moment(instant: datetime) -> Moment:
    """The instant for machines and for readers."""
    return Moment(iso=instant.astimezone(SHANGHAI).isoformat(timespec="seconds"), text=absolute(instant))


def duration(span: timedelta) -> str:
    """A span by its two largest units: `3天08小时` from 72 hours on, `41小时05分`, `12分08秒`, `8秒`."""
    span = timedelta(seconds=int(span.total_seconds()))
    if span >= _IN_DAYS:
        return f"{span // _DAY}天{span % _DAY // _HOUR:02}小时"
    if span >= _HOUR:
        return f"{span // _HOUR}小时{span % _HOUR // _MINUTE:02}分"
    seconds = int(span.total_seconds())
    return f"{seconds // 60}分{seconds % 60:02}秒" if span >= _MINUTE else f"{seconds}秒"


def remaining(due_at: datetime, at: datetime) -> str:
    """`还剩 5小时12分` up to and at the due second, then `已超时 3小时05分`."""
    if at <= due_at:
        return f"还剩 {duration(due_at - at)}"
    return f"已超时 {duration(at - due_at)}"


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
        return f"{limit.removesuffix(' workdays')}个工作日"
    units = {"H": "小时", "M": "分钟", "S": "秒"}
    return f"{limit[2:-1]}{units[limit[-1]]}"
