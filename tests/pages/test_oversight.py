"""What the page says of cards, corrected clocks, leaders who have yet to ask, and the review."""

from dataclasses import replace

from desk.case.view import incident_page
from domain.steps.accountability import HandOverFile
from domain.steps.amend import CorrectClockStart, Rebase
from domain.steps.appraise import DecideTolerance, ProposeCommendation, RateModel, RequestTolerance
from domain.steps.instruct import Instruct, IssueSupervision
from domain.steps.retrospect import RecordRetrospective
from domain.terms.vocabulary import WarningLevel
from storage.regulation_text import sentences
from tests.domain.cast import (
    ALICE,
    BOB,
    LAW,
    UNIT,
    assigned,
    closed,
    concluded,
    h,
    handled,
    judged,
    published,
    registered,
    reported,
    signed_for,
    step,
)
from tests.domain.given import Case, given
from words.cards import cards
from words.event_text.description import describe

TEXTS = sentences("gaoan-2020")
OBLIGATION = f"RESP48:{UNIT}:assignment-1"
GRAVE = (registered(), judged(level=WarningLevel.COMPLEX_SENSITIVE), assigned(), signed_for())
COURSE = (
    *GRAVE,
    step(h(1), ALICE, CorrectClockStart(discovered_at=h(-3), reason="监测日志")),
    step(h(46), BOB, RequestTolerance(obligation=OBLIGATION, reason="通信中断")),
    step(h(47), ALICE, DecideTolerance(obligation=OBLIGATION, granted=True, reason="属实")),
    step(h(48), ALICE, Instruct(text="立即回应", to=(UNIT,))),
    step(h(48), ALICE, IssueSupervision(unit=UNIT, demand="限期整改")),
    concluded(at=h(49)),
    published(at=h(50)),
    step(h(51), ALICE, RateModel(unit=UNIT, publication="publication-1", reason="典型")),
    step(h(51), ALICE, ProposeCommendation(unit=UNIT, persons=2, reason="主动")),
    step(
        h(52),
        ALICE,
        HandOverFile(unit=UNIT, organ="discipline", infringement="未公开", seriousness="较重", reason="移送"),
    ),
    step(h(53), BOB, RecordRetrospective(root_cause="管理", prevention="制度", evaluation="及时")),
)


def rebased(case: Case) -> Case:
    law = replace(LAW, version="v2", digest="v2")
    submission = replace(case.submission(step(h(54), ALICE, Rebase(reason="新规"))), law=law)
    case.until(h(54)).take(submission, h(54))
    return case


def facts(case: Case, at) -> dict[str, str]:
    page = incident_page(case.state, case.decisions, TEXTS, now=at, chain="c" * 64)
    return dict(page.facts)


def test_every_step_of_oversight_is_told_in_a_sentence():
    case = rebased(given(*COURSE).case)
    texts = {event.kind: describe(event, case.state) for event in case.events}
    assert texts["clock_start_corrected"].startswith("发现时间由 2026-09-07 10:00 更正为 2026-09-07 07:00")
    assert "改为 2026-09-09 07:00 到期（原 2026-09-09 10:00）" in texts["clock_start_corrected"]
    assert "未对外发声：市城市管理局" in texts["alarm_raised"]
    assert texts["tolerance_decided"].endswith("同意，免予扣分，超时记录和文书保留；理由：属实")
    assert texts["instructed"] == "致 市城市管理局：立即回应"
    assert texts["supervision_issued"] == "致 市城市管理局：限期整改"
    assert "市纪委监委" in texts["file_handed_over"]
    assert "个人 2 名" in texts["commendation_proposed"]
    assert "管理" in texts["retrospective_recorded"]
    assert "v2" in texts["rebased"]
    assert incident_page(case.state, case.decisions, TEXTS, now=h(55), chain="c" * 64).timeline


def test_a_missed_response_shows_its_card_and_its_tolerance():
    case = given(*COURSE).case
    notes = [note for item in cards(case.state, h(53), TEXTS).done for note in item.notes]
    assert "黄牌（2026-09-09 07:00起）" in notes
    assert "已获容错，免予扣分，超时记录保留" in notes


def test_the_scores_say_what_was_waived_and_what_was_earned():
    case = given(*COURSE).case
    (score,) = incident_page(case.state, case.decisions, TEXTS, now=h(53), chain="c" * 64).scores
    assert score.total == "+2"
    assert any("容错" in item for item in score.items)
    assert "回应被评为典型 +2" in score.items


def test_the_facts_name_the_correction_and_who_has_yet_to_ask():
    case = given(*COURSE[:5]).case
    shown = facts(case, h(2))
    assert shown["发现时间更正"] == "2026-09-07 10:00 改为 2026-09-07 07:00（监测日志）"
    assert shown["主要负责同志尚待过问"] == "市政府办公室、市城市管理局"
    assert shown["复盘"] == "办结后须复盘"


def test_the_review_has_its_day_after_the_close_until_it_is_done():
    done = (concluded(), published(), reported(), handled(), closed(h(240)))
    case = given(*GRAVE, *done).case
    assert facts(case, h(241))["复盘"] == "应于 2026-10-08 23:59:59 前完成"
    reviewed = step(h(250), BOB, RecordRetrospective(root_cause="管理", prevention="制度", evaluation="及时"))
    assert facts(case.give(reviewed), h(251))["复盘"] == "市城市管理局 已复盘"
