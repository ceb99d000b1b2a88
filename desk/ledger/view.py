"""台账: one line per incident, column by column, the same for the page, the print and the exported sheet."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from desk.case.status_panel import level_code
from desk.case.view import case_time
from domain.case.obligations import RESPONSE_KINDS, Status
from domain.case.state import Incident
from domain.rules.coverage import coverage_rate
from domain.rules.milestones import milestones
from domain.rules.reach import reach_rate
from domain.rules.scores import score_deltas
from domain.terms.vocabulary import Marking
from domain.terms.workdays import SHANGHAI
from words.attention import stage_words
from words.cards import unit_name
from words.event_text.description import broken_words, class_words, conclusion_words, names
from words.labels import word
from words.language import marked, say
from words.platforms import platform_name
from words.wording import duration, listed

Value = str | datetime | timedelta | None


class Timeliness(StrEnum):
    """Whether the first responsible units answered in time;
    what is open counts as much as what was answered.
    """

    UNASSIGNED = "unassigned"
    OPEN_IN_TIME = "open_in_time"
    OPEN_LATE = "open_late"
    ANSWERED_IN_TIME = "answered_in_time"
    ANSWERED_LATE = "answered_late"
    NOT_OWED = "not_owed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its heading, what it takes from an incident at an instant of the case's clock,
    its width in a sheet.

    `is_main` columns are shown on a phone too. A sheet may say in its heading what its figures count.
    """

    key: str
    heading: str
    value: Callable[[Incident, datetime], Value]
    width: int = 14
    is_main: bool = False
    sheet_heading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One line for readers: the incident to go to, and its cells as text in the order of the columns."""

    incident_id: str
    number: str
    title: str
    timeliness: Timeliness
    cells: tuple[tuple[str, str, str, bool], ...]  # key, heading, text, whether it is a main one


def timeliness(incident: Incident) -> Timeliness:
    """The standing of the first responsible units' answers,
    the worst of them first (the on-time rate counts all).
    """
    if not incident.first_responsible:
        return Timeliness.UNASSIGNED
    answers = [
        obligation
        for obligation in incident.obligations
        if obligation.kind in RESPONSE_KINDS
        and obligation.unit in incident.first_responsible
        and obligation.status not in {Status.SUPERSEDED, Status.VOID}
    ]
    if not answers:
        return Timeliness.NOT_OWED
    if any(obligation.status is Status.BREACHED and obligation.is_owed for obligation in answers):
        return Timeliness.OPEN_LATE
    if any(obligation.status is Status.BREACHED for obligation in answers):
        return Timeliness.ANSWERED_LATE
    return (
        Timeliness.OPEN_IN_TIME
        if any(obligation.is_owed for obligation in answers)
        else Timeliness.ANSWERED_IN_TIME
    )


def _sources(incident: Incident, _: datetime) -> str:
    return say("、").join(
        dict.fromkeys(platform_name(incident.law, source.platform) for source in incident.sources)
    )


def _links(incident: Incident, _: datetime) -> str:
    return " ".join(source.url for source in incident.sources if source.url)


def _level(incident: Incident, _: datetime) -> str:
    return f"{level_code(incident.level)} {word(incident.level)}" if incident.level else say("未研判")


def _kind(incident: Incident, _: datetime) -> str:
    return incident.topic or word(incident.subject_kind)


def _bodies(incident: Incident, _: datetime) -> str:
    return names(incident, incident.first_responsible) or say("未确定")


def _published(incident: Incident, _: datetime) -> datetime | None:
    return min((item.published_at for item in incident.publications), default=None)


def _taken(incident: Incident, at: datetime) -> timedelta | None:
    published = _published(incident, at)
    return None if published is None else published - incident.clock_start


def conclusion_cell(incident: Incident, _: datetime) -> str:
    """What was concluded, with the mark of one that rests on the word of accountable units alone (DD-21)."""
    return conclusion_words(incident.conclusion) if incident.conclusion else say("未作结论")


def _reported(incident: Incident, _: datetime) -> datetime | None:
    return min((report.at for report in incident.reports), default=None)


def _points(incident: Incident, at: datetime) -> str:
    points_by_unit = {unit: points for unit, points in score_deltas(incident, at).items() if points}
    return say("；").join(
        f"{unit_name(incident.law, unit)} {points:+g}" for unit, points in points_by_unit.items()
    )


def _closed(incident: Incident, _: datetime) -> datetime | None:
    """When it was closed; what was not ours never is (DD-44)."""
    return None if incident.screening.sent_on is not None else incident.closed_at


def _marking(incident: Incident, _: datetime) -> Value:
    return None if incident.gravest_marking is Marking.NONE else word(incident.gravest_marking)


def _categories(incident: Incident, _: datetime) -> str:
    return listed(word(category) for category in incident.key_categories)


def _irregular(incident: Incident, _: datetime) -> str:
    """Each text that went out and could not have, with the rules that it broke (DD-30)."""
    return say("；").join(
        say("{unit}（{rules}）", unit=unit_name(incident.law, item.unit), rules=broken_words(item.irregular))
        for item in incident.publications
        if item.irregular
    )


def _reached(stage: str) -> Callable[[Incident, datetime], datetime | None]:
    """When one of the six stages was reached (R105)."""
    return lambda incident, _: getattr(milestones(incident), stage)


def _rate(rate: Callable[[Incident, datetime], float | None]) -> Callable[[Incident, datetime], str | None]:
    """A share as of then in percent; None where there is nothing to count (R365)."""

    def cell(incident: Incident, at: datetime) -> str | None:
        share = rate(incident, at)
        return None if share is None else f"{share:.1%}"

    return cell


COLUMNS: Final = (
    Column(key="number", heading=marked("编号"), value=lambda case, _: case.number, width=18, is_main=True),
    Column(key="discovered", heading=marked("发现时间"), value=lambda case, _: case.discovered_at, width=17),
    Column(key="registered", heading=marked("登记时间"), value=lambda case, _: case.registered_at, width=17),
    Column(key="sources", heading=marked("来源"), value=_sources),
    Column(key="title", heading=marked("标题"), value=lambda case, _: case.title, width=40, is_main=True),
    Column(key="level", heading=marked("等级"), value=_level, width=18, is_main=True),
    Column(key="marking", heading=marked("标识"), value=_marking, width=10),
    Column(key="kind", heading=marked("类别"), value=_kind),
    Column(key="categories", heading=marked("重点类别"), value=_categories, width=18),
    Column(key="class", heading=marked("时限"), value=lambda case, _: class_words(case.response_class)),
    Column(key="bodies", heading=marked("责任主体"), value=_bodies, width=24, is_main=True),
    Column(
        key="due", heading=marked("到期"), value=lambda case, _: case.response_due_at, width=17, is_main=True
    ),
    Column(key="published", heading=marked("公布时间"), value=_published, width=17, is_main=True),
    Column(key="taken", heading=marked("用时"), sheet_heading=marked("用时（小时）"), value=_taken, width=12),
    Column(
        key="timeliness",
        heading=marked("是否超时"),
        value=lambda case, _: word(timeliness(case)),
        is_main=True,
    ),
    Column(key="irregular", heading=marked("不合规公布"), value=_irregular, width=24),
    Column(key="verified", heading=marked("核实时间"), value=_reached("verified"), width=17),
    Column(key="judged", heading=marked("研判时间"), value=_reached("judged"), width=17),
    Column(key="disposed", heading=marked("处置时间"), value=_reached("disposed"), width=17),
    Column(key="conclusion", heading=marked("结论"), value=conclusion_cell, width=18),
    Column(key="reported", heading=marked("上报"), value=_reported, width=17),
    Column(key="coverage", heading=marked("覆盖率"), value=_rate(coverage_rate), width=10),
    Column(key="reach", heading=marked("到达率"), value=_rate(reach_rate), width=10),
    Column(key="stage", heading=marked("阶段"), value=lambda case, _: stage_words(case)),
    Column(key="closed", heading=marked("办结"), value=_closed, width=17),
    Column(key="points", heading=marked("得分"), value=_points, width=18),
    Column(key="links", heading=marked("链接"), value=_links, width=30),
)
_IN_SHEET: Final = frozenset(
    {"links", "registered", "stage", "marking", "verified", "judged", "disposed", "coverage", "reach"}
)
ON_PAGE: Final = tuple(column for column in COLUMNS if column.key not in _IN_SHEET)


def values(incident: Incident, now: datetime, columns: Iterable[Column] = COLUMNS) -> tuple[Value, ...]:
    """The cells of an incident at the real instant `now`, typed as a sheet wants them."""
    at = case_time(incident.drill, now)
    return tuple(column.value(incident, at) for column in columns)


def ledger_row(incident: Incident, now: datetime) -> LedgerRow:
    """The line of an incident at the real instant `now`, as the page shows it."""
    cells = zip(ON_PAGE, values(incident, now, ON_PAGE), strict=True)
    return LedgerRow(
        incident_id=incident.incident_id,
        number=incident.number,
        title=incident.title,
        timeliness=timeliness(incident),
        cells=tuple(
            (column.key, say(column.heading), _text(value), column.is_main) for column, value in cells
        ),
    )


def _text(value: Value) -> str:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, timedelta):
        return duration(value)
    return "" if value is None else str(value)
