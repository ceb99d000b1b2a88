"""统一口径: who approves talking points, what they resolve, and how drafts are held to them."""

from dataclasses import replace
from typing import Any

import pytest

from domain.case.talking_points import QuestionAnswer
from domain.steps.assign import DesignateLead
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import PaperKind
from tests.domain.cast import (
    ALICE,
    LAW,
    OFFICE,
    SECOND,
    THIRD,
    UNIT,
    assigned,
    concluded,
    draft,
    h,
    judged,
    of,
    registered,
    signed_for,
    step,
)
from tests.domain.given import given
from tests.domain.outcomes import ANSWERED, TWO_ANSWERED
from tests.domain.spoken import TALK, approved, claims, goes_out, passed, says

FIRST_EDITION = replace(LAW, edition=1, digest="first")
PUBLICITY = "publicity_dept"
START = (registered(), judged(), assigned(UNIT, SECOND), signed_for(), signed_for(SECOND), concluded())
THREE = (registered(), judged(), assigned(UNIT, SECOND, THIRD), *START[3:], signed_for(THIRD))
TWO = (says("3人"), passed(1, UNIT), says("5人", SECOND), passed(2, SECOND))


def test_talking_points_resolve_the_conflicts_named_or_all():
    two_subjects = (
        step(h(2), of(UNIT), draft(claims=claims("3人") + claims("上午", "时间", "date"))),
        step(h(2), of(SECOND), draft(claims=claims("5人") + claims("下午", "时间", "date"))),
    )
    all_at_once = (
        given(*START, *two_subjects).when(approved()).then("talking_points_approved", "paper_drafted")
    )
    assert all_at_once.state.open_conflicts == ()
    assert all_at_once.state.talking_points[0].conflicts == ("conflict-1", "conflict-2")
    one = (
        given(*START, *two_subjects)
        .when(approved(conflicts=("conflict-2",), questions=TALK))
        .then("talking_points_approved", "paper_drafted")
    )
    assert [item.id for item in one.state.open_conflicts] == ["conflict-1"]


def test_points_may_come_before_any_conflict_and_every_version_is_kept():
    case = given(*START, approved(), approved(h(3, m=1), claims=claims("3人"))).case
    assert [points.id for points in case.state.talking_points] == ["talking-points-1", "talking-points-2"]
    assert len(case.papers(PaperKind.TALKING_POINTS)) == 2


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        ({"conflicts": ()}, "questions"),
        ({"forbidden": (" ",)}, "forbidden"),
        ({"claims": claims(" ")}, "claims"),
        ({"questions": (QuestionAnswer(question="几人", answer=""),)}, "questions"),
    ],
)
def test_points_say_something(content, missing):
    given(*START).when(approved(**content)).refused(Reason.MISSING_PART, missing)


def test_points_name_conflicts_that_are_open():
    given(*START).when(approved(conflicts=("conflict-1",), questions=TALK)).refused(Reason.UNKNOWN_REFERENCE)
    given(*START, *TWO, approved()).when(approved(h(4), conflicts=("conflict-1",), questions=TALK)).refused(
        Reason.ALREADY_DONE, "conflict-1"
    )


def test_leaders_of_the_office_the_lead_and_the_publicity_department_approve_them():
    lead = step(h(2), ALICE, DesignateLead(unit=SECOND, reason="说法不一"))
    for unit in (OFFICE, PUBLICITY, SECOND):
        given(*START, *TWO, lead).when(approved(by=of(unit, Role.DEPUTY_LEADER))).then(
            "talking_points_approved", "paper_drafted"
        )
    given(*START, *TWO, lead).when(approved(by=of(UNIT, Role.PRINCIPAL_LEADER))).refused(
        Reason.UNIT_NOT_CONCERNED
    )
    given(*START, *TWO).when(approved(by=of(OFFICE, Role.HANDLER))).refused(Reason.ROLE_NOT_ALLOWED)


def test_a_draft_against_an_agreed_value_is_drafted_anew():
    agreed = (*START, *TWO, approved(claims=claims("3 人")))
    given(*agreed).when(goes_out(1, UNIT)).then(*ANSWERED)
    given(*agreed).when(goes_out(2, SECOND)).refused(Reason.AGAINST_TALKING_POINTS, "talking-points-1")
    given(*agreed).when(says("三人", SECOND, h(5)), passed(3, SECOND, h(5)), goes_out(3, SECOND, h(5))).then(
        *ANSWERED
    )


def test_a_later_version_sets_another_value_and_the_others_stay():
    first = approved(claims=claims("3人") + claims("上午", "时间", "date"))
    case = (*START, *TWO, first, approved(h(3, m=1), claims=claims("5人")))
    given(*case).when(goes_out(2, SECOND)).then(*ANSWERED)
    given(*case).when(goes_out(1, UNIT)).refused(Reason.AGAINST_TALKING_POINTS, "talking-points-2")
    late = step(h(4), of(UNIT), draft(claims=claims("下午", "时间", "date")))
    given(*case, late, passed(3, UNIT, h(4))).when(goes_out(3, UNIT)).refused(
        Reason.AGAINST_TALKING_POINTS, "talking-points-1"
    )


def test_on_an_agreed_subject_drafts_are_held_to_the_points_and_not_to_each_other():
    given(*START, approved(h(2), claims=claims("3人")), says("3人")).when(says("5人", SECOND)).then("drafted")


@pytest.mark.parametrize("where", ["title", "facts", "clarification"])
def test_a_forbidden_expression_is_kept_out_of_every_text(where):
    blocks: dict[str, Any] = {where: "本次 纯属 谣言，勿信"}
    text = step(h(3), of(UNIT), draft(**blocks))
    given(*START, approved(h(2), forbidden=("纯属谣言",)), text, passed(1, UNIT, h(3))).when(
        goes_out(1, UNIT)
    ).refused(Reason.AGAINST_TALKING_POINTS, "talking-points-1")


def test_a_draft_written_after_the_points_is_not_held_to_drafts_from_before():
    joint = says("4人", at=h(4), co_issuers=(SECOND,))
    given(*START, *TWO, approved()).when(joint).then("drafted")


def test_a_joint_release_in_conflict_serves_nobody_until_points_are_approved():
    joint = (says("4人", at=h(2), co_issuers=(SECOND,)), passed(2, UNIT))
    case = (*START, says("5人", SECOND), *joint)
    given(*case).when(goes_out(2, UNIT)).refused(Reason.CONFLICT_OPEN)
    given(*case, approved(claims=claims("4人"))).when(goes_out(2, UNIT)).then(*TWO_ANSWERED)
