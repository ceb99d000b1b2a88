"""读出的出入: what texts state without anybody having typed it is compared, pointed out,
and cleared with a word (DD-41).
"""

from dataclasses import replace
from typing import Any

import pytest

from domain.case.records import Claim
from domain.catalogue import Submission
from domain.rules.discrepancies import apart
from domain.rules.exposure import found_in
from domain.steps.discrepancy import ClearDiscrepancies
from domain.steps.respond import DraftResponse, ReviewDraft
from domain.terms.facts import contradict, facts_of, facts_of_claim
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Role
from domain.terms.vocabulary import EmergencyGrade, PublicationForm, ReviewStage, WarningLevel
from tests.domain.cast import (
    LAW,
    SECOND,
    UNIT,
    Step,
    assigned,
    closed,
    concluded,
    draft,
    h,
    handled,
    judged,
    of,
    published,
    registered,
    reported,
    signed_for,
    step,
)
from tests.domain.given import Case
from tests.domain.lives import corrects, found_wrong
from tests.domain.spoken import approved, claims, passed
from tests.measure import HALVES, contradicting, texts_of
from words.attention import discrepancy_words

START = (registered(), judged(), assigned(UNIT, SECOND), signed_for(), signed_for(SECOND), concluded())
READ = [
    ("造成3人死亡、5人受伤", {"deaths": "3", "injured": "5"}),
    (
        "事故致死亡三人，受伤５人，另有2名工人失联",
        {"deaths": "3", "injured": "5", "missing": "2", "still_trapped": "2"},
    ),
    ("遇难者增至七人，34名伤者在院", {"deaths": "7", "injured": "34"}),
    (
        "10月3日6时20分许，一仓库发生爆燃，过火面积60㎡，无人员伤亡",
        {"occurred": "/10/3/22800", "area": "60", "deaths": "0", "injured": "0"},
    ),
    ("已疏散群众三百二十人，直接经济损失1200万元", {"evacuated": "320", "loss": "12000000"}),
    ("经查，网传内容与事实不符。", {"conclusion": "false"}),
    ("造成10人以上死亡的，按特别重大事故处理", {}),
    ("反映的甲事属实。反映的乙事不属实。", {}),
    ("3死5伤", {"deaths": "3", "injured": "5"}),
    ("一死两伤", {"deaths": "1", "injured": "2"}),
    ("造成3人（含1名儿童）死亡", {"deaths": "3"}),
    ("5人受伤（其中2人重伤）", {"injured": "5", "badly_injured": "2"}),
    ("直接经济损失三点五万元", {"loss": "35000"}),
    ("9月12日20时，接报9月11日发生火灾", {"occurred": "/9/11/"}),
    *((text, {"deaths": "0"}) for text in ("无一人死亡", "没有人死亡", "无人死亡")),
    *((text, {"deaths": "0", "injured": "0"}) for text in ("未发现人员伤亡", "未造成伤亡")),
    *((text, {}) for text in ("目前供水恢复正常", "体征正常", "不存在安全隐患", "情况是否属实正在核查")),
    ("水样检测均合格", {"conclusion": "sound"}),
    ("网传情况不存在", {"conclusion": "false"}),
    ("3人被困，已全部获救，无一伤亡", {"trapped": "3", "still_trapped": "0", "deaths": "0", "injured": "0"}),
    ("目前仍有2人被困", {"trapped": "2", "still_trapped": "2"}),
    ("5名伤者均为轻伤，其中患者均已出院", {"injured": "5", "badly_injured": "0", "still_in_hospital": "0"}),
    *((text, {}) for text in ("力争被困人员全部获救", "尚未全部获救", "是否全部获救正在核实")),
    ("伤员已出院2人", {"injured": "2"}),
    ("重伤2人", {"badly_injured": "2", "injured": "2"}),
    ("肇事司机张某某已被控制", {"driver": "张某某"}),
    ("犯罪嫌疑人：欧阳某甲", {"suspect": "欧阳某甲"}),
    ("涉事民警赵某停职", {"staff": "赵某"}),
    *((text, {}) for text in ("死者家属王某表示", "老板已到场", "教师资格考试", "司机情绪激动")),
    ("高安市青溪镇李家村发生火灾", {"town": "青溪镇", "village": "李家村"}),
    ("事发地点位于石桥镇集镇", {"town": "石桥镇"}),
    ("瑞州大道发生追尾", {"road": "瑞州大道"}),
    *((text, {}) for text in ("该镇一村民报警称发生冲突", "城乡公路发生拥堵", "青溪镇召开会议")),
]
MAY_BOTH_BE_TRUE = [
    ("9月12日发生火灾", "9月12日19时40分许发生火灾"),
    ("水样检测合格", "网传信息不实"),
    ("至少3人死亡", "100人死亡"),
    ("两三人死亡", "3人死亡"),
    ("三四十人受伤", "35人受伤"),
    ("2至3人受伤", "2-3人受伤"),
    ("3至5人被困", "4人被困"),
    ("司机张某", "司机张某某"),
    ("司机张某明", "司机张某"),
    ("嫌疑人王某甲", "嫌疑人王某"),
    ("高安市青溪镇发生火灾", "青溪镇发生火灾"),
]


class Read(Case):
    """A case whose drafts are read as the web reads them."""

    def submission(self, given: Step) -> Submission:
        made = super().submission(given)
        if isinstance(made.command, DraftResponse):
            return replace(made, reading=found_in(made.command, self.state.law.edition))
        return made


def writes(facts: str, unit: str = UNIT, **more: Any) -> Step:
    return step(h(2), of(unit), draft(facts=facts, **more))


def case(*steps: Step | tuple[Step, ...]) -> Read:
    read = Read()
    read.give((*START, *steps))
    return read


def differing(read: Read) -> list[tuple[str, str, str, str]]:
    return [
        (item.fact.about, item.fact.low, item.other, item.theirs.low) for item in read.state.discrepancies
    ]


def refused(read: Read, given: Step, reason: Reason) -> None:
    with pytest.raises(Refused) as refusal:
        read.give(given)
    assert refusal.value.reason is reason


def clears(
    unit: str = UNIT, role: Role = Role.DEPUTY_LEADER, reason: str = "口径不同", number: int = 1
) -> Step:
    return step(h(3), of(unit, role), ClearDiscrepancies(draft=f"draft-{number}", reason=reason))


@pytest.mark.parametrize(("text", "stated"), READ)
def test_what_a_text_states_is_read_with_what_it_is_about(text, stated):
    assert {fact.about: fact.low for fact in facts_of([("facts", text)])} == stated


def test_each_fact_says_where_it_stands():
    (fact,) = facts_of([("title", "无"), ("facts", "造成 ３人 死亡")])
    assert (fact.field, "造成 ３人 死亡"[fact.start : fact.start + fact.length]) == ("facts", "３人")


def test_what_was_typed_is_compared_as_a_text_would_state_it():
    assert [(fact.about, fact.low) for fact in facts_of_claim("遇难人数", "三人")] == [("deaths", "3")]
    assert facts_of_claim("停用天数", "7天") == ()
    (about,), (vague,) = facts_of([("facts", "10余人受伤")]), facts_of([("facts", "12人受伤")])
    assert not contradict(about, vague)


@pytest.mark.parametrize(("one", "other"), MAY_BOTH_BE_TRUE)
def test_what_may_both_be_true_does_not_differ(one, other):
    (mine,), (theirs,) = facts_of([("facts", one)]), facts_of([("facts", other)])
    assert not contradict(mine, theirs)
    assert not contradict(theirs, mine)


def test_what_cannot_both_be_true_differs_still():
    pairs = [
        ("司机张某", "司机李某"),
        ("嫌疑人王某甲", "嫌疑人王某乙"),
        ("司机张某明", "司机张某亮"),
        ("青溪镇发生火灾", "石桥镇发生火灾"),
    ]
    pairs += [
        ("两三人死亡", "5人死亡"),
        ("9月12日发生火灾", "9月13日8时发生火灾"),
        ("至少3人死亡", "2人死亡"),
    ]
    for one, other in pairs:
        (mine,), (theirs,) = facts_of([("facts", one)]), facts_of([("facts", other)])
        assert contradict(mine, theirs)


@pytest.mark.parametrize(
    ("one", "other", "about"),
    [
        ("肇事司机张某某已被控制", "肇事司机李某已被控制", "driver"),
        ("11月3日9时，青溪镇发生火灾", "11月3日9时，石桥镇发生火灾", "town"),
        ("被困人员已全部获救", "仍有2人被困", "still_trapped"),
    ],
)
def test_persons_places_and_what_is_said_of_all_are_compared_between_units(one, other, about):
    read = case(writes(one), writes(other, SECOND))
    assert about in {item.fact.about for item in read.state.discrepancies}
    (item,) = (item for item in read.state.discrepancies if item.fact.about == about)
    words = discrepancy_words(read.state, item)
    assert item.fact.low in words
    assert item.theirs.low in words


def test_a_person_or_place_is_compared_with_what_the_own_unit_typed():
    typed = (*claims("张某某", "肇事司机", "name"), *claims("青溪镇", "事发地点", "name"))
    read = case(writes("肇事司机李某已被控制，事发地点位于石桥镇", claims=typed))
    assert {item.fact.about for item in read.state.discrepancies} == {"driver", "town"}


@pytest.mark.parametrize("half", HALVES)
def test_texts_that_contradict_each_other_are_seen_and_others_left_alone(half):
    seen, wrongly = (contradicting(texts_of(f"{kind}_{half}")) for kind in ("contradicting", "compatible"))
    assert seen.part >= 0.95 * seen.whole
    assert wrongly.part <= 0.05 * wrongly.whole


def test_two_units_that_typed_nothing_are_seen_to_differ():
    read = case(writes("造成3人死亡、5人受伤"), writes("造成5人死亡、9人受伤", SECOND))
    assert differing(read) == [("deaths", "5", "draft-1", "3"), ("injured", "9", "draft-1", "5")]


def test_a_text_is_compared_with_what_its_own_unit_typed_for_it():
    read = case(writes("5人受伤", claims=claims("3人")))
    assert differing(read) == [("injured", "5", "draft-1", "3")]


def test_a_text_is_compared_with_what_another_unit_typed_and_the_other_way_round():
    assert differing(case(writes("无", claims=claims("3人")), writes("5人受伤", SECOND))) == [
        ("injured", "5", "draft-1", "3")
    ]
    assert differing(case(writes("5人受伤"), writes("无", SECOND, claims=claims("3人")))) == [
        ("injured", "3", "draft-1", "5")
    ]


def test_a_text_is_compared_with_the_talking_points():
    agreed = approved(claims=(Claim(subject="死亡人数", type="number", value="3人"),), at=h(1))
    assert differing(case(agreed, writes("5人遇难"))) == [("deaths", "5", "talking-points-1", "3")]


def test_a_text_that_says_what_the_talking_points_say_differs_from_nobody():
    agreed = approved(claims=(Claim(subject="死亡人数", type="number", value="3人"),), at=h(1))
    read = case(writes("5人死亡", SECOND), agreed, writes("造成三人死亡、2人受伤"))
    assert differing(read) == []
    other = case(writes("5人死亡、4人受伤", SECOND), agreed, writes("造成三人死亡、2人受伤"))
    assert differing(other) == [("injured", "2", "draft-1", "4")]


def test_what_agrees_in_other_words_and_a_later_text_of_the_same_unit_do_not_differ():
    assert differing(case(writes("造成3人死亡"), writes("致三人遇难", SECOND))) == []
    assert differing(case(writes("造成3人死亡"), writes("造成5人死亡"))) == []


def test_it_never_stops_the_submission_and_holds_back_the_final_review_of_that_text_alone():
    read = case(writes("造成3人死亡"), writes("造成5人死亡", SECOND), *passed(1, UNIT), passed(2, SECOND)[:2])
    final = step(
        h(2),
        of(SECOND, Role.PRINCIPAL_LEADER),
        ReviewDraft(draft="draft-2", stage=ReviewStage.FINAL_REVIEW, approved=True),
    )
    refused(read, final, Reason.DISCREPANCY_OPEN)
    read.give(clears(SECOND, number=2))
    assert read.state.discrepancies[0].cleared
    read.give(step(h(4), final.by, final.command))
    assert ReviewStage.FINAL_REVIEW in read.state.draft("draft-2").approved


def test_a_text_that_was_sent_back_contradicts_nobody():
    back = ReviewDraft(draft="draft-1", stage=ReviewStage.FIRST_REVIEW, approved=False, comment="重写")
    read = case(
        writes("造成3人死亡"), writes("造成5人死亡", SECOND), step(h(2), of(UNIT, Role.SPOKESPERSON), back)
    )
    read.give(passed(2, SECOND))
    assert ReviewStage.FINAL_REVIEW in read.state.draft("draft-2").approved


def test_whoever_drafted_it_and_other_units_clear_nothing_and_a_reason_is_needed():
    read = case(writes("5人受伤", claims=claims("3人")))
    refused(read, clears(role=Role.HANDLER), Reason.REVIEWER_REPEATED)
    refused(read, clears(SECOND), Reason.UNIT_NOT_CONCERNED)
    refused(read, clears(reason=" "), Reason.REASON_MISSING)
    read.give(clears())
    refused(read, clears(), Reason.ALREADY_DONE)


def test_what_differs_in_a_correction_after_the_close_is_cleared_and_it_goes_out():
    done = (published(at=h(12)), reported(), handled(), closed(), found_wrong(h(250)))
    read = Read()
    read.give((registered(), judged(), assigned(UNIT), signed_for(), concluded(), *done))
    read.give(step(h(250), of(UNIT), corrects(1, facts="5人受伤", claims=claims("3人"))))
    reviews = passed(2, UNIT, h(250))
    read.give(reviews[:2])
    refused(read, reviews[2], Reason.DISCREPANCY_OPEN)
    read.give((step(h(250), of(UNIT, Role.DEPUTY_LEADER), clears(number=2).command), reviews[2]))
    assert ReviewStage.FINAL_REVIEW in read.state.draft("draft-2").approved


def test_in_the_fast_lane_it_is_only_shown():
    urgent = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned(UNIT))
    notice = step(h(2), of(UNIT), draft(PublicationForm.FIRST_NOTICE, facts="5人受伤", claims=claims("3人")))
    read = Read()
    read.give((*urgent, notice, *passed(1, UNIT)[:2]))
    assert differing(read) == [("injured", "5", "draft-1", "3")]
    read.give(passed(1, UNIT)[2])
    assert ReviewStage.FINAL_REVIEW in read.state.draft("draft-1").approved


def test_cases_of_earlier_editions_are_told_of_none():
    read = Read(law=replace(LAW, edition=2, digest="second"))
    read.give((*START, writes("造成3人死亡"), writes("造成5人死亡", SECOND)))
    assert read.state.stated == ()
    assert read.state.discrepancies == ()


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        ("落水儿童全部救起", "1名儿童下落不明", True),
        ("失联人员全部取得联系", "事故造成3人失联", True),
        ("人员全部获救", "1人生死不明", True),
        ("失联人员均已找到", "3人失联，目前已全部找到", False),
        ("失联人员均已找到", "曾有2人一度失联", False),
        ("落水人员全部救起", "1人失踪后被找到", False),
        ("未造成人员死亡", "1人生死不明", False),
    ],
)
def test_who_is_missing_is_not_among_all_who_were_found(one: str, other: str, *, differs: bool):
    facts, others = facts_of([("facts", one)]), facts_of([("facts", other)])
    assert any(apart(facts, others)) is differs


def notice(facts: str, form: PublicationForm = PublicationForm.UPDATE_NOTICE, **more: Any) -> DraftResponse:
    return draft(form, facts=facts, **more)


def after_notices(*texts: tuple[int, str], theirs: str, **more: Any) -> list[tuple[str, str, str]]:
    """What another unit's draft is told, after notices with these facts at these hours."""
    grave = judged(level=WarningLevel.COMPLEX_SENSITIVE, grade=EmergencyGrade.RELATIVELY_MAJOR)
    case = Case().give((registered(), grave, assigned(UNIT, SECOND)))
    for hour, facts in texts:
        case.give(published(UNIT, h(hour), text=notice(facts)))
    case.give(step(h(12), of(SECOND), notice(theirs, **more)))
    return [(one.other, one.theirs.low, one.fact.low) for one in case.state.discrepancies]


def test_the_figure_of_a_first_notice_stands_where_a_later_one_of_its_unit_is_silent_about_it():
    told = after_notices((1, "事故造成1人死亡。"), (3, "救援仍在进行。"), theirs="事故造成5人死亡。")
    assert told == [("publication-1", "1", "5")]


def test_the_figure_of_a_first_notice_gives_way_to_the_later_one_of_its_unit():
    notices = (1, "事故造成1人死亡。"), (3, "事故已造成3人死亡。")
    assert after_notices(*notices, theirs="事故造成3人死亡。") == []
    assert after_notices(*notices, theirs="事故造成1人死亡。") == [("publication-2", "3", "1")]


def test_of_two_notices_of_one_instant_the_one_recorded_later_gives_the_figure():
    notices = (1, "事故造成1人死亡。"), (1, "事故已造成3人死亡。")
    assert after_notices(*notices, theirs="事故造成3人死亡。") == []


@pytest.mark.parametrize("words", ["不超标", "不存在超标", "未检出超标", "无异常"])
def test_a_text_by_which_nothing_exceeds_a_limit_concludes_so(words):
    assert [fact.low for fact in facts_of([("facts", f"经检测，水质检测结果{words}。")])] == ["sound"]


def test_what_is_declared_updated_is_passed_over_with_what_else_it_said():
    notices = (1, "事故造成1人死亡。"), (3, "救援仍在进行。")
    assert after_notices(*notices, theirs="事故造成5人死亡。", updates=("publication-1",)) == []
