"""告警: nobody assigned for half an hour, nobody heard at three quarters of the clock (R108)."""

from dataclasses import replace

import pytest

from domain.case.oversight import Alarm
from domain.catalogue import Tick
from domain.incident import next_alarm
from domain.law.regulation import Alarms
from domain.purposes import Purpose
from domain.steps.screen import VoidRegistration
from domain.terms.vocabulary import EmergencyGrade, PublicationForm
from tests.domain.cast import (
    ALICE,
    CYBERSPACE,
    LAW,
    OFFICE,
    SECOND,
    UNIT,
    assigned,
    concluded,
    draft,
    h,
    judged,
    on,
    promise,
    published,
    registered,
    registration,
    rejudged,
    signed_for,
    step,
)
from tests.domain.given import given
from tests.domain.lives import withdrawn

START = (registered(), judged(), assigned(), signed_for())
QUIET = replace(LAW, escalation=replace(LAW.escalation, alarms=Alarms()), digest="quiet")
FIRST = replace(LAW, edition=1)


def alarms(case):
    return [(event.at, event.alarm, event.unit) for event in case.happened("alarm_raised")]


@pytest.mark.parametrize(
    ("at", "raised"), [(h(m=35), []), (h(m=35, s=1), [(h(m=35), Alarm.UNASSIGNED, OFFICE)])]
)
def test_half_an_hour_after_registration_without_assignment_an_alarm_is_given(at, raised):
    case = given(registered(), judged(), assigned(at=at)).by(h(1))
    assert alarms(case) == raised


def test_the_alarm_is_given_a_second_after_its_instant_and_stamped_with_it():
    case = given(registered()).by(h(m=35))
    assert next_alarm(case.state) == h(m=35, s=1)
    case.until(h(m=35, s=1))
    assert alarms(case) == [(h(m=35), Alarm.UNASSIGNED, OFFICE)]
    assert case.now == h(m=35, s=1)


def test_three_quarters_of_the_clock_without_a_word_raise_an_alarm_once():
    case = given(*START).by(h(60))
    assert alarms(case) == [(h(36), Alarm.SILENT, UNIT)]


@pytest.mark.parametrize(("at", "silent"), [(h(36), False), (h(36, s=1), True)])
def test_a_publication_by_that_second_spares_it(at, silent):
    case = given(*START, concluded(), published(at=at)).by(h(60))
    assert bool(alarms(case)) is silent


def test_an_interim_response_is_a_word():
    interim = draft(PublicationForm.INTERIM_RESPONSE, interim=promise(h(40)))
    assert alarms(given(*START, published(at=h(10), text=interim)).by(h(39))) == []


def test_a_joint_text_speaks_for_the_units_that_it_names():
    both = (registered(), judged(), assigned(UNIT, SECOND), concluded())
    alone = given(*both, published(at=h(10))).by(h(60))
    assert alarms(alone) == [(h(36), Alarm.SILENT, SECOND)]
    assert alarms(given(*both, published(at=h(10), text=draft(co_issuers=(SECOND,)))).by(h(60))) == []


def test_before_assignment_the_office_is_the_one_that_is_silent():
    case = given(registered()).by(h(47))
    assert alarms(case) == [(h(m=35), Alarm.UNASSIGNED, OFFICE), (h(36), Alarm.SILENT, OFFICE)]


def test_a_unit_named_after_that_instant_is_alarmed_at_once():
    case = given(registered(), judged(), assigned(at=h(40))).by(h(40))
    assert alarms(case)[-1] == (h(36), Alarm.SILENT, UNIT)
    late = given(registered(), judged(), assigned(at=h(50))).by(h(60))
    assert (h(36), Alarm.SILENT, UNIT) not in alarms(late)


def test_an_upgrade_brings_a_clock_with_an_alarm_of_its_own():
    case = given(*START, rejudged(h(40), grade=EmergencyGrade.MAJOR)).by(h(60))
    assert alarms(case) == [(h(36), Alarm.SILENT, UNIT), (h(33.75), Alarm.SILENT, UNIT)]


def test_after_an_outage_each_alarm_is_given_once():
    missed, present = given(registered()).case, given(registered()).by(h(50))
    missed.take(Tick(), h(50))
    assert alarms(missed) == alarms(present)
    assert missed.take(Tick(), h(51)) is None
    assert missed.state == present.state


@pytest.mark.parametrize("law", [QUIET, FIRST])
def test_a_law_without_alarms_and_a_case_of_the_first_edition_stay_quiet(law):
    assert alarms(given(registered(), law=law).by(h(60))) == []


def test_the_office_and_the_silent_unit_hear_the_alarm():
    case = given(*START).by(h(37))
    case.tells((Purpose.ALARM, OFFICE), (Purpose.ALARM, UNIT), by="alarm_raised")


def test_an_order_that_nobody_signed_for_is_told_to_the_coordinators_too():
    case = given(registered(), judged(), assigned()).by(h(1))
    missed = ((Purpose.BREACH, unit) for unit in (UNIT, OFFICE, CYBERSPACE))
    case.tells(*missed, by="obligation_breached")
    first = given(registered(), judged(), assigned(), law=FIRST).by(h(1))
    first.tells((Purpose.BREACH, UNIT), (Purpose.BREACH, OFFICE), by="obligation_breached")


def test_an_alarm_of_a_closed_case_is_not_given():
    voided = step(h(m=10), ALICE, VoidRegistration(reason="误登"))
    case = given(step(h(m=5), ALICE, registration()), voided).case
    assert next_alarm(case.state) == on("10-08", "23:59:59")  # thirty days on is a holiday
    assert case.until(h(100)).happened("alarm_raised") == ()


def test_who_withdrew_its_only_word_is_silent_again():
    spoken = (registered(), judged(), assigned(), concluded(), published(at=h(2)))
    case = given(*spoken, withdrawn(h(3))).case.until(h(40))
    assert UNIT in {event.unit for event in case.happened("alarm_raised")}
