"""Each kind of obligation by its clock: a second before it is due, at it, a second after, and opened late."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest

from domain.case.obligations import Status
from domain.law.obligation_kinds import KIND_RULES
from domain.steps.coordinate import GiveSuperiorFeedback, IssueHint, ReceiveSuperiorNotice
from domain.steps.countersign import Countersign
from domain.steps.escalate import SignIssue, SubmitRectification
from domain.steps.publish import HoldPressConference
from domain.steps.respond import ReviewDraft
from domain.steps.verify import AnswerVerification, RequestVerification
from domain.terms.roles import Role
from domain.terms.vocabulary import (
    EmergencyGrade,
    ObligationKind,
    PublicationForm,
    ReviewStage,
    VerificationAnswer,
    WarningLevel,
)
from tests.domain.cast import (
    ALICE,
    BOB,
    EVIDENCE,
    LAW,
    OFFICE,
    POLICE,
    SUPERIOR,
    UNIT,
    assigned,
    concluded,
    draft,
    h,
    judged,
    of,
    published,
    registered,
    rejudged,
    reported,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, OPEN, PASSED, Case, Steps, given
from tests.domain.lives import START, corrects, found_wrong, interim, withdrawn

KINDS, SECOND = ObligationKind, timedelta(seconds=1)
PUBLICITY = LAW.offices.publicity_department
MAJOR, GRAVE, GRAVEST = EmergencyGrade.MAJOR, WarningLevel.COMPLEX_SENSITIVE, WarningLevel.MAJOR_SITUATION
URGENT = (registered(), judged(grade=MAJOR), assigned(), signed_for(at=h(m=25)))
OUT = (*START, concluded(), published(at=h(12)))
FIRST = draft(PublicationForm.FIRST_NOTICE)
UPDATE = draft(PublicationForm.UPDATE_NOTICE)


def noticed(at, received_at=None):
    command = ReceiveSuperiorNotice(sender=SUPERIOR, received_at=received_at or at, requirement="核实并回应")
    return step(at, ALICE, command)


def hinted(at):
    return step(at, ALICE, IssueHint(to=(UNIT,), text="请核实", notice="notice-1"))


def first_review(at):
    command = ReviewDraft(draft="draft-1", stage=ReviewStage.FIRST_REVIEW, approved=True)
    return step(at, of(UNIT, Role.SPOKESPERSON), command)


class Row(NamedTuple):
    """How one comes about and whose it is, the deed that does it, what it is once missed,
    and steps that open it past its instant.
    """

    before: tuple[Steps, ...]
    unit: str | None
    deed: Callable[[datetime], Steps]
    missed: Status = BREACHED
    late: tuple[Steps, ...] | None = None  # none where its clock begins with it


ROWS = {
    KINDS.RESP48: Row(
        (*START, concluded()),
        UNIT,
        lambda at: published(at=at),
        late=(registered(), judged(), assigned(at=h(50))),
    ),
    KINDS.PUB24: Row(
        URGENT,
        UNIT,
        lambda at: published(at=at, text=FIRST),
        late=(registered(), judged(grade=MAJOR), assigned(at=h(30))),
    ),
    KINDS.SUP_FB: Row(
        (*START, noticed(h(1))),
        OFFICE,
        lambda at: step(at, ALICE, GiveSuperiorFeedback(notice="notice-1", report="已核实")),
        late=(registered(metrics=()), judged(), assigned(), noticed(h(60), h(1))),
    ),
    KINDS.FOLLOW_UP: Row(
        (*START, published(at=h(3), text=interim(h(30))), concluded(at=h(4))),
        UNIT,
        lambda at: published(at=at),
        late=(*START, published(at=h(31), said_at=h(3), text=interim(h(30)))),
    ),
    KINDS.CONT_UPD: Row(
        (*URGENT, published(at=h(2), text=UPDATE)),
        UNIT,
        lambda at: published(at=at, text=UPDATE),
        late=(*URGENT, published(at=h(30), said_at=h(2), text=UPDATE)),
    ),
    KINDS.REPORT_UP: Row(OUT, UNIT, lambda at: reported(at=at)),
    KINDS.SIGN: Row((registered(), judged(), assigned()), UNIT, lambda at: signed_for(at=at)),
    KINDS.VERIFY: Row(
        (registered(), step(h(m=20), ALICE, RequestVerification(questions="是否属实", others=()))),
        POLICE,
        lambda at: step(at, of(POLICE), AnswerVerification(answer=VerificationAnswer.TRUE, result="经查")),
    ),
    KINDS.FORWARD: Row((*START, noticed(h(1))), OFFICE, hinted, late=(*START, noticed(h(3), h(1)))),
    KINDS.RECTIFY: Row(
        (*START, step(h(48, m=20), ALICE, SignIssue(paper="supervision_order-1"))),
        UNIT,
        lambda at: step(at, BOB, SubmitRectification(report="整改报告")),
    ),
    KINDS.INT24: Row(
        (registered(), judged(level=GRAVEST), assigned(), signed_for(), concluded()),
        UNIT,
        lambda at: published(at=at),
        late=(registered(), judged(), assigned(), rejudged(h(25), level=GRAVEST)),
    ),
    KINDS.OVL_RPT2H: Row(
        URGENT,
        OFFICE,
        lambda at: reported(OFFICE, at, SUPERIOR),
        PASSED,
        late=(*START, rejudged(h(10), grade=MAJOR)),
    ),
    KINDS.OVL_5H: Row(
        URGENT,
        UNIT,
        lambda at: published(at=at, text=FIRST),
        PASSED,
        late=(*START, rejudged(h(10), grade=MAJOR)),
    ),
    KINDS.OVL_PRESS24: Row(
        URGENT,
        OFFICE,
        lambda at: step(at, ALICE, HoldPressConference(held_at=at, evidence=EVIDENCE)),
        PASSED,
        late=(*START, rejudged(h(30), grade=MAJOR)),
    ),
    KINDS.REPLACE: Row(
        (*OUT, withdrawn(h(20))),
        UNIT,
        lambda at: published(at=at),
        PASSED,
        late=(*OUT, withdrawn(h(23), since=h(20))),
    ),
    KINDS.CORRECT: Row(
        (*OUT, found_wrong(h(20))),
        UNIT,
        lambda at: published(at=at, text=corrects(1)),
        late=(*OUT, found_wrong(h(23), since=h(20))),
    ),
    KINDS.COUNTERSIGN: Row(
        (
            registered(),
            judged(level=GRAVE),
            assigned(),
            signed_for(at=h(m=25)),
            concluded(),
            step(h(2), BOB, draft()),
            first_review(h(2, m=10)),
        ),
        PUBLICITY,
        lambda at: step(at, of(PUBLICITY), Countersign(draft="draft-1", agreed=True)),
    ),
}


# A unit that was named late has no point for it, nor has a target or what is advisory (DD-20).
LATE_ALL_THE_SAME = {KINDS.SUP_FB, KINDS.FOLLOW_UP, KINDS.CONT_UPD, KINDS.FORWARD, KINDS.CORRECT}


def test_the_table_has_every_kind():
    assert {*ROWS} == {*KIND_RULES} == {*ObligationKind}


def opened(kind: ObligationKind) -> tuple[Case, datetime]:
    row = ROWS[kind]
    case = given(*row.before).case
    obligation = case.obligations(kind, row.unit)[0]
    assert obligation.status is OPEN
    return case, obligation.due_at


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_a_deed_at_the_due_second_is_on_time_and_a_second_later_is_not(kind: ObligationKind, seconds: int):
    row = ROWS[kind]
    case, due = opened(kind)
    case.give(row.deed(due + seconds * SECOND))
    obligation = case.obligations(kind, row.unit)[0]
    assert obligation.status is (ON_TIME if seconds <= 0 else row.missed)
    assert obligation.breached_at == (due if obligation.status is BREACHED else None)
    assert obligation.due_at == due


@pytest.mark.parametrize("kind", ROWS)
def test_what_is_not_done_is_owed_through_its_due_second_and_missed_as_of_it(kind: ObligationKind):
    case, due = opened(kind)
    row = ROWS[kind]
    assert case.until(due).obligations(kind, row.unit)[0].status is OPEN
    obligation = case.until(due + SECOND).obligations(kind, row.unit)[0]
    assert obligation.status is row.missed
    assert obligation.breached_at == (due if row.missed is BREACHED else None)


@pytest.mark.parametrize("kind", ROWS)
def test_one_opened_after_its_instant_is_missed_as_of_it_at_once(kind: ObligationKind):
    row = ROWS[kind]
    if row.late is None:
        case, due = opened(kind)
        obligation = case.obligations(kind, row.unit)[0]
        assert obligation.clock_start == obligation.created_at < due
        return
    obligation = given(*row.late).case.obligations(kind, row.unit)[-1]
    assert obligation.created_at > obligation.due_at
    assert obligation.status is (PASSED if kind is KINDS.INT24 else row.missed)
    assert obligation.breached_at == (obligation.due_at if obligation.status is BREACHED else None)
    assert obligation.scored is (kind in LATE_ALL_THE_SAME)
