"""个人信息: what a draft gives away holds it back until a leader of its unit answers
for it or it is written anew.
"""

from dataclasses import replace
from typing import Any

import pytest

from domain.case.records import ConcernAnswer
from domain.purposes import Purpose
from domain.steps.privacy import ClearPersonalData
from domain.steps.respond import ReviewDraft
from domain.terms.findings import Finding, PersonalDataKind
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import EmergencyGrade, PublicationForm, ReviewStage
from tests.domain.cast import (
    BOB,
    CAROL,
    LAW,
    SECOND,
    UNIT,
    assigned,
    closed,
    concluded,
    draft,
    h,
    handled,
    judged,
    of,
    promise,
    published,
    registered,
    reported,
    signed_for,
    step,
)
from tests.domain.given import given
from tests.domain.lives import corrects, found_wrong
from tests.domain.outcomes import ANSWERED
from tests.domain.spoken import goes_out, passed

START = (registered(), judged(), assigned(UNIT, SECOND), concluded())
NAMED = "经查，居民张建国（电话13800138000）所反映问题属实。"
FIRST = PublicationForm.FIRST_NOTICE


def drafted(**blocks: Any):
    return step(h(2), BOB, draft(**{"facts": NAMED, **blocks}))


def reviewed_by(role=Role.SPOKESPERSON, stage=ReviewStage.FIRST_REVIEW, *, approved=True):
    review = ReviewDraft(draft="draft-1", stage=stage, approved=approved, comment="含个人信息")
    return step(h(2), of(UNIT, role), review)


def cleared(*findings, by=CAROL, reason="当事人书面同意公开", at=None):
    return step(at or h(3), by, ClearPersonalData(draft="draft-1", findings=findings, reason=reason))


def test_what_a_draft_gives_away_is_pointed_out_without_being_repeated():
    case = given(*START).when(drafted()).then("drafted", "personal_data_found", "facts_read")
    (found,) = case.happened("personal_data_found")
    assert found.findings == (
        Finding(kind=PersonalDataKind.NAME, field="facts", start=5, length=3),
        Finding(kind=PersonalDataKind.MOBILE_NUMBER, field="facts", start=11, length=11),
    )
    assert not {"张建国", "13800138000"} & set(repr(found).split("'"))


@pytest.mark.parametrize(
    ("blocks", "field"),
    [
        ({"title": "关于居民张建国反映问题的通报"}, "title"),
        ({"measures": "已联系居民张建国，致歉"}, "measures"),
        ({"result": "已退还居民张建国的商品"}, "result"),
        ({"clarification": "网民李小红发帖不实"}, "clarification"),
        ({"interim": replace(promise(h(20)), verifying="居民张建国的投诉")}, "interim.verifying"),
        ({"answers": (ConcernAnswer(concern=1, paragraph="请致电13800138000"),)}, "answers.1.paragraph"),
    ],
)
def test_every_text_of_a_draft_is_read(blocks, field):
    start = (registered(concerns=("何时恢复",)), *START[1:])
    read = ("facts_read",) if field == "clarification" else ()  # that it is not true
    spoken = given(*start).when(drafted(**{"facts": "事实", **blocks}))
    case = spoken.then("drafted", "personal_data_found", *read)
    assert [finding.field for finding in case.state.exposures[0].findings] == [field]


def test_an_ordinary_draft_gives_nobody_away():
    ordinary = drafted(facts="经查，居民张某反映问题属实，监督电话12345。")
    given(*START).when(ordinary).then("drafted", "facts_read")


def test_a_case_of_the_first_edition_is_not_searched():
    old = replace(LAW, edition=1, digest="first")
    given(*START, law=old).when(drafted()).then("drafted")


def test_no_review_approves_it_and_any_may_send_it_back():
    given(*START, drafted()).when(reviewed_by()).refused(Reason.PERSONAL_DATA, "draft-1: mobile_number,name")
    given(*START, drafted()).when(reviewed_by(approved=False)).then("reviewed")


def test_the_fast_lane_asks_it_too():
    urgent = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned(UNIT))
    first = step(h(2), BOB, draft(FIRST, facts=NAMED))
    given(*urgent, first).when(reviewed_by()).refused(Reason.PERSONAL_DATA)


def test_it_is_published_when_a_leader_answers_for_all_of_it():
    before = (*START, drafted())
    given(*before, cleared(1)).when(passed(1, UNIT, h(4))[0]).refused(
        Reason.PERSONAL_DATA, "draft-1: mobile_number"
    )
    case = (
        given(*before, cleared(1), cleared(2), *passed(1, UNIT, h(4)))
        .when(goes_out(1, UNIT, h(5)))
        .then(*ANSWERED)
    )
    assert [(event.findings, event.by) for event in case.happened("personal_data_cleared")] == [
        ((1,), CAROL),
        ((2,), CAROL),
    ]


def test_another_draft_without_it_goes_its_way():
    again = step(h(3), BOB, draft(facts="居民张某反映问题属实"))
    given(*START, drafted(), again, *passed(2, UNIT, h(4))).when(goes_out(2, UNIT, h(5))).then(*ANSWERED)


@pytest.mark.parametrize(
    ("given_", "reason", "detail"),
    [
        (cleared(1, by=BOB), Reason.ROLE_NOT_ALLOWED, "handler"),
        (cleared(1, by=of(SECOND, Role.DEPUTY_LEADER)), Reason.UNIT_NOT_CONCERNED, UNIT),
        (cleared(1, reason=" "), Reason.REASON_MISSING, "reason"),
        (cleared(), Reason.MISSING_PART, "findings"),
        (cleared(0), Reason.UNKNOWN_REFERENCE, "finding-0"),
        (cleared(3), Reason.UNKNOWN_REFERENCE, "finding-3"),
    ],
)
def test_a_leader_of_the_unit_answers_for_what_was_found_with_a_reason(given_, reason, detail):
    given(*START, drafted()).when(given_).refused(reason, detail)


def test_what_is_answered_for_is_so_once():
    given(*START, drafted(), cleared(1)).when(cleared(1, 2)).refused(Reason.ALREADY_DONE, "finding-1")
    given(*START, drafted(facts="事实")).when(cleared(1)).refused(Reason.UNKNOWN_REFERENCE, "finding-1")


def test_a_leader_answers_for_what_a_correction_after_the_close_gives_away():
    done = (published(at=h(12)), reported(), handled(), closed(), found_wrong(h(250)))
    text = step(h(250), BOB, corrects(1, facts=NAMED))
    answer = step(h(250), CAROL, ClearPersonalData(draft="draft-2", findings=(1, 2), reason="同意公开"))
    steps = (registered(), judged(), assigned(UNIT), signed_for(), concluded(), *done, text)
    given(*steps).when(answer).then("personal_data_cleared")
    before = replace(LAW, edition=2, digest="edition 2")
    given(*steps, law=before).when(answer).refused(Reason.WRONG_STAGE, "closed")


def test_the_unit_is_told():
    case = given(*START).when(drafted()).then("drafted", "personal_data_found", "facts_read")
    case.tells((Purpose.PERSONAL_DATA, UNIT))
    assert case.subjects(Purpose.PERSONAL_DATA) == [(UNIT, "draft-1")]
