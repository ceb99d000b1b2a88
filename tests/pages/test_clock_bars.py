"""The clocks of a case as a picture: what stands where, by the same instants as the cards."""

from dataclasses import replace
from datetime import datetime, timedelta

from desk.case.clock_bars import WIDTH, Bar, ClockBars, clock_bars
from domain.case.obligations import Status
from domain.terms.vocabulary import ObligationKind
from tests.pages import stories
from tests.pages.stories import NOON
from tests.pages.telling import Story
from words.labels import word
from words.lamps import Lamp


def picture(story: Story, hours: float) -> ClockBars:
    clocks = clock_bars(story.told(), story.at(hours))
    assert clocks is not None
    return clocks


def bar(clocks: ClockBars, kind: ObligationKind) -> Bar:
    return next(one for one in clocks.bars if one.kind == word(kind))


def place(clocks: ClockBars, story: Story, hours: float) -> int:
    """Where an instant belongs, from the ends that the picture names."""
    first, last = (one.iso for one in (clocks.first, clocks.last))
    begin, end = (datetime.fromisoformat(one) for one in (first, last))
    return round(WIDTH * (story.at(hours) - begin) / (end - begin))


def test_a_bar_runs_from_start_to_due_and_now_stands_across():
    story = stories.city_management(NOON, until_hours=2)
    clocks = picture(story, 12)
    answer = bar(clocks, ObligationKind.RESP48)
    assert (answer.x, answer.x + answer.width) == (place(clocks, story, 0), place(clocks, story, 48))
    assert clocks.now == place(clocks, story, 12)
    assert answer.late == 0
    assert answer.deed is None
    assert [one.x for one in answer.reminders] == [place(clocks, story, hours) for hours in (24, 36, 43.2)]
    assert not any(one.is_sent for one in answer.reminders)


def test_what_runs_over_shows_how_far_and_its_reminders_as_sent():
    story = stories.city_management(NOON, until_hours=60)
    clocks = picture(story, 60)
    answer = bar(clocks, ObligationKind.RESP48)
    assert answer.lamp is Lamp.OVERDUE
    assert answer.x + answer.width + answer.late == place(clocks, story, 60) == clocks.now
    assert [one.is_sent for one in answer.reminders] == [True] * 3


def test_what_was_done_stands_below_what_is_owed_with_its_deed():
    story = stories.city_management(NOON, until_hours=400)
    incident = story.told()
    clocks = clock_bars(incident, story.at(400))
    assert clocks is not None
    late = [
        obligation
        for obligation in incident.obligations
        if obligation.status is Status.BREACHED and obligation.fulfilled_at
    ]
    assert {one.id for one in clocks.bars if one.late} == {obligation.id for obligation in late}
    assert all(one.deed == one.x + one.width + one.late for one in clocks.bars if one.late)
    dues = [one for one in clocks.bars if one.done is not None]
    assert dues == list(clocks.bars[-len(dues) :])


def test_midnights_are_those_of_the_city():
    story = stories.city_management(NOON, until_hours=2)
    clocks = picture(story, 12)
    assert list(clocks.midnights) == [place(clocks, story, hours) for hours in (14, 38)]


def test_nothing_owed_and_nothing_done_is_no_picture():
    story = stories.tap_water(NOON)
    incident = story.told()
    assert clock_bars(replace(incident, obligations=()), story.at(1)) is None


def test_each_position_lies_within_the_picture():
    for story in (stories.city_management(NOON), stories.tap_water(NOON)):
        for hours in (0, 1, 47, 200, 5000):
            clocks = clock_bars(story.told(), story.at(hours))
            assert clocks is not None
            for one in clocks.bars:
                assert 0 <= one.x < one.x + one.width <= WIDTH + 1
                assert one.x + one.width + one.late <= WIDTH + 2
                assert all(0 <= other.x <= WIDTH for other in one.reminders)
            assert datetime.fromisoformat(clocks.last.iso) - datetime.fromisoformat(
                clocks.first.iso
            ) >= timedelta(hours=1)
