"""情况明确、底数清楚: what a draft leaves unsaid is pointed out, and blocks nothing."""

import pytest

from domain.rules.checklist import Point, advice, unsaid
from domain.terms.vocabulary import PublicationForm
from tests.domain.cast import (
    BOB,
    UNIT,
    assigned,
    concluded,
    draft,
    h,
    judged,
    promise,
    published,
    registered,
    step,
)
from tests.domain.given import given
from tests.domain.outcomes import ANSWERED

START = (registered(), judged(), assigned(), concluded())
WHOLE = "9月7日10时，市城市管理局在青溪镇执法时，因处置不当暂扣商品，涉及摊贩3人。下一步将公布处理结果。"


def said(**blocks):
    """What a draft with these blocks leaves unsaid."""
    case = given(*START, step(h(2), BOB, draft(**blocks))).case.state
    return unsaid(case, case.drafts[0])


def test_a_whole_notice_leaves_nothing_unsaid():
    assert said(facts=WHOLE) == ()


@pytest.mark.parametrize(
    ("part", "point"),
    [
        ("9月7日10时，", Point.WHEN),
        ("，涉及摊贩3人", Point.HOW_MANY),
        ("因处置不当", Point.CAUSE),
        ("下一步将公布处理结果。", Point.NEXT),
        ("在青溪镇", Point.WHERE),
    ],
)
def test_each_point_left_out_is_named(part, point):
    assert said(facts=WHOLE.replace(part, ""), title="通报") == (point,)


def test_evidence_is_pointed_out_before_the_final_review_asks_for_it():
    assert said(facts=WHOLE, evidence=()) == (Point.EVIDENCE,)


def test_a_promise_says_what_comes_next():
    text = {"facts": "已关注", "measures": "", "result": "", "clarification": ""}
    found = said(form=PublicationForm.INTERIM_RESPONSE, interim=promise(h(20)), **text)
    assert Point.NEXT not in found
    assert {Point.MEASURES, Point.WHEN, Point.HOW_MANY} <= set(found)


def test_a_bare_text_is_told_much_and_published_all_the_same():
    bare = step(h(2), BOB, draft(facts="属实"))
    assert Point.WHEN in advice(given(*START, bare).case.state)["draft-1"]
    case = given(*START).when(*published(UNIT, h(3), text=draft(facts="属实"))).then(*ANSWERED)
    assert advice(case.state) == {}
