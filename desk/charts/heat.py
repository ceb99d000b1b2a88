"""热度: how an incident was spoken of over time, and what was done about it meanwhile."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from desk.case.status_panel import counts_owed
from desk.case.view import drill_words
from domain.case.obligations import RESPONSE_KINDS, ObligationBreached
from domain.case.state import Incident
from domain.catalogue import CaseEvent, Decision
from domain.law.levels import Metrics
from domain.rules.papers import PaperIssued
from domain.terms.workdays import SHANGHAI
from words.labels import label, word
from words.language import say
from words.wording import MomentText, moment

_MARKED: Final = frozenset({"registered", "judged", "level_raised", "published", "paper_issued", "closed"})
MARKED: Final = sorted({*_MARKED, "obligation_breached"})
MARKS: Final = 200  # decisions that the curve marks, the latest


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What was counted by an instant; `new_posts` since the count before, empty for the first."""

    at: MomentText
    posts: int
    reads: int
    comments: int
    new_posts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveMark:
    """Something recorded, under the number by which the curve names it."""

    number: int
    at: MomentText
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatPage:
    """The heat of one incident for readers; `chart` is the same for the script that draws it."""

    incident_id: str
    number: str
    title: str
    drill: str
    span: str
    counts: tuple[Count, ...]
    marks: tuple[CurveMark, ...]
    owed: str
    chart: dict[str, Any]


def heat_page(incident: Incident, decisions: Iterable[Decision], at: datetime) -> HeatPage:
    """The counts in the order of their instants, of several for one instant the last,
    and what was recorded.
    """
    taken = sorted({one.at: one for one in incident.metrics}.values(), key=lambda count: count.at)
    marks = tuple(_marks(incident, decisions))
    return HeatPage(
        incident_id=incident.incident_id,
        number=incident.number,
        title=incident.title,
        drill=drill_words(incident.drill),
        span=say("{first} 至 {last}", first=moment(taken[0].at).text, last=moment(taken[-1].at).text)
        if taken
        else "",
        counts=tuple(_counts(taken)),
        marks=marks,
        owed=counts_owed(incident, at),
        chart=_chart(taken, marks),
    )


def _counts(taken: list[Metrics]) -> Iterator[Count]:
    before: Metrics | None = None
    for count in taken:
        yield Count(
            at=moment(count.at),
            posts=count.posts,
            reads=count.reads,
            comments=count.comments,
            new_posts=f"{count.posts - before.posts:+d}" if before else "",
        )
        before = count


def _marks(incident: Incident, decisions: Iterable[Decision]) -> Iterator[CurveMark]:
    series = [
        (event.at, name)
        for decided in decisions
        for event in decided.events
        if (name := _name(incident, event))
    ]
    for number, (at, name) in enumerate(sorted(series, key=lambda mark: mark[0]), start=1):
        yield CurveMark(number=number, at=moment(at), name=name)


def _name(incident: Incident, event: CaseEvent) -> str:
    """What the curve calls an event; empty for one that it does not mark."""
    if isinstance(event, ObligationBreached):
        kind = incident.obligation(event.obligation).kind
        return say("{obligation}超时", obligation=word(kind)) if kind in RESPONSE_KINDS else ""
    if isinstance(event, PaperIssued):
        return say("{paper}已签发", paper=word(incident.paper(event.paper).kind))
    return label("events", event.kind).here if event.kind in _MARKED else ""


def _chart(taken: list[Metrics], marks: Iterable[CurveMark]) -> dict[str, Any]:
    """Instants as Shanghai's clock shows them, whatever zone the browser is in."""
    series = ((say("发帖"), "posts"), (say("评论"), "comments"), (say("阅读"), "reads"))
    return {
        "kind": "heat",
        "series": [
            {
                "name": name,
                "points": [[_local(count.at), getattr(count, field)] for count in taken],
            }
            for name, field in series
        ],
        "marks": [
            {"at": _local(datetime.fromisoformat(mark.at.iso)), "number": mark.number, "name": mark.name}
            for mark in marks
        ],
    }


def _local(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M:%S")
