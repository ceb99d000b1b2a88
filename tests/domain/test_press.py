"""新闻发布会: with facts and measures it answers for whom it speaks,
by what stood when it was held (DD-31).
"""

from dataclasses import replace

import pytest

from domain.case.records import Evidence
from domain.steps.assign import Reassign
from domain.steps.publish import HoldPressConference
from domain.steps.withdraw import WithdrawPublication
from domain.terms.refusals import Reason
from domain.terms.vocabulary import (
    EmergencyGrade,
    FactConclusion,
    ObligationKind,
    PaperKind,
    PublicationForm,
    WarningLevel,
)
from tests.domain.cast import (
    ALICE,
    BOB,
    CAROL,
    EVIDENCE,
    LAW,
    SECOND,
    STRANGER,
    UNIT,
    assigned,
    concluded,
    h,
    judged,
    promise,
    registered,
    rejudged,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, OPEN, given
from tests.domain.outcomes import PRESS_ANSWERS, PRESS_IN_EMERGENCY, PRESS_PROMISES

FORMS = PublicationForm
RESP48, PUB24, FOLLOW_UP = ObligationKind.RESP48, ObligationKind.PUB24, ObligationKind.FOLLOW_UP
CONT_UPD, PRESS24, REPORT_UP = ObligationKind.CONT_UPD, ObligationKind.OVL_PRESS24, ObligationKind.REPORT_UP
CALM = (registered(), judged(), assigned(UNIT, also=(SECOND,)), signed_for(), signed_for(SECOND))
URGENT = (
    registered(),
    judged(grade=EmergencyGrade.MAJOR),
    assigned(UNIT, also=(SECOND,)),
    signed_for(at=h(m=25)),
    signed_for(SECOND, at=h(m=25)),
)
SAID = {"facts": "事故原因正在调查，已有十人获救", "measures": "现场救援，医院开通绿色通道"}


def press(at, by=BOB, held_at=None, **more):
    return step(
        at, by, HoldPressConference(**{"held_at": held_at or at, "evidence": EVIDENCE, **SAID, **more})
    )


def test_in_an_emergency_it_is_a_first_notice_of_the_units_that_it_speaks_for():
    case = (
        given(*URGENT)
        .when(press(h(3), ALICE, units=(UNIT, SECOND)))
        .then(
            "press_conference_held",
            "obligation_fulfilled",
            "published",
            "paper_drafted",
            "obligation_fulfilled",
            "obligation_fulfilled",
            "obligation_opened",
            "obligation_fulfilled",
            "obligation_opened",
            "obligation_opened",
        )
    )
    assert [
        (case.obligation(PUB24, unit).status, case.obligation(PUB24, unit).fulfilled_at)
        for unit in (UNIT, SECOND)
    ] == [(ON_TIME, h(3))] * 2
    assert (case.obligation(PRESS24).status, case.obligation(ObligationKind.OVL_5H).status) == (
        ON_TIME,
        ON_TIME,
    )
    assert [obligation.due_at for obligation in case.obligations(CONT_UPD)] == [h(27)]
    assert {obligation.unit for obligation in case.obligations(REPORT_UP)} == {UNIT, SECOND}
    (item,) = case.state.publications
    assert (item.form, item.issuers, item.irregular) == (FORMS.FIRST_NOTICE, (UNIT, SECOND), ())


def test_one_that_names_nobody_answers_for_its_holder_alone():
    case = (
        given(*URGENT)
        .when(press(h(3)))
        .then(
            "press_conference_held",
            "obligation_fulfilled",
            "published",
            "paper_drafted",
            "obligation_fulfilled",
            "obligation_fulfilled",
            "obligation_opened",
            "obligation_opened",
        )
    )
    assert (case.obligation(PUB24, UNIT).status, case.obligation(PUB24, SECOND).status) == (ON_TIME, OPEN)
    office = (
        given(*URGENT)
        .when(press(h(3), ALICE))
        .then(
            "press_conference_held", "obligation_fulfilled", "published", "paper_drafted", "obligation_opened"
        )
    )
    assert [office.obligation(PUB24, unit).status for unit in (UNIT, SECOND)] == [OPEN, OPEN]


def test_after_the_conclusion_it_is_a_notice_of_the_situation_and_gives_no_result():
    case = given(*CALM, concluded()).when(press(h(48))).then(*PRESS_ANSWERS)
    assert (case.obligation(RESP48, UNIT).status, case.obligation(RESP48, SECOND).status) == (ON_TIME, OPEN)
    (item,) = case.state.publications
    assert (item.form, item.conclusion, item.gives_result) == (
        FORMS.SITUATION_NOTICE,
        FactConclusion.TRUE,
        False,
    )
    assert len(case.papers(PaperKind.SITUATION_NOTICE)) == 1


@pytest.mark.parametrize(("held_at", "status"), [(h(48), ON_TIME), (h(48, s=1), BREACHED)])
def test_it_is_late_by_a_second_like_any_other_answer(held_at, status):
    case = given(*CALM, concluded()).when(press(held_at)).then(*PRESS_ANSWERS)
    assert (case.obligation(RESP48, UNIT).status, case.obligation(RESP48, UNIT).fulfilled_at) == (
        status,
        held_at,
    )


def test_before_the_conclusion_it_is_an_interim_response_where_it_promises_the_next():
    case = given(*CALM).when(press(h(5), interim=promise(h(30)))).then(*PRESS_PROMISES)
    assert case.obligation(RESP48, UNIT).status is ON_TIME
    assert (case.obligation(FOLLOW_UP, UNIT).due_at, case.state.publications[0].form) == (
        h(30),
        FORMS.INTERIM_RESPONSE,
    )
    case.give(press(h(30), interim=promise(h(60))))
    assert [(obligation.status, obligation.due_at) for obligation in case.obligations(FOLLOW_UP)] == [
        (ON_TIME, h(30)),
        (OPEN, h(60)),
    ]


@pytest.mark.parametrize(
    "more", [{}, {"facts": "", "interim": None}, {"measures": " "}, {"facts": "", "measures": ""}]
)
def test_before_the_conclusion_without_a_promise_or_without_its_contents_it_answers_nobody(more):
    case = given(*CALM).when(press(h(5), **more)).then("press_conference_held")
    assert (case.obligation(RESP48, UNIT).status, case.state.publications) == (OPEN, ())


@pytest.mark.parametrize("more", [{"facts": ""}, {"measures": ""}])
def test_without_facts_and_measures_it_meets_the_limits_of_the_press_alone(more):
    case = given(*URGENT).when(press(h(3), **more)).then(*PRESS_IN_EMERGENCY)
    assert (case.obligation(PUB24, UNIT).status, case.obligation(PRESS24).status) == (OPEN, ON_TIME)
    assert case.obligation(CONT_UPD).due_at == h(27)


def test_it_is_judged_by_the_case_of_its_instant():
    """Held in the emergency and registered after it; held before the conclusion and registered
    after it (DD-29).
    """
    over = (*URGENT, rejudged(h(6), grade=EmergencyGrade.NONE, level=WarningLevel.SOCIAL_HOTSPOT))
    case = (
        given(*over)
        .when(press(h(7), held_at=h(5)))
        .then(
            "press_conference_held",
            "published",
            "paper_drafted",
            "breach_withdrawn",
            "obligation_fulfilled",
            "obligation_fulfilled",
            "obligation_opened",
        )
    )
    assert case.state.publications[0].form is FORMS.FIRST_NOTICE
    early = given(*CALM, concluded(at=h(6))).when(press(h(7), held_at=h(5))).then("press_conference_held")
    assert (early.obligation(RESP48, UNIT).status, early.state.publications) == (OPEN, ())


def test_one_from_before_the_rise_does_not_meet_the_limit_of_after_it():
    risen = (*CALM, concluded(), rejudged(h(10), grade=EmergencyGrade.MAJOR))
    case = (
        given(*risen)
        .when(press(h(11), held_at=h(9)))
        .then(
            "press_conference_held",
            "obligation_fulfilled",
            "published",
            "paper_drafted",
            "obligation_opened",
            "obligation_opened",
        )
    )
    assert case.obligation(PUB24, UNIT).status is OPEN
    case.give(press(h(12)))
    assert (case.obligation(PUB24, UNIT).status, case.obligation(PUB24, UNIT).fulfilled_at) == (
        ON_TIME,
        h(12),
    )


def test_a_unit_named_later_and_spoken_for_before_has_answered():
    alone = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned(UNIT))
    both = step(h(3), ALICE, Reassign(first=(UNIT,), also=(SECOND,), reason="增列"))
    case = (
        given(*alone, press(h(2), ALICE, units=(UNIT, SECOND)))
        .when(both)
        .then("assigned", "obligation_opened", "obligation_fulfilled", "obligation_opened", "paper_drafted")
    )
    assert (case.obligation(PUB24, SECOND).status, case.obligation(PUB24, SECOND).fulfilled_at) == (
        ON_TIME,
        h(2),
    )


def test_what_is_untrue_and_left_unclarified_is_marked():
    case = given(*CALM, concluded(FactConclusion.UNTRUE)).when(press(h(5))).then(*PRESS_ANSWERS)
    assert case.state.publications[0].irregular == (Reason.BLOCK_MISSING,)
    assert case.obligation(RESP48, UNIT).status is ON_TIME
    clear = (
        given(*CALM, concluded(FactConclusion.UNTRUE))
        .when(press(h(5), clarification="网传不实"))
        .then(*PRESS_ANSWERS)
    )
    assert clear.state.publications[0].irregular == ()


def test_withdrawn_it_keeps_nothing_up_any_more():
    said = (*URGENT, press(h(3)))
    taken = step(
        h(4),
        CAROL,
        WithdrawPublication(
            publication="publication-1", withdrawn_at=h(4), reason="口误", because_of_error=False
        ),
    )
    case = given(*said, taken).by(h(6, s=1))
    assert case.obligation(PUB24, UNIT).status is OPEN
    assert case.obligation(PUB24, UNIT).due_at == h(24)
    again = given(*said, taken, press(h(6))).by(h(6, s=1))
    assert (again.obligation(PUB24, UNIT).status, again.obligation(PUB24, UNIT).evidence) == (
        ON_TIME,
        "publication-2",
    )


def test_what_the_press_was_promised_binds_each_unit_spoken_for():
    case = (
        given(*CALM)
        .when(press(h(5), ALICE, units=(UNIT, SECOND), interim=promise(h(30))))
        .then(*PRESS_ANSWERS, "obligation_fulfilled", *3 * ("obligation_opened",))
    )
    assert {(obligation.unit, obligation.due_at) for obligation in case.obligations(FOLLOW_UP)} == {
        (UNIT, h(30)),
        (SECOND, h(30)),
    }
    case.give(press(h(30), interim=promise(h(60))))
    assert {
        obligation.unit: obligation.status
        for obligation in case.obligations(FOLLOW_UP)
        if obligation.due_at == h(30)
    } == {
        UNIT: ON_TIME,
        SECOND: OPEN,
    }


def test_a_promise_binds_those_who_answer_before_others_who_were_only_named():
    case = (
        given(*CALM)
        .when(press(h(5), ALICE, units=(STRANGER, UNIT), interim=promise(h(30))))
        .then(*PRESS_PROMISES)
    )
    assert [obligation.unit for obligation in case.obligations(FOLLOW_UP)] == [UNIT]
    nobody = (registered(), judged(), press(h(5), ALICE, units=(UNIT, SECOND), interim=promise(h(30))))
    assert {obligation.unit for obligation in given(*nobody).case.obligations(FOLLOW_UP)} == {UNIT, SECOND}


@pytest.mark.parametrize("units", [(UNIT, SECOND), (SECOND, UNIT)])
def test_a_unit_speaks_for_itself_and_names_others_beside_it(units):
    """What it names beside itself is a joint release (DD-14);
    it is the publication of the unit that held it.
    """
    case = (
        given(*CALM, concluded())
        .when(press(h(5), units=units))
        .then(*PRESS_ANSWERS, "obligation_fulfilled", "obligation_opened")
    )
    assert [case.obligation(RESP48, unit).status for unit in (UNIT, SECOND)] == [ON_TIME, ON_TIME]
    assert case.state.publications[0].issuers == (UNIT, SECOND)


def test_the_office_alone_speaks_in_the_place_of_others():
    given(*CALM, concluded()).when(press(h(5), units=(SECOND,))).refused(Reason.UNIT_NOT_CONCERNED, SECOND)
    case = given(*CALM, concluded()).when(press(h(5), ALICE, units=(SECOND,))).then(*PRESS_ANSWERS)
    assert [case.obligation(RESP48, unit).status for unit in (UNIT, SECOND)] == [OPEN, ON_TIME]


def test_a_former_responder_records_what_it_held_while_it_answered():
    moved = step(h(6), ALICE, Reassign(first=(SECOND,), reason="改派"))
    case = (
        given(*CALM, concluded(), moved)
        .when(press(h(7), held_at=h(5)))
        .then("press_conference_held", "published", "paper_drafted")
    )
    assert case.state.publications[0].unit == UNIT
    given(*CALM, concluded(), moved).when(press(h(7), held_at=h(6, s=1))).refused(Reason.UNIT_NOT_CONCERNED)


@pytest.mark.parametrize(
    ("given_", "reason"),
    [
        (press(h(3), evidence=()), Reason.EVIDENCE_MISSING),
        (press(h(3), evidence=(Evidence(url="x", sha256="b"),)), Reason.EVIDENCE_MISSING),
        (press(h(3), units=("nobody",)), Reason.UNKNOWN_UNIT),
        (press(h(3), interim=replace(promise(h(9)), verifying=" ")), Reason.INTERIM_INCOMPLETE),
        (press(h(3), interim=promise(h(3))), Reason.INTERIM_INCOMPLETE),
        (press(h(3), interim=promise(h(75, s=1))), Reason.PROMISE_TOO_LATE),
    ],
)
def test_one_with_a_fault_is_refused(given_, reason):
    given(*CALM).when(given_).refused(reason)


def test_a_case_of_an_earlier_edition_answers_as_it_did():
    law = replace(LAW, edition=2, digest="second")
    case = given(*URGENT, law=law).when(press(h(3), ALICE, units=(UNIT,))).then(*PRESS_IN_EMERGENCY)
    assert (case.obligation(PUB24, UNIT).status, case.state.publications) == (OPEN, ())
