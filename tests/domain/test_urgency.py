"""One order of obligations: breached ones above all, then answers and what replaces one, then the rest,
each by its own due instant.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.case.obligations import Status
from domain.rules.urgency import answer_due_at, ranked
from domain.terms.copies import changed
from domain.terms.vocabulary import EmergencyGrade, ObligationKind
from tests.domain.cast import UNIT, assigned, concluded, h, judged, published, registered, signed_for
from tests.domain.given import given
from tests.domain.lives import withdrawn

KINDS = ObligationKind
START = (registered(), judged(), assigned())
EMERGENCY = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned(), signed_for(at=h(m=25)))


def kinds(case) -> list[ObligationKind]:
    return [obligation.kind for obligation in ranked(case.state)]


def test_an_answer_stands_before_a_signature_that_is_due_sooner():
    case = given(*START).by(h(m=5))
    assert kinds(case) == [KINDS.RESP48, KINDS.SIGN]


def test_what_is_breached_stands_above_all():
    case = given(*START).by(h(30))
    assert case.obligation(KINDS.SIGN, UNIT).breached_at is not None
    assert kinds(case)[:2] == [KINDS.SIGN, KINDS.RESP48]


def test_a_replacement_of_the_only_publication_stands_before_later_answers():
    case = given(*EMERGENCY, concluded(), published(at=h(4)), withdrawn(h(4, m=10))).by(h(5))
    first = ranked(case.state)[0]
    assert (first.kind, first.due_at) == (KINDS.REPLACE, h(6, m=10))
    assert answer_due_at(case.state) == h(6, m=10)


@pytest.mark.parametrize("after", [timedelta(seconds=1), timedelta(hours=5)])
def test_a_replacement_that_lapsed_is_nobodys_ball(after):
    case = given(*EMERGENCY, concluded(), published(at=h(4)), withdrawn(h(4, m=10))).by(h(6, m=10) + after)
    assert KINDS.REPLACE not in kinds(case)
    assert answer_due_at(case.state) == h(24)


def test_advice_and_internal_targets_are_nobodys_ball():
    case = given(*EMERGENCY).by(h(1))
    assert not {KINDS.OVL_5H, KINDS.OVL_PRESS24, KINDS.INT24} & set(kinds(case))


def test_of_a_closed_case_a_correction_is_awaited_alone_and_of_an_archived_one_nothing():
    out = given(*START, signed_for(), concluded(), published(at=h(12))).by(h(13)).state
    closed = changed(out, closed_at=h(13))
    assert ranked(closed) == ()
    mistaken = [
        replace(obligation, kind=KINDS.CORRECT, fulfilled_at=None, status=Status.OPEN)
        for obligation in out.obligations
        if obligation.kind is KINDS.RESP48 and obligation.unit
    ]
    mistaken_since = changed(closed, obligations=(*out.obligations, *mistaken))
    assert [obligation.kind for obligation in ranked(mistaken_since)] == [KINDS.CORRECT]
    assert ranked(changed(mistaken_since, archived_at=h(14))) == ()
