"""上位规定: advisory by default, binding by a switch;
created late they are shown as passed by either (DD-24).
"""

from dataclasses import replace

import pytest

from domain.law.editions import SECOND_EDITION
from domain.law.regulation import Law
from domain.rules.scores import MissedLimits, missed_limits
from domain.steps.publish import HoldPressConference
from domain.terms.vocabulary import EmergencyGrade, ObligationKind, PaperKind
from tests.domain.cast import (
    ALICE,
    EVIDENCE,
    LAW,
    OFFICE,
    assigned,
    h,
    judged,
    registered,
    rejudged,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, PASSED, given
from tests.domain.lives import FIRST_EDITION

MAJOR = EmergencyGrade.MAJOR
RPT2H, FIVE_HOURS, PRESS24 = ObligationKind.OVL_RPT2H, ObligationKind.OVL_5H, ObligationKind.OVL_PRESS24
OVERLAY = (RPT2H, FIVE_HOURS, PRESS24)
BINDING = replace(LAW, overlay=replace(LAW.overlay, mandatory=True), digest="binding")
BOTH = pytest.mark.parametrize("law", [LAW, BINDING], ids=["advisory", "binding"])
START = (registered(), judged(grade=MAJOR), assigned(), signed_for(at=h(m=25)))


@pytest.mark.parametrize(("law", "status"), [(LAW, PASSED), (BINDING, BREACHED)])
def test_a_missed_limit_passes_or_is_breached_by_the_switch(law: Law, status):
    case = given(*START, law=law).by(h(23))
    assert {case.obligation(kind).status for kind in (RPT2H, FIVE_HOURS)} == {status}


@BOTH
def test_a_deed_at_the_due_second_is_on_time(law: Law):
    held = step(h(24), ALICE, HoldPressConference(held_at=h(24), evidence=EVIDENCE))
    assert given(*START, held, law=law).by(h(25)).obligation(PRESS24).status is ON_TIME


@BOTH
def test_a_deed_a_second_late_stands_as_missed_with_its_instant(law: Law):
    held = step(h(24, s=1), ALICE, HoldPressConference(held_at=h(24, s=1), evidence=EVIDENCE))
    obligation = given(*START, held, law=law).by(h(25)).obligation(PRESS24)
    assert (obligation.status, obligation.fulfilled_at) == (
        BREACHED if law is BINDING else PASSED,
        h(24, s=1),
    )


def pressed(at, held_at):
    return step(at, ALICE, HoldPressConference(held_at=held_at, evidence=EVIDENCE))


def test_an_advisory_limit_met_in_time_and_registered_soon_after_is_on_time_and_nobody_is_told():
    case = given(*START, pressed(h(31), h(23))).case
    assert (case.obligation(PRESS24).status, case.obligation(PRESS24).fulfilled_at) == (ON_TIME, h(23))
    case.tells()


def test_an_advisory_limit_proved_after_twelve_hours_stays_passed():
    case = given(*START, pressed(h(35, s=1), h(23))).case
    assert (case.obligation(PRESS24).status, case.obligation(PRESS24).fulfilled_at) == (PASSED, h(23))


def test_one_created_after_its_instant_stays_shown_as_passed():
    late = (registered(), judged(), assigned(), signed_for(), rejudged(h(30), grade=MAJOR))
    assert given(*late, pressed(h(31), h(23))).case.obligation(PRESS24).status is PASSED


def test_a_case_of_the_first_edition_keeps_it_passed():
    case = given(*START, pressed(h(31), h(23)), law=FIRST_EDITION).case
    assert case.obligation(PRESS24).status is PASSED


@BOTH
def test_limits_created_after_their_instant_are_passed_by_either(law: Law):
    late = rejudged(h(30), grade=MAJOR)
    case = given(registered(), judged(), assigned(), signed_for(), late, law=law).by(h(47))
    assert {case.obligation(kind).status for kind in OVERLAY} == {PASSED}
    assert {event.obligation.split(":")[0] for event in case.happened("obligation_breached")} <= {"PUB24"}
    assert missed_limits(case.state).upper_rules == 0


def test_a_breach_of_the_upper_rules_brings_no_ladder_no_points_and_no_supervision():
    case = given(*START, law=BINDING).by(h(23, m=59))
    assert missed_limits(case.state) == MissedLimits(statutory=0, upper_rules=2, other=0)
    assert case.scores(h(23, m=59)) == {}
    assert (case.papers(PaperKind.SUPERVISION_ORDER), case.state.is_supervised) == ((), False)
    assert case.state.primary_status not in {BREACHED, PASSED}


def test_a_case_of_the_first_edition_keeps_the_mark_it_was_given():
    """What was recorded under the first edition is decided the same again, to the letter."""
    old, new = (
        replace(BINDING, edition=edition, digest=f"binding-{edition}") for edition in (1, SECOND_EDITION)
    )
    assert given(*START, law=old).case.obligation(RPT2H).scored
    assert not given(*START, law=new).case.obligation(RPT2H).scored
    assert given(*START, law=old).by(h(5)).scores(h(5)) == {}


def test_the_office_owes_what_is_the_offices():
    case = given(*START, law=BINDING).case
    assert [case.obligation(kind).unit == OFFICE for kind in OVERLAY] == [True, False, True]
