"""回放报告: chosen steps of a replay one below the other, each with what happened, what changed,
and who held the ball.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casework.as_it_stood import real_instant
from casework.replay import Stop
from desk.case.view import IncidentPage, incident_page
from desk.replay.changes import StateDifference, differences
from desk.replay.view import Passed, mark_words, passed
from domain.case.state import Incident
from domain.catalogue import Decision
from storage.regulation_text import sentences
from words.cards import CardText
from words.holders import HolderLine
from words.timeline import TimelineItem, timeline
from words.wording import MomentText, moment

MOST_STEPS: Final = 100
_OWED: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStep:
    """One step: when, what stands out, what happened and changed, who held the ball,
    and what was owed with the time left then.
    """

    position: int
    at: MomentText
    marks: tuple[str, ...]
    passed: tuple[Passed, ...]
    entries: tuple[TimelineItem, ...]
    changes: tuple[StateDifference, ...]
    holder: HolderLine | None
    owed: tuple[CardText, ...]


def report_steps(
    stops: Sequence[Stop],
    span: tuple[int, int],
    states: Mapping[int, Incident],
    decisions: Mapping[int, Decision],
    *,
    only: bool,
) -> tuple[ReportStep, ...]:
    """The steps from one place to another, all or `only` those that stand out;
    of each the state and its decision are given.
    """
    return tuple(_steps(stops, span, states, decisions, only=only))


def _steps(
    stops: Sequence[Stop],
    span: tuple[int, int],
    states: Mapping[int, Incident],
    decisions: Mapping[int, Decision],
    *,
    only: bool,
) -> Iterator[ReportStep]:
    first, last = span
    pages: dict[int, IncidentPage] = {}

    def page_at(place: int) -> IncidentPage:
        """The page at a place; that of the place before is made for it, and is not made again."""
        if place not in pages:
            stop = stops[place - 1]
            pages[place] = _page(states[stop.number], stop.at)
        pages.pop(place - 2, None)
        return pages[place]

    for place in range(first, last + 1):
        stop = stops[place - 1]
        if only and not stop.marks:
            continue
        before = page_at(place - 1) if place > 1 else None
        page = page_at(place)
        state, decided = states[stop.number], () if stop.is_instant else (decisions[stop.number],)
        yield ReportStep(
            position=place,
            at=moment(stop.at),
            marks=mark_words(stop),
            passed=passed(state, stop),
            entries=tuple(reversed(timeline(state, decided, sentences(state.law.regulation)))),
            changes=differences(before, page),
            holder=page.holders[0] if page.holders else None,
            owed=page.cards.owed[:_OWED],
        )


def _page(state: Incident, at: datetime) -> IncidentPage:
    real = real_instant(state.drill, at)
    return incident_page(state, (), sentences(state.law.regulation), now=real, chain="")
