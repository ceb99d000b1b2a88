"""可以公布、已经公布: what could not go out is refused,
and what did is recorded with each rule that it broke (DD-30).
"""

from dataclasses import replace

import pytest

from domain.case.records import Evidence
from domain.steps.publish import Publish
from domain.terms.refusals import Reason
from domain.terms.vocabulary import EmergencyGrade, ObligationKind, Platform, PublicationForm, WarningLevel
from tests.domain.cast import (
    ALICE,
    BOB,
    EVIDENCE,
    LAW,
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
    registered,
    rejudged,
    reviewed,
    signed_for,
    step,
)
from tests.domain.given import ON_TIME, OPEN, given
from tests.domain.outcomes import ANSWERED, PROMISED, TWO_ANSWERED
from tests.domain.spoken import passed, says

FORMS = PublicationForm
RESP48, PUB24, FOLLOW_UP = ObligationKind.RESP48, ObligationKind.PUB24, ObligationKind.FOLLOW_UP
CALM = (registered(), judged(), assigned())
WHY = "媒体提前刊发"


def ready(text=None, at=None):
    when = at or h(2)
    return (step(when, BOB, text or draft()), *reviewed(UNIT, when))


def out(at, said_at=None, by=BOB, why=WHY, **changes):
    return step(at, by, lambda case: replace(publish(said_at or at, anyway=why)(case), **changes))


def broke(case):
    return case.state.publications[-1].irregular


def test_a_text_that_went_out_unreviewed_is_recorded_and_says_so():
    start = (*CALM, concluded(), step(h(2), BOB, draft()))
    given(*start).when(out(h(3), why=" ")).refused(Reason.REVIEW_INCOMPLETE)
    case = given(*start).when(out(h(3))).then(*ANSWERED)
    item = case.state.publications[0]
    assert (item.irregular, item.went_out_anyway, item.fast_lane) == ((Reason.REVIEW_INCOMPLETE,), WHY, False)
    assert (case.obligation(RESP48, UNIT).status, case.obligation(RESP48, UNIT).fulfilled_at) == (
        ON_TIME,
        h(3),
    )


def test_reviews_that_came_after_a_text_went_out_do_not_make_it_regular():
    start = (*CALM, concluded(), step(h(2), BOB, draft()), *reviewed(UNIT, h(4)))
    given(*start).when(out(h(5), h(3), why="")).refused(Reason.REVIEW_INCOMPLETE)
    assert broke(given(*start).when(out(h(5), h(3))).then(*ANSWERED)) == (Reason.REVIEW_INCOMPLETE,)
    assert broke(given(*start).when(out(h(5), h(4))).then(*ANSWERED)) == ()


def test_a_text_dated_before_its_own_draft_is_refused_unless_it_went_out():
    start = (*CALM, concluded(), *ready(at=h(4)))
    broken = broke(given(*start).when(out(h(5), h(3))).then(*ANSWERED))
    assert broken == (Reason.REVIEW_INCOMPLETE, Reason.BEFORE_ITS_DRAFT)


def test_a_text_that_went_out_before_the_conclusion_answers_nobody_without_a_promise():
    case = given(*CALM, ready()).when(out(h(3))).then("published", "paper_drafted")
    assert (broke(case), case.obligation(RESP48, UNIT).status) == ((Reason.CONCLUSION_MISSING,), OPEN)
    assert (case.state.publications[0].gives_result, case.state.publications[0].conclusion) == (False, None)
    assert case.obligations(ObligationKind.REPORT_UP, UNIT) == ()


@pytest.mark.parametrize(
    ("grade", "kind", "status"), [(EmergencyGrade.NONE, RESP48, ON_TIME), (EmergencyGrade.MAJOR, PUB24, OPEN)]
)
def test_one_that_promises_the_next_counts_as_an_interim_response_and_no_more(grade, kind, status):
    start = (registered(), judged(grade=grade), assigned(), ready(draft(interim=promise(h(30)))))
    # The next word and the report upward; in an emergency another answer as well.
    opened = 2 if grade is EmergencyGrade.NONE else 3
    events = ("published", "paper_drafted", "obligation_fulfilled", *opened * ("obligation_opened",))
    case = given(*start).when(out(h(3))).then(*events)
    assert (broke(case), case.obligation(kind, UNIT).status) == ((Reason.CONCLUSION_MISSING,), status)
    assert case.obligation(FOLLOW_UP, UNIT).due_at == h(30)


def test_an_unreviewed_text_answers_for_its_own_unit_and_not_for_those_that_it_names():
    start = (registered(), judged(), assigned(UNIT, SECOND), concluded())
    joint = step(h(2), BOB, draft(co_issuers=(SECOND,)))
    case = given(*start, joint).when(out(h(3))).then(*ANSWERED)
    assert (case.obligation(RESP48, UNIT).status, case.obligation(RESP48, SECOND).status) == (ON_TIME, OPEN)
    case = given(*start, joint, *reviewed(UNIT, h(2))).when(out(h(3))).then(*TWO_ANSWERED)
    assert case.obligation(RESP48, SECOND).status is ON_TIME


def test_a_notice_that_went_out_outside_an_emergency_answers_nobody():
    case = given(*CALM, ready(draft(FORMS.FIRST_NOTICE))).when(out(h(3))).then("published", "paper_drafted")
    assert (broke(case), case.state.publications[0].counts) == ((Reason.NOT_AN_EMERGENCY,), False)
    assert case.obligation(RESP48, UNIT).status is OPEN
    assert case.obligations(ObligationKind.REPORT_UP, UNIT) == ()


def test_an_interim_response_whose_promise_is_of_no_use_answers_nobody():
    text = draft(FORMS.INTERIM_RESPONSE, interim=promise(h(80)))
    case = given(*CALM, ready(text)).when(out(h(3))).then("published", "paper_drafted", "obligation_opened")
    assert (broke(case), case.obligation(RESP48, UNIT).status) == ((Reason.PROMISE_TOO_LATE,), OPEN)
    assert case.obligation(FOLLOW_UP, UNIT).due_at == h(75)  # no promise lies beyond three days
    past = draft(FORMS.INTERIM_RESPONSE, interim=promise(h(3)))
    case = given(*CALM, ready(past)).when(out(h(3))).then("published", "paper_drafted")
    assert (broke(case), case.obligations(FOLLOW_UP)) == ((Reason.INTERIM_INCOMPLETE,), ())


def test_what_answers_nobody_keeps_no_promise_either():
    first = (*CALM, ready(draft(FORMS.INTERIM_RESPONSE, interim=promise(h(30)))), out(h(3)))
    too_late = draft(FORMS.INTERIM_RESPONSE, interim=promise(h(110)))
    case = (
        given(*first, ready(too_late, h(4)))
        .when(out(h(5)))
        .then("published", "paper_drafted", "obligation_opened")
    )
    assert [obligation.status for obligation in case.obligations(FOLLOW_UP, UNIT)] == [OPEN, OPEN]
    case.give((*ready(draft(FORMS.INTERIM_RESPONSE, interim=promise(h(40))), h(6)), out(h(6))))
    assert case.obligations(FOLLOW_UP, UNIT)[0].status is ON_TIME


@pytest.mark.parametrize(
    ("grade", "kind"),
    [(EmergencyGrade.NONE, ObligationKind.INT24), (EmergencyGrade.MAJOR, ObligationKind.CONT_UPD)],
)
def test_what_answers_nobody_meets_no_target_and_no_gap(grade, kind):
    level = WarningLevel.MAJOR_SITUATION
    start = (registered(), judged(grade=grade, level=level), assigned())
    spoken = (*ready(draft(FORMS.FIRST_NOTICE)), out(h(3))) if grade is not EmergencyGrade.NONE else ()
    too_late = draft(FORMS.INTERIM_RESPONSE, interim=promise(h(110)))
    case = (
        given(*start, *spoken, ready(too_late, h(4)))
        .when(out(h(5)))
        .then("published", "paper_drafted", "obligation_opened")
    )
    assert (case.state.publications[-1].counts, case.obligation(kind, UNIT).status) == (False, OPEN)


def test_a_target_opened_later_is_not_met_by_what_answers_nobody():
    too_late = draft(FORMS.INTERIM_RESPONSE, interim=promise(h(110)))
    case = given(*CALM, ready(too_late), out(h(3)), rejudged(h(4), level=WarningLevel.MAJOR_SITUATION)).case
    assert case.obligation(ObligationKind.INT24, UNIT).status is OPEN


def test_an_interim_response_meets_no_publication_limit_though_it_went_out_anyway():
    text = draft(FORMS.INTERIM_RESPONSE, interim=promise(h(30)))
    urgent = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned())
    case = given(*urgent, step(h(2), BOB, text)).when(out(h(3))).then(*PROMISED, "obligation_opened")
    assert (broke(case), case.obligation(PUB24, UNIT).status) == ((Reason.REVIEW_INCOMPLETE,), OPEN)


def test_a_contradictory_text_that_is_out_is_recorded():
    start = (registered(), judged(), assigned(UNIT, SECOND), concluded())
    spoken = (*start, says("3人", at=h(2)), passed(1, UNIT, h(2)), says("5人", SECOND, at=h(2)))
    command = Publish(
        draft="draft-1",
        published_at=h(3),
        channels=(Platform.WECHAT,),
        evidence=EVIDENCE,
        went_out_anyway=WHY,
    )
    case = given(*spoken).when(step(h(3), BOB, command)).then(*ANSWERED)
    assert (broke(case), case.obligation(RESP48, UNIT).status) == ((Reason.CONFLICT_OPEN,), ON_TIME)


def test_every_rule_that_a_text_broke_is_named():
    text = draft(facts="联系人张伟，电话13812345678", evidence=(), clarification="")
    broken = broke(
        given(*CALM, step(h(4), BOB, text)).when(out(h(5), h(3))).then("published", "paper_drafted")
    )
    assert broken == (
        Reason.REVIEW_INCOMPLETE,
        Reason.BEFORE_ITS_DRAFT,
        Reason.CONCLUSION_MISSING,
        Reason.EVIDENCE_MISSING,
        Reason.PERSONAL_DATA,
    )


def test_a_text_that_went_out_by_the_rules_is_regular_whatever_reason_is_given():
    case = given(*CALM, concluded(), ready()).when(out(h(3))).then(*ANSWERED)
    assert (broke(case), case.state.publications[0].went_out_anyway) == ((), "")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"evidence": ()}, Reason.EVIDENCE_MISSING),
        ({"evidence": (Evidence(url="https://example.invalid", sha256="0"),)}, Reason.EVIDENCE_MISSING),
        ({"channels": (Platform.HOTLINE,)}, Reason.MISSING_PART),
        ({"published_at": h(4)}, Reason.IN_THE_FUTURE),
        ({"draft": "draft-9"}, Reason.UNKNOWN_REFERENCE),
    ],
)
def test_without_proof_or_a_public_channel_nothing_is_recorded(changes, reason):
    given(*CALM, step(h(2), BOB, draft())).when(out(h(3), **changes)).refused(reason)


def test_the_office_records_what_a_unit_published_and_only_with_the_reason():
    start = (*CALM, concluded(), step(h(2), BOB, draft()))
    given(*start).when(out(h(3), by=ALICE, why="")).refused(Reason.REASON_MISSING, "went_out_anyway")
    case = given(*start).when(out(h(3), by=ALICE)).then(*ANSWERED)
    item = case.state.publications[0]
    assert (item.unit, case.obligation(RESP48, UNIT).status) == (UNIT, ON_TIME)
    given(*start).when(out(h(3), by=of(SECOND))).refused(Reason.UNIT_NOT_CONCERNED)


def test_a_text_of_a_unit_that_answers_nothing_is_not_recorded_by_the_office_either():
    start = (registered(), step(h(2), BOB, draft()), judged(at=h(3)), assigned(SECOND, at=h(3)))
    given(*start).when(out(h(4), by=ALICE)).refused(Reason.UNIT_NOT_CONCERNED, UNIT)


def test_what_went_out_before_an_upgrade_does_not_meet_its_limit_though_a_reason_is_given():
    start = (*CALM, concluded(), step(h(2), BOB, draft()), rejudged(h(4), grade=EmergencyGrade.MAJOR))
    assert (
        given(*start)
        .when(out(h(5), h(3)))
        .then("published", "paper_drafted", "obligation_opened", "obligation_opened")
        .obligation(PUB24, UNIT)
        .status
        is OPEN
    )


def test_nothing_is_scored_for_an_irregular_text_alone():
    case = given(*CALM, signed_for(), ready()).when(out(h(3))).then("published", "paper_drafted")
    assert case.scores(h(10)) == {}


@pytest.mark.parametrize("edition", [1, 2])
def test_earlier_editions_record_nothing_that_could_not_go_out(edition):
    law = replace(LAW, edition=edition, digest=f"edition {edition}")
    start = (*CALM, concluded(), step(h(2), BOB, draft()))
    given(*start, law=law).when(out(h(3))).refused(Reason.REVIEW_INCOMPLETE)
    given(*start, law=law).when(out(h(3), by=ALICE)).refused(Reason.UNIT_NOT_CONCERNED, ALICE.unit)
