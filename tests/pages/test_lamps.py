"""The lamp of an obligation, to the second (`practice.md` 3.7)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.case.obligations import Obligation, Status
from domain.terms.vocabulary import ObligationKind
from tests.pages import stories
from tests.pages.stories import NOON
from words.lamps import LAMP_WORDS, Lamp, lamp, turns_at

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def response() -> Obligation:
    """48 hours from 10:00, held by the office."""
    return stories.school(NOON).told().obligations[0]


def publication() -> Obligation:
    """24 hours from 10:00, of the park."""
    obligations = stories.explosion(NOON).told().obligations
    return next(obligation for obligation in obligations if obligation.kind is ObligationKind.PUB24)


@pytest.mark.parametrize(
    ("left", "shown"),
    [
        (48 * HOUR, Lamp.GREEN),
        (24 * HOUR + SECOND, Lamp.GREEN),
        (24 * HOUR, Lamp.YELLOW),
        (12 * HOUR + SECOND, Lamp.YELLOW),
        (12 * HOUR, Lamp.ORANGE),
        (6 * HOUR + SECOND, Lamp.ORANGE),
        (6 * HOUR, Lamp.RED),
        (0 * HOUR, Lamp.RED),
        (-SECOND, Lamp.OVERDUE),
    ],
)
def test_48_hours_turn_at_24_12_and_6(left: timedelta, shown: Lamp):
    obligation = response()
    assert lamp(obligation, obligation.due_at - left) is shown


@pytest.mark.parametrize(
    ("left", "shown"),
    [
        (12 * HOUR + SECOND, Lamp.GREEN),
        (12 * HOUR, Lamp.YELLOW),
        (6 * HOUR, Lamp.ORANGE),
        (3 * HOUR + SECOND, Lamp.ORANGE),
        (3 * HOUR, Lamp.RED),
    ],
)
def test_24_hours_turn_at_12_6_and_3(left: timedelta, shown: Lamp):
    obligation = publication()
    assert lamp(obligation, obligation.due_at - left) is shown


def test_a_moved_due_instant_keeps_the_hours_of_the_statutory_limit():
    moved = replace(publication(), due_at=NOON + 50 * HOUR)
    assert lamp(moved, moved.due_at - 5 * HOUR) is Lamp.ORANGE
    assert lamp(moved, moved.due_at - 3 * HOUR) is Lamp.RED


def test_other_obligations_are_lit_by_the_hours_left_too():
    sign = next(
        obligation
        for obligation in stories.explosion(NOON).told().obligations
        if obligation.kind is ObligationKind.SIGN
    )
    running = replace(sign, status=Status.OPEN, breached_at=None, fulfilled_at=None)
    assert lamp(running, running.clock_start) is Lamp.RED  # half an hour, and less each minute
    of_days = replace(running, due_at=running.clock_start + 240 * HOUR)
    hours = [(120, Lamp.GREEN), (24, Lamp.YELLOW), (12, Lamp.ORANGE), (6, Lamp.RED)]
    for left, shown in hours:
        assert lamp(of_days, of_days.due_at - left * HOUR) is shown


def test_a_breach_stays_overdue_when_the_deed_is_done_later():
    story = stories.city_management(NOON)
    late = next(
        obligation
        for obligation in story.told().obligations
        if obligation.unit and obligation.kind is ObligationKind.RESP48
    )
    assert late.fulfilled_at is not None
    assert lamp(late, story.at(400)) is Lamp.OVERDUE


def test_a_deed_in_time_is_done_and_a_superseded_obligation_is_out():
    obligations = stories.tap_water(NOON).told().obligations
    held, answered = (obligation for obligation in obligations if obligation.kind is ObligationKind.RESP48)
    assert lamp(held, NOON) is Lamp.OFF
    assert lamp(answered, NOON) is Lamp.DONE


def test_an_advisory_limit_goes_out_instead_of_overdue():
    advisory = next(
        obligation
        for obligation in stories.explosion(NOON).told().obligations
        if obligation.kind is ObligationKind.OVL_5H
    )
    assert lamp(advisory, advisory.due_at) is Lamp.RED
    assert lamp(advisory, advisory.due_at + SECOND) is Lamp.OFF


def test_a_page_is_told_when_the_lamp_turns_next():
    obligation = response()
    at = NOON
    for left in (24 * HOUR, 12 * HOUR, 6 * HOUR, -SECOND):
        turn = turns_at(obligation, at)
        assert turn == obligation.due_at - left
        assert lamp(obligation, turn) is not lamp(obligation, turn - SECOND)
        at = turn
    assert turns_at(obligation, at) is None


def test_every_lamp_has_a_word_of_its_own():
    assert len(set(LAMP_WORDS.values())) == len(Lamp) == len(LAMP_WORDS)
