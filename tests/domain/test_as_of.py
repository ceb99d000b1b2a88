"""Judged as of when it happened: what stood at the instant of a publication decides,
whenever it is registered (DD-29).
"""

from dataclasses import replace

import pytest

from domain.case.as_of import as_of
from domain.steps.assign import Reassign
from domain.steps.publish import Publish
from domain.terms.refusals import Reason
from domain.terms.vocabulary import (
    EmergencyGrade,
    FactConclusion,
    ObligationKind,
    Platform,
    PublicationForm,
)
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
    published,
    registered,
    rejudged,
    reviewed,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, OPEN, SUPERSEDED, given
from tests.domain.outcomes import ANSWERED, ANSWERED_BEFORE_TARGET, ANSWERED_IN_EMERGENCY, PROMISED
from tests.domain.spoken import approved, claims, goes_out, passed, says

FORMS = PublicationForm
MAJOR, NONE = EmergencyGrade.MAJOR, EmergencyGrade.NONE
RESP48, PUB24 = ObligationKind.RESP48, ObligationKind.PUB24
CONT_UPD, REPORT_UP, OVL_5H = ObligationKind.CONT_UPD, ObligationKind.REPORT_UP, ObligationKind.OVL_5H
CALM = (registered(), judged(), assigned())
URGENT = (registered(), judged(grade=MAJOR), assigned())


def written(at, text=None, unit=UNIT):
    """Drafted and reviewed, ready to go out."""
    return (step(at, of(unit), text or draft()), *reviewed(unit, at))


def recorded(at, said_at, unit=UNIT):
    """The latest draft's publication, registered later than it was said."""
    return step(at, of(unit), publish(said_at))


def reassigned(at, *first):
    """Others answer from now on."""
    return step(at, ALICE, Reassign(first=first, reason="调整"))


def publish_first(said_at):
    """The first draft, published at that instant."""
    return Publish(draft="draft-1", published_at=said_at, channels=(Platform.WECHAT,), evidence=EVIDENCE)


# --- the four faults ----------------------------------------------------------------------------------------


def test_a_text_out_before_an_upgrade_and_registered_after_it_does_not_meet_the_new_limit():
    case = (
        given(*CALM, concluded(), written(h(2)), rejudged(h(4), grade=MAJOR))
        .when(recorded(h(5), h(3)))
        .then("published", "paper_drafted", "obligation_opened", "obligation_opened")
    )
    assert (case.obligation(PUB24, UNIT).status, case.obligation(OVL_5H, UNIT).fulfilled_at) == (OPEN, None)
    assert case.obligation(RESP48, UNIT).status is SUPERSEDED


def test_a_text_out_at_the_second_of_the_upgrade_or_later_meets_the_new_limit():
    start = (*CALM, concluded(), written(h(2)), rejudged(h(4), grade=MAJOR))
    case = given(*start).when(recorded(h(5), h(4))).then(*ANSWERED_IN_EMERGENCY)
    assert (case.obligation(PUB24, UNIT).status, case.obligation(OVL_5H, UNIT).fulfilled_at) == (
        ON_TIME,
        h(4),
    )
    before = (
        given(*start)
        .when(recorded(h(5), h(3, m=59)))
        .then("published", "paper_drafted", "obligation_opened", "obligation_opened")
    )
    assert before.obligation(PUB24, UNIT).status is OPEN


def test_a_notice_out_in_an_emergency_and_registered_after_the_downgrade_counts_as_such():
    start = (*URGENT, written(h(2), draft(FORMS.FIRST_NOTICE)), rejudged(h(4), grade=NONE))
    case = given(*start).when(recorded(h(6), h(3))).then(*ANSWERED_BEFORE_TARGET)
    assert (case.obligation(RESP48, UNIT).status, case.obligation(RESP48, UNIT).fulfilled_at) == (
        ON_TIME,
        h(3),
    )
    assert case.obligation(PUB24, UNIT).status is SUPERSEDED


def test_a_notice_out_after_the_downgrade_is_none_of_the_emergency():
    start = (*URGENT, written(h(2), draft(FORMS.FIRST_NOTICE)), rejudged(h(4), grade=NONE))
    given(*start).when(recorded(h(6), h(5))).refused(Reason.NOT_AN_EMERGENCY)


def test_a_text_out_before_the_conclusion_does_not_pass_by_being_registered_after_it():
    given(*CALM, written(h(2)), concluded(at=h(4))).when(recorded(h(5), h(3))).refused(
        Reason.CONCLUSION_MISSING, FORMS.SITUATION_NOTICE
    )


def test_an_interim_response_out_before_the_conclusion_passes_after_it():
    text = draft(FORMS.INTERIM_RESPONSE, interim=promise(h(30)))
    case = given(*CALM, written(h(2), text), concluded(at=h(4))).when(recorded(h(5), h(3))).then(*PROMISED)
    assert (case.obligation(RESP48, UNIT).status, case.state.publications[0].conclusion) == (ON_TIME, None)


# --- what else stood then -----------------------------------------------------------------------------------


def test_the_result_is_that_of_the_conclusion_which_stood():
    start = (*CALM, concluded(at=h(1)), written(h(2)), concluded(FactConclusion.PARTLY_TRUE, at=h(6)))
    case = given(*start).when(recorded(h(7), h(3))).then(*ANSWERED)
    item = case.state.publications[0]
    assert (item.gives_result, item.conclusion) == (True, FactConclusion.TRUE)


def test_a_block_that_only_a_later_conclusion_demands_is_not_asked_for():
    text = draft(clarification="")
    start = (*CALM, concluded(at=h(1)), written(h(2), text), concluded(FactConclusion.UNTRUE, at=h(6)))
    given(*start).when(recorded(h(7), h(3))).then(*ANSWERED)
    given(*start).when(recorded(h(7), h(6))).refused(Reason.BLOCK_MISSING, "clarification")


def test_a_conflict_found_after_a_text_went_out_does_not_hold_its_registration_back():
    start = (registered(), judged(), assigned(UNIT, SECOND), concluded())
    spoken = (*start, says("3人", at=h(2)), passed(1, UNIT, h(2)), says("5人", SECOND, at=h(4)))
    given(*spoken).when(step(h(5), BOB, publish_first(h(3)))).then(*ANSWERED)
    given(*spoken).when(step(h(5), BOB, publish_first(h(4)))).refused(Reason.CONFLICT_OPEN)


def test_a_conflict_that_stood_is_not_mended_by_talking_points_approved_later():
    start = (registered(), judged(), assigned(UNIT, SECOND), concluded())
    spoken = (*start, says("3人", at=h(2)), passed(1, UNIT, h(2)), says("5人", SECOND, at=h(2)))
    settled = (*spoken, approved(h(4), claims=claims("3人"), conflicts=("conflict-1",)))
    given(*settled).when(step(h(5), BOB, publish_first(h(3)))).refused(Reason.CONFLICT_OPEN)
    given(*settled).when(goes_out(1, UNIT, h(5))).then(*ANSWERED)


def test_talking_points_bind_what_goes_out_after_them():
    start = (*CALM, concluded(), says("3人", at=h(2)), passed(1, UNIT, h(2)))
    bound = (*start, approved(h(4), claims=claims("5人")))
    given(*bound).when(step(h(5), BOB, publish_first(h(3)))).then(*ANSWERED)
    given(*bound).when(step(h(5), BOB, publish_first(h(4)))).refused(Reason.AGAINST_TALKING_POINTS)


def test_a_unit_that_answered_when_its_text_went_out_records_it_though_another_answers_now():
    start = (*CALM, concluded(), written(h(2)), reassigned(h(4), SECOND))
    case = given(*start).when(recorded(h(5), h(3))).then("published", "paper_drafted")
    assert (case.obligation(RESP48, UNIT).status, case.obligation(RESP48, SECOND).status) == (
        SUPERSEDED,
        OPEN,
    )
    assert case.obligations(REPORT_UP, UNIT) == ()
    given(*start).when(recorded(h(5), h(4))).refused(Reason.UNIT_NOT_CONCERNED)


def test_a_report_upward_runs_from_the_registration():
    case = given(*CALM, concluded(), written(h(2))).when(recorded(h(9), h(3))).then(*ANSWERED)
    assert case.obligation(REPORT_UP, UNIT).due_at == h(33)


def test_continuous_publication_runs_from_the_upgrade_for_what_was_out_before_it():
    start = (*CALM, concluded(), written(h(2)))
    at_once = (
        given(*start, recorded(h(3), h(3)))
        .when(rejudged(h(4), grade=MAJOR))
        .then("judged", *5 * ("obligation_opened",), "consultation_proposed")
    )
    later = (
        given(*start, rejudged(h(4), grade=MAJOR))
        .when(recorded(h(5), h(3)))
        .then("published", "paper_drafted", "obligation_opened", "obligation_opened")
    )
    assert at_once.obligation(CONT_UPD).due_at == later.obligation(CONT_UPD).due_at == h(28)


def test_a_promise_registered_after_the_text_that_keeps_it_is_kept():
    text = draft(FORMS.INTERIM_RESPONSE, interim=promise(h(30)))
    start = (*CALM, concluded(), written(h(2), text), published(at=h(6)))
    case = (
        given(*start)
        .when(step(h(7), BOB, publish_first(h(3))))
        .then("published", "paper_drafted", "obligation_opened", "obligation_fulfilled")
    )
    obligation = case.obligation(ObligationKind.FOLLOW_UP, UNIT)
    assert (obligation.status, obligation.fulfilled_at) == (ON_TIME, h(6))


def test_a_text_that_names_a_unit_counts_for_it_when_it_joins_from_its_own_instant():
    """The second of two joint texts in the 24-hour class had met nobody's limit,
    and names the unit that joins.
    """
    start = (*URGENT, concluded(), published(at=h(2)), published(at=h(3), text=draft(co_issuers=(SECOND,))))
    case = (
        given(*start)
        .when(reassigned(h(5), UNIT, SECOND))
        .then("assigned", "obligation_opened", "obligation_fulfilled", "obligation_opened", "paper_drafted")
    )
    assert (case.obligation(PUB24, SECOND).status, case.obligation(PUB24, SECOND).fulfilled_at) == (
        ON_TIME,
        h(3),
    )


def test_what_was_out_in_time_is_provisional_though_its_limit_gave_way_since():
    """The downgrade superseded the breached limit; the timely text, registered within twelve hours,
    disproves it (DD-12).
    """
    start = (*URGENT, concluded(), written(h(20)), rejudged(h(26), grade=NONE))
    case = (
        given(*start)
        .when(recorded(h(30), h(22)))
        .then(
            "published",
            "paper_drafted",
            *3 * ("obligation_fulfilled",),
            "obligation_opened",
            "obligation_fulfilled",
        )
    )
    obligation = case.obligation(PUB24, UNIT)
    assert (obligation.status, obligation.breached_at, obligation.provisional) == (BREACHED, h(24), True)
    late = (
        given(*start)
        .when(recorded(h(34, s=1), h(22)))
        .then("published", "paper_drafted", *3 * ("obligation_fulfilled",), "obligation_opened")
    )
    assert not late.obligation(PUB24, UNIT).provisional


@pytest.mark.parametrize("edition", [1, 2])
def test_cases_of_earlier_editions_are_judged_as_of_the_registration(edition):
    law = replace(LAW, edition=edition, digest=f"edition {edition}")
    start = (*CALM, concluded(), written(h(2)), rejudged(h(4), grade=MAJOR))
    case = given(*start, law=law).when(recorded(h(5), h(3))).then(*ANSWERED_IN_EMERGENCY)
    assert case.obligation(PUB24, UNIT).status is ON_TIME
    assert case.state.timelines.classes == ()
    assert as_of(case.state, h(1)) is case.state


# --- the one mechanism --------------------------------------------------------------------------------------


def test_the_case_as_of_an_instant_has_the_class_the_conclusion_and_the_units_of_then():
    case = given(*URGENT, concluded(at=h(2)), rejudged(h(4), grade=NONE), reassigned(h(6), SECOND)).case
    for instant, emergency, concluded_by, units in (
        (h(m=14), False, False, ()),
        (h(m=15), True, False, ()),
        (h(m=20), True, False, (UNIT,)),
        (h(2), True, True, (UNIT,)),
        (h(4), False, True, (UNIT,)),
        (h(6), False, True, (SECOND,)),
    ):
        view = as_of(case.state, instant)
        assert (view.in_emergency, view.conclusion is not None, view.responders) == (
            emergency,
            concluded_by,
            units,
        )


def test_a_word_of_an_earlier_emergency_is_none_in_the_next_for_a_unit_that_joins():
    spoken = written(h(1), draft(FORMS.FIRST_NOTICE, co_issuers=(SECOND,)))
    first = (*URGENT, spoken, recorded(h(2), h(2)), rejudged(h(3), grade=NONE))
    case = given(*first, rejudged(h(4), grade=MAJOR), reassigned(h(5), UNIT, SECOND)).case
    assert case.obligation(PUB24, SECOND).status is OPEN
    calm_between = given(*URGENT, spoken, recorded(h(2), h(2)), reassigned(h(5), UNIT, SECOND)).case
    assert calm_between.obligation(PUB24, SECOND).status is ON_TIME


def test_late_evidence_is_no_plain_answer_for_a_unit_that_joins_afterwards():
    start = (*CALM, concluded(at=h(1)), written(h(47), draft(co_issuers=(SECOND,))))
    late = given(*start, recorded(h(50), h(47)), reassigned(h(51), UNIT, SECOND)).case.obligation(
        RESP48, SECOND
    )
    assert (late.status, late.provisional) == (BREACHED, True)
    too_late = given(*start, recorded(h(60), h(47)), reassigned(h(61), UNIT, SECOND)).case
    assert (too_late.obligation(RESP48, SECOND).status, too_late.obligation(RESP48, SECOND).provisional) == (
        BREACHED,
        False,
    )
    in_time = given(*start, recorded(h(47), h(47)), reassigned(h(51), UNIT, SECOND)).case
    assert in_time.obligation(RESP48, SECOND).status is ON_TIME
