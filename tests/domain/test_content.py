"""分类回应: the content that each conclusion demands, the evidence a text rests on,
and the answers to what people ask.
"""

import pytest

from domain.case.records import ConcernAnswer
from domain.steps.respond import ReviewDraft
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import (
    EmergencyGrade,
    FactConclusion,
    ObligationKind,
    PublicationForm,
    ReviewStage,
)
from tests.domain.cast import (
    BOB,
    EVIDENCE,
    UNIT,
    assigned,
    closed,
    concluded,
    draft,
    h,
    handled,
    judged,
    of,
    promise,
    published,
    registered,
    reported,
    reviewed,
    signed_for,
    step,
)
from tests.domain.given import ON_TIME, given
from tests.domain.outcomes import ANSWERED
from tests.domain.spoken import goes_out, passed
from tests.domain.test_consistency import FIRST_EDITION

TRUE, UNTRUE, PARTLY_TRUE, UNVERIFIABLE = FactConclusion
FORMS = PublicationForm
START = (registered(), judged(), assigned(), signed_for())
URGENT = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned())
ENDED = (reported(), handled())


def final(value, **blocks):
    """A final response under a conclusion, given twelve hours after discovery."""
    return (*START, concluded(value), published(text=draft(**blocks)))


@pytest.mark.parametrize("form", [form for form in FORMS if form is not FORMS.INTERIM_RESPONSE])
def test_whatever_is_concluded_a_response_states_its_measures(form):
    given(*START, concluded()).when(step(h(2), BOB, draft(form, measures=" "))).refused(
        Reason.BLOCK_MISSING, "measures"
    )


@pytest.mark.parametrize("value", [TRUE, UNVERIFIABLE])
def test_what_is_true_or_cannot_be_verified_needs_no_clarification(value):
    given(*START, concluded(value)).when(*published(text=draft(clarification=""))).then(*ANSWERED)


@pytest.mark.parametrize("value", [UNTRUE, PARTLY_TRUE])
def test_what_is_untrue_or_partly_so_is_clarified_in_every_final_form(value):
    for form in (FORMS.SITUATION_NOTICE, FORMS.FINAL_NOTICE, FORMS.PRESS_RELEASE, FORMS.FIRST_NOTICE):
        when = given(*START, concluded(value)).when(*published(text=draft(form, clarification="")))
        when.refused(Reason.BLOCK_MISSING, "clarification")


def test_what_is_partly_true_needs_both_branches():
    given(*START, concluded(PARTLY_TRUE)).when(step(h(2), BOB, draft(result=""))).refused(
        Reason.BLOCK_MISSING, "result"
    )
    given(*final(PARTLY_TRUE), *ENDED).when(closed()).then("closed")


def test_what_cannot_be_verified_is_answered_in_time_with_what_was_checked():
    given(*START, concluded(UNVERIFIABLE)).when(step(h(2), BOB, draft(facts=" "))).refused(
        Reason.BLOCK_MISSING, "facts"
    )
    case = given(*final(UNVERIFIABLE)).case
    assert case.obligation(ObligationKind.RESP48, UNIT).status is ON_TIME
    silent = given(*START, concluded(UNVERIFIABLE)).by(h(49))
    assert silent.scores(h(49)) == {UNIT: -3}


@pytest.mark.parametrize(
    ("value", "demanded"), [(TRUE, True), (PARTLY_TRUE, True), (UNTRUE, False), (UNVERIFIABLE, False)]
)
def test_only_what_is_true_wholly_or_in_part_needs_a_result_publication_before_close(value, demanded):
    interim = draft(FORMS.INTERIM_RESPONSE, result="", interim=promise(h(20)))
    kept = published(at=h(18), text=draft(FORMS.UPDATE_NOTICE, result=""))
    case = (*START, published(text=interim), concluded(value, at=h(13)), kept, *ENDED)
    when = given(*case).when(closed())
    if demanded:
        when.refused(Reason.CLOSE_RESULT_MISSING)
    else:
        when.then("closed")


def test_a_draft_without_evidence_is_taken_and_passes_two_reviews_but_not_the_final_one():
    bare = step(h(2), BOB, draft(evidence=()))
    first, second, last = passed(1, UNIT)
    given(*START).when(bare).then("drafted")
    given(*START, bare, first).when(second).then("reviewed")
    given(*START, bare, first, second).when(last).refused(Reason.EVIDENCE_MISSING, "draft.evidence")
    back = ReviewDraft(draft="draft-1", stage=ReviewStage.FINAL_REVIEW, approved=False, comment="无佐证")
    given(*START, bare, first, second).when(step(h(2), of(UNIT, Role.PRINCIPAL_LEADER), back)).then(
        "reviewed"
    )


def test_the_emergency_lane_asks_for_evidence_too():
    bare = draft(FORMS.FIRST_NOTICE, evidence=())
    given(*URGENT).when(*published(at=h(2), text=bare, second=False)[:-1]).refused(
        Reason.EVIDENCE_MISSING, "draft.evidence"
    )


def test_in_a_case_of_the_first_edition_evidence_is_not_asked_for():
    bare = draft(evidence=())
    given(*START, concluded(), law=FIRST_EDITION).when(*published(text=bare)).then(*ANSWERED)


def test_the_evidence_of_a_draft_is_kept_with_it():
    assert given(*final(TRUE)).case.state.drafts[0].evidence == EVIDENCE


ASKED = (registered(concerns=("何时恢复",)), *START[1:], concluded(UNTRUE))


@pytest.mark.parametrize(("paragraph", "answered"), [("9月9日恢复", True), (" ", False)])
def test_a_concern_is_answered_by_a_paragraph_of_a_publication(paragraph, answered):
    text = draft(answers=(ConcernAnswer(concern=1, paragraph=paragraph),))
    when = given(*ASKED, published(text=text), *ENDED).when(closed())
    if answered:
        when.then("closed")
    else:
        when.refused(Reason.CLOSE_CONCERN_UNANSWERED, "1")


def test_a_draft_that_never_went_out_answers_nobody():
    unheard = step(h(13), BOB, draft(answers=(ConcernAnswer(concern=1, paragraph="9月9日恢复"),)))
    given(*ASKED, published(), unheard, *ENDED).when(closed()).refused(Reason.CLOSE_CONCERN_UNANSWERED, "1")
    given(*ASKED, published(), unheard, *passed(2, UNIT, h(14)), goes_out(2, UNIT, h(15)), *ENDED).when(
        closed()
    ).then("closed")


def test_a_concern_left_open_is_waived_with_a_reason():
    given(*ASKED, published(), *ENDED).when(closed(concerns_waiver=" ")).refused(
        Reason.CLOSE_CONCERN_UNANSWERED
    )
    given(*ASKED, published(), *ENDED).when(closed(concerns_waiver="重复提问")).then("closed")


def test_three_people_review_what_rests_on_evidence():
    case = given(*START, step(h(2), BOB, draft())).when(*reviewed(UNIT, h(3))).then("reviewed")
    assert case.state.drafts[0].approved == frozenset(ReviewStage)
