"""What helps with the special steps: it says what the rules say, shows whole what is answered for,
and sends nothing by itself.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from desk.alarms.view import WatchView
from desk.case.offers import offers
from desk.frame.page import TEMPLATES, CurrentUser, PageContext
from desk.step.command_form import CommandForm
from desk.step.fields import NONE_TYPED, Typed
from desk.step.form_data import to_command_json
from desk.step.panels.differences import TextChange, pieces
from desk.step.panels.panel import Panel, StepContext, StepPanel
from desk.step.preview import preview
from desk.step.special_forms import PLAIN, SPECIAL_FORMS, special_form
from domain.case.clues import ClueNature
from domain.law.levels import Metrics
from domain.rules.reclassify import classify
from domain.steps.assign import suggestion
from domain.steps.coordinate import ReceiveSuperiorNotice
from domain.steps.judge import Judge
from domain.steps.register import RecordConcern, RecordMetrics
from domain.steps.respond import ReviewDraft
from domain.steps.sign import ReturnBack
from domain.steps.transfer import ProposeClue, SignClue
from domain.terms.roles import Actor, Role
from domain.terms.vocabulary import EmergencyGrade, FactConclusion, InvolvementRole, ReviewStage, WarningLevel
from tests.domain.cast import (
    ALICE,
    BOB,
    CAROL,
    EVIDENCE,
    LAW,
    POLICE,
    SECOND,
    SUPERIOR,
    TOWN,
    TOWN2,
    UNIT,
    assigned,
    concluded,
    draft,
    factors,
    h,
    handled,
    involved,
    judged,
    of,
    published,
    registered,
    reported,
    signed_for,
    step,
)
from tests.domain.given import Case, given
from tests.domain.spoken import says
from words.language import Language, speak
from words.wording import absolute

SECOND_PAIR = of(UNIT, Role.SPOKESPERSON)
HEAD = of(UNIT, Role.PRINCIPAL_LEADER)
START = (registered(), judged(), assigned(), signed_for())


def stands(case: Case, kind: str, actor: Actor, typed: Typed = NONE_TYPED) -> StepContext:
    return StepContext(
        kind=kind,
        incident=case.state,
        actor=actor,
        now=case.now,
        typed=typed,
        decisions=tuple(case.decisions),
    )


def helped(case: Case, kind: str, actor: Actor, typed: Typed = NONE_TYPED) -> StepPanel:
    return special_form(kind).aid(stands(case, kind, actor, typed))


def said(panels: tuple[Panel, ...]) -> str:
    """All words of the panels."""
    words: list[str] = []
    for panel in panels:
        words += [panel.heading, panel.note, *(line.text for line in panel.lines)]
        words += [item.text for item in panel.passages] + [
            f"{item.name} {item.due.text}" for item in panel.limits
        ]
        words += [" ".join(row) for row in panel.table.rows] if panel.table else []
    return "\n".join(words)


def scored(score: int) -> dict[str, list[str]]:
    return {
        f"factors.{name}.score": [str(score)]
        for name in ("nature", "intensity", "public_reaction", "media_involvement")
    }


def test_judging_chooses_the_level_that_the_rules_suggest_and_follows_the_scores():
    case = given(registered()).by(h(m=10))
    fresh, typed = helped(case, "judge", ALICE), helped(case, "judge", ALICE, scored(4))
    assert fresh.values["level"] == (WarningLevel.SOCIAL_HOTSPOT,)
    assert "系统建议：社会热点问题" in said(fresh.panels)
    assert "系统建议：重大突发事态" in said(typed.panels)
    assert "四项因素加权得分 4.00，已达 4.00" in said(typed.panels)


@pytest.mark.parametrize("grade", list(EmergencyGrade))
def test_what_judging_says_of_a_grade_is_what_comes_of_it(grade: EmergencyGrade):
    case = given(registered()).by(h(m=10))
    shown = next(
        panel.table for panel in helped(case, "judge", ALICE).panels if panel.at == "emergency_grade"
    )
    assert shown is not None
    row = shown.rows[list(EmergencyGrade).index(grade)]
    level = WarningLevel.MAJOR_SITUATION
    judge = Judge(level=level, factors=factors(), emergency_grade=grade, reason="研判")
    after = given(registered(), step(h(m=10), ALICE, judge)).by(h(m=10)).state
    assert after.response_class is classify(LAW, grade, designated=False)
    assert row[1] == {"H24": "24小时类", "H48": "48小时类"}[after.response_class]
    assert row[2].startswith(absolute(after.response_due_at))


def test_judging_shows_the_heat_as_counted_beside_the_scores():
    counts = RecordMetrics(metrics=Metrics(at=h(1), posts=60, reads=90_000, comments=700, local=1))
    found = helped(given(registered(), step(h(1), ALICE, counts)).by(h(2)), "judge", ALICE)
    assert "共 60 条、阅读 90000、评论 700，最近一日新增 60 条" in said(found.panels)


def test_the_units_suggested_are_ticked_with_the_clause():
    places = involved(TOWN, TOWN2, role=InvolvementRole.TERRITORIAL)
    case = given(registered(involved=(*involved(UNIT), *places)), judged()).by(h(m=20))
    found = helped(case, "assign", ALICE)
    assert found.values == {"first": suggestion(case.state).first, "also": suggestion(case.state).also}
    assert "建议第一责任主体：市城市管理局" in said(found.panels)
    assert "依据 二第4句" in said(found.panels)
    assert "同时回应：青溪镇、石桥镇" in said(found.panels)


def test_reassigning_tells_who_returned_the_order_and_why():
    case = given(*START, step(h(3), CAROL, ReturnBack(reason="非本单位职责"))).by(h(4))
    assert "退回：非本单位职责" in said(helped(case, "reassign", ALICE).panels)


def test_drafting_shows_concerns_statements_elsewhere_and_until_when_to_speak_again():
    asked = step(h(1), ALICE, RecordConcern(text="何时复工"))
    case = given(*START, asked, concluded(), says("3")).by(h(3))
    words = said(helped(case, "draft_response", of(SECOND)).panels)
    assert "1. 何时复工（尚未公开答复）" in words
    assert "受伤人数 3 市城市管理局" in words
    assert f"最迟 {absolute(case.now + LAW.limits.follow_up_max)}" in words


@pytest.mark.parametrize(
    ("value", "says_what_is_true"), [(FactConclusion.UNTRUE, False), (FactConclusion.PARTLY_TRUE, True)]
)
def test_a_skeleton_of_the_clarification_stands_above_its_field(
    value: FactConclusion, *, says_what_is_true: bool
):
    case = given(*START, concluded(value)).by(h(3))
    skeleton = next(
        panel for panel in helped(case, "draft_response", BOB).panels if panel.at == "clarification"
    )
    words = said((skeleton,))
    assert case.state.title in words
    assert "查明" in words
    assert "不属实的是：□" in words
    assert ("其中属实的是：□" in words) is says_what_is_true


@pytest.mark.parametrize("steps", [START, (*START, concluded())], ids=["not concluded", "true"])
def test_where_nothing_is_to_be_clarified_there_is_none(steps: tuple[Any, ...]):
    case = given(*steps).by(h(3))
    assert [p for p in helped(case, "draft_response", BOB).panels if p.at == "clarification"] == []


def test_a_look_at_the_outcome_names_personal_data_by_its_field_and_changes_nothing():
    case = given(*START, concluded()).by(h(3))
    before = case.state
    found = preview(draft(measures="请拨打13800138000联系"), BOB, before, case.now)
    assert "13800138000" in found.notes["measures"]
    assert found.obstacles
    assert case.state is before


def test_a_look_at_the_outcome_is_what_comes_of_it():
    case = given(registered()).by(h(m=20))
    command = Judge(level=WarningLevel.SOCIAL_HOTSPOT, factors=factors(), reason="研判")
    foreseen = preview(command, ALICE, case.state, h(m=20))
    case.give(step(h(m=20), ALICE, command))
    shown = [entry.name for entry in foreseen.entries] + [
        after.name for entry in foreseen.entries for after in entry.follows
    ]
    assert len(shown) == len(case.decisions[-1].events)
    assert absolute(case.state.response_due_at) in foreseen.entries[0].text


def test_differences_read_as_the_later_text_once_what_was_removed_is_left_out():
    before, after = "甲事属实。已查处12辆。正在修路。", "甲事属实。已查处15辆。正在修路。月底完工。"
    found = pieces(before, after)
    assert "".join(piece.text for piece in found if piece.change is not TextChange.REMOVED) == after
    assert "".join(piece.text for piece in found if piece.change is not TextChange.ADDED) == before
    assert [piece.text for piece in found if piece.change is TextChange.REMOVED] == ["已查处12辆。"]


def review(case: Case, actor: Actor, stage: ReviewStage, *, approved: bool = True, comment: str = "") -> None:
    number = case.state.drafts[-1].id
    command = ReviewDraft(draft=number, stage=stage, approved=approved, comment=comment)
    case.give(step(case.now + timedelta(minutes=1), actor, command))


def test_a_reviewer_sees_the_text_whole_against_the_version_that_was_returned():
    case = given(*START, concluded(), step(h(2), BOB, draft(facts="甲。乙。"))).by(h(2))
    review(case, SECOND_PAIR, ReviewStage.FIRST_REVIEW, approved=False, comment="请写明路段")
    case.give(step(h(4), BOB, draft(facts="甲。丙。")))
    found: Any = helped(case, "review_draft", SECOND_PAIR)
    assert (found.values["draft"], found.values["stage"]) == (("draft-2",), ("first_review",))
    (shown,) = found.view.readings
    assert any("请写明路段" in line for line in shown.reviews)
    facts = next(section for section in shown.sections if section.heading == "事实真相")
    assert [(piece.change, piece.text) for piece in facts.pieces] == [
        (TextChange.SAME, "甲。"),
        (TextChange.REMOVED, "乙。"),
        (TextChange.ADDED, "丙。"),
    ]


def test_a_reviewer_sees_what_the_text_says_nothing_of():
    case = given(*START, concluded(), step(h(2), BOB, draft(facts="甲。"))).by(h(2))
    found: Any = helped(case, "review_draft", SECOND_PAIR)
    assert found.view.readings[0].advice.startswith("文中似未交代：")
    assert "数" in found.view.readings[0].advice


def test_the_next_review_is_chosen_and_the_fast_lane_is_marked():
    case = given(registered(), judged(grade=EmergencyGrade.MAJOR), assigned(), signed_for(), concluded()).by(
        h(3)
    )
    case.give(step(h(22, m=30), BOB, draft()))
    review(case, SECOND_PAIR, ReviewStage.FIRST_REVIEW)
    deputy: Any = helped(case, "review_draft", CAROL)
    head: Any = helped(case, "review_draft", HEAD)
    assert deputy.values["stage"] == ("second_review",)
    assert head.values["stage"] == ("final_review",)
    assert head.view.readings[0].is_urgent


def test_the_ladder_says_what_was_drafted_and_what_comes_next_and_when():
    case = given(*START).by(h(50))
    found = helped(case, "sign_issue", ALICE)
    words = said(found.panels)
    assert found.values == {"paper": ("supervision_order-1",)}
    assert "督办单（致 市城市管理局）" in words
    assert "至今没有完成" in words
    assert f"{absolute(h(48))} 督办单 待签发" in words
    assert f"{absolute(h(72))} 通报批评 届时仍未完成" in words
    assert [link.href for link in found.others] == [
        "/incidents/inc-1/do/decline_paper?paper=supervision_order-1",
        "/incidents/inc-1/papers/supervision_order-1",
    ]


def test_a_superiors_notice_stands_with_its_half_hour_and_its_limit():
    notice = ReceiveSuperiorNotice(
        sender=SUPERIOR, received_at=h(1), requirement="速核", doc_number="宜府办〔2026〕1号"
    )
    case = given(*START, step(h(1, m=5), ALICE, notice)).by(h(1, m=10))
    found = helped(case, "issue_hint", ALICE)
    assert found.values == {"notice": ("notice-1",)}
    assert absolute(h(1, m=30)) in said(found.panels)
    assert absolute(h(49)) in said(helped(case, "give_superior_feedback", ALICE).panels)
    senders = helped(case, "receive_superior_notice", ALICE).options["sender"]
    assert {option.value for option in senders} < {unit.code for unit in LAW.units}


def test_a_clue_is_shown_in_full_with_who_has_signed():
    clue = ProposeClue(
        nature=ClueNature.FABRICATED_RUMOUR,
        act="编造停水谣言",
        legal_basis="治安管理处罚法",
        evidence=EVIDENCE,
        receiver=POLICE,
    )
    case = given(*START, step(h(2), BOB, clue), step(h(3), CAROL, SignClue(clue="clue-1"))).by(h(3))
    words = said(helped(case, "sign_clue", HEAD).panels)
    for part in (
        "编造停水谣言",
        "治安管理处罚法",
        EVIDENCE[0].url,
        EVIDENCE[0].sha256,
        "第1签",
        "还差 1 人签批",
    ):
        assert part in words
    offered = {option.value for option in helped(case, "propose_clue", BOB).options["nature"]}
    assert not offered & {"criticism", "complaint", "petition"}


def lives() -> Iterator[Case]:
    """Cases in which, taken together, much has happened."""
    yield given(registered()).by(h(1))
    notice = ReceiveSuperiorNotice(sender=SUPERIOR, received_at=h(1), requirement="速核")
    clue = ProposeClue(
        nature=ClueNature.SUSPECTED_CRIME,
        act="破坏供水",
        legal_basis="刑法",
        evidence=EVIDENCE,
        receiver=POLICE,
    )
    yield given(*START, step(h(1), ALICE, notice), step(h(2), BOB, clue), says("3"), concluded(at=h(4))).by(
        h(50)
    )
    yield given(*START, concluded(), published(), reported(), handled()).by(h(60))


ALL_WELL = WatchView(band="", looked=None, is_silent=False)


def shell(actor: Actor) -> PageContext:
    who = CurrentUser(
        name="某",
        unit=actor.unit,
        post=actor.role,
        csrf="x",
        tabs=(),
        bell=None,
        account="x",
        is_of_office=False,
        searches=False,
    )
    return PageContext(
        now_iso="",
        now_text="",
        regulation="",
        release="0",
        temporal_answers=True,
        watch=ALL_WELL,
        who=who,
        path="/",
        address="/",
        lang="zh-CN",
    )


def shown_page(case: Case, actor: Actor, kind: str) -> str:
    """The form of a step as it is first shown."""
    taking = CommandForm(kind, actor, LAW, case.state, case.now, tuple(case.decisions))
    page = taking.page({}, None, key="k", event_number=1)
    return TEMPLATES.get_template(page.aid.template).render(shell=shell(actor), page=page)


@pytest.mark.parametrize("language", list(Language))
def test_the_form_of_every_step_that_is_offered_can_be_shown(language: Language):
    people = [ALICE, BOB, CAROL, SECOND_PAIR, HEAD, of(SUPERIOR), of("mayor", Role.CITY_LEADER), of(POLICE)]
    shown = set()
    speak(language)
    try:
        for case in lives():
            for actor in people:
                for offer in offers(case.state, actor):
                    html = shown_page(case, actor, offer.kind)
                    assert not re.search(r'id="([^"]+)"(?=.*id="\1")', html.replace("\n", " ")), offer.kind
                    shown.add(offer.kind)
    finally:
        speak(Language.CHINESE)
    helping = {kind for kind, form in SPECIAL_FORMS.items() if form.aid is not PLAIN.aid}
    assert len(shown & helping) >= 18, helping - shown


def test_each_answer_of_a_review_has_its_own_button():
    page = shown_page(
        given(*START, concluded(), step(h(2), BOB, draft())).by(h(2)), SECOND_PAIR, "review_draft"
    )
    values = re.findall(r'<button type="submit" name="approved" value="(\w*)"', page)
    assert [to_command_json("review_draft", {"approved": [value]})["approved"] for value in values] == [
        True,
        False,
    ]
