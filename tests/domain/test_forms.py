"""分类回应: nature, degree and impact suggest a form of response;
it is a suggestion and binds nobody (R341).
"""

from dataclasses import replace

import pytest

from domain.law.levels import Metrics
from domain.rules.forms import FormBasis, suggested_form
from domain.steps.publish import EndEmergencyResponse
from domain.steps.register import RecordMetrics
from domain.terms.vocabulary import EmergencyGrade, FactConclusion, KeyCategory, PublicationForm, WarningLevel
from tests.domain.cast import (
    ALICE,
    BOB,
    assigned,
    concluded,
    draft,
    h,
    judged,
    published,
    registered,
    step,
)
from tests.domain.given import given

Form = PublicationForm
PLAIN = (registered(), judged(), assigned())
URGENT = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned())


def suggested(*steps):
    found = suggested_form(given(*steps).case.state)
    return found.form, found.basis


def media(**tiers):
    return step(
        h(2),
        ALICE,
        RecordMetrics(metrics=Metrics(at=h(2), posts=30, reads=40000, comments=700, local=1, **tiers)),
    )


def test_before_the_facts_are_concluded_it_is_an_interim_response():
    assert suggested(*PLAIN) == (Form.INTERIM_RESPONSE, FormBasis.UNVERIFIED)


def test_in_an_emergency_first_a_notice_then_updates_and_at_the_end_the_final_one():
    notice = published(at=h(2), text=draft(Form.FIRST_NOTICE))
    assert suggested(*URGENT) == (Form.FIRST_NOTICE, FormBasis.EMERGENCY)
    assert suggested(*URGENT, *notice) == (Form.UPDATE_NOTICE, FormBasis.EMERGENCY)
    ended = step(h(5), ALICE, EndEmergencyResponse(reason="处置完毕"))
    assert suggested(*URGENT, *notice, concluded(at=h(4)), ended) == (Form.FINAL_NOTICE, FormBasis.EMERGENCY)


@pytest.mark.parametrize("value", FactConclusion)
def test_once_they_are_it_is_a_situation_notice_whatever_they_are(value):
    assert suggested(*PLAIN, concluded(value)) == (Form.SITUATION_NOTICE, FormBasis.CONCLUDED)


def test_a_misread_policy_is_explained():
    misread = judged(key_categories=(KeyCategory.POLICY_MISREADING,))
    assert suggested(registered(), misread, assigned(), concluded()) == (
        Form.POLICY_EXPLAINER,
        FormBasis.POLICY,
    )
    assert suggested(registered(), misread, assigned()) == (Form.INTERIM_RESPONSE, FormBasis.UNVERIFIED)


@pytest.mark.parametrize("level", [WarningLevel.COMPLEX_SENSITIVE, WarningLevel.MAJOR_SITUATION])
def test_the_highest_level_is_answered_before_the_press(level):
    form, _ = suggested(registered(), judged(level=level), assigned(), concluded())
    assert (form is Form.PRESS_RELEASE) is (level is WarningLevel.MAJOR_SITUATION)


@pytest.mark.parametrize(
    ("tiers", "form"),
    [
        ({"provincial": 1}, Form.PRESS_RELEASE),
        ({"central": 1}, Form.PRESS_RELEASE),
        ({"municipal": 3}, Form.SITUATION_NOTICE),
    ],
)
def test_so_is_what_media_of_the_province_and_above_took_up(tiers, form):
    assert suggested(*PLAIN, concluded(), media(**tiers))[0] is form


def test_it_binds_nobody():
    text = step(h(3), BOB, draft(Form.PRESS_RELEASE))
    given(*PLAIN, concluded()).when(text).then("drafted")


def test_nothing_is_suggested_once_the_case_is_closed():
    case = given(*PLAIN).case.state
    assert suggested_form(replace(case, closed_at=h(5))) is None
