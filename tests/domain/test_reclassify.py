"""升级、降级: how due instants move with the class, and what was done or missed before (DD-08,
DD-09, DD-24).
"""

from dataclasses import replace

import pytest

from domain.steps.judge import Judge
from domain.steps.publish import EndEmergencyResponse, HoldPressConference
from domain.terms.vocabulary import (
    EmergencyGrade,
    ObligationKind,
    PublicationForm,
    ResponseClass,
    WarningLevel,
)
from tests.domain.cast import (
    ALICE,
    EVIDENCE,
    LAW,
    OFFICE,
    SECOND,
    SUPERIOR,
    UNIT,
    assigned,
    concluded,
    draft,
    factors,
    h,
    judged,
    promise,
    published,
    registered,
    rejudged,
    reported,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, OPEN, PASSED, SUPERSEDED, VOID, given
from tests.domain.outcomes import ASSIGNED_IN_EMERGENCY, EMERGENCY_JUDGED

RESP48, PUB24, CONT_UPD = ObligationKind.RESP48, ObligationKind.PUB24, ObligationKind.CONT_UPD
RPT2H, FIVE_HOURS, PRESS24 = ObligationKind.OVL_RPT2H, ObligationKind.OVL_5H, ObligationKind.OVL_PRESS24
MAJOR, LARGER, NONE = EmergencyGrade.MAJOR, EmergencyGrade.RELATIVELY_MAJOR, EmergencyGrade.NONE
START = (registered(), judged(), assigned(), signed_for())


def raised(at, **more):
    return rejudged(at, grade=MAJOR, **more)


def lowered(at):
    return rejudged(at, grade=NONE, level=WarningLevel.COMPLEX_SENSITIVE)


BEHIND = ("reminder_sent", "alarm_raised")  # of what is due sooner than was thought


@pytest.mark.parametrize(
    ("grade", "designated", "found"),
    [
        (NONE, False, ResponseClass.H48),
        (EmergencyGrade.ORDINARY, False, ResponseClass.H48),
        (LARGER, False, ResponseClass.H48),
        (MAJOR, False, ResponseClass.H24),
        (EmergencyGrade.EXCEPTIONALLY_MAJOR, False, ResponseClass.H24),
        (NONE, True, ResponseClass.H24),
    ],
)
def test_the_class_follows_the_grade_or_the_designation_alone(grade, designated, found):
    level = WarningLevel.MAJOR_SITUATION
    command = Judge(
        level=level, factors=factors(), emergency_grade=grade, designated_major=designated, reason="指定"
    )
    replaced = ("obligation_superseded",) if found is ResponseClass.H24 else ()
    opened = {NONE: 1, EmergencyGrade.ORDINARY: 0, LARGER: 1}.get(grade, 4)
    events = ("judged", *replaced, *opened * ("obligation_opened",), "consultation_proposed")
    case = given(registered()).when(step(h(m=15), ALICE, command)).then(*events)
    assert case.state.response_class is found


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (h(m=15), h(24)),  # at once: 24 h from the start of the clock
        (h(19), h(24)),  # the last instant from which 5 h reach no further than 24 h
        (h(19, s=1), h(24, s=1)),
        (h(30), h(35)),
        (h(43), h(48)),
        (h(43, s=1), h(48)),  # never later than before
        (h(48), h(48)),
    ],
)
def test_an_upgrade_moves_the_due_instant_by_the_rule(at, due):
    behind = BEHIND if at > h(1) else ()
    case = given(*START).when(raised(at)).then(*EMERGENCY_JUDGED, *behind)
    assert case.obligation(RESP48, UNIT).status is SUPERSEDED
    assert (case.obligation(PUB24, UNIT).status, case.obligation(PUB24, UNIT).due_at) == (OPEN, due)


@pytest.mark.parametrize(("at", "due"), [(h(m=40), h(24)), (h(30), h(35)), (h(47), h(48))])
def test_the_first_judgement_moves_it_by_the_same_rule_before_assignment(at, due):
    behind = BEHIND if at > h(1) else ()
    case = given(registered()).when(judged(at, grade=MAJOR)).then(*EMERGENCY_JUDGED, *behind)
    assert [(item.unit, item.status, item.due_at) for item in case.obligations(PUB24)] == [(None, OPEN, due)]
    assert case.obligations(RESP48)[0].status is SUPERSEDED
    after = (
        given(registered(), judged(at, grade=MAJOR))
        .when(assigned(at=at))
        .then(*ASSIGNED_IN_EMERGENCY, *behind)
    )
    assert (after.obligation(PUB24, UNIT).due_at, after.obligation(PUB24, UNIT).scored) == (due, True)


def test_an_upgrade_after_a_breach_leaves_it_and_gives_five_hours():
    case = (
        given(*START)
        .when(raised(h(50)))
        .then("judged", *4 * ("obligation_opened",), "consultation_proposed", "reminder_sent", "alarm_raised")
    )
    assert (case.obligation(RESP48, UNIT).status, case.obligation(RESP48, UNIT).is_owed) == (BREACHED, True)
    assert (case.obligation(PUB24, UNIT).status, case.obligation(PUB24, UNIT).due_at) == (OPEN, h(55))
    after = case.give((concluded(at=h(51)), published(at=h(52))))
    assert after.obligation(RESP48, UNIT).fulfilled_at == after.obligation(PUB24, UNIT).fulfilled_at == h(52)
    assert after.scores(h(60)) == {UNIT: -3}


def test_a_response_given_before_does_not_meet_the_new_limit():
    case = (
        given(*START, concluded(), published(at=h(10)))
        .when(raised(h(20)))
        .then("judged", *5 * ("obligation_opened",), "consultation_proposed", "reminder_sent")
    )
    assert case.obligation(RESP48, UNIT).status is ON_TIME
    assert (case.obligation(PUB24, UNIT).status, case.obligation(PUB24, UNIT).due_at) == (OPEN, h(25))


def test_unless_it_covers_the_facts_that_raised_the_grade():
    case = (
        given(*START, concluded(), published(at=h(10)))
        .when(raised(h(20), earlier_publication_covers=True))
        .then(
            "judged",
            "obligation_opened",
            "obligation_fulfilled",
            *3 * ("obligation_opened",),
            "obligation_fulfilled",
            "obligation_opened",
            "consultation_proposed",
        )
    )
    assert (case.obligation(PUB24, UNIT).status, case.obligation(PUB24, UNIT).fulfilled_at) == (
        ON_TIME,
        h(10),
    )


def test_an_upgrade_long_after_a_response_makes_no_breach_in_the_past():
    case = (
        given(*START, concluded(), published(at=h(10)))
        .when(raised(h(60)))
        .then("judged", *5 * ("obligation_opened",), "consultation_proposed", "reminder_sent")
    )
    assert (case.obligation(PUB24, UNIT).status, case.obligation(PUB24, UNIT).due_at) == (OPEN, h(65))


def test_reminders_of_the_new_limit_that_lie_in_the_past_are_sent_once_the_latest_only():
    case = given(*START, raised(h(30))).by(h(40))
    told = [
        (event.at, event.percent) for event in case.happened("reminder_sent") if "PUB24" in event.obligation
    ]
    assert told == [(h(26.25), 75), (h(31.5), 90)]


@pytest.mark.parametrize("at", [h(10), h(23), h(24)])
def test_a_downgrade_gives_forty_eight_hours_again(at):
    case = (
        given(registered(), judged(grade=MAJOR), assigned())
        .when(lowered(at))
        .then(
            "judged",
            "obligation_superseded",
            "obligation_opened",
            "obligation_voided",
            "consultation_proposed",
            *(("reminder_sent",) if at == h(24) else ()),
        )
    )
    assert case.obligation(PUB24, UNIT).status is SUPERSEDED
    assert (case.obligation(RESP48, UNIT).status, case.obligation(RESP48, UNIT).due_at) == (OPEN, h(48))


def test_a_downgrade_leaves_a_breach_on_record():
    case = (
        given(registered(), judged(grade=MAJOR), assigned(), signed_for(at=h(m=25)))
        .when(lowered(h(30)))
        .then(
            "judged", "obligation_superseded", "obligation_opened", "consultation_proposed", "reminder_sent"
        )
    )
    assert (case.obligation(PUB24, UNIT).status, case.obligation(PUB24, UNIT).is_owed) == (BREACHED, False)
    assert (case.obligation(RESP48, UNIT).status, case.obligation(RESP48, UNIT).due_at) == (OPEN, h(48))
    after = case.give((concluded(at=h(31)), published(at=h(40))))
    assert (after.obligation(RESP48, UNIT).status, after.scores(h(99))) == (ON_TIME, {UNIT: -5})


def test_a_downgrade_after_forty_eight_hours_is_late_but_costs_no_second_time():
    case = (
        given(registered(), judged(grade=MAJOR), assigned(), signed_for(at=h(m=25)))
        .when(lowered(h(60)))
        .then("judged", "obligation_superseded", "obligation_opened", "consultation_proposed")
    )
    item = case.obligation(RESP48, UNIT)
    assert (item.status, item.breached_at, item.scored, item.is_owed) == (BREACHED, h(48), False, True)
    assert case.scores(h(60)) == {UNIT: -6}


def test_what_was_published_in_the_24_hour_class_needs_no_more_after_a_downgrade():
    case = (
        given(registered(), judged(grade=MAJOR), assigned(), concluded(), published(at=h(10)))
        .when(lowered(h(12)))
        .then("judged", "obligation_voided", "obligation_voided", "consultation_proposed")
    )
    assert case.obligations(RESP48, UNIT) == ()
    assert case.obligation(PUB24, UNIT).status is ON_TIME


def test_a_response_before_an_upgrade_serves_again_after_the_downgrade():
    case = (
        given(*START, concluded(), published(at=h(10)), raised(h(60)))
        .when(lowered(h(62)))
        .then("judged", "obligation_superseded", "obligation_voided", "consultation_proposed")
    )
    assert [(item.status, item.fulfilled_at) for item in case.obligations(RESP48, UNIT)] == [(ON_TIME, h(10))]
    assert case.obligation(PUB24, UNIT).status is SUPERSEDED


def test_an_overdue_response_is_not_opened_twice_by_up_and_down():
    case = (
        given(*START, raised(h(50)))
        .when(lowered(h(52)))
        .then("judged", "obligation_superseded", "consultation_proposed")
    )
    assert [(item.status, item.is_owed) for item in case.obligations(RESP48, UNIT)] == [(BREACHED, True)]
    assert case.obligation(PUB24, UNIT).is_owed is False


def test_an_interim_response_of_the_24_hour_class_counts_after_a_downgrade():
    interim = draft(PublicationForm.INTERIM_RESPONSE, interim=promise(h(40)))
    case = given(registered(), judged(grade=MAJOR), assigned(), published(at=h(10), text=interim)).case
    assert case.obligation(PUB24, UNIT).status is OPEN
    case.give(lowered(h(20)))
    assert (case.obligation(RESP48, UNIT).status, case.obligation(RESP48, UNIT).fulfilled_at) == (
        ON_TIME,
        h(10),
    )


def test_each_responder_is_reclassified_by_its_own_doings():
    case = given(
        registered(), judged(), assigned(UNIT, SECOND), concluded(), published(SECOND, at=h(5)), raised(h(6))
    ).case
    assert [item.status for item in case.obligations(RESP48, UNIT)] == [SUPERSEDED]
    assert [item.status for item in case.obligations(RESP48, SECOND)] == [ON_TIME]
    assert {item.unit: item.status for item in case.obligations(PUB24)} == {UNIT: OPEN, SECOND: OPEN}


def test_the_upper_rules_count_from_occurrence():
    occurred = registered(h(m=5), occurred_at=h(-1))
    case = given(occurred, judged(grade=MAJOR)).when(assigned()).then(*ASSIGNED_IN_EMERGENCY)
    assert [
        (case.obligation(kind).unit, case.obligation(kind).due_at) for kind in (RPT2H, FIVE_HOURS, PRESS24)
    ] == [
        (OFFICE, h(1)),
        (UNIT, h(4)),
        (OFFICE, h(23)),
    ]
    assert all(case.obligation(kind).advisory for kind in (RPT2H, FIVE_HOURS, PRESS24))


def test_without_a_time_of_occurrence_they_count_from_discovery():
    assert given(registered()).when(judged(grade=MAJOR)).then(*EMERGENCY_JUDGED).obligation(
        RPT2H
    ).due_at == h(2)


@pytest.mark.parametrize(
    ("grade", "kinds", "events"),
    [
        (EmergencyGrade.ORDINARY, set(), ("judged", "consultation_proposed")),
        (LARGER, {RPT2H}, ("judged", "obligation_opened", "consultation_proposed")),
        (MAJOR, {RPT2H, FIVE_HOURS, PRESS24}, EMERGENCY_JUDGED),
    ],
)
def test_each_begins_with_its_grade(grade, kinds, events):
    case = given(registered()).when(judged(grade=grade, level=WarningLevel.COMPLEX_SENSITIVE)).then(*events)
    assert {item.kind for item in case.state.obligations} & {RPT2H, FIVE_HOURS, PRESS24} == kinds


def test_a_limit_opened_after_its_instant_is_passed_and_never_a_breach():
    case = given(*START).when(raised(h(10))).then(*EMERGENCY_JUDGED)
    assert {case.obligation(kind).status for kind in (RPT2H, FIVE_HOURS)} == {PASSED}
    assert (case.obligation(PRESS24).status, case.happened("obligation_breached")) == (OPEN, ())


def test_an_advisory_limit_goes_by_without_a_breach():
    case = given(registered(), judged(grade=MAJOR), assigned(), signed_for(at=h(m=25))).by(h(23, m=59))
    assert [event.at for event in case.happened("obligation_passed")] == [h(2), h(5)]
    assert case.happened("obligation_breached") == ()


def test_an_office_may_make_them_binding():
    binding = replace(LAW, overlay=replace(LAW.overlay, mandatory=True), digest="binding")
    case = given(registered(), judged(grade=MAJOR), law=binding).by(h(3))
    assert (case.obligation(RPT2H).status, case.obligation(RPT2H).breached_at) == (BREACHED, h(2))


def test_a_report_made_before_the_grade_was_known_counts_when_it_was_made():
    upward = replace(reported(to=SUPERIOR, at=h(1)), by=ALICE)
    case = (
        given(registered(), upward)
        .when(judged(h(3), grade=MAJOR))
        .then(
            "judged",
            "obligation_superseded",
            "obligation_opened",
            "obligation_opened",
            "obligation_fulfilled",
            "obligation_opened",
            "obligation_opened",
            "consultation_proposed",
        )
    )
    assert (case.obligation(RPT2H).status, case.obligation(RPT2H).fulfilled_at) == (ON_TIME, h(1))


def test_a_publication_before_the_grade_was_known_counts_for_the_five_hours_only_if_it_covers():
    before = (*START, concluded(), published(at=h(4)))
    assert (
        given(*before)
        .when(raised(h(6)))
        .then("judged", *5 * ("obligation_opened",), "consultation_proposed")
        .obligation(FIVE_HOURS)
        .fulfilled_at
        is None
    )
    covered = (
        given(*before)
        .when(raised(h(6), earlier_publication_covers=True))
        .then(
            "judged",
            "obligation_opened",
            "obligation_fulfilled",
            *3 * ("obligation_opened",),
            "obligation_fulfilled",
            "obligation_opened",
            "consultation_proposed",
        )
        .obligation(FIVE_HOURS)
    )
    assert (covered.status, covered.fulfilled_at) == (ON_TIME, h(4))


def test_the_limits_go_with_the_grade():
    case = (
        given(registered(), judged(grade=MAJOR), assigned())
        .when(lowered(h(1)))
        .then(
            "judged",
            "obligation_superseded",
            "obligation_opened",
            *3 * ("obligation_voided",),
            "consultation_proposed",
        )
    )
    assert {case.obligation(kind).status for kind in (RPT2H, FIVE_HOURS, PRESS24)} == {VOID}


def test_continuous_publication_begins_with_the_upgrade_and_ends_with_the_downgrade():
    case = (
        given(*START, concluded(), published(at=h(10)))
        .when(raised(h(20)))
        .then("judged", *5 * ("obligation_opened",), "consultation_proposed", "reminder_sent")
    )
    assert (case.obligation(CONT_UPD).unit, case.obligation(CONT_UPD).due_at) == (UNIT, h(44))
    assert case.give(lowered(h(21))).obligation(CONT_UPD).status is VOID


def test_a_new_upgrade_begins_an_emergency_response_anew():
    ended = step(h(14), ALICE, EndEmergencyResponse(reason="处置完毕"))
    press = step(h(21), ALICE, HoldPressConference(held_at=h(21), evidence=EVIDENCE))
    case = given(
        *START, concluded(), raised(h(2)), published(at=h(3)), ended, lowered(h(15)), raised(h(20)), press
    ).case
    assert case.state.emergency_ended_at is None
    assert (case.obligation(CONT_UPD).status, case.obligation(CONT_UPD).due_at) == (OPEN, h(45))
