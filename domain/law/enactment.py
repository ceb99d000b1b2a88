"""Changing the parameters of a regulation: proposed by one person, confirmed by another,
never retroactive (R007).
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from domain.terms.refusals import Reason, Refused
from domain.terms.roles import LEADERS, Actor, Role
from domain.terms.vocabulary import MediaTier, WarningLevel
from domain.terms.workdays import DayOfYear

LAWGIVERS = LEADERS | {Role.CITY_LEADER}
CALENDAR = "calendar."
PROFILES = "profiles."
_FIXED = frozenset({"regulation", "version", "title", "shared", "calendar", "profiles"})
_YEAR = re.compile(r"20\d\d").fullmatch
_DAYS = frozenset({"holidays", "makeup_workdays"})
_SATURDAY = 5
_PARTS = frozenset({"keywords", "scope", "thresholds"})
_COUNTS = frozenset({"reads", "comments", "accountable_units"})
_SCORES = range(100, 501)  # hundredths
_MOST_KEYWORDS = 50
_LONGEST_TEXT = 500
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?").fullmatch
_LONGEST = timedelta(days=366)
_HUNDRED = 100
_LARGEST = 2**53


class ChangeOutcome(StrEnum):
    """What became of a proposal."""

    CONFIRMED = "confirmed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enacted:
    """A change in force: its number, and its parameters as JSON, by dotted name such as `limits.h24`."""

    number: int
    parameters: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAnswer:
    """The second person's word on a proposal."""

    outcome: ChangeOutcome
    by: Actor
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LawChange:
    """A proposal to change parameters, with its reason, from when it is to hold, and the answer,
    once there is one.
    """

    number: int
    regulation: str
    parameters: str
    reason: str
    effective_from: datetime
    proposed_by: Actor
    proposed_at: datetime
    answer: ChangeAnswer | None = None

    @property
    def in_force_from(self) -> datetime | None:
        """From when it holds for registrations: never before it was confirmed; None unless it was."""
        if self.answer is None or self.answer.outcome is not ChangeOutcome.CONFIRMED:
            return None
        return max(self.effective_from, self.answer.at)


def enacted(changes: Iterable[LawChange], at: datetime) -> tuple[Enacted, ...]:
    """The changes in force at an instant, in the order in which they came into force."""
    begun = [(change.in_force_from, change) for change in changes]
    in_force = sorted(
        (since, change.number, change) for since, change in begun if since is not None and since <= at
    )
    return tuple(Enacted(number=number, parameters=change.parameters) for _, number, change in in_force)


def check_proposer(actor: Actor) -> None:
    """Refuses a proposal by somebody who leads nothing."""
    if actor.role not in LAWGIVERS:
        raise Refused(Reason.ROLE_NOT_ALLOWED, actor.role)


def check_answerer(change: LawChange, actor: Actor, outcome: ChangeOutcome, office: str) -> None:
    """Refuses what is no second person's word (R007).

    1. Both lead; a proposal is answered once.
    2. Nobody confirms a proposal of their own, in whatever role; who proposed may take it back.
    3. One of the two who enact it is the principal leader of 市政府办公室;
       others decline what they might have enacted.
    """
    if actor.role not in LAWGIVERS:
        raise Refused(Reason.ROLE_NOT_ALLOWED, actor.role)
    if change.answer is not None:
        raise Refused(Reason.CHANGE_SETTLED, change.answer.outcome)
    if actor.person == change.proposed_by.person:
        if outcome is ChangeOutcome.DECLINED:
            return
        raise Refused(Reason.CHANGE_SELF_CONFIRMED, str(change.number))
    if not any(_leads_office(person, office) for person in (actor, change.proposed_by)):
        raise Refused(Reason.CHANGE_OFFICE_MISSING, office)


def _leads_office(actor: Actor, office: str) -> bool:
    return actor.unit == office and actor.role is Role.PRINCIPAL_LEADER


def check_parameters(present: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Refuses what is no change of the parameters at hand.

    1. Each name stands in them, `regulation`, `version` and `title` apart;
       each value is of the kind that stands there.
    2. Time limits are longer than nothing; counts, percentages and signs of scores make sense;
       the four weights come to 100.
    3. A change that changes nothing is none.
    4. `calendar.2027` is the working calendar of a year, in place of what stands for it (DD-39).
    5. `profiles.qingxi` is what a unit judges by, in place of what stands for it;
       an empty one gives it the city's standards (R321).
    """
    if not wanted:
        raise Refused(Reason.MISSING_PART, "parameters")
    for name, value in wanted.items():
        if name.startswith(CALENDAR):
            _check_calendar(present, name, value)
            continue
        if name.startswith(PROFILES):
            _check_profile(present, name, value)
            continue
        standing = _standing(present, name)
        if value == standing or not _alike(standing, value) or not _sensible(name, value):
            raise Refused(Reason.CHANGE_VALUE_WRONG, name)
    weights = amended(present, wanted).get("weights", {})
    if sum(weights.values()) != _HUNDRED:
        raise Refused(Reason.CHANGE_VALUE_WRONG, "weights")


def amended(present: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters with some of them, given by dotted name, replaced."""
    values: dict[str, Any] = json.loads(json.dumps(present))
    for name, value in wanted.items():
        *folders, last = name.split(".")
        place = values
        for folder in folders:
            place = place.setdefault(folder, {}) if name.startswith((CALENDAR, PROFILES)) else place[folder]
        place[last] = value
    return values


def _check_calendar(present: Mapping[str, Any], name: str, value: Any) -> None:
    """A year's holidays are weekdays off, its make-up days weekend days worked,
    each a day of that year and told once.
    """
    year = name.removeprefix(CALENDAR)
    if _YEAR(year) is None:
        raise Refused(Reason.CHANGE_PARAMETER_UNKNOWN, name)
    days = dict(value) if isinstance(value, Mapping) else {}
    if days.keys() != _DAYS or days == present.get("calendar", {}).get(year):
        raise Refused(Reason.CHANGE_VALUE_WRONG, name)
    for part, at_weekends in (("holidays", False), ("makeup_workdays", True)):
        listed = [_day(day, year) for day in days[part]] if isinstance(days[part], list) else [None]
        if len(set(listed)) < len(listed) or any(
            day is None or (day.weekday() >= _SATURDAY) is not at_weekends for day in listed
        ):
            raise Refused(Reason.CHANGE_VALUE_WRONG, f"{name}.{part}")


def _check_profile(present: Mapping[str, Any], name: str, value: Any) -> None:
    """A profile has words, a scope or thresholds; a level is named once, each count is positive,
    each medium of a tier.
    """
    profile = dict(value) if isinstance(value, Mapping) else {"": value}
    standing = present.get("profiles", {}).get(name.removeprefix(PROFILES), {})
    keywords, scope = profile.get("keywords", []), profile.get("scope", "")
    rows = profile.get("thresholds", [])
    faults = {
        name: not profile.keys() <= _PARTS or profile == standing,
        f"{name}.keywords": not isinstance(keywords, list)
        or len(keywords) > _MOST_KEYWORDS
        or not all(map(_short, keywords)),
        f"{name}.scope": scope != "" and not _short(scope),
        f"{name}.thresholds": not isinstance(rows, list)
        or not all(map(_is_row, rows))
        or len({row["level"] for row in rows}) < len(rows),
    }
    for place, is_wrong in faults.items():
        if is_wrong:
            raise Refused(Reason.CHANGE_VALUE_WRONG, place)


def _short(text: Any) -> bool:
    return isinstance(text, str) and 0 < len(text.strip()) <= _LONGEST_TEXT and text.isprintable()


def _is_row(row: Any) -> bool:
    """Whether a row names a level with its score, and beside it counts and tiers of media alone."""
    if not isinstance(row, Mapping) or not {"level", "score"} <= row.keys():
        return False
    counts = [row[name] for name in _COUNTS & row.keys()]
    media = row.get("media", [])
    return (
        row.keys() <= {"level", "score", "media", *_COUNTS}
        and isinstance(row["level"], str)
        and row["level"] in set(WarningLevel)
        and _whole(row["score"])
        and row["score"] in _SCORES
        and all(_whole(count) and count > 0 for count in counts)
        and isinstance(media, list)
        and set(map(str, media)) <= set(MediaTier)
    )


def _whole(number: Any) -> bool:
    return isinstance(number, int) and not isinstance(number, bool)


def check_profiles(wanted: Mapping[str, Any], units: Iterable[str]) -> None:
    """Refuses standards of judging for a unit that the law does not know (R321)."""
    known = set(units)
    for name in wanted:
        if name.startswith(PROFILES) and (unit := name.removeprefix(PROFILES)) not in known:
            raise Refused(Reason.UNKNOWN_UNIT, unit)


def check_fixed_days(wanted: Mapping[str, Any], fixed_days: Iterable[DayOfYear]) -> None:
    """Refuses the calendar of a year that leaves out a weekday which is a holiday by law
    in every year (DD-39).
    """
    days = tuple(fixed_days)
    for name, value in wanted.items():
        if name.startswith(CALENDAR):
            year = int(name.removeprefix(CALENDAR))
            off = [date(year, fixed.month, fixed.day) for fixed in days]
            if not {day.isoformat() for day in off if day.weekday() < _SATURDAY} <= set(value["holidays"]):
                raise Refused(Reason.CHANGE_VALUE_WRONG, f"{name}.holidays")


def _day(written: Any, year: str) -> date | None:
    """A day of the year as 2027-01-01; None for anything else."""
    try:
        day = date.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None
    return day if day is not None and day.isoformat() == written and written.startswith(f"{year}-") else None


def _standing(present: Mapping[str, Any], name: str) -> Any:
    value: Any = present
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            raise Refused(Reason.CHANGE_PARAMETER_UNKNOWN, name)
        value = value[part]
    if name.partition(".")[0] in _FIXED or isinstance(value, Mapping):
        raise Refused(Reason.CHANGE_PARAMETER_UNKNOWN, name)
    return value


def _alike(standing: Any, value: Any) -> bool:
    """Whether a value is of the kind of the one that stands there:
    a switch, a number, a time span, a list, a word.
    """
    if isinstance(standing, list):
        return isinstance(value, list) and bool(value) and all(_among(standing, item) for item in value)
    if isinstance(standing, bool) or isinstance(value, bool):
        return isinstance(standing, bool) and isinstance(value, bool)
    if isinstance(standing, int | float):
        return isinstance(value, int | float) and abs(value) <= _LARGEST  # JSON has no endless numbers
    if not isinstance(value, str):
        return False
    return span_of(standing) is None or span_of(value) is not None


def _among(standing: list[Any], item: Any) -> bool:
    """Whether an item is like those of the list that stands there, in each of its parts where it has any."""
    if not isinstance(item, Mapping):
        return any(_alike(other, item) for other in standing if not isinstance(other, Mapping))
    known: dict[str, Any] = {}
    for other in standing:
        known |= other if isinstance(other, Mapping) else {}
    return bool(item) and all(part in known and _alike(known[part], inner) for part, inner in item.items())


_BONUSES = frozenset({"base", "self_discovered", "self_discovered_max", "model_response"})


def _sensible(name: str, value: Any) -> bool:
    folder, _, last = name.rpartition(".")
    if folder in {"limits", "weights"} and isinstance(value, int | float):
        return isinstance(value, int) and value > 0 and (last == "rectify_workdays" or value <= _HUNDRED)
    if name == "larger_impact_comments":
        return isinstance(value, int) and value > 0
    if folder == "scores":
        return bool(value >= 0 if last in _BONUSES else value <= 0)
    if last == "reminder_percents":
        return value == sorted(set(value)) and all(0 < percent < _HUNDRED for percent in value)
    shortest = (
        timedelta(0) if name == "escalation.rungs" else timedelta(seconds=1)
    )  # the first rung follows at once
    return all(shortest <= span <= _LONGEST for span in _spans(value))


def _spans(value: Any) -> Iterator[timedelta]:
    """All time spans in a value."""
    if isinstance(value, list):
        for item in value:
            yield from _spans(item)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _spans(inner)
    elif isinstance(value, str) and (span := span_of(value)) is not None:
        yield span


def span_of(text: str) -> timedelta | None:
    """The time span of a text such as PT24H or P30D; None for any other text."""
    match = _DURATION(text)
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    try:
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        return timedelta.max
