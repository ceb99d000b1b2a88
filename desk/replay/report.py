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
from desk.replay.view import Passed, ReplayNotice, mark_words, passed, told_rows
from domain.case.state import Incident
from domain.catalogue import Decision
from storage.regulation_text import sentences
from storage.told import NoticeThen
from words.cards import CardText
from words.holders import HolderLine
from words.timeline import TimelineItem, timeline
from words.wording import MomentText, moment

MOST_STEPS: Final = 100
MOST_NOTICES: Final = 1000  # that a report looks through, the latest
_OWED: Final = 8
_MOST: Final = 12
_WAITING: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReceipts:
    """Who had been told by a step: the notices that it sent, with their receipts as far as the report goes;
    and of all until then how many had come, how many had been acknowledged, and whose had not.
    """

    sent: tuple[ReplayNotice, ...]
    sent_more: int
    come: int
    acknowledged: int
    waiting: tuple[ReplayNotice, ...]
    waiting_more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStep:
    """One step: when, what stands out, what happened and changed, who held the ball,
    what was owed with the time left then, and who had been told.
    """

    position: int
    at: MomentText
    marks: tuple[str, ...]
    passed: tuple[Passed, ...]
    entries: tuple[TimelineItem, ...]
    changes: tuple[StateDifference, ...]
    holder: HolderLine | None
    owed: tuple[CardText, ...]
    receipts: ReportReceipts


def report_steps(
    stops: Sequence[Stop],
    span: tuple[int, int],
    states: Mapping[int, Incident],
    decisions: Mapping[int, Decision],
    notices: Sequence[NoticeThen],
    *,
    only: bool,
) -> tuple[ReportStep, ...]:
    """The steps from one place to another, all or `only` those that stand out;
    of each the state and its decision are given, and the notices that had come by the end.
    """
    return tuple(_steps(stops, span, states, decisions, notices, only=only))


def _steps(
    stops: Sequence[Stop],
    span: tuple[int, int],
    states: Mapping[int, Incident],
    decisions: Mapping[int, Decision],
    notices: Sequence[NoticeThen],
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
            receipts=_receipts(state, stop, notices),
        )


def _receipts(state: Incident, stop: Stop, notices: Sequence[NoticeThen]) -> ReportReceipts:
    at = real_instant(state.drill, stop.at)
    sent = (
        [] if stop.is_instant else [one for one in notices if stop.first <= one.event_number <= stop.number]
    )
    come = [one for one in notices if one.delivered_at <= at]
    waiting = [one for one in come if one.acknowledged_at is None or one.acknowledged_at > at]
    return ReportReceipts(
        sent=told_rows(state, sent[:_MOST], stop),
        sent_more=max(len(sent) - _MOST, 0),
        come=len(come),
        acknowledged=len(come) - len(waiting),
        waiting=told_rows(state, waiting[:_WAITING], stop),
        waiting_more=max(len(waiting) - _WAITING, 0),
    )


def _page(state: Incident, at: datetime) -> IncidentPage:
    real = real_instant(state.drill, at)
    return incident_page(state, (), sentences(state.law.regulation), now=real, chain="")
