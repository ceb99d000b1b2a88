"""What time does by itself: reminders, breaches, an outage over many of them, the end of a closed case."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.catalogue import Tick
from domain.incident import next_alarm
from domain.steps.escalate import SignIssue
from domain.steps.verify import RequestVerification
from domain.terms.vocabulary import (
    EmergencyGrade,
    ObligationKind,
    PaperKind,
    PublicationForm,
    Stage,
    WarningLevel,
)
from tests.domain.cast import (
    ALICE,
    LAW,
    SECOND,
    UNIT,
    assigned,
    closed,
    concluded,
    draft,
    h,
    handled,
    judged,
    on,
    promise,
    published,
    registered,
    registration,
    reported,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, given

RESP48 = ObligationKind.RESP48
START = (registered(), judged(), assigned(), signed_for())


def reminders(case, kind="RESP48"):
    return [(event.at, event.percent) for event in case.happened("reminder_sent") if kind in event.obligation]


def test_reminders_fire_at_half_three_quarters_and_nine_tenths():
    assert reminders(given(*START).by(h(60))) == [(h(24), 50), (h(36), 75), (h(43.2), 90)]


def test_no_reminder_follows_a_response():
    case = given(*START, concluded(), published(at=h(24))).by(h(60))
    assert reminders(case) == [(h(24), 50)]


def test_a_reminder_due_with_the_assignment_fires_for_both():
    case = given(registered(), judged(), assigned(at=h(24))).by(h(30))
    assert [event.obligation for event in case.happened("reminder_sent")] == [
        "RESP48:-:registration",
        f"RESP48:{UNIT}:assignment-1",
    ]


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (h(24), [(h(24), 50), (h(36), 75), (h(43.2), 90)]),
        (h(24, s=1), [(h(24), 50), (h(36), 75), (h(43.2), 90)]),
        (h(36), [(h(24), 50), (h(36), 75), (h(43.2), 90)]),
        (h(37), [(h(36), 75), (h(43.2), 90)]),
        (h(44), [(h(43.2), 90)]),
        (h(48), [(h(43.2), 90)]),
        (h(49), []),
    ],
)
def test_of_reminders_before_the_assignment_only_the_latest_is_sent_at_once(at, told):
    case = given(registered(), judged(), assigned(at=at)).by(h(60))
    assert reminders(case, UNIT) == told


URGENT = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned())
TARGETED = (registered(), judged(level=WarningLevel.MAJOR_SITUATION), assigned())


@pytest.mark.parametrize(
    ("kind", "steps"),
    [
        (ObligationKind.SIGN, URGENT),
        (
            ObligationKind.VERIFY,
            (registered(), step(h(m=10), ALICE, RequestVerification(questions="是否属实"))),
        ),
        (
            ObligationKind.REPORT_UP,
            (*URGENT, published(at=h(2), text=draft(PublicationForm.FIRST_NOTICE))),
        ),
        (
            ObligationKind.CONT_UPD,
            (*URGENT, published(at=h(2), text=draft(PublicationForm.FIRST_NOTICE))),
        ),
        (ObligationKind.INT24, TARGETED),
        (ObligationKind.RECTIFY, (*START, step(h(49), ALICE, SignIssue(paper="supervision_order-1")))),
    ],
)
def test_other_obligations_have_no_reminders(kind, steps):
    case = given(*steps).by(h(300))
    assert case.obligations(kind)
    assert reminders(case, kind) == []


def test_a_promise_is_reminded_of_from_the_publication_on():
    interim = draft(PublicationForm.INTERIM_RESPONSE, interim=promise(h(30)))
    case = given(*START, published(at=h(10), text=interim)).by(h(40))
    assert reminders(case, "FOLLOW_UP") == [(h(20), 50), (h(25), 75), (h(28), 90)]


def test_an_instant_between_two_seconds_is_cut():
    odd = replace(LAW, limits=replace(LAW.limits, h48=timedelta(hours=1, seconds=1)), digest="odd")
    case = given(step(h(), ALICE, registration()), law=odd).by(h(2))
    assert [event.at for event in case.happened("reminder_sent")] == [h(0.5), h(m=45), h(m=54)]


def test_a_breach_is_stamped_with_the_due_second_and_noticed_a_second_later():
    case = given(*START).by(h(48))
    assert case.happened("obligation_breached") == ()
    case.until(h(48, s=1))
    (breach,) = case.happened("obligation_breached")
    assert (breach.at, case.decisions[-1].now) == (h(48), h(48, s=1))
    assert (case.obligation(RESP48, UNIT).status, case.state.is_supervised) == (BREACHED, True)


def test_after_an_outage_everything_happens_once_in_order_stamped_with_its_instant():
    missed = given(*START).case
    decided = missed.take(Tick(), h(80))
    assert decided is not None
    assert [(event.kind, event.at) for event in decided.events] == [
        ("counts_missing", h(23)),
        ("reminder_sent", h(24)),
        ("reminder_sent", h(36)),
        ("alarm_raised", h(36)),
        ("reminder_sent", h(43.2)),
        ("counts_missing", h(47)),
        ("obligation_breached", h(48)),
        ("paper_drafted", h(48)),
        ("counts_missing", h(71)),
        ("paper_drafted", h(72)),
    ]
    assert decided.now == h(80)
    assert missed.take(Tick(), h(80)) is None


def test_an_outage_leaves_the_same_case_as_none():
    present, absent = given(*START).by(h(80)), given(*START).case
    absent.take(Tick(), h(80))
    assert present.state == absent.state


def test_several_units_are_watched_side_by_side():
    case = given(registered(), judged(), assigned(UNIT, SECOND), signed_for(), signed_for(SECOND)).by(h(49))
    assert {event.obligation.split(":")[1] for event in case.happened("obligation_breached")} == {
        UNIT,
        SECOND,
    }
    assert len(case.papers(PaperKind.SUPERVISION_ORDER)) == 2


def test_the_next_alarm_is_the_earliest_thing_to_come():
    case = given(registered(), judged(), assigned()).case
    assert next_alarm(case.state) == h(m=50, s=1)
    case.give(signed_for())
    assert next_alarm(case.state) == h(23, s=1)  # of counts that are missing by then


def test_an_alarm_answered_never_lies_in_the_past():
    case = given(*START).case
    for hour in range(1, 100):
        case.take(Tick(), h(hour, m=7))
        alarm = next_alarm(case.state)
        assert alarm is None or alarm > h(hour, m=7)


ENDED = (*START, concluded(), published(), reported(), handled())


def test_a_closed_case_is_archived_after_thirty_days_and_only_watched_for_that():
    case = given(*ENDED, closed(h(216))).case
    assert next_alarm(case.state) == h(216) + LAW.limits.archive_after
    case.until(h(216 + 24 * 30))
    assert (case.state.stage, case.state.archived_at) == (Stage.ARCHIVED, h(216 + 24 * 30))
    assert next_alarm(case.state) is None


def test_where_the_thirty_days_end_on_a_day_off_it_is_archived_at_the_end_of_the_next_working_day():
    monday = on("10-19", "23:59:59")
    case = given(*ENDED, closed(h(240))).case  # the thirtieth day is Saturday, 17 October
    assert next_alarm(case.state) == monday
    case.until(monday)
    assert case.state.archived_at == monday


def test_under_an_earlier_edition_it_is_archived_on_a_day_off_too():
    law = replace(LAW, edition=2, digest="edition 2")
    assert next_alarm(given(*ENDED, closed(h(240)), law=law).case.state) == h(240 + 24 * 30)


def test_nothing_closes_by_itself():
    case = given(*START, concluded(), published(), reported(), handled()).by(h(9000))
    assert case.state.stage is Stage.HANDLING
