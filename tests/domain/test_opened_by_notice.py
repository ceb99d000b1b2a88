"""One entry of a superior's notice opens an incident where none runs, with the notice's own clock (R308)."""

from datetime import timedelta

import pytest

from domain.case.superiors import Incoming
from domain.purposes import Purpose
from domain.terms.refusals import Reason
from domain.terms.vocabulary import KeyCategory, ObligationKind, PaperKind, Platform, WarningLevel
from tests.domain.cast import (
    ALICE,
    BOB,
    CYBERSPACE,
    OFFICE,
    STRANGER,
    SUPERIOR,
    assigned,
    h,
    judged,
    registration,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, OPEN, given
from tests.domain.outcomes import REGISTERED_BY_NOTICE

RESP48, SUP_FB, FORWARD = ObligationKind.RESP48, ObligationKind.SUP_FB, ObligationKind.FORWARD


def incoming(at=None, due=None, **more):
    return Incoming(
        sender=SUPERIOR, received_at=at or h(), requirement="核实反馈", feedback_due_at=due, **more
    )


def opened(notice, at=None, by=ALICE, **more):
    return step(at or h(m=5), by, registration(superior_notice=notice, **more))


def test_one_entry_opens_the_case_and_takes_the_notice_in():
    case = (
        given().when(opened(incoming(due=h(20), doc_number="宜府办〔2026〕9号"))).then(*REGISTERED_BY_NOTICE)
    )
    (notice,) = case.state.superior_notices
    assert (notice.id, notice.sender, notice.doc_number) == ("notice-1", SUPERIOR, "宜府办〔2026〕9号")
    assert (case.obligation(RESP48).unit, case.obligation(RESP48).due_at) == (None, h(48))
    assert (case.obligation(SUP_FB).unit, case.obligation(SUP_FB).due_at, case.obligation(SUP_FB).status) == (
        OFFICE,
        h(20),
        OPEN,
    )
    assert (case.obligation(FORWARD).unit, case.obligation(FORWARD).due_at) == (OFFICE, h(m=30))
    opened_by_it = ((Purpose.REGISTERED, unit) for unit in (OFFICE, CYBERSPACE))
    passed_on = ((Purpose.TO_DO, OFFICE), (Purpose.COORDINATE, CYBERSPACE))
    case.tells(*opened_by_it, *passed_on, (Purpose.LEVEL_SUGGESTED, OFFICE))
    assert case.papers(PaperKind.FLASH_REPORT)


def test_one_that_names_no_limit_is_due_as_the_response():
    assert given().when(opened(incoming())).then(*REGISTERED_BY_NOTICE).obligation(SUP_FB).due_at == h(48)


def test_it_is_a_key_matter_from_the_beginning_and_no_judgement_goes_below_its_floor():
    case = given(opened(incoming()))
    assert case.case.state.key_categories == (KeyCategory.SUPERIOR_REQUIRED,)
    case.when(judged(level=WarningLevel.GENERAL_MATTER)).refused(Reason.BELOW_FLOOR)


def test_the_clock_starts_with_what_came_first():
    early = (
        given()
        .when(opened(incoming(h() - timedelta(hours=2))))
        .then(*REGISTERED_BY_NOTICE, "obligation_breached")
    )
    assert (early.state.discovered_at, early.obligation(RESP48).due_at) == (h(-2), h(46))
    late = given().when(opened(incoming(h(m=3)))).then(*REGISTERED_BY_NOTICE)
    assert (late.state.discovered_at, late.obligation(RESP48).due_at) == (h(), h(48))


def test_where_nothing_else_is_known_the_notice_is_the_source():
    case = (
        given()
        .when(opened(incoming(h(m=2)), sources=(), metrics=()))
        .then(
            "registered",
            "obligation_opened",
            "paper_drafted",
            "superior_notice_received",
            "obligation_opened",
            "obligation_opened",
        )
    )
    (source,) = case.state.sources
    assert (source.platform, source.at, source.gist) == (Platform.SUPERIOR, h(m=2), "核实反馈")
    given().when(step(h(m=5), ALICE, registration(sources=()))).refused(Reason.MISSING_PART, "sources")


def test_the_office_alone_enters_one():
    given().when(opened(incoming(), by=BOB)).refused(Reason.UNIT_NOT_CONCERNED, BOB.unit)


@pytest.mark.parametrize(
    ("notice", "reason", "detail"),
    [
        (Incoming(sender=STRANGER, received_at=h(), requirement="核实"), Reason.UNIT_NOT_CONCERNED, STRANGER),
        (Incoming(sender="nobody", received_at=h(), requirement="核实"), Reason.UNKNOWN_UNIT, "nobody"),
        (Incoming(sender=SUPERIOR, received_at=h(), requirement=" "), Reason.MISSING_PART, "requirement"),
        (incoming(h(2)), Reason.IN_THE_FUTURE, "received_at"),
        (incoming(due=h(-1)), Reason.BEFORE_OCCURRENCE, "feedback_due_at"),
    ],
)
def test_a_notice_that_is_none_opens_nothing(notice, reason, detail):
    given().when(opened(notice)).refused(reason, detail)


def test_forwarded_and_answered_late_it_is_breached_at_its_own_limits_and_moves_no_other():
    steps = (opened(incoming(due=h(20))), judged(), assigned())
    case = given(*steps).by(h(20, s=1))
    assert (case.obligation(FORWARD).status, case.obligation(FORWARD).breached_at) == (BREACHED, h(m=30))
    assert (case.obligation(SUP_FB).status, case.obligation(SUP_FB).breached_at) == (BREACHED, h(20))
    assert case.obligation(RESP48).due_at == h(48)


def test_a_registration_half_an_hour_after_its_receipt_has_missed_the_forwarding():
    case = given(opened(incoming(), at=h(1))).by(h(1))
    assert (case.obligation(FORWARD).status, case.obligation(FORWARD).breached_at) == (BREACHED, h(m=30))
    assert ON_TIME not in {obligation.status for obligation in case.state.obligations}
