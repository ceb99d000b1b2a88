"""值班授权、次晨补审: who is on duty decides at once, a leader confirms or changes by nine,
and no clock moves (DD-43).
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain.catalogue import COMMANDS
from domain.law.responsibility import Involvement
from domain.open_steps import open_to
from domain.rules.by_rota import next_review
from domain.rules.permissions import may
from domain.rules.scores import score_deltas
from domain.steps.assign import Assign, DesignateLead, Reassign
from domain.steps.confirm_duty import ConfirmDutySteps, RevokeDutyOrder
from domain.steps.escalate import DeclinePaper, SignIssue
from domain.steps.judge import Judge, Rejudge
from domain.terms.refusals import Reason
from domain.terms.roles import STAFF, Actor, Role
from domain.terms.vocabulary import InvolvementRole, ObligationKind, PaperKind, WarningLevel
from tests.domain.cast import (
    ALICE,
    LAW,
    OFFICE,
    SECOND,
    UNIT,
    assigned,
    factors,
    h,
    involved,
    judged,
    of,
    on,
    registered,
    step,
)
from tests.domain.given import BREACHED, VOID, given

NORA = of(OFFICE, Role.MONITOR, "nora")  # a monitor of the office, on duty tonight
DEPUTY = of(OFFICE, Role.DEPUTY_LEADER, "dora")
BY_ROTA = ("judge", "rejudge", "assign", "reassign", "designate_lead", "sign_issue")
NIGHT = on("09-07", "23:10")
NINE = on("09-08", "09:00")
JUDGE = Judge(level=WarningLevel.SOCIAL_HOTSPOT, factors=factors(), reason="研判")


def night(command, at=NIGHT, by=NORA, **more):
    return step(at, by, command, on_duty=True, **more)


JUDGED_AT_NIGHT = (registered(), night(JUDGE))


def waiting(case):
    return {taken.name: taken for taken in case.state.duty_steps}


def test_who_is_on_duty_judges_assigns_designates_and_signs_orders_whatever_the_role():
    case = given(*JUDGED_AT_NIGHT).case
    case.give(night(Assign(first=(UNIT,), also=(SECOND,), reason="指定"), NIGHT + timedelta(minutes=5)))
    case.give(night(DesignateLead(unit=SECOND, reason="牵头"), NIGHT + timedelta(minutes=6)))
    assert (case.state.level, case.state.lead) == (WarningLevel.SOCIAL_HOTSPOT, SECOND)
    assert set(waiting(case)) == {"judgement", "assignment", "lead"}
    assert {taken.person for taken in case.state.duty_steps} == {"nora"}
    case.until(h(49))
    order = next(paper for paper in case.state.papers if paper.kind is PaperKind.SUPERVISION_ORDER)
    given_order = night(SignIssue(paper=order.id), h(50))
    case.give(given_order)
    assert case.obligation(ObligationKind.RECTIFY, order.unit).cause == order.id
    assert waiting(case)[order.id].paper == order.id


@pytest.mark.parametrize("role", sorted(STAFF))
@pytest.mark.parametrize("kind", sorted(COMMANDS))
def test_the_rota_opens_these_steps_to_the_staff_of_the_office_and_no_others(kind: str, role: Role):
    case = given(registered(), judged(), assigned()).case
    command: Any = COMMANDS[kind]
    actor = of(OFFICE, role, "somebody")
    plain, by_rota = (may(actor, command, case.state, LAW, on_duty=on_duty) for on_duty in (False, True))
    was_kept_by_role = plain is not None and plain.reason is Reason.ROLE_NOT_ALLOWED
    if was_kept_by_role and kind in BY_ROTA:
        assert by_rota is None or by_rota.reason is not Reason.ROLE_NOT_ALLOWED
    else:
        assert str(by_rota) == str(plain)


def test_off_obligation_elsewhere_and_without_a_part_nothing_is_opened():
    asked = given(registered())
    asked.when(step(NIGHT, NORA, JUDGE)).refused(Reason.ROLE_NOT_ALLOWED)
    asked.when(night(JUDGE, by=of(UNIT, Role.MONITOR))).refused(Reason.ROLE_NOT_ALLOWED)
    asked.when(night(JUDGE, by=of(OFFICE, Role.AUDITOR))).refused(Reason.ROLE_NOT_ALLOWED)
    asked.when(night(JUDGE, by=of(OFFICE, Role.CITY_LEADER))).refused(Reason.ROLE_NOT_ALLOWED)


def test_where_the_office_is_the_subject_its_duty_officer_decides_nothing():
    own = Involvement(unit=OFFICE, role=InvolvementRole.ACCOUNTABLE)
    given(registered(involved=(own,))).when(night(JUDGE)).refused(Reason.UNIT_NOT_CONCERNED)


def test_a_case_of_an_earlier_edition_knows_no_rota():
    earlier = replace(LAW, edition=2)
    given(registered(), law=earlier).when(night(JUDGE)).refused(Reason.ROLE_NOT_ALLOWED)
    handler = of(OFFICE, Role.HANDLER)
    assert given(registered(), night(JUDGE, by=handler), law=earlier).case.state.duty_steps == ()


def test_by_the_rota_orders_are_signed_and_no_sanction():
    case = given(registered(), judged(), assigned()).by(h(73))
    papers = {paper.kind: paper.id for paper in case.state.papers}
    criticism = papers[PaperKind.CIRCULATED_CRITICISM]
    given_case = given(registered(), judged(), assigned())
    given_case.when(night(SignIssue(paper=criticism), h(73))).refused(Reason.ROLE_NOT_ALLOWED)
    given_case.when(night(SignIssue(paper=papers[PaperKind.SUPERVISION_ORDER]), h(73))).then(
        "paper_issued", "obligation_opened", "taken_on_duty"
    )


def test_a_leader_on_duty_decides_as_ever_and_a_handler_on_duty_awaits_the_morning():
    handler = of(OFFICE, Role.HANDLER)
    assert given(registered(), night(JUDGE, by=DEPUTY)).case.state.duty_steps == ()
    assert given(registered(), step(NIGHT, handler, JUDGE)).case.state.duty_steps == ()
    assert set(waiting(given(registered(), night(JUDGE, by=handler)).case)) == {"judgement"}


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (on("09-07", "17:30"), NINE),
        (on("09-08", "00:00"), NINE),
        (on("09-08", "08:59:59"), NINE),
        (on("09-08", "09:00"), on("09-09", "09:00")),
        (on("12-31", "23:59:59"), on("01-01", "09:00", 2027)),
    ],
)
def test_it_is_to_be_confirmed_by_the_first_nine_after_it(at, due):
    assert next_review(at) == due


def test_several_steps_in_one_matter_wait_once_since_the_last_and_until_the_nine_of_the_first():
    again = night(Rejudge(reason="又研判", level=WarningLevel.COMPLEX_SENSITIVE), on("09-08", "09:30"))
    taken = waiting(given(*JUDGED_AT_NIGHT, again).case)["judgement"]
    assert (taken.at, taken.confirm_by) == (on("09-08", "09:30"), NINE)


def test_a_leader_confirms_all_or_those_named():
    both = (*JUDGED_AT_NIGHT, night(Assign(first=(UNIT,), reason="指定"), NIGHT + timedelta(minutes=5)))
    confirmed = given(*both).when(step(NINE, DEPUTY, ConfirmDutySteps())).then("duty_steps_confirmed")
    assert confirmed.state.duty_steps == ()
    assert confirmed.events[-1].late == ()
    one = (
        given(*both)
        .when(step(NINE, DEPUTY, ConfirmDutySteps(steps=("assignment",))))
        .then("duty_steps_confirmed")
    )
    assert set(waiting(one)) == {"judgement"}


def test_after_nine_it_is_confirmed_late_and_the_record_says_so():
    late = NINE + timedelta(seconds=1)
    case = given(*JUDGED_AT_NIGHT).when(step(late, DEPUTY, ConfirmDutySteps())).then("duty_steps_confirmed")
    assert case.events[-1].late == ("judgement",)


def test_confirming_is_a_leaders_of_the_office_another_persons_and_of_what_waits():
    asked = given(*JUDGED_AT_NIGHT)
    asked.when(step(NINE, of(OFFICE), ConfirmDutySteps())).refused(Reason.ROLE_NOT_ALLOWED)
    asked.when(step(NINE, of(UNIT, Role.DEPUTY_LEADER), ConfirmDutySteps())).refused(
        Reason.UNIT_NOT_CONCERNED
    )
    promoted = Actor(person="nora", role=Role.DEPUTY_LEADER, unit=OFFICE)
    asked.when(step(NINE, promoted, ConfirmDutySteps())).refused(Reason.DUTY_SELF_CONFIRMED)
    asked.when(step(NINE, DEPUTY, ConfirmDutySteps(steps=("lead",)))).refused(Reason.UNKNOWN_REFERENCE)
    given(registered(), judged()).when(step(NINE, DEPUTY, ConfirmDutySteps())).refused(Reason.ALREADY_DONE)


def test_a_leader_who_decides_anew_has_changed_it():
    changed = step(NINE, ALICE, Rejudge(reason="补审改判", level=WarningLevel.COMPLEX_SENSITIVE))
    case = given(*JUDGED_AT_NIGHT).when(changed).then("judged", "duty_steps_changed", "consultation_proposed")
    assert case.state.duty_steps == ()
    assert case.happened("duty_steps_changed")[0].steps == ("judgement",)


def test_a_handler_who_decides_anew_has_confirmed_nothing():
    changed = step(NINE, of(OFFICE), Rejudge(reason="改判", level=WarningLevel.COMPLEX_SENSITIVE))
    assert set(waiting(given(*JUDGED_AT_NIGHT, changed).case)) == {"judgement"}


def test_a_leader_who_assigns_anew_settles_the_lead_too():
    at = NIGHT + timedelta(minutes=5)
    steps = (
        *JUDGED_AT_NIGHT,
        night(Assign(first=(UNIT,), also=(SECOND,), reason="指定"), at),
        night(DesignateLead(unit=SECOND, reason="牵头"), at),
        step(NINE, DEPUTY, Reassign(first=(UNIT,), reason="改派")),
    )
    assert set(waiting(given(*steps).case)) == {"judgement"}


def signed_at_night():
    case = given(registered(), judged(), assigned()).by(h(49))
    order = next(paper for paper in case.state.papers if paper.kind is PaperKind.SUPERVISION_ORDER)
    return case.give(night(SignIssue(paper=order.id), h(50))), order.id


def test_an_order_that_a_leader_takes_back_is_voided_with_what_it_asked_for_and_stays_on_file():
    case, order = signed_at_night()
    case.give(step(h(70), DEPUTY, RevokeDutyOrder(paper=order, reason="已于当晚反馈")))
    assert case.state.paper(order).status.value == "void"
    assert case.obligation(ObligationKind.RECTIFY).status is VOID
    assert case.obligation(ObligationKind.RESP48).status is BREACHED
    assert case.state.duty_steps == ()


def test_an_order_is_taken_back_with_a_reason_and_only_while_it_awaits_confirmation():
    case, order = signed_at_night()
    state = case.state
    for command, reason in (
        (RevokeDutyOrder(paper=order, reason=" "), Reason.REASON_MISSING),
        (RevokeDutyOrder(paper="supervision_order-9", reason="有误"), Reason.UNKNOWN_REFERENCE),
    ):
        with pytest.raises(Exception, match=reason):
            case.give(step(h(70), DEPUTY, command))
    assert case.state is state
    case.give(step(h(70), DEPUTY, ConfirmDutySteps()))
    with pytest.raises(Exception, match=Reason.UNKNOWN_REFERENCE):
        case.give(step(h(71), DEPUTY, RevokeDutyOrder(paper=order, reason="有误")))


def test_what_is_open_to_who_is_on_duty_is_what_the_rules_take():
    state = given(registered()).case.state
    assert "judge" not in open_to(state, NORA)
    assert "judge" in open_to(state, NORA, on_duty=True)
    case = given(*JUDGED_AT_NIGHT).case
    assert "confirm_duty_steps" in open_to(case.state, DEPUTY)
    assert "confirm_duty_steps" not in open_to(state, DEPUTY)
    assert "revoke_duty_order" not in open_to(case.state, DEPUTY)


@drawn(
    by_night=st.booleans(),
    confirmed=st.sampled_from(("never", "in time", "late")),
    units=st.sampled_from(((UNIT,), (UNIT, SECOND))),
    hours=st.integers(0, 120),
)
def test_who_decided_and_whether_it_was_confirmed_moves_no_clock(by_night, confirmed, units, hours):
    """The obligations, papers and points of a case are the same whoever judged and assigned,
    and whenever it was confirmed.
    """
    until = NIGHT + timedelta(hours=hours)
    who = NORA if by_night else DEPUTY
    steps = [
        registered(involved=involved(*units)),
        night(JUDGE, by=who),
        night(Assign(first=units, reason="指定"), NIGHT + timedelta(minutes=5), by=who),
    ]
    at = {"never": None, "in time": NINE, "late": NINE + timedelta(hours=3)}[confirmed]
    if by_night and at is not None and at <= until:
        steps.append(step(at, DEPUTY, ConfirmDutySteps()))
    case = given(*steps).by(until)
    plain = given(
        registered(involved=involved(*units)),
        step(NIGHT, DEPUTY, JUDGE),
        step(NIGHT + timedelta(minutes=5), DEPUTY, Assign(first=units, reason="指定")),
    ).by(until)

    def owed(one):
        return [
            (obligation.kind, obligation.unit, obligation.clock_start, obligation.due_at, obligation.status)
            for obligation in one.state.obligations
        ]

    assert owed(case) == owed(plain)
    assert [paper.drafted_at for paper in case.state.papers] == [
        paper.drafted_at for paper in plain.state.papers
    ]
    assert score_deltas(case.state, until) == score_deltas(plain.state, until)


def test_declining_is_no_step_of_the_rota():
    case = given(registered(), judged(), assigned()).by(h(49))
    paper = next(paper for paper in case.state.papers if paper.kind is PaperKind.SUPERVISION_ORDER)
    with pytest.raises(Exception, match=Reason.ROLE_NOT_ALLOWED):
        case.give(night(DeclinePaper(paper=paper.id, reason="不签"), h(50)))
