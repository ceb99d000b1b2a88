"""The clocks of a case as one picture: each obligation a bar from its start to its due instant,
and now across all of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from domain.case.obligations import Obligation, Status
from domain.case.state import Incident
from domain.rules.urgency import ranked
from domain.terms.workdays import SHANGHAI
from words.cards import holder_name
from words.labels import word
from words.lamps import LAMP_WORDS, Lamp, lamp
from words.language import say
from words.wording import Countdown, MomentText, countdown, moment

WIDTH: Final = 1000
"""Units from the first instant of the picture to the last;
the page stretches them over what room there is.
"""

_OWED: Final = 12
_DONE: Final = 6
_DAYS: Final = 21  # beyond so many the lines between days would be a hatching
_DAY: Final = timedelta(days=1)
_LEAST: Final = timedelta(hours=1)  # that a picture spans, so that one instant has room too


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderMark:
    """Where a reminder stands on a bar, and whether it was sent."""

    x: int
    is_sent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One obligation as a bar: `x` and `width` from start to due, `late` how far it ran over;
    units of `WIDTH`.
    """

    id: str
    kind: str
    unit: str
    lamp: Lamp
    lamp_word: str
    start: MomentText
    due: MomentText
    done: MomentText | None
    countdown: Countdown | None
    x: int
    width: int
    late: int
    deed: int | None
    reminders: tuple[ReminderMark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockBars:
    """The picture between two instants: now where the case has not ended, a line at each midnight,
    and how many bars are left out.
    """

    first: MomentText
    last: MomentText
    now: int | None
    midnights: tuple[int, ...]
    bars: tuple[Bar, ...]
    more: int


def clock_bars(incident: Incident, at: datetime) -> ClockBars | None:
    """The clocks of a case at an instant of its own: what is owed as it ranks, then what was done last;
    None where there is neither.
    """
    owed = ranked(incident)
    done = sorted(
        (obligation for obligation in incident.obligations if obligation.fulfilled_at is not None),
        key=lambda obligation: (obligation.fulfilled_at, obligation.id),
        reverse=True,
    )
    obligations = (*owed[:_OWED], *done[:_DONE])
    if not obligations:
        return None
    scale = _Scale.over(obligations, at if owed else None)
    return ClockBars(
        first=moment(scale.first),
        last=moment(scale.last),
        now=scale.x(at) if owed else None,
        midnights=tuple(_midnights(scale)),
        bars=tuple(_bar(incident, obligation, at, scale) for obligation in obligations),
        more=max(len(owed) - _OWED, 0) + max(len(done) - _DONE, 0),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    first: datetime
    last: datetime

    @classmethod
    def over(cls, obligations: Iterable[Obligation], at: datetime | None) -> "_Scale":
        instants = [instant for obligation in obligations for instant in _instants(obligation)]
        instants += [at] if at is not None else []
        return cls(min(instants), max(*instants, min(instants) + _LEAST))

    def x(self, instant: datetime) -> int:
        """Where an instant stands; those before or after the picture stand at its edge."""
        share = (instant - self.first) / (self.last - self.first)
        return round(WIDTH * min(max(share, 0.0), 1.0))


def _instants(obligation: Obligation) -> Iterator[datetime]:
    yield obligation.clock_start
    yield obligation.due_at
    if obligation.fulfilled_at is not None:
        yield obligation.fulfilled_at


def _midnights(scale: _Scale) -> Iterator[int]:
    if scale.last - scale.first > _DAYS * _DAY:
        return
    day = scale.first.astimezone(SHANGHAI).date() + _DAY
    while (midnight := datetime.combine(day, time(), SHANGHAI)) < scale.last:
        yield scale.x(midnight)
        day += _DAY


def _bar(incident: Incident, obligation: Obligation, at: datetime, scale: _Scale) -> Bar:
    colour = lamp(obligation, at)
    start, due = scale.x(obligation.clock_start), scale.x(obligation.due_at)
    end = obligation.fulfilled_at or (at if obligation.is_owed else obligation.due_at)
    is_late = obligation.status is Status.BREACHED and end > obligation.due_at
    return Bar(
        id=obligation.id,
        kind=word(obligation.kind),
        unit=holder_name(incident, obligation.unit),
        lamp=colour,
        lamp_word=say(LAMP_WORDS[colour]),
        start=moment(obligation.clock_start),
        due=moment(obligation.due_at),
        done=moment(obligation.fulfilled_at) if obligation.fulfilled_at else None,
        countdown=countdown(obligation.due_at, at, incident.drill) if obligation.is_owed else None,
        x=start,
        width=max(due - start, 1),
        late=max(scale.x(end) - due, 1) if is_late else 0,
        deed=scale.x(obligation.fulfilled_at) if obligation.fulfilled_at else None,
        reminders=tuple(_reminders(incident, obligation, at, scale)),
    )


def _reminders(
    incident: Incident, obligation: Obligation, at: datetime, scale: _Scale
) -> Iterator[ReminderMark]:
    """The reminders that were sent, and of what is still to be done those that are to come."""
    escalation = incident.law.escalation
    if obligation.kind not in escalation.reminded:
        return
    for percent in escalation.reminder_percents:
        instant = obligation.clock_start + (obligation.due_at - obligation.clock_start) * percent // 100
        is_sent = percent in obligation.reminded and instant <= at
        if is_sent or (obligation.status is Status.OPEN and instant > at):
            yield ReminderMark(x=scale.x(instant), is_sent=is_sent)
