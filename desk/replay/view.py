"""回放: one stop of a case's replay for readers: what happened, what changed by it, who knew,
who could have done what.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from casework.replay import ReplayMark, Stop
from domain.case.state import Incident
from domain.terms.drill import DrillClock
from storage.told import NoticeThen
from words.cards import holder_name, unit_name
from words.labels import word
from words.language import marked, say
from words.notices import subject_words
from words.wording import MomentText, duration, moment

MARK_WORDS: Final = {
    ReplayMark.DUE: marked("到期"),
    ReplayMark.BREACH: marked("超时"),
    ReplayMark.REVERSAL: marked("超时复核"),
    ReplayMark.PUBLICATION: marked("公布"),
    ReplayMark.RISE: marked("升级"),
}
_LISTED: Final = 120  # marks that are listed for jumping to


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """A place to jump to: the stop, its instant, and what it is."""

    position: int
    href: str
    at: MomentText
    marks: tuple[str, ...]
    kind: str
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A kind of mark with the nearest stops of it before and after; empty where there is none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayNotice:
    """A notice: to which unit, why, of what, when it came, and whether it had been acknowledged by then."""

    unit: str
    purpose: str
    about: str
    delivered: MomentText
    acknowledged: MomentText | None
    by: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A limit that passed by without a record: whose, and what."""

    unit: str
    obligation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPage:
    """One stop among all: where it stands, the time since the stop before, what passed in silence,
    and the ways on.
    """

    position: int
    total: int
    at: MomentText
    number: int
    since: str
    marks: tuple[str, ...]
    passed: tuple[Passed, ...]
    is_between: bool
    first: str
    before: str
    after: str
    last: str
    case: str
    ways: tuple[Way, ...]
    jumps: tuple[Jump, ...]


def stop_page(incident: Incident, stops: Sequence[Stop], place: int, at: datetime, *, path: str) -> StopPage:
    """The stop at a place, from 1 on, at an instant of the case's clock:
    its own, or one before the next stop.
    """
    stop, total = stops[place - 1], len(stops)
    is_between = at != stop.at
    since = at - stops[place - 2].at if place > 1 and not is_between else at - stop.at
    return StopPage(
        position=place,
        total=total,
        at=moment(at),
        number=stop.number,
        since=duration(since) if since else "",
        marks=() if is_between else mark_words(stop),
        passed=() if is_between else passed(incident, stop),
        is_between=is_between,
        first=_href(path, 1) if place > 1 else "",
        before=_href(path, place if is_between else place - 1) if place > 1 or is_between else "",
        after=_href(path, place + 1) if place < total else "",
        last=_href(path, total) if place < total else "",
        case=f"/incidents/{incident.incident_id}?at={at_words(stop, at)}",
        ways=tuple(_ways(stops, place, path)),
        jumps=tuple(_jumps(stops, place, path)),
    )


def at_words(stop: Stop, at: datetime) -> str:
    """How the page of the case is asked for the same state: by the record's number where the stop is one."""
    if not stop.is_instant and at == stop.at:
        return str(stop.number)
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def mark_words(stop: Stop) -> tuple[str, ...]:
    """What stands out at a stop, in words."""
    return tuple(say(MARK_WORDS[mark]) for mark in ReplayMark if mark in stop.marks)


def passed(incident: Incident, stop: Stop) -> tuple[Passed, ...]:
    """The limits that passed at the stop without a record."""
    obligations = (incident.obligation(name) for name in stop.passed)
    return tuple(
        Passed(unit=holder_name(incident, obligation.unit), obligation=word(obligation.kind))
        for obligation in obligations
    )


def _ways(stops: Sequence[Stop], place: int, path: str) -> Iterable[Way]:
    for mark in ReplayMark:
        places = [number for number, stop in enumerate(stops, start=1) if mark in stop.marks]
        if not places:
            continue
        before = max((number for number in places if number < place), default=None)
        after = min((number for number in places if number > place), default=None)
        yield Way(
            name=say(MARK_WORDS[mark]),
            before=_href(path, before) if before else "",
            after=_href(path, after) if after else "",
        )


def _jumps(stops: Sequence[Stop], place: int, path: str) -> Iterable[Jump]:
    """The marked stops; of very many those nearest to this one."""
    places = [number for number, stop in enumerate(stops, start=1) if stop.marks]
    nearest = sorted(sorted(places, key=lambda number: abs(number - place))[:_LISTED])
    for number in nearest:
        stop = stops[number - 1]
        yield Jump(
            position=number,
            href=_href(path, number),
            at=moment(stop.at),
            marks=mark_words(stop),
            kind=_gravest(stop),
            is_here=number == place,
        )


def _gravest(stop: Stop) -> str:
    order = (ReplayMark.BREACH, ReplayMark.REVERSAL, ReplayMark.PUBLICATION, ReplayMark.RISE, ReplayMark.DUE)
    return next(mark.value for mark in order if mark in stop.marks)


def _href(path: str, position: int) -> str:
    return f"{path}?step={position}"


def told_rows(incident: Incident, notices: Iterable[NoticeThen], stop: Stop) -> tuple[ReplayNotice, ...]:
    """The notices on the case's clock, the latest first."""
    drill = incident.drill
    return tuple(
        ReplayNotice(
            unit=unit_name(incident.law, one.unit),
            purpose=word(one.purpose),
            about=subject_words(one.subject),
            delivered=moment(_shown(drill, one.delivered_at)),
            acknowledged=moment(_shown(drill, one.acknowledged_at)) if one.acknowledged_at else None,
            by=one.acknowledged_by,
            is_new=stop.first <= one.event_number <= stop.number and not stop.is_instant,
        )
        for one in notices
    )


def _shown(drill: DrillClock | None, real: datetime) -> datetime:
    return (drill.shown(real) if drill else real).replace(microsecond=0)
