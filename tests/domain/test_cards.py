"""黄牌、红牌: given by the record, marked by tolerance, gone with the breach (R443)."""

from dataclasses import replace

import pytest

from domain.rules.cards import CardColour, cards
from domain.steps.appraise import DecideTolerance, RequestTolerance
from domain.terms.vocabulary import EmergencyGrade
from tests.domain.cast import (
    ALICE,
    BOB,
    OFFICE,
    SECOND,
    UNIT,
    assigned,
    concluded,
    h,
    judged,
    published,
    registered,
    signed_for,
    step,
)
from tests.domain.given import given

YELLOW, RED = CardColour.YELLOW, CardColour.RED
START = (registered(), judged(), assigned(), signed_for())
OBLIGATION = f"RESP48:{UNIT}:assignment-1"


def shown(case, at):
    return [(card.colour, card.unit, card.at) for card in cards(case.state, at)]


@pytest.mark.parametrize(
    ("at", "found"),
    [
        (h(48), []),
        (h(48, s=1), [(YELLOW, UNIT, h(48))]),
        (h(72), [(YELLOW, UNIT, h(48))]),
        (h(72, s=1), [(RED, UNIT, h(72))]),
    ],
)
def test_a_missed_response_is_yellow_and_a_day_later_red(at, found):
    assert shown(given(*START).by(at), at) == found


@pytest.mark.parametrize(("at", "colour"), [(h(72), YELLOW), (h(72, s=1), RED)])
def test_an_answer_within_the_day_keeps_it_yellow_for_good(at, colour):
    case = given(*START, concluded(), published(at=at)).by(h(300))
    assert [card.colour for card in cards(case.state, h(300))] == [colour]


def test_an_earlier_instant_is_shown_as_it_stood():
    case = given(*START).by(h(300))
    assert (shown(case, h(47)), [card.colour for card in cards(case.state, h(50))]) == ([], [YELLOW])


def test_a_breach_withdrawn_leaves_no_card():
    *before, said = published(at=h(48))
    case = given(*START, concluded(), *before).case
    late = replace(case.submission(said), received_at=h(48))
    assert shown(case.until(h(48, s=20)), h(48, s=20)) == [(YELLOW, UNIT, h(48))]
    case.take(late, h(48, s=20))
    assert shown(case, h(100)) == []


def test_tolerance_marks_the_card_and_leaves_it():
    asked = step(h(50), BOB, RequestTolerance(obligation=OBLIGATION, reason="客观原因"))
    granted = step(h(51), ALICE, DecideTolerance(obligation=OBLIGATION, granted=True, reason="属实"))
    plain, marked = given(*START, asked).case, given(*START, asked, granted).case
    assert [card.tolerated for card in cards(plain.state, h(51))] == [False]
    assert [(card.colour, card.tolerated) for card in cards(marked.state, h(51))] == [(YELLOW, True)]


def test_each_unit_has_its_own_and_a_unit_named_too_late_none():
    both = given(registered(), judged(), assigned(UNIT, SECOND), concluded(), published()).by(h(50))
    assert shown(both, h(50)) == [(YELLOW, SECOND, h(48))]
    late = given(registered(), judged(), assigned(at=h(50))).by(h(51))
    assert shown(late, h(51)) == [(YELLOW, OFFICE, h(48))]


def test_other_limits_bring_no_card():
    urgent = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned(), concluded(), published(at=h(2)))
    assert shown(given(*urgent).by(h(100)), h(100)) == []
