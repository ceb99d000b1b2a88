"""Instants and durations as rehearsals write them: absolute with zone, relative to discovery, or `now`."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from yaml.nodes import Node

from domain.terms.workdays import SHANGHAI
from rehearsals.source import Faulty, place, text

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_PARTS = r"(?:(?P<d>\d+)d)?(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m)?(?:(?P<s>\d+)s)?"
_RELATIVE = re.compile(rf"(?P<sign>[+-])(?=\d){_PARTS}")
_PLAIN = re.compile(rf"(?=\d){_PARTS}")
_ISO = re.compile(r"P(?=[\dT])(?:(?P<d>\d+)D)?(?:T(?=\d)(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)S)?)?")


@dataclass(frozen=True, slots=True)
class Times:
    """What relative instants are relative to.

    `discovered_at` is the base of `+48h`; `now` the instant of the step at hand;
    `shift` moves absolute instants, and with the base everything else.
    """

    discovered_at: datetime | None = None
    now: datetime | None = None
    shift: timedelta = timedelta(0)


def read_instant(node: Node, times: Times) -> datetime:
    """The instant in UTC. Raises Faulty for what is none, has no zone, or has parts of a second."""
    written = text(node).strip()
    if written == "now" and times.now is not None:
        return times.now
    if (relative := _RELATIVE.fullmatch(written)) is not None:
        return _from_base(node, relative, times)
    try:
        instant = datetime.fromisoformat(written)
    except ValueError:
        raise Faulty(
            place(node),
            f"“{written}”不是时刻。写作 2026-03-12T19:40:00+08:00，或相对发现时间的 +48h、+1d2h30m。",
            f"{written!r} is no instant: write 2026-03-12T19:40:00+08:00, or +48h after discovery.",
        ) from None
    if instant.tzinfo is None:
        raise Faulty(
            place(node),
            f"时刻“{written}”没有时区，请加上 +08:00。",
            f"The instant {written!r} has no zone: add +08:00.",
        )
    if instant.microsecond:
        raise Faulty(place(node), "时刻精确到秒。", "Instants are whole seconds.")
    return instant.astimezone(UTC) + times.shift


def _from_base(node: Node, relative: re.Match[str], times: Times) -> datetime:
    if times.discovered_at is None:
        raise Faulty(
            place(node),
            "相对时刻须以登记步骤（register）中带时区的 discovered_at 为基准。",
            "A relative instant needs a register step whose discovered_at is absolute.",
        )
    span = _span(relative)
    return times.discovered_at + (span if relative["sign"] == "+" else -span)


def read_duration(node: Node) -> timedelta:
    """A duration: ISO 8601 (`PT28H`) or short (`28h`, `1d4h`). Raises Faulty for anything else."""
    written = text(node).strip()
    match = _ISO.fullmatch(written) or _PLAIN.fullmatch(written)
    if match is None:
        raise Faulty(
            place(node),
            f"“{written}”不是时长，写作 PT28H 或 28h。",
            f"{written!r} is no duration: write 28h.",
        )
    return _span(match)


def _span(match: re.Match[str]) -> timedelta:
    units = {unit: match[letter] for letter, unit in _UNITS.items()}
    return timedelta(**{unit: int(value) for unit, value in units.items() if value})


def shown_instant(instant: datetime) -> str:
    """An instant as people read it here: Asia/Shanghai, to the second."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def shown_duration(span: timedelta) -> str:
    """A duration as `1d4h` or `-30m`; nothing is `0s`."""
    seconds = int(abs(span).total_seconds())
    parts = []
    for letter, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        parts.append(f"{count}{letter}" if count else "")
    sign = "-" if span < timedelta(0) else ""
    return sign + ("".join(parts) or "0s")
