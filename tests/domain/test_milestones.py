"""When each of the six stages was reached."""

from domain.rules.milestones import Milestones, milestones
from tests.domain.cast import assigned, concluded, h, handled, judged, published, registered
from tests.domain.given import given
from tests.domain.lives import withdrawn


def test_each_stage_has_the_instant_at_which_it_was_reached():
    case = given(registered(), judged(), assigned(), concluded(), published(at=h(5)), handled()).case
    found = milestones(case.state)
    assert found == Milestones(
        detected=h(),
        collected=h(m=5),
        verified=case.state.conclusion.at,
        judged=h(m=15),
        responded=h(5),
        disposed=case.state.handling[0].at,
    )
    assert found.verified is not None
    assert found.disposed is not None


def test_what_was_not_reached_has_none():
    found = milestones(given(registered()).case.state)
    assert (found.verified, found.judged, found.responded, found.disposed) == (None, None, None, None)


def test_a_word_taken_back_was_no_response():
    case = given(registered(), judged(), assigned(), concluded(), published(at=h(5)), withdrawn(h(6))).case
    assert milestones(case.state).responded is None
