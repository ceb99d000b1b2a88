"""Where 市政府办公室 is itself the subject: what it may not do in its own case,
and who stands in its place (DD-21).
"""

from dataclasses import replace

import pytest

from domain.nameable import nameable
from domain.open_steps import open_to
from domain.purposes import Purpose
from domain.steps.assign import AddCoordinator, Assign, DesignateLead
from domain.steps.close import RecordHandling
from domain.steps.instruct import Instruct
from domain.steps.judge import Judge, Rejudge
from domain.steps.verify import Conclude
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import FactConclusion, WarningLevel
from tests.domain.cast import (
    ALICE,
    CYBERSPACE,
    EVIDENCE,
    LAW,
    OFFICE,
    SECOND,
    SUPERIOR,
    UNIT,
    assigned,
    closed,
    draft,
    factors,
    h,
    involved,
    judged,
    of,
    published,
    registered,
    rejudged,
    reported,
    step,
)
from tests.domain.given import given
from tests.domain.lives import withdrawn
from tests.domain.outcomes import WITHDRAWN
from tests.domain.test_powers import (
    ABOUT_THE_OFFICE,
    ANSWERED_BY_IT,
    DEPUTY,
    DEPUTY_MAYOR,
    HEAD,
    JUDGE,
    MAYOR,
    PUBLICITY,
    naming,
)

SECOND_EDITION = replace(LAW, edition=2)
ANSWERED_BY_ANOTHER = (*ABOUT_THE_OFFICE, step(h(m=20), HEAD, Assign(first=(UNIT,), reason="指定")))


# What the office may not do in its own case.


def test_who_decides_withdraws_the_texts_of_others_and_the_office_that_is_the_subject_does_not():
    concluded = step(h(1), HEAD, Conclude(value=FactConclusion.TRUE, finding="查明", evidence=EVIDENCE))
    out = (*ANSWERED_BY_ANOTHER, concluded, *published(UNIT))
    given(*out).when(withdrawn(h(20), by=HEAD)).then(*WITHDRAWN)
    given(*out).when(withdrawn(h(20), by=DEPUTY)).then(*WITHDRAWN)
    given(*out, step(h(13), HEAD, DesignateLead(unit=OFFICE, reason="牵头"))).when(
        withdrawn(h(20), by=ALICE)
    ).refused(Reason.UNIT_NOT_CONCERNED, OFFICE)
    state = given(*out).case.state
    offered = {
        actor.unit: nameable("withdraw_publication", "publication", state, actor)
        for actor in (HEAD, DEPUTY, ALICE)
    }
    assert (
        [name for name, _ in offered[PUBLICITY]]
        == ["publication-1"]
        == [name for name, _ in offered[DEPUTY_MAYOR]]
    )
    assert offered[OFFICE] == ()


def test_the_office_withdraws_its_own_text_in_its_own_case():
    concluded = step(h(1), HEAD, Conclude(value=FactConclusion.TRUE, finding="查明", evidence=EVIDENCE))
    out = (*ANSWERED_BY_IT, concluded, *published(OFFICE))
    given(*out).when(withdrawn(h(20), by=ALICE)).then(*WITHDRAWN)


def own_case_at_l1():
    lowest = Judge(level=WarningLevel.GENERAL_MATTER, factors=factors(), reason="研判")
    return (
        registered(involved=involved(OFFICE)),
        step(h(m=15), HEAD, lowest),
        step(h(m=20), HEAD, Assign(first=(OFFICE,), reason="指定")),
        step(h(1), HEAD, Conclude(value=FactConclusion.TRUE, finding="查明", evidence=EVIDENCE)),
        *published(OFFICE),
        step(h(21), ALICE, RecordHandling(text="现场处置")),
    )


def test_another_closes_the_case_of_the_office_also_at_the_lowest_level():
    given(*own_case_at_l1()).when(closed()).refused(Reason.UNIT_NOT_CONCERNED, OFFICE)
    given(*own_case_at_l1()).when(closed(by=HEAD)).then("closed")
    given(*own_case_at_l1(), law=SECOND_EDITION).when(closed()).then("closed")


# Who stands in its place.


@pytest.mark.parametrize(
    ("unit", "reason"), [(SUPERIOR, Reason.NO_STAND_IN), (UNIT, Reason.CONFLICT_OF_INTEREST)]
)
def test_no_organ_outside_the_city_and_no_unit_that_answers_stands_in(unit, reason):
    case = given(*ANSWERED_BY_ANOTHER)
    command = Instruct(text="代行", to=(unit,), stand_in=unit)
    case.when(step(h(1), DEPUTY, command)).refused(reason, unit)


def test_a_stand_in_that_assigns_the_case_to_itself_gives_way_to_the_default():
    steps = (registered(involved=involved(OFFICE)), naming(SECOND), step(h(m=15), of(SECOND), JUDGE))
    to_itself = step(h(m=20), of(SECOND), Assign(first=(SECOND,), reason="自办"))
    case = (
        given(*steps)
        .when(to_itself)
        .then(
            "assigned",
            "obligation_superseded",
            "obligation_opened",
            "obligation_opened",
            "paper_drafted",
            "coordinators_named",
        )
    )
    assert case.state.powers.deciding == (PUBLICITY, DEPUTY_MAYOR)
    assert case.state.coordinators == (PUBLICITY, CYBERSPACE)


def test_a_stand_in_that_was_replaced_coordinates_no_more_and_one_that_a_person_added_does():
    added = step(h(m=18), HEAD, AddCoordinator(unit=UNIT))
    named_first = (*ABOUT_THE_OFFICE, added, naming("discipline", h(m=20)))
    assert given(*named_first).case.state.coordinators == ("discipline", CYBERSPACE, UNIT)
    case = given(*named_first, naming(SECOND, h(m=30))).case
    assert case.state.coordinators == (SECOND, CYBERSPACE, UNIT)


def test_who_stood_in_coordinates_no_more_once_the_conflict_is_over():
    turned = Rejudge(reason="与办公室无关", involved=involved(UNIT))
    steps = (*ABOUT_THE_OFFICE, naming("discipline", h(m=20)))
    case = given(*steps).when(step(h(1), of("discipline"), turned)).then("judged", "coordinators_named")
    assert case.state.coordinators == (OFFICE, CYBERSPACE)


# 分管副市长 and 市长 in person.


@pytest.mark.parametrize(
    ("subjects", "unit"),
    [
        ((OFFICE,), DEPUTY_MAYOR),
        ((OFFICE, PUBLICITY), DEPUTY_MAYOR),
        ((OFFICE, PUBLICITY, DEPUTY_MAYOR), MAYOR),
    ],
)
def test_a_city_leader_judges_assigns_and_closes_where_his_post_decides(subjects, unit):
    leader = of(unit, Role.CITY_LEADER)
    lowest = Judge(level=WarningLevel.GENERAL_MATTER, factors=factors(), reason="研判")
    steps = (
        registered(involved=involved(*subjects)),
        step(h(m=15), leader, lowest),
        step(h(m=20), leader, Assign(first=(UNIT,), reason="指定")),
        step(h(1), leader, Conclude(value=FactConclusion.TRUE, finding="查明", evidence=EVIDENCE)),
        *published(UNIT),
        reported(),
        step(h(21), leader, RecordHandling(text="现场处置")),
    )
    assert {"reassign", "close", "rejudge"} <= set(open_to(given(*steps).case.state, leader))
    given(*steps).when(closed(by=leader)).then("closed")


@pytest.mark.parametrize(
    ("subjects", "unit", "law"),
    [
        ((UNIT,), DEPUTY_MAYOR, LAW),
        ((UNIT,), OFFICE, LAW),
        ((OFFICE,), MAYOR, LAW),
        ((OFFICE,), PUBLICITY, LAW),
        ((OFFICE, DEPUTY_MAYOR), DEPUTY_MAYOR, LAW),
        ((OFFICE, PUBLICITY), DEPUTY_MAYOR, SECOND_EDITION),
    ],
)
def test_a_city_leader_decides_nothing_elsewhere(subjects, unit, law):
    case = given(registered(involved=involved(*subjects)), law=law)
    case.when(step(h(m=15), of(unit, Role.CITY_LEADER), JUDGE)).refused(Reason.ROLE_NOT_ALLOWED)


def test_a_city_leader_who_decides_drafts_no_text_of_a_unit():
    case = given(*ANSWERED_BY_ANOTHER)
    case.when(step(h(1), of(DEPUTY_MAYOR, Role.CITY_LEADER), draft())).refused(Reason.ROLE_NOT_ALLOWED)


def test_each_who_decides_is_told_what_asks_for_a_decision():
    case = given(registered(involved=involved(OFFICE))).by(h(48, s=1))
    case.tells(
        *((Purpose.REGISTERED, unit) for unit in (OFFICE, CYBERSPACE, PUBLICITY, DEPUTY_MAYOR)),
        *((Purpose.LEVEL_SUGGESTED, unit) for unit in (PUBLICITY, DEPUTY_MAYOR)),
        by="registered",
    )
    alarmed = ((Purpose.ALARM, unit) for unit in (PUBLICITY, DEPUTY_MAYOR))
    case.tells(*alarmed, by="alarm_raised")
    case.tells(
        *((Purpose.BREACH, unit) for unit in (OFFICE, PUBLICITY)),
        *((Purpose.TO_SIGN, unit) for unit in (PUBLICITY, DEPUTY_MAYOR)),
        (Purpose.INSTRUCTION_OWED, OFFICE),
    )
    turned = rejudged(h(3), involved=involved(UNIT, OFFICE))
    moved = given(registered(), judged(), assigned()).when(turned).then("judged", "coordinators_named")
    named = (CYBERSPACE, PUBLICITY, DEPUTY_MAYOR)
    warned = ((Purpose.WARNING, unit) for unit in (*named, OFFICE, UNIT))
    moved.tells(*((Purpose.COORDINATE, unit) for unit in named), *warned)
