"""更正: two hours from when an error became known; old text kept and linked;
a published verdict is locked (DD-15, R343).
"""

import pytest

from domain.incident import fold
from domain.purposes import Purpose
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import FactConclusion, ObligationKind, PublicationForm
from storage.codec import DECISION, INCIDENT
from tests.domain.cast import (
    ALICE,
    BOB,
    OFFICE,
    SECOND,
    STRANGER,
    UNIT,
    assigned,
    closed,
    concluded,
    draft,
    h,
    handled,
    judged,
    of,
    publish,
    published,
    registered,
    reported,
    reviewed,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, OPEN, SUPERSEDED, given
from tests.domain.lives import FIRST_EDITION, START, corrects, found_wrong, interim, reviewed_late, withdrawn
from tests.domain.outcomes import CORRECTED, WITHDRAWN

CORRECT, RESP48, REPLACE = ObligationKind.CORRECT, ObligationKind.RESP48, ObligationKind.REPLACE
TRUE, UNTRUE = FactConclusion.TRUE, FactConclusion.UNTRUE
OUT = (*START, concluded(), published(at=h(12)))
JOINT = (
    *(registered(), judged(), assigned(UNIT, SECOND), signed_for(), signed_for(SECOND), concluded()),
    published(at=h(12), text=draft(co_issuers=(SECOND,))),
)


def test_an_error_on_record_is_corrected_within_two_hours_of_when_it_became_known():
    case = given(*OUT).when(found_wrong(h(20), since=h(19))).then("error_recorded", "obligation_opened")
    obligation = case.obligation(CORRECT, UNIT)
    assert (obligation.clock_start, obligation.due_at, obligation.scored, obligation.advisory) == (
        h(19),
        h(21),
        True,
        False,
    )
    assert case.state.errors[0].known_at == h(19)


@pytest.mark.parametrize(
    ("at", "status", "points"), [(h(22), ON_TIME, {}), (h(22, s=1), BREACHED, {UNIT: -3})]
)
def test_a_correction_at_the_due_second_costs_nothing(at, status, points):
    case = given(*OUT, found_wrong(h(20))).when(*published(at=at, text=corrects(1))).then(*CORRECTED)
    assert (case.obligation(CORRECT, UNIT).status, case.obligation(CORRECT, UNIT).fulfilled_at) == (
        status,
        at,
    )
    assert case.scores(h(30)) == points


def test_a_correction_that_never_comes_costs_once_and_is_neither_reminded_nor_laddered():
    case = given(*OUT, found_wrong(h(20)), reported(at=h(21))).by(h(300))
    assert (case.obligation(CORRECT, UNIT).breached_at, case.scores(h(300))) == (h(22), {UNIT: -3})
    assert case.happened("reminder_sent") == ()
    assert [paper for paper in case.state.papers if paper.status == "drafted"] == []


def test_the_old_text_is_kept_and_both_are_linked():
    case = given(*OUT, found_wrong(h(20)), published(at=h(21), text=corrects(1))).case
    old, new = case.state.publications
    assert (old.superseded_by, old.withdrawn_at) == (("publication-2",), None)
    assert case.state.draft(new.draft).corrects == ("publication-1",)
    assert case.state.draft(old.draft).facts == "事实"


def test_a_development_is_no_correction():
    case = given(*OUT, found_wrong(h(20)), published(at=h(21), text=draft(updates=("publication-1",)))).case
    assert (case.obligation(CORRECT, UNIT).status, case.state.publications[0].superseded_by) == (OPEN, ())


def test_nothing_is_corrected_of_which_no_error_is_on_record():
    given(*OUT).when(step(h(20), BOB, corrects(1))).refused(Reason.ERROR_NOT_RECORDED, "publication-1")
    given(*OUT).when(step(h(20), BOB, corrects(9))).refused(Reason.UNKNOWN_REFERENCE, "publication-9")


def test_nothing_is_corrected_twice():
    done = (*OUT, found_wrong(h(20)), published(at=h(21), text=corrects(1)))
    given(*done).when(step(h(22), BOB, corrects(1))).refused(Reason.ALREADY_DONE, "publication-1")
    given(*done).when(found_wrong(h(22))).refused(Reason.ALREADY_DONE, "publication-1")
    again = given(*done, found_wrong(h(30), 2)).when(*published(at=h(32), text=corrects(2))).then(*CORRECTED)
    assert [obligation.status for obligation in again.obligations(CORRECT)] == [ON_TIME, ON_TIME]


def test_an_error_with_a_fault_is_refused():
    given(*OUT).when(found_wrong(h(20), finding=" ")).refused(Reason.MISSING_PART, "finding")
    given(*OUT).when(found_wrong(h(20), since=h(20, s=6))).refused(Reason.IN_THE_FUTURE)
    given(*OUT).when(found_wrong(h(20), since=h(12, s=-1))).refused(Reason.BEFORE_OCCURRENCE)
    given(*OUT).when(found_wrong(h(20), 2)).refused(Reason.UNKNOWN_REFERENCE)
    given(*OUT).when(found_wrong(h(20), by=of(STRANGER))).refused(Reason.UNIT_NOT_CONCERNED)
    given(*OUT).when(found_wrong(h(20), by=of(UNIT, Role.MONITOR))).refused(Reason.ROLE_NOT_ALLOWED)
    given(*OUT).when(found_wrong(h(20), by=of(OFFICE))).then("error_recorded", "obligation_opened")


def test_a_withdrawal_because_of_an_error_makes_it_known():
    case = (
        given(*OUT)
        .when(withdrawn(h(20), error=True))
        .then("publication_withdrawn", "error_recorded", "obligation_opened", "obligation_opened")
    )
    assert (case.obligation(CORRECT, UNIT).due_at, case.obligation(REPLACE, UNIT).due_at) == (h(22), h(22))
    assert given(*OUT).when(withdrawn(h(20))).then(*WITHDRAWN).obligations(CORRECT) == ()


def test_an_error_known_before_its_withdrawal_keeps_its_clock():
    case = given(*OUT, found_wrong(h(19))).when(withdrawn(h(20), error=True)).then(*WITHDRAWN)
    assert [(obligation.status, obligation.due_at) for obligation in case.obligations(CORRECT)] == [
        (OPEN, h(21))
    ]


def test_an_error_known_earlier_than_recorded_first_moves_the_clock():
    earlier = found_wrong(h(20, m=30), since=h(19), by=of(OFFICE))
    case = (
        given(*OUT, found_wrong(h(20)))
        .when(earlier)
        .then("error_recorded", "obligation_superseded", "obligation_opened")
    )
    assert [(obligation.status, obligation.due_at) for obligation in case.obligations(CORRECT)] == [
        (SUPERSEDED, h(22)),
        (OPEN, h(21)),
    ]
    assert case.give(published(at=h(21), text=corrects(1))).obligation(CORRECT, UNIT).status is ON_TIME


def test_a_replacement_that_is_to_mend_the_error_says_so():
    wrong = (*OUT, withdrawn(h(20), error=True))
    plain = given(*wrong, published(at=h(21))).by(h(23))
    assert (plain.obligation(RESP48, UNIT).status, plain.obligation(CORRECT, UNIT).status) == (
        ON_TIME,
        BREACHED,
    )
    mended = given(*wrong, published(at=h(22), text=corrects(1))).by(h(23))
    assert (mended.obligation(RESP48, UNIT).status, mended.obligation(CORRECT, UNIT).status) == (
        ON_TIME,
        ON_TIME,
    )
    assert mended.state.publications[0].superseded_by == ("publication-2",)


def test_a_joint_release_serves_each_unit_that_it_names():
    case = given(*JOINT, found_wrong(h(20))).when(*published(at=h(21), text=corrects(1))).then(*CORRECTED)
    assert (case.obligation(CORRECT, UNIT).status, case.obligation(CORRECT, SECOND).status) == (ON_TIME, OPEN)
    case.give(published(SECOND, at=h(22, s=1), text=corrects(1)))
    assert case.scores(h(30)) == {SECOND: -3}
    assert case.state.publications[0].superseded_by == ("publication-2", "publication-3")
    both = given(*JOINT, found_wrong(h(20)))
    case = both.when(*published(at=h(22), text=corrects(1, co_issuers=(SECOND,)))).then(
        *CORRECTED, "obligation_fulfilled"
    )
    assert [obligation.status for obligation in case.obligations(CORRECT)] == [ON_TIME, ON_TIME]


def test_a_correction_withdrawn_and_not_replaced_is_owed_again():
    case = given(*OUT, found_wrong(h(20)), published(at=h(21), text=corrects(1)), withdrawn(h(30), 2)).by(
        h(33)
    )
    assert (case.obligation(CORRECT, UNIT).breached_at, case.obligation(RESP48, UNIT).status) == (
        h(32),
        ON_TIME,
    )


def test_a_correction_registered_late_goes_by_its_evidence():
    wrong = (*OUT, found_wrong(h(20)))
    case = given(*wrong, published(at=h(30), said_at=h(22), text=corrects(1))).case
    assert (case.obligation(CORRECT, UNIT).status, case.obligation(CORRECT, UNIT).provisional) == (
        BREACHED,
        True,
    )
    case.give(reviewed_late(h(31), kind="CORRECT", cause="error-1"))
    assert case.scores(h(40)) == {}


def test_an_error_found_after_the_close_is_still_corrected():
    done = (*OUT, reported(), handled(), closed())
    case = given(*done, found_wrong(h(250)), published(at=h(252), text=corrects(1))).case
    assert case.obligation(CORRECT, UNIT).status is ON_TIME
    assert given(*done, found_wrong(h(250))).by(h(253)).scores(h(253)) == {UNIT: -3}


def test_the_close_neither_waits_for_a_correction_nor_ends_its_two_hours():
    done = (*OUT, reported(), handled(), found_wrong(h(239)))
    case = given(*done).when(closed()).then("closed")
    assert (case.obligation(CORRECT, UNIT).status, case.until(h(242)).obligation(CORRECT, UNIT).status) == (
        OPEN,
        BREACHED,
    )


def test_a_unit_that_left_still_corrects_its_own_error():
    stranger = (*START, concluded(), published(at=h(12), text=draft(co_issuers=(STRANGER,))))
    text = (step(h(21), of(STRANGER), corrects(1)), *reviewed(STRANGER, h(21)))
    given(*stranger).when(text[0]).refused(Reason.UNIT_NOT_CONCERNED)
    case = (
        given(*stranger, found_wrong(h(20)), *text)
        .when(step(h(21), of(STRANGER), publish(h(21))))
        .then(*CORRECTED)
    )
    assert case.obligation(CORRECT, STRANGER).status is ON_TIME


# -- the locked verdict
# -------------------------------------------------------------------------------------------------


def test_a_published_verdict_is_locked():
    given(*OUT).when(concluded(UNTRUE, at=h(13))).refused(Reason.VERDICT_LOCKED, "publication-1")
    given(*OUT).when(concluded(TRUE, at=h(13))).then("concluded")


@pytest.mark.parametrize("form", [PublicationForm.SITUATION_NOTICE, PublicationForm.POLICY_EXPLAINER])
def test_by_each_final_form(form):
    case = given(*START, concluded(), published(at=h(12), text=draft(form)))
    case.when(concluded(UNTRUE, at=h(13))).refused(Reason.VERDICT_LOCKED)


def test_an_interim_response_locks_none():
    given(*START, concluded(), published(at=h(12), text=interim(h(20)))).when(
        concluded(UNTRUE, at=h(13))
    ).then("concluded")


def test_an_error_on_record_unlocks_it():
    given(*OUT, found_wrong(h(13))).when(concluded(UNTRUE, at=h(14))).then("concluded")
    given(*OUT, withdrawn(h(13), error=True)).when(concluded(UNTRUE, at=h(14))).then("concluded")
    two = (*OUT, published(at=h(13)), found_wrong(h(14)))
    given(*two).when(concluded(UNTRUE, at=h(15))).refused(Reason.VERDICT_LOCKED, "publication-2")


def test_the_new_verdict_needs_its_correction_before_the_close():
    turned = (*OUT, reported(), handled(), found_wrong(h(30)), concluded(UNTRUE, at=h(31)))
    given(*turned).when(closed()).refused(Reason.CLOSE_VERDICT_UNCORRECTED, "publication-1")
    given(*turned, published(at=h(32))).when(closed()).refused(Reason.CLOSE_VERDICT_UNCORRECTED)
    given(*turned, published(at=h(32), text=corrects(1))).when(closed()).then("closed")


def test_the_corrected_verdict_is_locked_in_its_turn():
    turned = (*OUT, found_wrong(h(30)), concluded(UNTRUE, at=h(31)), published(at=h(32), text=corrects(1)))
    given(*turned).when(concluded(TRUE, at=h(33))).refused(Reason.VERDICT_LOCKED, "publication-2")


def test_a_result_given_under_another_conclusion_does_not_serve():
    untrue = (*START, concluded(UNTRUE), published(), reported(), handled())
    notice = draft(PublicationForm.UPDATE_NOTICE, result="", corrects=("publication-1",))
    turned = (*untrue, found_wrong(h(30)), concluded(at=h(31)), published(at=h(32), text=notice))
    given(*turned).when(closed()).refused(Reason.CLOSE_RESULT_MISSING)
    given(*turned, published(at=h(33))).when(closed()).then("closed")


def test_a_case_of_the_first_edition_keeps_its_rules():
    given(*OUT, law=FIRST_EDITION).when(concluded(UNTRUE, at=h(13))).then("concluded")
    turned = (*OUT, reported(), handled(), concluded(UNTRUE, at=h(13)))
    given(*turned, law=FIRST_EDITION).when(closed(by=ALICE)).then("closed")


def test_what_happened_to_a_publication_survives_json():
    case = given(*JOINT, withdrawn(h(60), error=True), published(at=h(63), text=corrects(1))).by(h(70))
    assert fold(case.events) == case.state
    assert INCIDENT.validate_json(INCIDENT.dump_json(case.state)) == case.state
    for decided in case.decisions:
        assert DECISION.validate_json(DECISION.dump_json(decided)) == decided


def test_its_units_and_the_office_are_told():
    case = given(*JOINT, withdrawn(h(60), error=True)).case
    told = (Purpose.WITHDRAWN, Purpose.ERROR_KNOWN)
    both = ((Purpose.TO_DO, unit) for unit in (UNIT, SECOND) for _ in ("to replace", "to correct"))
    case.tells(*((purpose, unit) for purpose in told for unit in (UNIT, SECOND, OFFICE)), *both)
    each = (
        (purpose, unit) for purpose in (Purpose.REOPENED, Purpose.INSTRUCTION_OWED) for unit in (UNIT, SECOND)
    )
    missed = ((Purpose.BREACH, unit) for unit in (UNIT, SECOND) for _ in ("answer", "correction"))
    office = (*2 * (Purpose.REOPENED,), *4 * (Purpose.BREACH,), *2 * (Purpose.TO_SIGN,))
    case.until(h(62, s=1)).tells(*each, *missed, *((purpose, OFFICE) for purpose in office))
