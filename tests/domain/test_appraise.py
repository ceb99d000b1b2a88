"""表彰、容错、加分: what people decide of how a unit did, and what it costs or earns (R441, R444)."""

from dataclasses import replace

import pytest

from domain.case.records import PaperStatus, Source
from domain.purposes import Purpose
from domain.rules.scores import score_items
from domain.steps.appraise import DecideTolerance, ProposeCommendation, RateModel, RequestTolerance
from domain.steps.coordinate import ReceiveSuperiorNotice
from domain.steps.escalate import SignIssue
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import InvolvementRole, ObligationKind, PaperKind, Platform
from tests.domain.cast import (
    ALICE,
    BOB,
    CAROL,
    LAW,
    MALLORY,
    OFFICE,
    SECOND,
    STRANGER,
    SUPERIOR,
    UNIT,
    assigned,
    closed,
    concluded,
    draft,
    h,
    handled,
    involved,
    judged,
    of,
    published,
    registered,
    registration,
    reported,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, given

START = (registered(), judged(), assigned(), signed_for())
SPOKEN = (*START, concluded(), published())
OBLIGATION = f"RESP48:{UNIT}:assignment-1"


def rated(at, unit=UNIT, publication="publication-1", by=ALICE, reason="典型"):
    return step(at, by, RateModel(unit=unit, publication=publication, reason=reason))


def asked(at, obligation=OBLIGATION, by=BOB, reason="通信中断"):
    return step(at, by, RequestTolerance(obligation=obligation, reason=reason))


def decided(at, *, granted=True, by=ALICE, obligation=OBLIGATION, reason="属实"):
    return step(at, by, DecideTolerance(obligation=obligation, granted=granted, reason=reason))


def commended(at, unit=UNIT, **more):
    return step(at, ALICE, ProposeCommendation(unit=unit, **{"reason": "主动", **more}))


def found_by(unit, **changes):
    return step(h(m=5), of(unit, Role.MONITOR), registration(**changes))


# -- a model response
# ---------------------------------------------------------------------------------------------------


def test_a_model_response_earns_two_points_once():
    case = given(*SPOKEN).when(rated(h(20))).then("model_rated")
    assert case.scores(h(20)) == {UNIT: 2}
    given(*SPOKEN, rated(h(20))).when(rated(h(21))).refused(Reason.ALREADY_DONE, "publication-1")


def test_each_unit_that_the_text_names_may_be_rated_and_no_other():
    both = (registered(), judged(), assigned(UNIT, SECOND), concluded())
    joint = (*both, published(text=draft(co_issuers=(SECOND,))))
    case = given(*joint, rated(h(20)), rated(h(20), SECOND)).case
    assert {item.unit for item in score_items(case.state, h(20)) if item.rule == "model_response"} == {
        UNIT,
        SECOND,
    }
    given(*joint).when(rated(h(20), STRANGER)).refused(Reason.UNIT_NOT_CONCERNED, STRANGER)
    given(*joint).when(rated(h(20), publication="publication-9")).refused(Reason.UNKNOWN_REFERENCE)


def test_the_office_rates_others_and_not_itself():
    own = (registered(), judged(), assigned(OFFICE), concluded(), published(OFFICE))
    given(*own).when(rated(h(20), OFFICE)).refused(Reason.CONFLICT_OF_INTEREST, OFFICE)
    given(*SPOKEN).when(rated(h(20), by=CAROL)).refused(Reason.UNIT_NOT_CONCERNED)
    given(*SPOKEN).when(rated(h(20), reason="")).refused(Reason.REASON_MISSING)


def test_the_unit_hears_that_its_response_is_a_model():
    case = given(*SPOKEN, rated(h(20))).case
    case.tells((Purpose.RATED_MODEL, UNIT))
    assert case.subjects(Purpose.RATED_MODEL) == [(UNIT, "publication-1")]


# -- found by itself
# ----------------------------------------------------------------------------------------------------


def test_a_unit_that_registers_its_own_issue_before_any_superior_spoke_earns_a_point():
    case = given(found_by(UNIT), judged(), assigned()).case
    assert case.scores(h(m=25)) == {UNIT: 1}


@pytest.mark.parametrize("unit", [OFFICE, STRANGER])
def test_an_issue_found_by_others_earns_none(unit):
    assert given(found_by(unit), judged(), assigned()).case.scores(h(m=25)) == {}


def test_assisting_is_not_having_an_issue():
    helps = involved(UNIT) + involved(SECOND, role=InvolvementRole.ASSISTING)
    assert (
        given(found_by(SECOND, involved=helps), judged(), assigned(reason="指定")).case.scores(h(m=25)) == {}
    )


def test_what_a_superior_wrote_of_before_was_not_found():
    sources = (Source(at=h(), platform=Platform.SUPERIOR, gist="来文"),)
    assert given(found_by(UNIT, sources=sources), judged(), assigned()).case.scores(h(m=25)) == {}

    def notice(received):
        return step(
            h(m=30), ALICE, ReceiveSuperiorNotice(sender=SUPERIOR, received_at=received, requirement="核实")
        )

    before = given(found_by(UNIT), judged(), assigned(), signed_for(at=h(m=25)), notice(h(m=2))).case
    after = given(found_by(UNIT), judged(), assigned(), signed_for(at=h(m=25)), notice(h(m=28))).case
    assert (before.scores(h(m=31)), after.scores(h(m=31))) == ({}, {UNIT: 1})


def test_a_law_without_the_bonus_gives_none():
    plain = replace(LAW, scores=replace(LAW.scores, self_discovered=0), digest="plain")
    assert given(found_by(UNIT), judged(), assigned(), law=plain).case.scores(h(m=25)) == {}


# -- commendation
# -------------------------------------------------------------------------------------------------------


def test_a_commendation_waits_for_a_signature():
    case = given(*SPOKEN).when(commended(h(20), persons=2)).then("commendation_proposed", "paper_drafted")
    (paper,) = case.papers(PaperKind.COMMENDATION)
    assert (paper.unit, paper.status, paper.clause) == (UNIT, PaperStatus.DRAFTED, "四3#2")
    case.give(step(h(21), ALICE, SignIssue(paper=paper.id)))
    assert case.papers(PaperKind.COMMENDATION)[0].status is PaperStatus.ISSUED
    case.give(commended(h(22)))
    assert [item.cause for item in case.papers(PaperKind.COMMENDATION)] == [
        "commendation-1",
        "commendation-2",
    ]


def test_a_commendation_names_a_unit_of_the_case_and_no_less_than_nobody():
    given(*SPOKEN).when(commended(h(20), STRANGER)).refused(Reason.UNIT_NOT_CONCERNED, STRANGER)
    given(*SPOKEN).when(commended(h(20), persons=-1)).refused(Reason.MISSING_PART, "persons")
    given(*SPOKEN).when(commended(h(20), reason="")).refused(Reason.REASON_MISSING)


# -- tolerance
# ----------------------------------------------------------------------------------------------------------


def test_granted_tolerance_waives_every_deduction_of_that_limit_and_nothing_else():
    case = given(registered(), judged(), assigned(), asked(h(50)), decided(h(51))).by(h(130))
    obligation = case.obligation(ObligationKind.RESP48, UNIT)
    assert (obligation.status, obligation.breached_at) == (BREACHED, h(48))
    assert case.scores(h(130)) == {UNIT: -0.5}
    waived = [item.points for item in score_items(case.state, h(130)) if item.rule == "error_tolerance"]
    assert waived == [0.0]
    assert {paper.status for paper in case.state.papers if paper.cause == OBLIGATION} == {PaperStatus.DRAFTED}


def test_refused_tolerance_waives_nothing_and_may_be_asked_for_again():
    case = given(*START, asked(h(50)), decided(h(51), granted=False)).case
    assert case.scores(h(51)) == {UNIT: -3}
    case.give((asked(h(52)), decided(h(53))))
    assert case.scores(h(53)) == {}


def test_an_open_or_granted_request_is_not_repeated_nor_decided_twice():
    given(*START, asked(h(50))).when(asked(h(51))).refused(Reason.ALREADY_DONE, OBLIGATION)
    done = (*START, asked(h(50)), decided(h(51)))
    given(*done).when(asked(h(52))).refused(Reason.ALREADY_DONE, OBLIGATION)
    given(*done).when(decided(h(52), granted=False)).refused(Reason.ALREADY_DONE, OBLIGATION)


def test_a_unit_asks_for_its_own_breach_alone():
    given(*START).when(asked(h(2))).refused(Reason.NOT_BREACHED, OBLIGATION)
    given(*START).when(asked(h(50), "RESP48:-:registration")).refused(Reason.UNIT_NOT_CONCERNED)
    given(*START).when(asked(h(50), by=MALLORY)).refused(Reason.UNIT_NOT_CONCERNED)
    given(*START).when(asked(h(50), "nothing")).refused(Reason.UNKNOWN_REFERENCE)
    given(*START).when(asked(h(50), reason=" ")).refused(Reason.REASON_MISSING)


def test_the_principal_leader_of_the_office_decides_what_was_asked_by_another_unit():
    given(*START, asked(h(50))).when(decided(h(51), by=of(OFFICE, Role.DEPUTY_LEADER))).refused(
        Reason.ROLE_NOT_ALLOWED
    )
    given(*START).when(decided(h(51))).refused(Reason.UNKNOWN_REFERENCE, OBLIGATION)
    own = (registered(), judged(), assigned(OFFICE))
    obligation = f"RESP48:{OFFICE}:assignment-1"
    given(*own, asked(h(50), obligation, of(OFFICE))).when(decided(h(51), obligation=obligation)).refused(
        Reason.CONFLICT_OF_INTEREST, OFFICE
    )


def test_tolerance_may_be_decided_after_the_close():
    done = (*START, concluded(), published(at=h(60)), reported(at=h(61)), handled(at=h(61)), closed())
    case = given(*done, asked(h(250)), decided(h(251))).case
    assert case.scores(h(251)) == {}
    assert case.state.oversight.tolerates(OBLIGATION)


def test_the_office_hears_of_the_request_and_the_unit_of_the_decision():
    case = given(*START, asked(h(50))).case
    case.tells((Purpose.TOLERANCE_ASKED, OFFICE))
    case.give(decided(h(51))).tells((Purpose.TOLERANCE_DECIDED, UNIT))
