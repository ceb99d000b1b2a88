"""What the pages say of an incident: who holds the ball, the steps, the axes, the timeline, the file."""

from datetime import timedelta

import pytest

from desk.board.filters import BoardQuery
from desk.board.page import DueLine, board_page
from desk.board.view import board_rows
from desk.case.progress import StepState, steps
from desk.case.view import IncidentPage, incident_page
from domain.catalogue import EVENTS, SubmissionRefused, SubmissionUnreadable
from domain.steps.publish import RecordRelay
from domain.terms.drill import DrillClock
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import Platform
from storage.regulation_text import sentences
from tests.pages import stories
from tests.pages.stories import NOON
from tests.pages.telling import OFFICE, Story, notice, someone
from words.cards import Cards, cards
from words.clauses import cite
from words.event_text.description import describe
from words.holders import holders
from words.timeline import TimelineItem

TEXTS = sentences("gaoan-2020")


def page(story: Story, hours: float) -> IncidentPage:
    """The page of a story so many hours after the discovery."""
    return incident_page(story.told(), story.decisions, TEXTS, now=story.at(hours), chain="c" * 64)


def all_cards(made: Cards) -> list[str]:
    return [item.id for item in (*made.owed, *made.done, *made.lapsed)]


@pytest.mark.parametrize("tell", [stories.city_management, stories.tap_water, stories.explosion])
def test_every_obligation_has_one_card_with_its_computation_and_the_sentence_of_its_clause(tell):
    story: Story = tell(NOON)
    made = cards(story.told(), story.at(400), TEXTS)
    assert sorted(all_cards(made)) == sorted(obligation.id for obligation in story.told().obligations)
    for item in (*made.owed, *made.done, *made.lapsed):
        assert item.computation
        assert item.clause is not None
        assert item.clause.sentence


def test_the_clause_is_cited_as_the_office_does_with_its_own_sentence():
    found = cite("三(三)#4", TEXTS)
    assert found is not None
    assert found.name == "三(三)第4句"
    assert found.sentence.endswith("并根据工作进展持续发布权威信息。")


def test_the_upper_rules_are_cited_as_advice():
    found = cite("overlay", TEXTS)
    assert found is not None
    assert "提示" in found.name


def test_owed_obligations_stand_by_due_instant_and_advice_stands_last():
    made = cards(stories.explosion(NOON).told(), NOON + timedelta(hours=4), TEXTS)
    kinds = [item.kind for item in made.owed]
    assert kinds[0] == "签收"
    assert kinds[1:3] == ["24小时内对外公布", "24小时内对外公布"]
    assert all("提示" in kind for kind in kinds[3:])


def test_a_fresh_incident_is_the_offices_to_judge():
    held = holders(stories.school(NOON).told(), NOON)
    assert [(item.unit, item.deed) for item in held] == [
        ("市政府办公室", "48小时内予以回应"),
        ("市政府办公室", "研判定级"),
    ]


def test_the_responsible_unit_holds_the_ball_until_it_has_answered():
    story = stories.city_management(NOON, until_hours=60)
    first, second = holders(story.told(), story.at(60))
    assert (first.unit, first.deed, first.is_overdue) == ("市城市管理局", "48小时内予以回应", True)
    assert first.countdown is not None
    assert first.countdown.text == "已超时 12小时00分"
    assert second.deed == "提交整改报告"


def test_a_draft_that_waits_for_a_review_and_a_paper_for_a_signature_are_told():
    story = stories.city_management(NOON, until_hours=48.2)
    story.does(48.3, someone("urban_management", Role.HANDLER, "li-na"), notice("情况通报"))
    deeds = [item.deed for item in holders(story.told(), story.at(48.3))]
    assert "签发或不予签发督办单（致市城市管理局）" in deeds
    assert "《情况通报》初审" in deeds


def test_a_closed_incident_waits_for_the_archive():
    story = stories.city_management(NOON)
    assert [item.deed for item in holders(story.told(), story.at(400))] == ["归档"]


def test_the_steps_tell_how_far_it_is_in_words():
    told_steps = {step.name: step for step in steps(stories.city_management(NOON, until_hours=60).told())}
    assert list(told_steps) == ["登记", "核实", "研判", "交办", "回应", "督办", "办结"]
    assert told_steps["督办"].state is StepState.ALERT
    assert told_steps["督办"].word == "督办中"
    assert told_steps["回应"].state is StepState.NOW
    closed = {step.name: step.word for step in steps(stories.city_management(NOON).told())}
    assert closed["督办"] == "有督办记录"
    assert closed["办结"] == "已完成"


def test_level_and_grade_are_two_axes():
    made = page(stories.explosion(NOON), 4).axes
    assert [point.word for point in made.levels if point.is_here] == ["重大突发事态"]
    assert [point.word for point in made.grades if point.is_here] == ["重大"]
    assert made.response_class == "24小时类"
    heated = page(stories.tap_water(NOON), 24).axes
    assert [point.word for point in heated.grades if point.is_here] == ["非突发事件"]
    assert heated.response_class == "48小时类"


def entries(made: IncidentPage) -> list[TimelineItem]:
    return [item for entry in made.timeline for item in (entry, *entry.follows)]


def test_the_timeline_holds_every_event_once_the_latest_first():
    story = stories.city_management(NOON)
    numbers = [item.number for item in entries(page(story, 400))]
    assert sorted(numbers) == list(range(1, story.told().event_number + 1))
    heads = [entry.number for entry in page(story, 400).timeline]
    assert heads == sorted(heads, reverse=True)


def test_the_systems_own_acts_say_why_and_from_which_clause():
    made = page(stories.city_management(NOON), 400)
    for item in entries(made):
        assert item.clause is not None
        assert bool(item.why) is (item.who == "系统") is item.is_automatic
    order = next(item for item in entries(made) if "督办单" in item.text and item.is_automatic)
    assert order.why == "时限到点"
    assert "到期 2026-09-09 10:00 仍未完成" in order.text
    assert "须经签发才生效" in order.text


def test_what_a_step_brings_about_stands_under_it():
    made = page(stories.city_management(NOON), 400)
    assigned = next(entry for entry in made.timeline if entry.name == "已交办")
    assert assigned.who == "市政府办公室 主要负责同志 zhang-wei"
    assert {item.why for item in assigned.follows} == {"由“交办”引起"}
    assert len(assigned.follows) == 6


def test_what_was_recorded_later_than_it_happened_tells_both():
    relayed = page(stories.tap_water(NOON), 24).timeline[0]
    assert relayed.happened.text == "2026-09-08 08:00"
    assert relayed.recorded is not None
    assert relayed.recorded.text == "2026-09-08 08:48"


def test_a_breach_noticed_a_second_later_needs_no_second_date():
    made = page(stories.city_management(NOON), 400)
    breach = next(item for item in entries(made) if item.name == "超时")
    assert breach.recorded is None


def test_every_event_of_the_catalogue_has_its_words():
    found = {describe.dispatch(event) for event in EVENTS.values()}
    assert describe.dispatch(object) not in found


def test_a_step_refused_after_an_outage_says_what_to_do():
    story = stories.school(NOON)
    refused = SubmissionRefused(
        at=NOON, by=OFFICE, command="sign_for", command_id="c", reason=Reason.ALREADY_SIGNED, detail="qingxi"
    )
    text = describe(refused, story.told())
    assert text.startswith("“签收”未被受理：")
    assert "{" not in text
    assert "留存" in describe(SubmissionUnreadable(at=NOON, payload="AA=="), story.told())


def test_no_code_of_the_data_shows_in_the_texts():
    for story in (
        stories.city_management(NOON),
        stories.tap_water(NOON),
        stories.explosion(NOON, until_hours=30),
    ):
        for item in entries(page(story, 400)):
            without_names = item.text.replace("R2", "").replace("R5", "")
            words = [word for word in without_names.split() if word.isascii() and "_" in word]
            assert words == []


def test_coverage_names_what_is_not_reached_yet():
    story = stories.tap_water(NOON, until_hours=22)
    unreached = page(story, 22).coverage
    assert unreached is not None
    assert (unreached.rate, unreached.missing) == ("0.0%", "微博、微信、抖音")
    reached = page(stories.tap_water(NOON), 24).coverage
    assert reached is not None
    assert (reached.rate, reached.missing) == ("100.0%", "")


def test_a_relay_without_authority_reaches_nobody():
    story = stories.promised(NOON)
    relay = RecordRelay(
        publication="publication-1", relayed_at=story.at(5), channels=(Platform.WEIBO,), authorised=False
    )
    story.does(5.1, someone("media_center", Role.HANDLER, "zhou-min"), relay)
    row = page(story, 6).publications[0]
    assert row.relays[0].endswith("（未经授权，不计覆盖率）")


def test_the_file_tells_what_is_missing():
    made = page(stories.explosion(NOON), 4)
    missing = {row.name: row.missing for row in made.owed_papers if row.missing}
    assert missing["会商纪要"] == 1
    assert missing["情况报告"] == 2
    assert [row.missing for row in made.owed_papers if row.name == "舆情快报"] == [0]


def test_scores_name_the_obligations_that_cost_them():
    made = page(stories.city_management(NOON), 400)
    (row,) = made.scores
    assert (row.unit, row.total) == ("市城市管理局", "-6.5")
    assert any(line.startswith("48小时内予以回应") and line.endswith("-3") for line in row.items)


def test_a_drill_is_marked_and_shows_its_own_time():
    drill = DrillClock(epoch=NOON, origin=NOON, scale=60.0)
    story = stories.school(NOON, drill=drill)
    made = page(story, 0.5)
    assert made.drill == "演练 · 时钟 ×60"
    assert made.now.text == "2026-09-08 16:00"
    (row,) = board_rows([story.told()], story.at(0.5))
    assert row.drill == made.drill
    assert row.countdown is not None
    assert row.countdown.text == "还剩 18小时00分"


def test_the_board_stands_by_remaining_time_drills_by_real_time():
    now = NOON + timedelta(hours=60)
    drill = DrillClock(epoch=now, origin=NOON, scale=3600.0)
    told_stories = [
        stories.explosion(now - timedelta(hours=4)),
        stories.school(now - timedelta(hours=1)),
        stories.school(NOON, drill=drill),
        stories.city_management(NOON, until_hours=60),
    ]
    rows = board_rows([story.told() for story in told_stories], now)
    assert [row.number for row in rows] == [
        "舆〔2026〕5号",
        "舆〔2026〕19号",
        "演〔2026〕3号",
        "舆〔2026〕20号",
    ]
    assert [row.lamp_word for row in rows] == ["超时", "超时", "绿", "绿"]
    assert rows[1].holder is not None
    assert (rows[1].obligation, rows[1].holder.deed) == ("签收", "签收")


def test_a_row_joins_one_obligation_with_its_own_holder_and_its_own_due_instant():
    for story in (
        stories.explosion(NOON),
        stories.school(NOON),
        stories.city_management(NOON, until_hours=60),
    ):
        for hours in (0.2, 1, 5, 30, 60):
            (row,) = board_rows([story.told()], story.at(hours))
            if row.due is not None:
                assert row.holder is not None
                assert (row.holder.deed, row.holder.due) == (row.obligation, row.due)


def test_a_closed_case_that_waits_for_nothing_but_its_archive_has_no_countdown():
    story = stories.city_management(NOON)
    assert story.told().closed_at is not None
    (row,) = board_rows([story.told()], story.at(400))
    assert (row.due, row.countdown, row.obligation) == (None, None, "")


def test_an_answered_incident_shows_what_is_owed_next_not_a_silent_peer():
    story = stories.tap_water(NOON)
    (row,) = board_rows([story.told()], story.at(24))
    assert row.obligation == "上报情况报告"
    assert row.holder is not None
    assert row.holder.unit == "青溪镇"


def test_the_tiles_count_what_is_real_and_drills_apart():
    standings = [
        DueLine(is_drill=False, is_overdue=True, owed_due_at=NOON - timedelta(hours=1)),
        DueLine(is_drill=False, is_overdue=False, owed_due_at=NOON - timedelta(seconds=1)),
        DueLine(is_drill=False, is_overdue=False, owed_due_at=NOON + timedelta(hours=6)),
        DueLine(is_drill=False, is_overdue=False, owed_due_at=NOON + timedelta(hours=6, seconds=1)),
        DueLine(is_drill=False, is_overdue=False, owed_due_at=None),
        DueLine(is_drill=True, is_overdue=True, owed_due_at=NOON),
    ]
    made = board_page(BoardQuery(), (), standings, NOON, None)
    assert {tile.name: tile.count for tile in made.tiles} == {
        "在办": "5",
        "回应超时": "2",
        "6小时内须回应": "1",
        "另有演练": "1",
    }
    drills = board_page(BoardQuery(drill=True), (), standings, NOON, None)
    assert {tile.name: tile.count for tile in drills.tiles}["在办演练"] == "1"


def test_a_filter_keeps_the_other_and_the_next_page_keeps_both():
    made = board_page(BoardQuery(closed=True, drill=False), (), (), NOON, "abc")
    hrefs = {choice.name: choice.href for group in made.filters for choice in group.choices}
    assert hrefs["在办"] == "/?drill=false"
    assert hrefs["演练"] == "/?closed=true&drill=true"
    assert made.next_href == "/?closed=true&drill=false&cursor=abc"
