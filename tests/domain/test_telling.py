"""Each purpose of telling, and whom: every notice of a decision is named (R307)."""

import ast
from pathlib import Path

from domain.case.talking_points import QuestionAnswer
from domain.law.levels import Metrics
from domain.purposes import Purpose
from domain.steps.escalate import SignIssue
from domain.steps.reconcile import ApproveTalkingPoints
from domain.steps.register import AddSource, RecordMetrics
from domain.steps.respond import ReviewDraft
from domain.steps.sign import ReturnBack
from domain.terms.roles import Role
from domain.terms.vocabulary import ReviewStage
from tests.domain.cast import (
    ALICE,
    BOB,
    CAROL,
    MALLORY,
    OFFICE,
    STRANGER,
    UNIT,
    assigned,
    concluded,
    draft,
    h,
    judged,
    of,
    published,
    registered,
    registration,
    step,
)
from tests.domain.given import Case, flat, given
from tests.domain.lives import START, reviewed_late

HERE = Path(__file__).parent
NOT_TOLD = {Purpose.DUPLICATE}  # of an earlier release: inboxes and logs hold it


def named() -> set[str]:
    """The purposes for which some test of the rules names all that its decision tells.

    Where a call names them by what stands above it, the whole test counts.
    """
    found: set[str] = set()
    for file in HERE.glob("test_*.py"):
        tests = (node for node in ast.parse(file.read_text(encoding="utf-8")).body)
        for node in (one for one in tests if isinstance(one, ast.FunctionDef) and _tells(one)):
            found |= {
                one.attr
                for one in ast.walk(node)
                if isinstance(one, ast.Attribute) and ast.unparse(one.value) == "Purpose"
            }
    return found


def _tells(test: ast.FunctionDef) -> bool:
    attributes = (one.attr for one in ast.walk(test) if isinstance(one, ast.Attribute))
    return test.name.startswith("test_") and not {"tells", "tells_in_all"}.isdisjoint(attributes)


def test_for_every_purpose_some_test_names_every_notice():
    assert {purpose.name for purpose in Purpose} - named() == {purpose.name for purpose in NOT_TOLD}


def test_no_test_of_the_rules_reads_notices_but_by_naming_each():
    files = (file for file in HERE.glob("test_*.py") if file.name != "test_telling.py")
    assert [file.name for file in files if "domain.notices" in file.read_text(encoding="utf-8")] == []


def test_an_order_returned_is_told_to_who_decides():
    back = step(h(m=40), CAROL, ReturnBack(reason="不属本单位"))
    case = given(registered(), judged(), assigned()).when(back).then("returned_back", "obligation_fulfilled")
    case.tells((Purpose.RETURNED, OFFICE))


def test_a_draft_sent_back_is_told_to_its_unit():
    command = ReviewDraft(draft="draft-1", stage=ReviewStage.FIRST_REVIEW, approved=False, comment="补充")
    no = step(h(3), of(UNIT, Role.SPOKESPERSON), command)
    case = given(*START, concluded(), step(h(2), BOB, draft())).when(no).then("reviewed")
    case.tells((Purpose.DRAFT_RETURNED, UNIT))


def test_a_paper_signed_is_told_to_its_unit():
    sign = step(h(49), ALICE, SignIssue(paper="supervision_order-1"))
    case = given(*START).when(sign).then("paper_issued", "obligation_opened")
    case.tells((Purpose.PAPER_ISSUED, UNIT), (Purpose.TO_DO, UNIT))


def test_talking_points_are_told_to_the_office_and_to_who_answers():
    words = (QuestionAnswer(question="几人伤亡", answer="3人"),)
    approved = step(h(3), ALICE, ApproveTalkingPoints(questions=words))
    case = given(*START).when(approved).then("talking_points_approved", "paper_drafted")
    case.tells((Purpose.TALKING_POINTS, OFFICE), (Purpose.TALKING_POINTS, UNIT))


def test_a_step_that_was_handed_over_and_refused_goes_back_to_its_unit():
    handed_over = step(h(2), MALLORY, AddSource(source=registration().sources[0]), deferred=True)
    case = given(*START).when(handed_over).then("submission_refused")
    case.tells((Purpose.SUBMISSION_REFUSED, STRANGER))


def _proved() -> Case:
    return given(*START, concluded(), published(at=h(50), said_at=h(47))).case


def test_late_evidence_reviewed_is_told_to_the_unit_and_to_the_office():
    case = _proved()
    case.give(reviewed_late(h(60)))
    case.tells((Purpose.EVIDENCE_REVIEWED, UNIT), (Purpose.EVIDENCE_REVIEWED, OFFICE))


def test_counts_that_call_for_more_are_told_to_who_decides():
    counts = Metrics(at=h(1), posts=900, reads=2_000_000, comments=9_000, local=1)
    case = given(*START).when(step(h(1), ALICE, RecordMetrics(metrics=counts))).then("metrics_recorded")
    case.tells((Purpose.LEVEL_SUGGESTED, OFFICE))


def test_a_breach_withdrawn_is_told_to_who_heard_of_it():
    *before, out = flat((*START, concluded(), published(at=h(48))))
    case = given(*before).case.until(h(48, s=1))
    heard = ((Purpose.BREACH, OFFICE), (Purpose.BREACH, UNIT))
    case.tells(*heard, (Purpose.INSTRUCTION_OWED, UNIT), (Purpose.TO_SIGN, OFFICE))
    decided = case.take(case.submission(out), h(48, s=30))
    assert decided is not None
    assert "breach_withdrawn" in [event.kind for event in decided.events]
    withdrawn = {(Purpose.BREACH_WITHDRAWN, OFFICE), (Purpose.BREACH_WITHDRAWN, UNIT)}
    case.tells(*withdrawn)
