"""办结、归档: each condition of DD-18 by itself, who may close, and what closing leaves."""

from dataclasses import replace

import pytest

from domain.case.records import ConcernAnswer, Source
from domain.law.levels import Metrics
from domain.rules.cooling import has_cooled
from domain.rules.milestones import milestones
from domain.steps.assign import DesignateLead
from domain.steps.close import Archive, RecordHandling
from domain.steps.escalate import SignIssue, SubmitRectification
from domain.steps.register import AddSource, RecordMetrics
from domain.steps.screen import ExcludeSource
from domain.steps.verify import RequestVerification
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import (
    EmergencyGrade,
    FactConclusion,
    KeyCategory,
    ObligationKind,
    Platform,
    PublicationForm,
    Stage,
    WarningLevel,
)
from tests.domain.cast import (
    ALICE,
    BOB,
    CAROL,
    LAW,
    MALLORY,
    OFFICE,
    SECOND,
    SUPERIOR,
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
    publish,
    published,
    registered,
    reported,
    reviewed,
    signed_for,
    step,
)
from tests.domain.given import VOID, given
from tests.domain.outcomes import REPORTED

START = (registered(), judged(), assigned(), signed_for())
ANSWERED = (*START, concluded(), published(), reported())
READY = (*ANSWERED, handled())


def without(*steps, at=None, **more):
    return given(*steps).when(closed(at, **more))


def test_with_all_conditions_met_a_person_closes():
    case = without(*READY, papers_waiver="").then("closed")
    assert (case.state.stage, case.state.closed_at) == (Stage.CLOSED, h(240))


def test_nothing_closes_without_an_opinion():
    without(*READY, opinion=" ").refused(Reason.MISSING_PART, "opinion")


def test_the_facts_must_be_concluded():
    unknown = (*START, published(text=text_of(h(30))), reported(), handled())
    given(*unknown).when(closed(h(31))).refused(Reason.CLOSE_CONCLUSION_MISSING)


def text_of(until):
    return draft(PublicationForm.INTERIM_RESPONSE, interim=promise(until))


def test_an_unassigned_case_cannot_be_closed():
    without(registered(), judged(), concluded(), handled()).refused(
        Reason.CLOSE_OBLIGATION_OPEN, "RESP48:-:registration"
    )


def test_each_responder_must_have_answered_even_late():
    two = (registered(), judged(), assigned(UNIT, SECOND), concluded(), published(), reported(), handled())
    without(*two).refused(Reason.CLOSE_OBLIGATION_OPEN, f"RESP48:{SECOND}:assignment-1")
    given(*two, published(SECOND, at=h(100)), reported(SECOND, at=h(101))).when(closed()).then("closed")


def test_a_unit_assigned_late_must_have_answered_too():
    late = (registered(), judged(), assigned(at=h(50)), concluded(at=h(51)), handled(at=h(52)))
    without(*late).refused(Reason.CLOSE_OBLIGATION_OPEN, f"RESP48:{UNIT}:assignment-1")


def test_a_promise_must_have_been_kept():
    promised = (*START, published(text=text_of(h(30))), concluded(at=h(13)), reported(), handled())
    without(*promised).refused(Reason.CLOSE_OBLIGATION_OPEN, f"FOLLOW_UP:{UNIT}:publication-1")
    given(*promised, published(at=h(31))).when(closed()).then("closed")


def test_the_situation_report_must_have_gone_up():
    without(*START, concluded(), published(), handled()).refused(
        Reason.CLOSE_OBLIGATION_OPEN, f"REPORT_UP:{UNIT}:publication-1"
    )


def test_a_responder_that_answered_before_it_joined_reports_too():
    lead = step(h(14), ALICE, DesignateLead(unit=SECOND, reason="牵头"))
    joint = (*START, concluded(), published(text=draft(co_issuers=(SECOND,))), lead, reported(), handled())
    without(*joint).refused(Reason.CLOSE_REPORT_MISSING, SECOND)


def test_an_ordered_rectification_must_be_done():
    order = step(h(49), ALICE, SignIssue(paper="supervision_order-1"))
    late = (*START, order, concluded(at=h(50)), published(at=h(51)), reported(at=h(52)), handled(at=h(53)))
    without(*late).refused(Reason.CLOSE_OBLIGATION_OPEN, f"RECTIFY:{UNIT}:supervision_order-1")
    given(*late, step(h(230), BOB, SubmitRectification(report="整改"))).when(closed()).then("closed")


def test_an_order_never_signed_asks_for_nothing():
    late = (*START, concluded(at=h(50)), published(at=h(51)), reported(at=h(52)), handled(at=h(53)))
    given(*late).when(closed()).then("closed")


def test_other_obligations_never_stand_in_the_way():
    asked = step(h(2), ALICE, RequestVerification(questions="是否属实"))
    unsigned = (registered(), asked, judged(h(3)), assigned(at=h(3)))
    case = (
        given(*unsigned, concluded(at=h(4)), published(), reported(), handled())
        .when(closed(h(22), heat_override="已平息"))
        .then("closed")
    )
    assert case.state.stage is Stage.CLOSED


@pytest.mark.parametrize(
    ("value", "demanded"),
    [
        (FactConclusion.TRUE, True),
        (FactConclusion.PARTLY_TRUE, True),
        (FactConclusion.UNTRUE, False),
        (FactConclusion.UNVERIFIABLE, False),
    ],
)
def test_what_is_true_wholly_or_in_part_demands_a_result_publication(value, demanded):
    urgent = (
        registered(),
        judged(grade=EmergencyGrade.ORDINARY),
        assigned(),
        concluded(value),
        published(text=draft(PublicationForm.UPDATE_NOTICE)),
        reported(),
        handled(),
    )
    when = without(*urgent)
    if demanded:
        when.refused(Reason.CLOSE_RESULT_MISSING)
    else:
        when.then("closed")


def test_a_conclusion_confirmed_needs_no_second_result():
    confirmed = (*START, concluded(), published(), concluded(at=h(13)), reported(), handled())
    without(*confirmed).then("closed")


def test_the_offline_track_must_be_told_even_where_nothing_is_needed():
    without(*ANSWERED).refused(Reason.CLOSE_OFFLINE_MISSING)
    nothing = step(h(22), BOB, RecordHandling(text="无需线下处置", needed=False))
    without(*ANSWERED, nothing).then("closed")
    given(*ANSWERED).when(step(h(22), BOB, RecordHandling(text=" "))).refused(Reason.MISSING_PART)


def test_what_was_done_earlier_counts_from_when_it_was_done():
    done = step(h(21), ALICE, RecordHandling(text="现场处置", handled_at=h(15)))
    case = given(*ANSWERED, done).case.state
    assert [one.at for one in case.handling] == [h(15)]
    assert milestones(case).disposed == h(15)
    ahead = step(h(21), ALICE, RecordHandling(text="现场处置", handled_at=h(21, s=6)))
    given(*ANSWERED).when(ahead).refused(Reason.IN_THE_FUTURE, "handled_at")
    before = step(h(21), ALICE, RecordHandling(text="现场处置", handled_at=h(-1)))
    given(*ANSWERED).when(before).refused(Reason.BEFORE_OCCURRENCE, "handled_at")


def test_every_concern_is_answered_or_waived_with_a_reason():
    asked = (registered(concerns=("何时公布", "谁负责")), judged(), assigned(), concluded())
    answer = draft(answers=(ConcernAnswer(concern=1, paragraph="第二段"),))
    ready = (*asked, published(text=answer), reported(), handled())
    without(*ready).refused(Reason.CLOSE_CONCERN_UNANSWERED, "2")
    without(*ready, concerns_waiver="重复提问").then("closed")


def test_an_answer_in_a_draft_never_published_answers_nothing():
    asked = (registered(concerns=("何时公布",)), judged(), assigned(), concluded(), published())
    drafted = step(h(13), BOB, draft(answers=(ConcernAnswer(concern=1, paragraph="第二段"),)))
    without(*asked, drafted, reported(), handled()).refused(Reason.CLOSE_CONCERN_UNANSWERED, "1")


def counted(hour, posts):
    taken = Metrics(at=h(hour), posts=posts, reads=34000, comments=610, local=1)
    return step(h(hour), ALICE, RecordMetrics(metrics=taken))


def hot(at=60, **more):
    return closed(h(at), heat_override="", **more)


def test_the_heat_must_be_down_or_overridden():
    rising = counted(29, 500)
    given(*READY, rising).when(hot(30)).refused(Reason.CLOSE_HEAT_NOT_DOWN)
    given(*READY, rising).when(closed(h(30), heat_override="已平息")).then("closed")
    given(*READY, rising, counted(54, 510)).when(hot(55)).then("closed")


def test_the_heat_is_judged_at_the_latest_count_and_not_as_time_goes_by():
    given(*READY, counted(29, 500)).when(hot(300)).refused(Reason.CLOSE_HEAT_NOT_DOWN)


def test_without_a_count_since_the_answer_nothing_has_cooled():
    given(*READY).when(hot()).refused(Reason.CLOSE_HEAT_NOT_DOWN)
    given(*START, counted(11, 15), *READY[len(START) :]).when(hot()).refused(Reason.CLOSE_HEAT_NOT_DOWN)
    given(*START, *READY[len(START) :], counted(13, 15)).when(hot()).then("closed")


def test_a_count_after_what_went_out_and_answers_nobody_is_none_after_the_answer():
    notice = draft(PublicationForm.FIRST_NOTICE)  # outside an emergency it answers nobody (DD-07, DD-30)
    early = (
        step(h(0, m=35), of(UNIT), notice),
        *reviewed(UNIT, h(0, m=40)),
        step(h(0, m=45), of(UNIT), publish(h(0, m=45), anyway="值班人员误发")),
    )
    steps = (*START[:3], *early, *START[3:], counted(3, 15), *READY[len(START) :])
    given(*steps).when(hot()).refused(Reason.CLOSE_HEAT_NOT_DOWN)


def test_whether_the_public_spoke_and_was_answered_is_asked_as_of_the_instant():
    order = Source(at=h(), platform=Platform.HOTLINE, gist="来电")
    post = Source(at=h(20), platform=Platform.WEIBO, gist="微博")
    begun = (registered(sources=(order,), metrics=()), *READY[1:])
    spoken = (*begun, step(h(21), ALICE, AddSource(source=post)))
    assert [has_cooled(given(*spoken).case.state, at) for at in (h(19), h(20))] == [True, False]
    left_out = (*spoken, step(h(23), ALICE, ExcludeSource(item=2, reason="与本事无关")))
    assert [has_cooled(given(*left_out).case.state, at) for at in (h(22), h(23))] == [False, True]


def test_an_answer_after_the_instant_asks_for_no_count_before_it():
    early = given(*START, counted(11, 15), *READY[len(START) :]).case.state
    assert [has_cooled(early, at) for at in (h(11), h(12))] == [True, False]


def test_few_posts_and_a_day_without_growth_have_cooled():
    given(*READY, counted(13, 19)).when(hot()).then("closed")
    given(*READY, counted(13, 20)).when(hot()).refused(Reason.CLOSE_HEAT_NOT_DOWN)
    given(*READY, counted(13, 200), counted(20, 200)).when(hot()).refused(Reason.CLOSE_HEAT_NOT_DOWN)
    given(*READY, counted(13, 200), counted(37, 200)).when(hot()).then("closed")


def test_where_no_public_platform_spoke_no_count_is_asked_for():
    order = Source(at=h(), platform=Platform.HOTLINE, gist="来电")
    quiet = (registered(sources=(order,), metrics=()), *READY[1:])
    given(*quiet).when(hot()).then("closed")


def test_a_case_of_an_earlier_edition_is_judged_as_of_the_close():
    law = replace(LAW, edition=2, digest="edition 2")
    given(*READY, counted(29, 500), law=law).when(hot(54)).then("closed")


def test_the_papers_must_be_complete_or_waived():
    hot = (registered(), judged(level=WarningLevel.COMPLEX_SENSITIVE), assigned())
    ready = (*hot, concluded(), published(), reported(), handled())
    without(*ready, papers_waiver="").refused(Reason.CLOSE_ARCHIVE_INCOMPLETE, "special_report")
    without(*ready, papers_waiver="另册归档").then("closed")


def test_a_misread_policy_asks_for_its_explainer():
    misread = (registered(), judged(key_categories=(KeyCategory.POLICY_MISREADING,)), assigned(), concluded())
    rest = (reported(), handled())
    without(*misread, published(), *rest, papers_waiver="").refused(
        Reason.CLOSE_ARCHIVE_INCOMPLETE, "policy_explainer"
    )
    explained = published(text=draft(PublicationForm.POLICY_EXPLAINER))
    without(*misread, explained, *rest, papers_waiver="").then("closed")


def general():
    quiet = judged(level=WarningLevel.GENERAL_MATTER)
    return (registered(metrics=()), quiet, assigned(), concluded(), published(), reported(), handled())


def test_a_general_matter_is_closed_by_the_unit_s_own_deputy():
    given(*general()).when(closed(by=CAROL)).then("closed")
    given(*general()).when(closed(by=BOB)).refused(Reason.ROLE_NOT_ALLOWED)
    given(*general()).when(closed(by=MALLORY)).refused(Reason.UNIT_NOT_CONCERNED)


def test_anything_above_is_closed_by_the_office_s_leaders():
    given(*READY).when(closed(by=CAROL)).refused(Reason.UNIT_NOT_CONCERNED, UNIT)
    given(*READY).when(closed(by=of(OFFICE, Role.HANDLER))).refused(Reason.ROLE_NOT_ALLOWED)
    given(*READY).when(closed(by=of(OFFICE, Role.DEPUTY_LEADER))).then("closed")


def test_a_unit_that_only_answers_beside_the_first_does_not_close():
    beside = (
        registered(metrics=()),
        judged(level=WarningLevel.GENERAL_MATTER),
        assigned(UNIT, also=(SECOND,)),
        concluded(),
    )
    rest = (published(), published(SECOND), reported(), reported(SECOND), handled())
    given(*beside, *rest).when(closed(by=of(SECOND, Role.DEPUTY_LEADER))).refused(Reason.UNIT_NOT_CONCERNED)


def test_the_office_as_responder_reports_to_no_one_below():
    own = (registered(), judged(), assigned(OFFICE), concluded(), published(OFFICE), handled())
    case = given(*own).when(closed()).then("closed")
    assert case.obligations(ObligationKind.REPORT_UP) == ()


def test_reports_go_up_and_nowhere_else():
    given(*START).when(reported(to=SUPERIOR)).refused(Reason.UNIT_NOT_CONCERNED, SUPERIOR)
    given(*START).when(reported(OFFICE, to=UNIT)).refused(Reason.UNIT_NOT_CONCERNED, UNIT)
    given(*START).when(reported(OFFICE, to=OFFICE)).refused(Reason.UNIT_NOT_CONCERNED, OFFICE)
    given(*START).when(reported(OFFICE, to=SUPERIOR)).then("reported_up", "paper_drafted")
    given(*START).when(reported(to="nowhere")).refused(Reason.UNKNOWN_UNIT)


def test_a_report_at_the_due_second_is_on_time():
    on_time = (*START, concluded(), published(at=h(12)))
    case = given(*on_time).when(reported(at=h(36))).then(*REPORTED)
    assert case.obligation(ObligationKind.REPORT_UP, UNIT).status == "on_time"
    late = given(*on_time).when(reported(at=h(36, s=1))).then(*REPORTED)
    assert (late.obligation(ObligationKind.REPORT_UP, UNIT).status, late.scores(h(99))) == ("breached", {})


def test_closing_voids_what_is_open_and_keeps_what_was_missed():
    urgent = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned())
    rest = (concluded(), published(at=h(2)), reported(), handled())
    case = (
        given(*urgent, *rest)
        .when(closed(h(22), heat_override="已平息"))
        .then("closed", "obligation_voided", "obligation_voided")
    )
    assert case.obligation(ObligationKind.CONT_UPD).status is VOID
    assert case.obligation(ObligationKind.SIGN, UNIT).status == "breached"
    assert case.scores(h(22)) == {UNIT: -0.5}


def test_a_closed_case_takes_no_more_steps_but_those_that_come_after():
    after = given(*READY, closed())
    after.when(published(at=h(241))[0]).refused(Reason.WRONG_STAGE, "closed")
    given(*READY, closed()).when(closed(h(241))).refused(Reason.WRONG_STAGE)
    given(*READY, closed()).when(step(h(241), ALICE, Archive())).then("archived")
    given(*READY).when(step(h(241), ALICE, Archive())).refused(Reason.WRONG_STAGE, "handling")


def test_an_archived_case_takes_none():
    archived = (*READY, closed(), step(h(241), ALICE, Archive()))
    given(*archived).when(reported(at=h(242))).refused(Reason.WRONG_STAGE, "archived")


def test_a_gap_names_the_first_of_several_in_order():
    given(registered()).when(closed()).refused(Reason.CLOSE_CONCLUSION_MISSING)
