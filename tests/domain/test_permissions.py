"""Who may do what: the roles, the standings, who sees a case, and every state × command × role."""

from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from domain.assign import Reassign
from domain.catalogue import COMMANDS, CaseEvent, Submission
from domain.close import Archive
from domain.escalate import SignIssue
from domain.incident import decide, fold
from domain.permissions import answerable, may, may_see, standings
from domain.refusals import Refused
from domain.roles import Actor, Role, Standing
from domain.state import Incident
from domain.verify import RequestVerification
from domain.vocabulary import EmergencyGrade, ObligationKind, Stage
from tests.domain.cast import (
    ALICE,
    BOB,
    CYBERSPACE,
    EVIDENCE,
    MALLORY,
    MEDIA,
    OFFICE,
    POLICE,
    SECOND,
    STRANGER,
    SUPERIOR,
    UNIT,
    VICTOR,
    assigned,
    closed,
    concluded,
    factors,
    h,
    handled,
    judged,
    of,
    published,
    registered,
    registration,
    reported,
    signed_for,
    step,
)
from tests.domain.given import Case, given
from tests.domain.lives import START, withdrawn

ASKED = step(h(m=10), ALICE, RequestVerification(questions="是否属实"))
DONE = (registered(), judged(), assigned(), concluded(), published(), reported(), handled(), closed())
STATES: dict[str, Case] = {
    "registered": given(registered()).case,
    "verifying": given(registered(), ASKED).case,
    "judged": given(registered(), judged()).case,
    "assigned": given(registered(), judged(), assigned(UNIT, SECOND)).case,
    "urgent": given(registered(), judged(grade=EmergencyGrade.MAJOR), assigned()).case,
    "handling": given(registered(), ASKED, judged(), assigned(), concluded(), published(), handled()).case,
    "breached": given(registered(), judged(), assigned(), signed_for()).by(h(80)),
    "supervised": given(
        registered(), judged(), assigned(), step(h(49), ALICE, SignIssue(paper="supervision_order-1"))
    ).by(h(300)),
    "withdrawn": given(
        registered(), judged(), assigned(), concluded(), published(), withdrawn(h(13), error=True)
    ).case,
    "provisional": given(*START, concluded(), published(at=h(50), said_at=h(47))).case,
    "closed": given(*DONE).case,
    "archived": given(*DONE, step(h(241), ALICE, Archive())).case,
}
UNITS = (OFFICE, CYBERSPACE, POLICE, MEDIA, UNIT, SECOND, STRANGER, "nowhere")


def filled(kind: Any) -> Any:
    """A command with its mandatory fields filled in some way that reads well."""
    hints = get_type_hints(kind)
    given_ = {
        field.name: _value(hints[field.name], field.name)
        for field in fields(kind)
        if field.default is MISSING and field.default_factory is MISSING
    }
    return kind(**given_)


NAMES = {
    "draft": "draft-1",
    "conflicts": (),
    "findings": (1,),
    "paper": "supervision_order-1",
    "organ": "discipline",
    "obligation": "RESP48:-:registration",
    "publication": "publication-1",
    "to": OFFICE,
    "unit": SECOND,
    "first": (SECOND,),
    "published_at": h(m=20),
    "relayed_at": h(13),
    "held_at": h(m=20),
    "evidence": EVIDENCE,
    "factors": factors(),
    "source": registration().sources[0],
    "sources": registration().sources,
    "metrics": registration().metrics[0],
    "discovered_at": h(),
    "sender": SUPERIOR,
    "members": (OFFICE, UNIT),
    "notice": "notice-1",
    "clue": "clue-1",
    "receiver": POLICE,
    "incident": "inc-2",
    "report": "说明",
    "task": "consultation-1-task-1",
    "withdrawn_at": h(13),
    "known_at": h(13),
}
PLAIN: dict[Any, Any] = {str: "说明", bool: True, int: 1, datetime: h(m=20)}


def _value(hint: Any, name: str) -> Any:
    if get_origin(hint) is tuple:
        found = NAMES[name] if name in NAMES else _value(get_args(hint)[0], "")
        return found if isinstance(found, tuple) else (found,)
    if name in NAMES:
        return NAMES[name]
    if is_dataclass(hint):
        return filled(hint)
    return PLAIN[hint] if hint in PLAIN else next(iter(hint))  # of an enumeration its first member


def answer(case: Incident, submission: Submission, now: datetime) -> Refused | tuple[CaseEvent, ...]:
    """What the rules say; anything but events or a refusal is an error of the rules."""
    try:
        return decide(case, submission, now)
    except Refused as refused:
        return refused


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", COMMANDS)
def test_every_state_command_and_role_has_an_answer(state, kind):
    """Each cell is events or a refusal; what `may` refuses is refused alike, and all events can be folded in."""
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
    case = given(registered(), judged(), assigned()).when(away).then()
    assert may_see(BOB, case.state)
    assert case.duty(ObligationKind.RESP48, UNIT).overdue(h(90)) == timedelta(0)
