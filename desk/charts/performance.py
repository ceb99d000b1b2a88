"""统计: how much each unit had to answer within a span, and how much of it in time;
no ranking, no rate of a few.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from domain.rules.cards import quarter
from domain.terms.vocabulary import Marking
from domain.terms.workdays import SHANGHAI
from storage.performance import Course, PublicResponse, Spread, Tally
from words.labels import label_of, word
from words.language import say
from words.wording import MomentText, duration, moment

FEWEST: Final = 5  # answers of which a rate or a mean says something
_DAY: Final = timedelta(days=1)
_QUARTERS: Final = 4  # of which a trend is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days in Shanghai, both included."""

    first: date
    last: date

    @property
    def begins_at(self) -> datetime:
        """The first instant."""
        return datetime.combine(self.first, time(), SHANGHAI)

    @property
    def ends_at(self) -> datetime:
        """The first instant after it."""
        return datetime.combine(self.last + _DAY, time(), SHANGHAI)

    @property
    def words(self) -> str:
        """The days for readers."""
        return say("{first} 至 {last}", first=self.first.isoformat(), last=self.last.isoformat())


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """A unit's answers: how many came due, in time, late, and not given yet; rate and mean in words."""

    unit: str
    name: str
    href: str
    due: int
    on_time: int
    late: int
    missing: int
    rate: str
    mean: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """One answer of a unit."""

    incident_id: str
    number: str
    title: str
    marking: Marking
    due: MomentText
    answered_at: MomentText | None
    used: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A span that can be chosen by a link."""

    name: str
    href: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformancePage:
    """The statistics of a span for readers; `chart` is the same for the script that draws it."""

    span: Span
    drill: bool
    periods: tuple[Period, ...]
    kinds: tuple[Period, ...]
    lines: tuple[UnitLine, ...]
    total: UnitLine | None
    chart: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseLine:
    """A key category, or a stage: its name, how many incidents,
    and for a stage the mean time from discovery.
    """

    name: str
    count: int
    mean: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePart:
    """The incidents registered within the span: how many, by key category, and how long each stage took."""

    incidents: int
    categories: tuple[CourseLine, ...]
    stages: tuple[CourseLine, ...]


def course_part(course: Course) -> CoursePart:
    """The incidents of a span for readers; a mean of a few is none."""
    names = {
        "verified": say("核实作出结论"),
        "judged": say("作出研判"),
        "responded": say("首次回应"),
        "disposed": say("线下处置"),
    }
    return CoursePart(
        incidents=course.incidents,
        categories=tuple(
            CourseLine(name=word(category), count=count) for category, count in course.by_category.items()
        ),
        stages=tuple(
            CourseLine(
                name=names[stage],
                count=taken.reached,
                mean=say("样本过少")
                if taken.reached < FEWEST
                else duration(timedelta(seconds=taken.seconds / taken.reached)),
            )
            for stage, taken in course.stages.items()
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadLine:
    """A quarter: coverage and reach on the mean in words, each with the number of incidents behind it."""

    quarter: str
    coverage: str
    reach: str


def quarters_to(last: Span) -> tuple[Span, ...]:
    """Four quarters up to the one in which a span ends, the oldest first."""
    quarters = [quarter_of(datetime.combine(last.last, time(), SHANGHAI))]
    while len(quarters) < _QUARTERS:
        quarters.append(quarter_of(quarters[-1].begins_at - _DAY))
    return tuple(reversed(quarters))


def spread_lines(quarters: Iterable[tuple[Span, Spread]]) -> tuple[SpreadLine, ...]:
    """The trend by quarter for readers; a mean of a few is none (R365)."""
    return tuple(
        SpreadLine(
            quarter=say("{year}年第{number}季度", year=span.first.year, number=(span.first.month + 2) // 3),
            coverage=_mean(spread.coverage, spread.covered),
            reach=_mean(spread.reach, spread.counted),
        )
        for span, spread in quarters
    )


def _mean(thousandths: int, count: int) -> str:
    if count < FEWEST:
        return say("样本过少")
    return say("{rate}（{count} 件）", rate=f"{thousandths / count / 1000:.1%}", count=count)


def quarter_of(now: datetime) -> Span:
    """The quarter of an instant, in Shanghai."""
    first, end = quarter(now)
    return Span(first=first.astimezone(SHANGHAI).date(), last=end.astimezone(SHANGHAI).date() - _DAY)


def performance_page(
    span: Span, by_unit: Mapping[str, Tally], units: Sequence[tuple[str, str]], now: datetime, *, drill: bool
) -> PerformancePage:
    """The statistics as of `now`; `units` are codes and names in the order in which they are listed,
    which ranks nobody.
    """
    names = {**dict(units), **{code: code for code in by_unit if code not in dict(units)}}
    lines = tuple(
        _line(code, name, _href(span, code, drill=drill), by_unit[code])
        for code, name in names.items()
        if code in by_unit
    )
    return PerformancePage(
        span=span,
        drill=drill,
        periods=tuple(_periods(span, now, drill=drill)),
        kinds=tuple(
            Period(name=name, href=_href(span, "", drill=wanted), is_chosen=wanted is drill)
            for name, wanted in ((say("正式"), False), (say("演练"), True))
        ),
        lines=lines,
        total=_line("", say("合计"), "", sum(by_unit.values(), Tally())) if len(lines) > 1 else None,
        chart=_chart(lines),
    )


def _line(code: str, name: str, href: str, tally: Tally) -> UnitLine:
    few = say("样本过少")
    part, whole = tally.on_time, tally.due
    return UnitLine(
        unit=code,
        name=name,
        href=href,
        due=tally.due,
        on_time=tally.on_time,
        late=tally.due - tally.on_time - tally.missing,
        missing=tally.missing,
        rate=few
        if whole < FEWEST
        else say("{rate}（{part}/{whole}）", rate=f"{part / whole:.0%}", part=part, whole=whole),
        mean=few if tally.used < FEWEST else duration(timedelta(seconds=tally.used_seconds / tally.used)),
    )


def answer_lines(answers: Iterable[PublicResponse]) -> Iterator[AnswerLine]:
    """The answers of a unit one by one, as they came due."""
    for answer in answers:
        at = answer.fulfilled_at
        yield AnswerLine(
            incident_id=answer.incident_id,
            number=answer.number,
            title=answer.title,
            marking=answer.marking,
            due=moment(answer.due_at),
            answered_at=moment(at) if at else None,
            used=duration(at - answer.clock_start) if at else "",
            outcome=_outcome(answer),
        )


def _outcome(answer: PublicResponse) -> str:
    if answer.is_on_time:
        return label_of(answer.status).here
    return say("超时后回应") if answer.fulfilled_at else say("超时未回应")


def _periods(span: Span, now: datetime, *, drill: bool) -> Iterator[Period]:
    this = quarter_of(now)
    last = quarter_of(this.begins_at - _DAY)
    year = Span(first=date(this.first.year, 1, 1), last=date(this.first.year, 12, 31))
    for name, tally in ((say("本季度"), this), (say("上季度"), last), (say("本年"), year)):
        yield Period(name=name, href=_href(tally, "", drill=drill), is_chosen=tally == span)


def _href(span: Span, unit: str, *, drill: bool) -> str:
    parameters = {"first": span.first.isoformat(), "last": span.last.isoformat()}
    parameters |= {"drill": "true"} if drill else {}
    return f"/performance{f'/{unit}' if unit else ''}?{urlencode(parameters)}"


def _chart(lines: Sequence[UnitLine]) -> dict[str, Any]:
    parts = ((say("按时"), "on_time"), (say("超时后回应"), "late"), (say("超时未回应"), "missing"))
    return {
        "kind": "performance",
        "units": [line.name for line in lines],
        "series": [
            {"name": name, "part": part, "counts": [getattr(line, part) for line in lines]}
            for name, part in parts
        ],
    }
