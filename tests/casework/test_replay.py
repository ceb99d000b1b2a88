"""The stops of a replay: every decision once, every limit that passed in silence, and what stands out."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from casework.replay import BASE_EVERY, Outline, ReplayMark, outlined, place_of, stops_until
from domain import incident as rules
from domain.catalogue import Decision, Tick
from domain.incident import fold
from rehearsals.document import load
from rehearsals.folding import fold_rehearsal
from tests.domain.grown import Grown
from tests.pages import stories

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "rehearsals").glob("*.yaml"))
START = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)


def sealed(decisions: list[Decision]) -> list[tuple[Decision, str]]:
    return [(decided, f"seal-{decided.last_number}") for decided in decisions]


def outline_of(decisions: list[Decision]) -> Outline:
    return outlined(sealed(decisions))


def stopped_clock(hours: float) -> list[Decision]:
    """A case that is assigned and signed for, whose clock then stood still until so many hours after
    its beginning.
    """
    told = stories.city_management(START, until_hours=2)
    late = rules.decision(told.told(), Tick(), told.at(hours))
    assert late is not None
    return [*told.decisions, late]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_event_of_every_rehearsal_belongs_to_one_stop(file: Path):
    for folded in fold_rehearsal(load(file)):
        if not folded.decisions:
            continue
        stops = outline_of(list(folded.decisions)).stops
        numbers = [number for stop in stops for number in range(stop.first, stop.number + 1)]
        assert numbers == list(range(1, folded.decisions[-1].last_number + 1))
        assert all(before.at <= after.at for before, after in pairwise(stops))
        assert [stop for stop in stops if stop.passed] == []  # the clock was never late


def test_a_limit_that_passed_without_a_record_is_a_stop_a_second_after_it():
    outline = outline_of(stopped_clock(60))
    silent = [stop for stop in outline.stops if stop.is_instant]
    due = START + timedelta(hours=48)
    assert [(stop.at, stop.passed) for stop in silent if any("RESP48" in name for name in stop.passed)] == [
        (due + timedelta(seconds=1), ("RESP48:urban_management:assignment-1",))
    ]
    assert all(stop.marks == {ReplayMark.DUE} for stop in silent)
    last = outline.stops[-1]
    assert (last.at, ReplayMark.BREACH in last.marks) == (START + timedelta(hours=60), True)


def test_a_breach_that_was_recorded_at_its_second_needs_no_stop_of_its_own():
    told = stories.city_management(START, until_hours=60)
    stops = outline_of(told.decisions).stops
    assert [stop for stop in stops if stop.is_instant] == []
    assert [stop.at for stop in stops if ReplayMark.BREACH in stop.marks][-1] == START + timedelta(
        hours=48, seconds=1
    )


def test_limits_that_passed_since_the_last_record_are_stops_up_to_the_present():
    told = stories.city_management(START, until_hours=2)
    outline = outline_of(told.decisions)
    due = START + timedelta(hours=48)
    assert stops_until(outline, due)[-1].at < due
    assert stops_until(outline, due + timedelta(seconds=1))[-1].at == due + timedelta(seconds=1)


def test_publications_and_rises_stand_out():
    folded = next(
        iter(fold_rehearsal(load(ROOT / "rehearsals" / "rise-fall-and-rise-around-an-answer.yaml")))
    )
    marks = [stop.marks for stop in outline_of(list(folded.decisions)).stops]
    events = [event for decided in folded.decisions for event in decided.events]
    assert sum(ReplayMark.RISE in one for one in marks) == 3
    assert (
        sum(ReplayMark.PUBLICATION in one for one in marks)
        == sum(event.kind == "published" for event in events)
        > 0
    )


def test_an_outline_that_is_carried_on_is_the_same_as_one_made_at_once():
    told = sealed(stopped_clock(100))
    for cut in range(1, len(told)):
        parts = outlined(told[cut:], outlined(told[:cut]))
        assert (parts.stops, parts.people, parts.last) == (
            outlined(told).stops,
            outlined(told).people,
            outlined(told).last,
        )


def test_a_stop_is_found_by_number_and_by_instant():
    told = stories.city_management(START, until_hours=60)
    stops = outline_of(told.decisions).stops
    for place, stop in enumerate(stops, start=1):
        assert place_of(stops, stop.number) == place_of(stops, stop.first) == place
        assert stops[(place_of(stops, stop.at) or 0) - 1].at == stop.at
    assert place_of(stops, 0) is None
    assert place_of(stops, stops[-1].number + 1) is None
    assert place_of(stops, START - timedelta(days=1)) is None
    assert place_of(stops, START + timedelta(days=99)) == len(stops)


def test_no_stop_of_a_long_case_is_folded_from_its_beginning():
    """What a stop costs does not grow with the case: so many decisions from the state that is kept
    before it, at most.
    """
    grown = Grown(share=0.1)
    outline = outline_of(list(grown.decisions))
    places = {stop.number: place for place, stop in enumerate(outline.stops)}
    assert len(outline.stops) > 3 * BASE_EVERY
    for place, stop in enumerate(outline.stops):
        base = outline.base_of(stop.number)
        before = places[base.state.event_number] if base else 0
        assert place - before <= BASE_EVERY
        if base and place % 40 == 0:
            between = [
                d.events for d in grown.decisions if base.state.event_number < d.first_number <= stop.number
            ]
            state = fold([event for events in between for event in events], base.state)
            assert state is not None
            assert state.event_number == stop.number
