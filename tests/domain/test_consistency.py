"""信息准确一致: drafts of several units compared by their claims,
blocked by a conflict until talking points are approved.
"""

from dataclasses import replace

import pytest

from domain.purposes import Purpose
from domain.rules.permissions import may_see
from domain.rules.scores import score_items
from domain.steps.assign import suggestion
from domain.steps.respond import ReviewDraft
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import ReviewStage
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
    published,
    registered,
    reviewed,
    signed_for,
    step,
)
from tests.domain.given import given
from tests.domain.lives import found_wrong
from tests.domain.outcomes import ANSWERED
from tests.domain.spoken import approved, claims, goes_out, passed, says

FIRST_EDITION = replace(LAW, edition=1, digest="first")
PUBLICITY = "publicity_dept"
START = (registered(), judged(), assigned(UNIT, SECOND), signed_for(), signed_for(SECOND), concluded())
THREE = (registered(), judged(), assigned(UNIT, SECOND, THIRD), *START[3:], signed_for(THIRD))
TWO = (says("3人"), passed(1, UNIT), says("5人", SECOND), passed(2, SECOND))


def test_a_draft_that_differs_from_another_units_draft_conflicts_at_submission():
    case = (
        given(*START, says("3人"))
        .when(says("5人", SECOND))
        .then("drafted", "conflict_found", "consultation_proposed")
    )
    (found,) = case.happened("conflict_found")
    assert (found.id, found.subject, found.type) == ("conflict-1", "受伤人数", "number")
    assert (found.draft, found.other, found.by) == ("draft-2", "draft-1", None)
    assert [conflict.id for conflict in case.state.open_conflicts] == ["conflict-1"]


@pytest.mark.parametrize("same", ["3 人", "３人", "三人", "3"])
def test_another_spelling_of_the_value_does_not(same):
    given(*START, says("3人")).when(says(same, SECOND)).then("drafted")


@pytest.mark.parametrize(("subject", "kind"), [("死亡人数", "number"), ("受伤人数", "date")])
def test_another_subject_or_type_does_not(subject, kind):
    other = step(h(2), of(SECOND), draft(claims=claims("5人", subject, kind)))
    given(*START, says("3人")).when(other).then("drafted")


def test_the_subject_is_read_in_its_common_form():
    other = step(h(2), of(SECOND), draft(claims=claims("5人", " 受伤 人数", "ＮＵＭＢＥＲ")))
    given(*START, says("3人")).when(other).then("drafted", "conflict_found", "consultation_proposed")


def test_a_units_own_later_draft_never_conflicts_with_its_earlier_one():
    given(*START, says("3人")).when(says("5人")).then("drafted")


def test_a_draft_sent_back_or_rewritten_by_its_unit_is_no_longer_compared():
    back = ReviewDraft(draft="draft-1", stage=ReviewStage.FIRST_REVIEW, approved=False, comment="核实")
    returned = step(h(2), of(UNIT, Role.SPOKESPERSON), back)
    given(*START, says("3人"), returned).when(says("5人", SECOND)).then("drafted")
    given(*START, says("3人"), says("5人")).when(says("5人", SECOND)).then("drafted")


def test_a_later_draft_on_another_matter_leaves_the_earlier_one_standing():
    other_matter = step(h(2), of(UNIT), draft(claims=claims("9月7日", "恢复时间", "date")))
    given(*START, says("3人"), other_matter).when(says("5人", SECOND)).then(
        "drafted", "conflict_found", "consultation_proposed"
    )


def test_three_units_conflict_with_each_other_one_by_one():
    case = (
        given(*THREE, says("3人"), says("5人", SECOND))
        .when(says("4人", THIRD))
        .then("drafted", "conflict_found", "conflict_found")
    )
    assert [(item.draft, item.other) for item in case.state.conflicts] == [
        ("draft-2", "draft-1"),
        ("draft-3", "draft-1"),
        ("draft-3", "draft-2"),
    ]


@pytest.mark.parametrize(("number", "unit"), [(1, UNIT), (2, SECOND)])
def test_neither_draft_is_published_until_talking_points_are_approved(number, unit):
    given(*START, *TWO).when(goes_out(number, unit)).refused(Reason.CONFLICT_OPEN, "conflict-1")
    given(*START, *TWO, approved()).when(goes_out(number, unit)).then(*ANSWERED)


def test_what_is_published_already_stays_and_blocks_the_new_draft():
    before = (*START, published(UNIT, h(2), text=draft(claims=claims("3人"))))
    case = (
        given(*before)
        .when(says("5人", SECOND, h(3)))
        .then("drafted", "conflict_found", "consultation_proposed")
    )
    assert case.happened("conflict_found")[0].other == "publication-1"
    assert [item.id for item in case.state.publications] == ["publication-1"]
    given(*before, says("5人", SECOND, h(3)), passed(2, SECOND, h(3))).when(goes_out(2, SECOND)).refused(
        Reason.CONFLICT_OPEN, "conflict-1"
    )


@pytest.mark.parametrize("how", ["updates", "corrects"])
def test_a_declared_update_or_correction_is_no_conflict(how):
    before = (*START, published(UNIT, h(2), text=draft(claims=claims("3人"))), found_wrong(h(2.5)))
    given(*before).when(says("5人", SECOND, h(3), **{how: ("publication-1",)})).then("drafted")


def test_what_a_later_publication_declares_updated_no_longer_stands():
    before = (
        *START,
        published(UNIT, h(2), text=draft(claims=claims("3人"))),
        published(SECOND, h(3), text=draft(claims=claims("5人"), updates=("publication-1",))),
    )
    start = (*THREE, *before[len(START) :])
    given(*start).when(says("5人", THIRD, h(4))).then("drafted")
    given(*start).when(says("3人", THIRD, h(4))).then("drafted", "conflict_found", "consultation_proposed")


def test_a_case_of_the_first_edition_knows_no_conflicts():
    given(*START, says("3人"), law=FIRST_EDITION).when(says("5人", SECOND)).then("drafted")


def test_a_conflict_suggests_a_lead_while_it_is_open():
    assert not suggestion(given(*START).case.state).lead_suggested
    assert suggestion(given(*START, *TWO).case.state).lead_suggested
    assert not suggestion(given(*START, *TWO, approved()).case.state).lead_suggested


def test_a_conflict_is_told_to_both_units_and_to_those_who_resolve_it():
    case = (
        given(*START, says("3人"))
        .when(says("5人", SECOND))
        .then("drafted", "conflict_found", "consultation_proposed")
    )
    both = ((Purpose.CONFLICT, unit) for unit in (UNIT, SECOND, OFFICE, PUBLICITY))
    case.tells(*both, (Purpose.CONSULT, OFFICE))
    assert may_see(of(PUBLICITY), case.state)
    assert not may_see(of(PUBLICITY), given(*START).case.state)


def test_two_publications_that_contradict_each_other_cost_two_points_each():
    before = (*START, *TWO, approved(), goes_out(1, UNIT), goes_out(2, SECOND))
    case = given(*before).case
    assert case.scores(h(5)) == {UNIT: -2, SECOND: -2}
    items = [item for item in score_items(case.state, h(5)) if item.rule == "contradiction"]
    assert [(item.unit, item.publications) for item in items] == [
        (UNIT, ("publication-1", "publication-2")),
        (SECOND, ("publication-1", "publication-2")),
    ]


def test_they_cost_it_once_per_pair_and_subject():
    drafts = (*TWO, says("4人", THIRD), passed(3, THIRD), approved())
    out = (goes_out(1, UNIT), goes_out(2, SECOND), goes_out(3, THIRD))
    assert given(*THREE, *drafts, *out).case.scores(h(5)) == {UNIT: -4, SECOND: -4, THIRD: -4}


def test_a_publication_brought_into_line_contradicts_no_more():
    out = (approved(), goes_out(1, UNIT), goes_out(2, SECOND))
    before = (*START, *TWO, *out, found_wrong(h(5.5), 2, by=ALICE))
    mended = published(SECOND, h(6), text=draft(claims=claims("3人"), corrects=("publication-2",)))
    assert given(*before, mended).case.scores(h(7)) == {}


def test_reviews_go_on_while_a_conflict_is_open():
    case = given(*START, says("3人"), says("5人", SECOND)).when(*reviewed(SECOND, h(2))).then("reviewed")
    assert case.state.drafts[1].approved == frozenset(ReviewStage)
