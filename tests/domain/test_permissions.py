"""Who may do what: the roles, the standings, who sees a case, and every state × command × role."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from domain.catalogue import COMMANDS, Submission
from domain.incident import fold
from domain.rules.permissions import answerable, may, may_see, standings
from domain.steps.assign import Reassign
from domain.terms.refusals import Refused
from domain.terms.roles import Actor, Role, Standing
from domain.terms.vocabulary import ObligationKind, Stage
from tests.domain.cast import (
    ALICE,
    BOB,
    CYBERSPACE,
    MALLORY,
    MEDIA,
    OFFICE,
    POLICE,
    SECOND,
    STRANGER,
    UNIT,
    VICTOR,
    assigned,
    h,
    judged,
    of,
    registered,
    step,
)
from tests.domain.every import ASKED, STATES, UNITS, answer, filled
from tests.domain.given import given
from tests.domain.outcomes import REASSIGNED


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", COMMANDS)
def test_every_state_command_and_role_has_an_answer(state, kind):
    """Each cell is events or a refusal; what `may` refuses is refused alike,
    and all events can be folded in.
    """
    case, now = STATES[state].state, STATES[state].now
    command = filled(COMMANDS[kind])
    for unit, role in product(UNITS, Role):
        actor = Actor(person=f"{unit}/{role}/x", role=role, unit=unit)
        submission = Submission(command=command, actor=actor, received_at=now, command_id="c", digest="d")
        found = answer(case, submission, now)
        refusal = None if kind == "register" else may(actor, command, case, case.law)
        if refusal is not None:
            assert isinstance(found, Refused)
            assert (found.reason, found.detail) == (refusal.reason, refusal.detail)
        if not isinstance(found, Refused):
            after = fold(found, case)
            assert after is not None
            assert after.event_number == case.event_number + len(found)


@pytest.mark.parametrize("kind", sorted(set(COMMANDS) - {"register"}))
def test_nobody_of_a_unit_without_part_gives_any_command(kind):
    for case, role in product(STATES.values(), set(Role) - {Role.CITY_LEADER}):
        refusal = may(replace(MALLORY, role=role), filled(COMMANDS[kind]), case.state, case.state.law)
        assert refusal is not None


@pytest.mark.parametrize("kind", COMMANDS)
def test_auditors_give_none_and_city_leaders_nothing_but_instructions(kind):
    assert Role.AUDITOR not in COMMANDS[kind].roles
    assert (Role.CITY_LEADER in COMMANDS[kind].roles) is (kind == "instruct")


def test_an_archived_case_takes_no_command_at_all():
    assert [
        kind for kind, command in COMMANDS.items() if kind != "register" and Stage.ARCHIVED in command.stages
    ] == []


def test_standings_follow_the_case():
    case = given(registered(), ASKED, judged(), assigned()).case.state
    assert standings(OFFICE, case) >= {Standing.OFFICE, Standing.REGISTRANT, Standing.PEER, Standing.ANY_UNIT}
    assert standings(UNIT, case) == {
        Standing.ANY_UNIT,
        Standing.INVOLVED,
        Standing.RESPONDER,
        Standing.ASKED_TO_SIGN,
        Standing.ADDRESSEE,
    }
    assert standings(POLICE, case) == {Standing.ANY_UNIT, Standing.PEER, Standing.ADDRESSEE}
    assert standings(MEDIA, case) == {Standing.ANY_UNIT, Standing.MEDIA_CENTER}
    assert standings(STRANGER, case) == {Standing.ANY_UNIT}
    assert standings("nowhere", case) == frozenset()


def test_a_case_is_seen_by_those_with_a_part_in_it_and_by_who_oversees_all():
    case = given(registered(), judged(), assigned()).case.state
    for actor in (ALICE, BOB, VICTOR, of(CYBERSPACE), of(STRANGER, Role.CITY_LEADER)):
        assert may_see(actor, case)
    for actor in (MALLORY, of(SECOND), of(MEDIA), of(POLICE)):
        assert not may_see(actor, case)


def test_the_media_center_sees_what_was_published():
    assert may_see(of(MEDIA), STATES["handling"].state)


def test_a_unit_is_told_what_it_still_owes():
    case = given(registered(), judged(), assigned()).case.state
    assert answerable(UNIT, case) == (ObligationKind.RESP48, ObligationKind.SIGN)
    assert answerable(STRANGER, case) == ()


def test_a_unit_dropped_by_re_assignment_keeps_sight_of_the_case():
    away = step(h(1), ALICE, Reassign(first=(SECOND,), reason="改派"))
    case = given(registered(), judged(), assigned()).when(away).then(*REASSIGNED)
    assert may_see(BOB, case.state)
    assert case.obligation(ObligationKind.RESP48, UNIT).overdue(h(90)) == timedelta(0)
