"""The four functions together: numbers, If-Match, folding, and JSON and back."""

from dataclasses import fields

import pytest

from domain.case.state import Incident
from domain.catalogue import COMMANDS, EVENTS, Tick
from domain.incident import apply, decide, evolve, fold, may, next_alarm
from domain.steps.register import RecordConcern
from domain.steps.sign import SignFor
from domain.terms.copies import changed
from domain.terms.kinds import kind_of
from domain.terms.refusals import Reason, Refused
from storage.codec import DECISION, INCIDENT
from tests.domain.cast import (
    ALICE,
    BOB,
    LAW,
    UNIT,
    assigned,
    closed,
    concluded,
    h,
    handled,
    judged,
    published,
    registered,
    reported,
    signed_for,
    step,
)
from tests.domain.given import given

START = (registered(), judged(), assigned(), signed_for())
WHOLE = (*START, concluded(at=h(50)), published(at=h(76)), reported(at=h(77)), handled(at=h(78)), closed())


def concern(at, expected=None):
    return step(at, BOB, RecordConcern(text="何时公布"), expected_number=expected)


def test_events_are_numbered_from_one_without_a_gap():
    case = given(*WHOLE).case
    first = 1
    for decided in case.decisions:
        assert decided.first_number == first
        first = decided.last_number + 1
    assert case.state.event_number == first - 1 == len(case.events)


def test_deciding_again_gives_the_same():
    case = given(*START).case
    submission = case.submission(concern(h(30)))
    assert decide(case.state, submission, h(30)) == decide(case.state, submission, h(30))


def test_folding_gives_the_case_as_it_went():
    case = given(*WHOLE).case
    assert fold(case.events) == case.state
    assert fold(case.events[20:], fold(case.events[:20])) == case.state


def test_a_decision_and_a_case_survive_json():
    case = given(*WHOLE).case
    for decided in case.decisions:
        assert DECISION.validate_json(DECISION.dump_json(decided)) == decided
    assert INCIDENT.validate_json(INCIDENT.dump_json(case.state)) == case.state


def test_a_case_read_back_goes_on_alike():
    case = given(*START).case
    again = INCIDENT.validate_json(INCIDENT.dump_json(case.state))
    assert next_alarm(again) == next_alarm(case.state)
    assert decide(again, Tick(), h(100)) == decide(case.state, Tick(), h(100))


def test_equal_laws_are_held_once():
    first, second = given(registered()).case, given(registered()).case
    assert first.state.law is second.state.law


def test_the_edition_of_the_law_stands_in_each_decision():
    assert {decided.edition for decided in given(*WHOLE).case.decisions} == {LAW.edition}


def test_a_step_against_the_number_last_read_is_taken():
    case = given(*START).case
    case.give(concern(h(1), case.state.event_number))


def test_events_of_the_clock_make_nobody_stale():
    case = given(*START).case
    read = case.state.event_number
    case.give(concern(h(90), read))
    assert len(case.happened("reminder_sent")) == 3


def test_a_step_by_a_person_since_makes_it_stale():
    case = given(*START).case
    read = case.state.event_number
    case.give(concern(h(1)))
    given_ = case.submission(concern(h(2), read))
    with pytest.raises(Refused) as caught:
        case.take(given_, h(2))
    assert (caught.value.reason, caught.value.detail) == (Reason.STALE, str(case.state.event_number))


def test_what_a_person_s_step_brings_with_it_is_read_with_it():
    """The last event of an assignment has no person; who read up to it is not stale."""
    case = given(registered(), judged(), assigned()).case
    assert case.state.person_number < case.state.event_number
    case.give(concern(h(1), case.state.event_number))


def test_nothing_but_a_registration_begins_a_case():
    with pytest.raises(Refused) as caught:
        decide(None, Tick(), h())
    assert caught.value.reason is Reason.NOT_REGISTERED
    with pytest.raises(Refused):
        evolve(None, given(*START).case.events[1])
    with pytest.raises(Refused):
        apply(None, given(*START).case.decisions[1])


def test_may_answers_what_decide_would_say_of_the_person():
    case = given(*START).case
    assert may(BOB, SignFor(), case.state, case.state.law) is None
    refusal = may(ALICE, SignFor(), case.state, case.state.law)
    assert refusal is not None
    assert refusal.reason is Reason.UNIT_NOT_CONCERNED


def test_the_catalogue_has_one_name_each_and_every_command_its_place():
    assert all(kind_of(command) == name for name, command in COMMANDS.items())
    assert all(kind_of(event) == name for name, event in EVENTS.items())
    assert all(command.clause and command.roles and command.standings for command in COMMANDS.values())
    assert not set(COMMANDS) & set(EVENTS)


def test_a_changed_copy_is_what_replace_would_make():
    case = given(*START).case.state
    after = changed(case, title="新标题")
    assert isinstance(after, Incident)
    assert (after.title, case.title) == ("新标题", "城管执法视频")
    assert all(
        getattr(after, field.name) is getattr(case, field.name)
        for field in fields(case)
        if field.name != "title"
    )
    obligation = case.obligations[0]
    copy = changed(obligation, unit=UNIT)
    assert (copy.unit, copy.id, obligation.unit) == (UNIT, obligation.id, None)


def test_what_is_shown_first_is_what_falls_due_first():
    case = given(*START).case
    assert case.state.display_deadline == h(48)
    case.give((concluded(), published(at=h(2))))
    assert case.state.display_deadline is None
