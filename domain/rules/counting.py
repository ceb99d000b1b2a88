"""数据: when counts are asked for, since when they are missing,
and what the clock says of it once a day (一(四)#2, DD-34).
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, Literal

from domain.case.events import Event
from domain.case.state import Incident
from domain.law.articles import Article
from domain.law.editions import Switch
from domain.law.platforms import PlatformEntry, PlatformKind
from domain.terms.copies import changed
from domain.terms.vocabulary import ObligationKind, ResponseClass, WarningLevel
from domain.terms.workdays import SHANGHAI

CLAUSE: str = Article.MONITORING
DAY_BEGINS: Final = time(7)
DAY_ENDS: Final = time(22)
DAILY: Final = time(9)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsMissing(Event):
    """At nine in the morning counts were missing that were due at `since`;
    told once a day, and never scored.
    """

    kind: Literal["counts_missing"] = "counts_missing"
    since: datetime


def next_count(incident: Incident) -> datetime | None:
    """When the next count is due after the latest one, or after registration;
    None where nobody is asked for one.

    1. Only where the public spoke of it, on a public platform, in an item that was not excluded,
       and until the close.
    2. Until the first external answer: each half hour at the two highest levels, in the 24-hour class and
       while a superior awaits its feedback (R310); else every two hours, by day alone. The intervals are data
       of the law.
    3. From then on daily at nine; in the 24-hour class until the response has ended.
    """
    if not _is_asked(incident):
        return None
    latest = max((taken.at for taken in incident.metrics), default=incident.registered_at)
    since = max(latest, incident.registered_at)
    if answers := _answers(incident):
        return next_at(max(since, min(answers)), DAILY)
    high = incident.level is not None and incident.level.rank >= WarningLevel.COMPLEX_SENSITIVE.rank
    awaits = incident.law.has(Switch.JOINT_TASK) and any(incident.owed(ObligationKind.SUP_FB))
    if high or awaits or incident.response_class is ResponseClass.H24:
        return since + incident.law.limits.count_urgent
    return _by_day(since + incident.law.limits.count_plain)


def _is_asked(incident: Incident) -> bool:
    """Whether anybody is asked for a count as the case stands."""
    if not incident.law.has(Switch.COUNTS) or incident.closed_at is not None or not is_public(incident):
        return False
    has_ended = incident.response_class is ResponseClass.H24 and incident.emergency_ended_at is not None
    return not (has_ended and _answers(incident))


def _answers(incident: Incident) -> list[datetime]:
    return [item.published_at for item in incident.standing_publications if item.counts]


def asked_anew(before: Incident, after: Incident, at: datetime) -> Incident:
    """The case, where counts begin to be asked for at `at`:
    of the days before nobody is told that they are missing.
    """
    if _is_asked(before) or not _is_asked(after):
        return after
    return changed(after, oversight=changed(after.oversight, counts_told_at=at))


def missing_since(incident: Incident, at: datetime) -> datetime | None:
    """Since when a count is missing, as of `at`; None while none is."""
    due_at = next_count(incident)
    return due_at if due_at is not None and due_at < at else None


def next_missing(incident: Incident) -> CountsMissing | None:
    """What the clock will say next of missing counts, at the first nine o'clock after they fell due,
    each day once.
    """
    due_at = next_count(incident)
    if due_at is None:
        return None
    told_at = incident.oversight.counts_told_at
    return CountsMissing(at=next_at(due_at if told_at is None else max(due_at, told_at), DAILY), since=due_at)


def evolve(incident: Incident, event: CountsMissing) -> Incident:
    """The case after it was told that counts are missing."""
    return changed(incident, oversight=changed(incident.oversight, counts_told_at=event.at))


def next_at(instant: datetime, clock: time) -> datetime:
    """The first time after an instant that Shanghai's clocks show so much."""
    local = instant.astimezone(SHANGHAI)
    day = local.date() + timedelta(days=local.time() >= clock)
    return datetime.combine(day, clock, SHANGHAI).astimezone(instant.tzinfo)


def _by_day(instant: datetime) -> datetime:
    """The instant, or the end of the night that it falls into."""
    local = instant.astimezone(SHANGHAI)
    return instant if DAY_BEGINS <= local.time() <= DAY_ENDS else next_at(instant, DAY_BEGINS)


def is_public(incident: Incident, at: datetime | None = None) -> bool:
    """Whether the public spoke of it on a public platform, in an item that was not excluded (DD-34),
    as of an instant or today.
    """
    register, excluded = incident.law.register, incident.screening.excluded
    left_out = {one.item for one in excluded if _is_by(one.at, at)}
    for number, source in enumerate(incident.sources, start=1):  # one is enough, and often the first
        if number not in left_out and _is_by(source.at, at) and _speaks_here(source.platform, register):
            return True
    return any(_is_by(one.first_at, at) and _speaks_here(one.platform, register) for one in incident.beyond)


def _is_by(instant: datetime, at: datetime | None) -> bool:
    return at is None or instant <= at


def _speaks_here(platform: str, register: tuple[PlatformEntry, ...]) -> bool:
    """Whether the public speaks on a platform."""
    for entry in register:
        if entry.code == platform:
            return entry.kind is PlatformKind.PUBLIC
    return False
