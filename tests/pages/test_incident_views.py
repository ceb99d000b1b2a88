"""How each limit came about, each unit's row, the head and the filter of the timeline,
as pure views of told stories.
"""

from datetime import timedelta

from desk.case.headline import headline
from desk.case.how_computed import how_computed
from desk.case.timeline_filter import PEOPLE, SYSTEM, TimelineQuery, filtered
from desk.case.unit_strip import unit_rows
from desk.case.view import IncidentPage, incident_page
from domain.steps.amend import CorrectClockStart
from domain.steps.judge import Rejudge
from domain.terms.vocabulary import EmergencyGrade, ObligationKind, WarningLevel
from storage.regulation_text import sentences
from tests.pages import stories
from tests.pages.stories import NOON
from tests.pages.telling import OFFICE, Story
from words.lamps import Lamp

TEXTS = sentences("gaoan-2020")


def page(story: Story, hours: float) -> IncidentPage:
    return incident_page(story.told(), story.decisions, TEXTS, now=story.at(hours), chain="c" * 64)


def obligation_id(story: Story, kind: ObligationKind) -> str:
    return next(obligation.id for obligation in reversed(story.told().obligations) if obligation.kind is kind)


def test_each_part_of_a_limit_is_told():
    story = stories.city_management(NOON, until_hours=60)
    made = dict(
        how_computed(story.told(), story.decisions, story.at(60))[
            obligation_id(story, ObligationKind.RESP48)
        ].parts
    )
    assert made["起算"] == "发现时间 2026-09-07 10:00"
    assert made["时限"] == "48小时"
    assert made["到期时刻"] == "2026-09-09 10:00"
    assert "12小时" in made["补录"]
    assert "跳过的日子" not in made


def test_a_limit_in_working_days_names_the_days_off():
    story = stories.city_management(NOON, until_hours=60)
    made = dict(
        how_computed(story.told(), story.decisions, story.at(60))[
            obligation_id(story, ObligationKind.RECTIFY)
        ].parts
    )
    assert made["时限"] == "3个工作日"
    assert made["跳过的日子"] == "2026-09-12 2026-09-13"


def test_a_limit_moved_by_a_correction_keeps_the_former_one_and_is_measured_against_both():
    story = stories.city_management(NOON, until_hours=2)
    corrects = CorrectClockStart(discovered_at=NOON - timedelta(hours=1), reason="截图时间更早")
    story.does(3, OFFICE, corrects)
    how = how_computed(story.told(), story.decisions, story.at(4))[
        obligation_id(story, ObligationKind.RESP48)
    ]
    (change,) = how.changes
    assert (change.former.text, change.due.text) == ("2026-09-09 10:00", "2026-09-09 09:00")
    assert "截图时间更早" in change.why
    assert how.standing == ("按原时限：还剩 44小时00分", "按现时限：还剩 43小时00分")


def test_a_limit_after_a_rise_keeps_that_of_the_former_class():
    story = stories.city_management(NOON, until_hours=2)
    rises = Rejudge(
        level=WarningLevel.MAJOR_SITUATION,
        emergency_grade=EmergencyGrade.MAJOR,
        reason="出现伤亡",
    )
    story.does(30, OFFICE, rises)
    how = how_computed(story.told(), story.decisions, story.at(36))[
        obligation_id(story, ObligationKind.PUB24)
    ]
    (change,) = how.changes
    assert (change.former.text, change.due.text) == ("2026-09-09 10:00", "2026-09-08 21:00")
    assert how.standing == ("按原时限：还剩 12小时00分", "按现时限：已超时 1小时00分")


def test_a_limit_that_never_moved_has_nothing_to_compare():
    story = stories.tap_water(NOON)
    assert not any(
        how.changes or how.standing
        for how in how_computed(story.told(), story.decisions, story.at(24)).values()
    )


def test_a_row_of_a_unit_tells_what_it_did_late_and_what_it_owes():
    story = stories.city_management(NOON, until_hours=60)
    (row,) = unit_rows(story.told(), story.at(60))
    assert (row.unit, row.part, row.score) == ("市城市管理局", "第一责任主体", "-3.5")
    assert (row.signed.done.text, row.signed.is_late) == ("2026-09-07 11:00", True)
    assert (row.answered.done, row.answered.is_late) == (None, True)
    assert (row.verified.done, row.verified.due) == (None, None)
    assert [(item.deed, item.lamp) for item in row.owed] == [
        ("48小时内予以回应", Lamp.OVERDUE),
        ("提交整改报告", Lamp.GREEN),
    ]


def test_the_head_names_the_nearest_limit_and_who_holds_the_ball():
    story = stories.city_management(NOON, until_hours=60)
    made = headline(story.told(), story.at(60))
    assert made.row.countdown.text == "已超时 12小时00分"
    assert made.row.lamp is Lamp.OVERDUE
    assert [item.unit for item in made.first] == ["市城市管理局"]
    assert [item.deed for item in made.others] == ["提交整改报告"]


def test_a_filter_keeps_what_followed_a_step_that_it_leaves_out():
    entries = page(stories.city_management(NOON), 400).timeline
    people = filtered(entries, TimelineQuery(who=PEOPLE), "/x")
    system = filtered(entries, TimelineQuery(who=SYSTEM), "/x")
    assert all(not entry.is_automatic and not entry.follows for entry in people.entries)
    assert all(entry.is_automatic for entry in system.entries)
    assert {entry.number for entry in people.entries} == set(system.hidden)
    numbers = [entry.number for entry in system.entries]
    assert numbers == sorted(numbers, reverse=True)
    assert filtered(entries, TimelineQuery(), "/x").entries == entries


def test_every_event_belongs_to_a_kind_of_step():
    for tell in (stories.city_management, stories.tap_water, stories.explosion):
        for entry in page(tell(NOON), 400).timeline:
            assert all(item.step for item in (entry, *entry.follows))


def test_the_filters_keep_one_another():
    entries = page(stories.city_management(NOON), 400).timeline
    asked = TimelineQuery(who=PEOPLE, unit="urban_management")
    groups = {group.name: group.choices for group in filtered(entries, asked, "/x").filters}
    assert "/x?who=people&step=assigning&unit=urban_management#h-timeline" in {
        choice.href for choice in groups["哪类步骤"]
    }
    assert [choice.name for choice in groups["谁办的"] if choice.is_chosen] == ["人工"]


def test_timing_measure_and_effect_are_told_on_the_page():
    timing, measure, effect = page(stories.city_management(NOON), 400).indicators
    assert timing.lines[0] == "发现 2026-09-07 10:00"
    assert timing.lines[1] == "收集 2026-09-07 10:06：距发现 6分00秒，距上一环节 6分00秒"
    assert timing.lines[-2] == "首帖后 18分00秒 发现"
    assert timing.lines[-1].startswith("首次发声：发现后 ")
    assert measure.lines[0] == "预警等级：社会热点问题"
    assert measure.lines[1].startswith("已公布的形式：")
    assert measure.lines[-2].startswith("走势：")
    assert measure.lines[-1] in {
        f"阶段：{name}（按最近一次数据）" for name in ("潜伏", "形成", "爆发", "消退")
    }
    assert effect.lines[0].startswith("覆盖率：")
    assert effect.lines[1].startswith("到达率：")
    assert effect.lines[2].startswith("回应后热度：")
