"""What a supervisor must not miss on the page: conflicts, texts held back, clues, consultations,
cases that ended otherwise.
"""

from desk.case.view import IncidentPage, incident_page
from domain.case.clues import ClueNature
from domain.steps.consult import AssignedTask, HoldConsultation
from domain.steps.screen import ExcludeSource, VoidRegistration
from domain.steps.transfer import AcknowledgeClue, ProposeClue, SignClue
from storage.regulation_text import sentences
from tests.domain.cast import (
    ALICE,
    BOB,
    CAROL,
    EVIDENCE,
    OFFICE,
    POLICE,
    SECOND,
    UNIT,
    Step,
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
from tests.domain.spoken import says
from tests.domain.test_screen import merged

TEXTS = sentences("gaoan-2020")
START = (registered(), judged(), assigned(UNIT, SECOND), signed_for(), signed_for(SECOND), concluded())
CLUE = ProposeClue(
    nature=ClueNature.FABRICATED_RUMOUR,
    act="编造并散布溃坝消息",
    legal_basis="治安管理处罚法",
    evidence=EVIDENCE,
    receiver=POLICE,
)


def page(*steps: Step) -> IncidentPage:
    case = given(*steps).case
    return incident_page(case.state, case.decisions, TEXTS, now=h(9), chain="c" * 64)


def deeds(shown: IncidentPage) -> list[str]:
    return [f"{holder.unit} {holder.deed}" for holder in shown.holders]


def test_units_that_contradict_one_another_stand_above_all_until_talking_points():
    shown = page(*START, says("3人"), says("5人", SECOND))
    (line,) = shown.warnings
    assert "关于“受伤人数”的说法不一致；审定口径前不得公布" in line
    assert all(row.holds == ("与其他单位说法不一致，暂停",) for row in shown.drafts)
    assert any("审定口径" in deed for deed in deeds(shown))


def test_a_draft_with_personal_data_says_so_and_is_not_next_in_review():
    shown = page(*START, step(h(3), of(UNIT), draft(facts="联系人电话13812345678")))
    assert shown.drafts[0].holds == ("含未处理的个人信息（手机号），暂停",)
    assert any(deed.endswith("含未处理的个人信息（手机号），暂停") for deed in deeds(shown))


def test_each_state_of_a_clue_is_shown():
    course = (*START, step(h(3), BOB, CLUE))
    signed = (step(h(4), CAROL, SignClue(clue="clue-1")), step(h(5), ALICE, SignClue(clue="clue-1")))
    states = []
    for steps in ((), signed[:1], signed):
        (row,) = page(*course, *steps).clues
        states.append(row.state.removeprefix("2026-09-07 15:00 "))
        assert row.is_waiting
    assert states == ["待签批（已签 0 人，须 2 人）", "待签批（已签 1 人，须 2 人）", "移交，待回执"]
    assert "市公安局 登记线索回执（clue-1）" in deeds(page(*course, *signed))
    receipt = step(h(6), of(POLICE), AcknowledgeClue(clue="clue-1", receipt="收1号"))
    (row,) = page(*course, *signed, receipt).clues
    assert (row.state, row.is_waiting) == ("已移交，回执：收1号", False)


def test_a_consultation_leaves_its_tasks_to_be_seen():
    held = HoldConsultation(
        held_at=h(3),
        members=(OFFICE, UNIT),
        minutes="统一口径",
        tasks=(AssignedTask(unit=UNIT, text="核对数字"),),
    )
    shown = page(*START, step(h(4), ALICE, held))
    assert dict(shown.facts)["会商"] == "已召开 1 次；任务未完成：市城市管理局 核对数字"
    assert "市城市管理局 完成会商任务：核对数字" in deeds(shown)


def test_a_voided_and_a_merged_case_say_so_at_the_top():
    voided = page(registered(), step(h(2), ALICE, VoidRegistration(reason="登错")))
    assert (voided.stage, voided.warnings) == ("已撤销", ("误登记，已撤销：登错；记录与已有的超时均保留。",))
    into = page(registered(), judged(), merged())
    assert into.stage == "已并入他件"
    assert into.warnings[0].startswith("已并入 舆〔2026〕2号")


def test_an_excluded_item_is_marked_and_counts_for_no_platform():
    shown = page(registered(), step(h(2), ALICE, ExcludeSource(item=1, reason="外地旧闻")))
    assert [row.excluded for row in shown.sources].count("外地旧闻") == 1
    assert shown.coverage is None or shown.coverage.missing != ""


def test_that_the_office_owns_a_comprehensive_opinion_cites_its_own_sentence():
    case = given(registered(), judged(comprehensive=True)).case
    page = incident_page(case.state, case.decisions, sentences("gaoan-2020"), now=h(1), chain="c" * 64)
    named = [
        after for entry in page.timeline for after in entry.follows if after.name == "组织协调单位已确定"
    ]
    assert [entry.clause.key for entry in named] == ["三(二)#5"]
