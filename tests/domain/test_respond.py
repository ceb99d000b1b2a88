"""回应: the blocks of a draft, the triple review, and the emergency lane."""

from typing import Any

import pytest

from domain.case.records import ConcernAnswer, Evidence, Interim
from domain.steps.respond import RecordInternalReply, ReviewDraft
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import (
    Audience,
    EmergencyGrade,
    ObligationKind,
    PublicationForm,
    ReviewStage,
    Stage,
)
from tests.domain.cast import (
    BOB,
    CAROL,
    MALLORY,
    SECOND,
    UNIT,
    assigned,
    concluded,
    draft,
    h,
    judged,
    of,
    promise,
    publish,
    published,
    registered,
    reviewed,
    step,
)
from tests.domain.given import OPEN, given
from tests.domain.outcomes import ANSWERED_IN_EMERGENCY

FIRST, SECOND_REVIEW, FINAL = ReviewStage
FORMS = PublicationForm
START = (registered(), judged(), assigned())
URGENT = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned())
PRINCIPAL = of(UNIT, Role.PRINCIPAL_LEADER)
PROOF = of(UNIT, Role.SPOKESPERSON)


def drafted(form=FORMS.SITUATION_NOTICE, at=None, **blocks):
    return step(at or h(1), BOB, draft(form, **blocks))


def review(stage, by, at=None, *, approved=True, comment="", number=1):
    command = ReviewDraft(draft=f"draft-{number}", stage=stage, approved=approved, comment=comment)
    return step(at or h(2), by, command)


def test_a_text_in_three_blocks_is_drafted():
    case = given(*START).when(drafted()).then("drafted")
    assert (case.state.drafts[0].id, case.state.drafts[0].unit, case.state.stage) == (
        "draft-1",
        UNIT,
        Stage.HANDLING,
    )


@pytest.mark.parametrize(
    ("form", "missing"),
    [
        (FORMS.SITUATION_NOTICE, "title"),
        (FORMS.SITUATION_NOTICE, "facts"),
        (FORMS.SITUATION_NOTICE, "measures"),
        (FORMS.POLICY_EXPLAINER, "result"),
        (FORMS.FINAL_NOTICE, "result"),
        (FORMS.FIRST_NOTICE, "measures"),
        (FORMS.UPDATE_NOTICE, "facts"),
        (FORMS.INTERIM_RESPONSE, "facts"),
    ],
)
def test_each_form_has_its_mandatory_blocks(form, missing):
    blocks: dict[str, Any] = {missing: " "}
    if form is FORMS.INTERIM_RESPONSE:
        blocks["interim"] = promise(h(9))
    given(*START).when(drafted(form, **blocks)).refused(Reason.BLOCK_MISSING, missing)


@pytest.mark.parametrize("form", [FORMS.FIRST_NOTICE, FORMS.UPDATE_NOTICE])
def test_a_notice_needs_no_result_yet(form):
    given(*START).when(drafted(form, result="")).then("drafted")


@pytest.mark.parametrize(
    "interim",
    [
        None,
        Interim(verifying=" ", verifying_by="市城市管理局", next_update_at=h(9)),
        Interim(verifying="过程", verifying_by="", next_update_at=h(9)),
    ],
)
def test_received_and_highly_valued_alone_is_no_interim_response(interim):
    given(*START).when(drafted(FORMS.INTERIM_RESPONSE, interim=interim)).refused(Reason.INTERIM_INCOMPLETE)


def test_a_draft_answers_concerns_that_exist_and_names_units_that_do():
    answers = (ConcernAnswer(concern=2, paragraph="第二段"),)
    given(registered(concerns=("何时",)), judged(), assigned()).when(drafted(answers=answers)).refused(
        Reason.UNKNOWN_REFERENCE, "concern-2"
    )
    given(*START).when(drafted(co_issuers=("nowhere",))).refused(Reason.UNKNOWN_UNIT, "nowhere")


def test_the_evidence_of_a_draft_is_optional_and_well_formed():
    crooked = (Evidence(url="https://example.invalid", sha256="x"),)
    given(*START).when(drafted(evidence=crooked)).refused(Reason.EVIDENCE_MISSING, "evidence.sha256")


def test_drafting_waits_neither_for_judgement_nor_for_assignment():
    given(registered()).when(drafted()).then("drafted")


def test_a_unit_without_part_drafts_nothing():
    given(*START).when(step(h(1), MALLORY, draft())).refused(Reason.UNIT_NOT_CONCERNED)


def test_three_people_review_in_order():
    case = (
        given(*START, drafted(), review(FIRST, PROOF), review(SECOND_REVIEW, CAROL))
        .when(review(FINAL, PRINCIPAL))
        .then("reviewed")
    )
    assert case.state.drafts[0].approved == frozenset(ReviewStage)


@pytest.mark.parametrize(
    ("stage", "role"),
    [
        (FIRST, Role.MONITOR),
        (SECOND_REVIEW, Role.SPOKESPERSON),
        (FINAL, Role.DEPUTY_LEADER),
    ],
)
def test_each_review_has_its_office(stage, role):
    given(*START, drafted()).when(review(stage, of(UNIT, role))).refused(Reason.ROLE_NOT_ALLOWED)


def test_no_review_comes_before_its_turn():
    given(*START, drafted()).when(review(SECOND_REVIEW, CAROL)).refused(Reason.REVIEW_OUT_OF_ORDER)
    given(*START, drafted(), review(FIRST, PROOF)).when(review(FINAL, PRINCIPAL)).refused(
        Reason.REVIEW_OUT_OF_ORDER, FINAL
    )


def test_nobody_reviews_what_he_wrote_or_reviewed():
    given(*START, drafted()).when(review(FIRST, BOB)).refused(Reason.REVIEWER_REPEATED)
    given(*START, drafted(), review(FIRST, PRINCIPAL), review(SECOND_REVIEW, CAROL)).when(
        review(FINAL, PRINCIPAL)
    ).refused(Reason.REVIEWER_REPEATED)


def test_a_draft_sent_back_with_a_reason_is_done_with():
    back = review(FIRST, PROOF, approved=False, comment="事实不清")
    given(*START, drafted()).when(review(FIRST, PROOF, approved=False)).refused(Reason.REASON_MISSING)
    case = given(*START, drafted()).when(back).then("reviewed")
    assert case.state.drafts[0].returned
    given(*START, drafted(), back).when(review(SECOND_REVIEW, CAROL)).refused(Reason.ALREADY_DONE)


def test_a_stage_is_approved_once_and_by_the_drafting_unit():
    given(*START, drafted(), review(FIRST, PROOF)).when(review(FIRST, CAROL)).refused(Reason.ALREADY_DONE)
    given(registered(), judged(), assigned(UNIT, SECOND), drafted()).when(review(FIRST, of(SECOND))).refused(
        Reason.UNIT_NOT_CONCERNED, UNIT
    )
    given(*START).when(review(FIRST, PROOF)).refused(Reason.UNKNOWN_REFERENCE, "draft-1")


def test_in_an_emergency_the_first_notice_takes_the_fast_lane():
    case = (
        given(*URGENT)
        .when(*published(at=h(1), text=draft(FORMS.FIRST_NOTICE), second=False))
        .then(*ANSWERED_IN_EMERGENCY)
    )
    (publication,) = case.state.publications
    assert (publication.fast_lane, publication.second_review_due_at) == (True, h(3))


def test_its_second_review_is_made_up_afterwards():
    case = (
        given(*URGENT, published(at=h(1), text=draft(FORMS.FIRST_NOTICE), second=False))
        .when(review(SECOND_REVIEW, CAROL, h(3)))
        .then("reviewed")
    )
    assert case.state.drafts[0].approved == frozenset(ReviewStage)


def test_without_an_emergency_there_is_no_fast_lane():
    given(*START, drafted(FORMS.FIRST_NOTICE), review(FIRST, PROOF)).when(review(FINAL, PRINCIPAL)).refused(
        Reason.REVIEW_OUT_OF_ORDER
    )


@pytest.mark.parametrize(("at", "open_"), [(h(22), False), (h(22, s=1), True), (h(25), True)])
def test_any_text_takes_it_in_the_24_hour_class_with_less_than_two_hours_left(at, open_):
    before = (*URGENT, concluded(), drafted(at=h(3)), review(FIRST, PROOF, h(3)))
    when = given(*before).when(review(FINAL, PRINCIPAL, at))
    if open_:
        when.then("reviewed").give(step(at, BOB, publish(at)))
    else:
        when.refused(Reason.REVIEW_OUT_OF_ORDER)


def test_an_update_notice_with_time_left_goes_the_whole_way():
    update = drafted(FORMS.UPDATE_NOTICE)
    given(*URGENT, update, review(FIRST, PROOF)).when(review(FINAL, PRINCIPAL)).refused(
        Reason.REVIEW_OUT_OF_ORDER
    )
    given(*URGENT, update, reviewed(UNIT, h(2))).when(step(h(2), BOB, publish(h(2)))).then(
        *ANSWERED_IN_EMERGENCY
    )


def test_an_internal_reply_stops_no_clock():
    case = (
        given(*START).when(step(h(5), BOB, RecordInternalReply(note="内部说明"))).then("internally_replied")
    )
    assert case.obligation(ObligationKind.RESP48, UNIT).status is OPEN
    given(*START).when(step(h(5), BOB, RecordInternalReply(note=" "))).refused(Reason.MISSING_PART)


def test_a_text_says_to_whom_it_speaks():
    case = given(*START, concluded(), step(h(2), BOB, draft())).case
    later = step(h(3), BOB, draft(audience=Audience.ENTERPRISE))
    assert [one.audience for one in case.give(later).state.drafts] == [Audience.PUBLIC, Audience.ENTERPRISE]
