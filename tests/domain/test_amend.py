"""更正时钟: what a corrected discovery moves, what it leaves, and what it never erases (DD-02, DD-19)."""

from datetime import timedelta

import pytest

from domain.purposes import Purpose
from domain.steps.amend import CorrectClockStart
from domain.terms.refusals import Reason
from domain.terms.vocabulary import EmergencyGrade, ObligationKind, WarningLevel
from tests.domain.cast import (
    ALICE,
    BOB,
    DISCOVERED,
    SECOND,
    UNIT,
    assigned,
    concluded,
    h,
    judged,
    of,
    published,
    registered,
    rejudged,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, OPEN, given

RESP48, PUB24, INT24 = ObligationKind.RESP48, ObligationKind.PUB24, ObligationKind.INT24
START = (registered(), judged(), assigned(), signed_for())


def corrected(at, to, by=ALICE, reason="监测日志"):
    return step(at, by, CorrectClockStart(discovered_at=to, reason=reason))


def reminders(case):
    found = case.happened("reminder_sent")
    return [(event.at, event.percent) for event in found if event.obligation.startswith(f"RESP48:{UNIT}")]


def test_an_earlier_start_moves_every_open_response():
    case = (
        given(registered(), judged(), assigned(UNIT, SECOND))
        .when(corrected(h(2), h(-3)))
        .then("clock_start_corrected")
    )
    for unit in (UNIT, SECOND):
        obligation = case.obligation(RESP48, unit)
        assert (obligation.clock_start, obligation.due_at, obligation.status) == (h(-3), h(45), OPEN)
    assert case.state.response_due_at == h(45)


def test_both_values_are_kept_with_the_reason():
    case = given(*START, corrected(h(2), h(-3))).case
    (correction,) = case.state.clock_corrections
    assert (correction.before, correction.after, correction.reason) == (DISCOVERED, h(-3), "监测日志")
    (event,) = case.happened("clock_start_corrected")
    assert [(item.former_due_at, item.due_at) for item in event.retimed] == [(h(48), h(45))]
    (opened,) = case.happened("registered")
    assert (opened.discovered_at, case.state.discovered_at) == (DISCOVERED, h(-3))


def test_a_later_start_gives_back_the_time():
    case = given(*START, corrected(h(2), h(m=4))).by(h(48))
    assert case.obligation(RESP48, UNIT).due_at == h(48, m=4)
    assert case.obligation(RESP48, UNIT).status is OPEN


def test_a_unit_named_after_the_correction_is_due_with_the_rest():
    case = given(registered(), judged(), corrected(h(2), h(-3)), assigned(at=h(3))).case
    assert case.obligation(RESP48, UNIT).due_at == h(45)


def test_a_start_so_early_that_the_limit_has_gone_by_is_a_breach_at_the_corrected_due():
    case = (
        given(*START)
        .when(corrected(h(30), h(-20)))
        .then("clock_start_corrected", "alarm_raised", "obligation_breached", "paper_drafted")
    )
    obligation = case.obligation(RESP48, UNIT)
    assert (obligation.due_at, obligation.breached_at, obligation.status) == (h(28), h(28), BREACHED)
    assert reminders(case) == [(h(24), 50)]


def test_a_recorded_breach_stands_though_the_corrected_limit_lies_later():
    case = given(*START).when(corrected(h(49), h(m=4))).then("clock_start_corrected")
    obligation = case.obligation(RESP48, UNIT)
    assert (obligation.due_at, obligation.breached_at, obligation.status) == (h(48), h(48), BREACHED)
    assert case.scores(h(49)) == {UNIT: -3}


def test_what_was_answered_in_time_stays_so():
    case = given(*START, concluded(), published(at=h(47)), corrected(h(48), h(-3))).by(h(60))
    assert (case.obligation(RESP48, UNIT).status, case.obligation(RESP48, UNIT).due_at) == (ON_TIME, h(48))


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (h(-3), h(45)),  # clock start + 24 h and the upgrade + 5 h lie past clock start + 48 h
        (h(m=4), h(47)),
        (h(-10), h(47)),  # the first limit had gone by when the class rose: it does not count (DD-08)
    ],
)
def test_the_five_hours_of_an_upgrade_count_from_the_upgrade_still(start, due):
    case = (
        given(*START, rejudged(h(42), grade=EmergencyGrade.MAJOR))
        .when(corrected(h(43), start))
        .then("clock_start_corrected")
    )
    obligation = case.obligation(PUB24, UNIT)
    assert (obligation.clock_start, obligation.due_at) == (start, due)


def test_an_upgrade_at_the_first_judgement_is_counted_again_from_the_corrected_start():
    urgent = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned())
    case = given(*urgent).when(corrected(h(2), h(-3))).then("clock_start_corrected", "obligation_passed")
    assert case.obligation(PUB24, UNIT).due_at == h(21)
    early = (
        given(*urgent)
        .when(corrected(h(2), h(-22)))
        .then(
            "clock_start_corrected", "obligation_passed", "obligation_passed", "reminder_sent", "alarm_raised"
        )
    )
    assert early.obligation(PUB24, UNIT).due_at == h(5, m=15)


def test_a_downgrade_after_the_correction_counts_from_the_corrected_start():
    urgent = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned())
    down = rejudged(h(3), grade=EmergencyGrade.NONE, level=WarningLevel.SOCIAL_HOTSPOT)
    case = given(*urgent, corrected(h(2), h(-3)), down).case
    assert case.obligation(RESP48, UNIT).due_at == h(45)


def test_a_downgrade_before_it_does_so_too():
    urgent = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned())
    down = rejudged(h(2), grade=EmergencyGrade.NONE, level=WarningLevel.SOCIAL_HOTSPOT)
    case = given(*urgent, down, corrected(h(3), h(-3))).case
    assert case.obligation(RESP48, UNIT).due_at == h(45)
    assert case.obligations(PUB24, UNIT)[0].due_at == h(24)


def test_reminders_follow_the_new_clock_and_those_sent_are_not_sent_again():
    later = given(*START, corrected(h(25), h(m=4))).by(h(60))
    assert reminders(later) == [(h(24), 50), (h(36, m=4), 75), (h(43, m=16), 90)]
    earlier = given(*START, corrected(h(25), h(-3))).by(h(60))
    assert reminders(earlier) == [(h(24), 50), (h(33), 75), (h(40, m=12), 90)]


def test_of_reminders_that_the_correction_leaves_behind_the_latest_alone_is_sent():
    case = given(*START, corrected(h(20), h(-19))).by(h(28))
    assert reminders(case) == [(h(17), 75), (h(24, m=12), 90)]


def test_the_internal_target_and_advice_without_an_occurrence_follow():
    star = given(registered(), judged(level=WarningLevel.MAJOR_SITUATION), assigned())
    assert star.when(corrected(h(2), h(-3))).then("clock_start_corrected").obligation(INT24).due_at == h(21)
    urgent = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned())
    press = ObligationKind.OVL_PRESS24
    assert given(*urgent, corrected(h(2), h(-3))).case.obligation(press).due_at == h(21)
    known = (registered(occurred_at=h(-4)), judged(grade=EmergencyGrade.MAJOR), assigned())
    assert given(*known, corrected(h(2), h(-3))).case.obligation(press).due_at == h(20)


def test_obligations_with_starts_of_their_own_keep_theirs():
    case = (
        given(registered(), judged(), assigned())
        .when(corrected(h(m=25), h(-3)))
        .then("clock_start_corrected")
    )
    assert case.obligation(ObligationKind.SIGN, UNIT).due_at == h(m=50)


@pytest.mark.parametrize(
    ("to", "reason", "refused"),
    [
        (h(), "日志", Reason.ALREADY_DONE),
        (h(m=6), "日志", Reason.AFTER_REGISTRATION),
        (h(5), "日志", Reason.IN_THE_FUTURE),
        (h(-5), "日志", Reason.BEFORE_OCCURRENCE),
        (h(-1), " ", Reason.REASON_MISSING),
    ],
)
def test_a_correction_must_be_one(to, reason, refused):
    known = given(registered(occurred_at=h(-4)), judged(), assigned())
    known.when(corrected(h(2), to, reason=reason)).refused(refused)


def test_the_leaders_of_the_office_alone_correct():
    given(*START).when(corrected(h(2), h(-1), by=BOB)).refused(Reason.ROLE_NOT_ALLOWED)
    given(*START).when(corrected(h(2), h(-1), by=of("gov_office"))).refused(Reason.ROLE_NOT_ALLOWED)


def test_a_second_correction_counts_from_itself():
    case = given(*START, corrected(h(2), h(-3)), corrected(h(3), h(-1))).case
    assert case.obligation(RESP48, UNIT).due_at == h(47)
    assert [item.before for item in case.state.clock_corrections] == [DISCOVERED, h(-3)]


def test_who_owes_what_moved_is_told():
    case = given(*START, corrected(h(2), h(-3))).case
    case.tells((Purpose.CLOCK_MOVED, UNIT))
    assert case.obligation(RESP48, UNIT).due_at - h(-3) == timedelta(hours=48)
