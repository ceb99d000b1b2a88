"""文书: which papers a case must have, and how they are numbered and voided."""

from dataclasses import replace

import pytest

from domain.rules.papers import PAPER_CLAUSES, required_papers
from domain.steps.instruct import Instruct
from domain.steps.verify import RequestVerification
from domain.terms.vocabulary import EmergencyGrade, KeyCategory, PaperKind, PublicationForm, WarningLevel
from tests.domain.cast import (
    ALICE,
    SECOND,
    UNIT,
    assigned,
    concluded,
    draft,
    h,
    judged,
    promise,
    published,
    registered,
    reported,
    step,
)
from tests.domain.given import given

K1, K2, K3, K4, K5, K6 = KeyCategory
ASKED = step(h(m=10), ALICE, RequestVerification(questions="是否属实"))


def required(*steps):
    return {
        paper.kind: (paper.required, paper.present) for paper in required_papers(given(*steps).case.state)
    }


def test_a_registered_case_has_its_flash_report():
    assert required(registered()) == {PaperKind.FLASH_REPORT: (1, 1)}


def test_a_straight_case_has_slips_order_notice_and_report():
    steps = (registered(), ASKED, judged(), assigned(UNIT, SECOND), concluded(), published(), reported())
    assert required(*steps) == {
        PaperKind.FLASH_REPORT: (1, 1),
        PaperKind.VERIFICATION_SLIP: (3, 3),
        PaperKind.ASSIGNMENT_ORDER: (2, 2),
        PaperKind.SITUATION_NOTICE: (1, 1),
        PaperKind.SITUATION_REPORT: (2, 1),
    }


def test_a_leader_s_request_calls_for_the_deep_analysis():
    plain = Instruct(text="请研究", to=(UNIT,))
    asked = replace(plain, asks_analysis=True)
    mild = (registered(), judged(level=WarningLevel.GENERAL_MATTER), assigned())
    for command, count in ((plain, 0), (asked, 1)):
        case = given(*mild, step(h(1), ALICE, command)).case
        needed = {paper.kind: paper.required for paper in required_papers(case.state)}
        assert needed.get(PaperKind.DEEP_REPORT, 0) == count


@pytest.mark.parametrize(
    ("judgement", "kinds"),
    [
        (judged(level=WarningLevel.COMPLEX_SENSITIVE), {PaperKind.SPECIAL_REPORT, PaperKind.DEEP_REPORT}),
        (judged(level=WarningLevel.COMPLEX_SENSITIVE, key_categories=(K3,)), {PaperKind.DEEP_REPORT}),
        (judged(key_categories=(K5,)), {PaperKind.SPECIAL_REPORT, PaperKind.DEEP_REPORT}),
        (judged(level=WarningLevel.MAJOR_SITUATION), {PaperKind.MINUTES}),
        (judged(grade=EmergencyGrade.MAJOR), {PaperKind.MINUTES, PaperKind.DEEP_REPORT}),
        (judged(key_categories=(K1,)), {PaperKind.POLICY_EXPLAINER}),
    ],
)
def test_level_category_and_class_call_for_papers(judgement, kinds):
    assert kinds <= required(registered(), judgement).keys()


@pytest.mark.parametrize(
    "judgement", [judged(level=WarningLevel.MAJOR_SITUATION), judged(grade=EmergencyGrade.MAJOR)]
)
def test_the_highest_level_and_the_urgent_class_call_for_a_plan(judgement):
    assert required(registered(), judgement)[PaperKind.RESPONSE_PLAN] == (1, 0)
    assert PaperKind.RESPONSE_PLAN not in required(registered(), judged(level=WarningLevel.COMPLEX_SENSITIVE))


def test_a_social_hotspot_needs_none_of_them():
    assert required(registered(), judged()).keys() == {PaperKind.FLASH_REPORT, PaperKind.SITUATION_NOTICE}


def test_an_interim_response_is_on_file_as_what_it_is():
    text = draft(PublicationForm.INTERIM_RESPONSE, interim=promise(h(30)))
    found = required(registered(), judged(), assigned(), published(text=text))
    assert (found[PaperKind.INTERIM_RESPONSE], found[PaperKind.SITUATION_NOTICE]) == ((1, 1), (1, 0))


def test_each_report_upward_has_its_number():
    steps = (registered(), judged(), assigned(UNIT, SECOND), reported(at=h(2)), reported(SECOND, at=h(3)))
    papers = given(*steps).case.papers(PaperKind.SITUATION_REPORT)
    assert [(paper.unit, paper.cause) for paper in papers] == [(UNIT, "report-1"), (SECOND, "report-2")]


def test_every_paper_has_its_clause_and_every_id_is_its_own():
    assert set(PAPER_CLAUSES) == set(PaperKind)
    steps = (
        registered(),
        ASKED,
        judged(),
        assigned(UNIT, SECOND),
        concluded(),
        published(),
        published(SECOND),
    )
    names = [paper.id for paper in given(*steps).by(h(100)).state.papers]
    assert len(names) == len(set(names))
