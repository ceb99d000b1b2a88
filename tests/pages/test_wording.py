"""How instants, spans and remaining time read."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.terms.drill import DrillClock
from tests.pages.stories import NOON
from words.language import Language, speak
from words.wording import absolute, countdown, duration, limit_span, limit_words, moment, remaining

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0秒"),
        (59, "59秒"),
        (60, "1分00秒"),
        (12 * 60 + 8, "12分08秒"),
        (3599, "59分59秒"),
        (3600, "1小时00分"),
        (5 * 3600 + 12 * 60 + 59, "5小时12分"),
        (48 * 3600, "48小时00分"),
        (72 * 3600 - 1, "71小时59分"),
        (72 * 3600, "3天00小时"),
        (80 * 3600, "3天08小时"),
    ],
)
def test_a_span_is_told_by_its_two_largest_units(seconds: int, text: str):
    assert duration(timedelta(seconds=seconds)) == text


def test_the_due_second_itself_is_still_in_time():
    assert remaining(NOON, NOON) == "还剩 0秒"
    assert remaining(NOON, NOON + SECOND) == "已超时 1秒"
    assert remaining(NOON, NOON - timedelta(hours=5, minutes=12)) == "还剩 5小时12分"


def test_lists_show_gaoan_time_with_seconds_only_where_there_are_any():
    assert absolute(datetime(2026, 9, 9, 2, 0, tzinfo=UTC)) == "2026-09-09 10:00"
    assert absolute(datetime(2026, 9, 14, 15, 59, 59, tzinfo=UTC)) == "2026-09-14 23:59:59"


def test_machines_read_the_same_instant_with_its_zone():
    assert moment(NOON).iso == "2026-09-07T10:00:00+08:00"


def test_a_drill_counts_down_on_its_own_clock_towards_a_real_instant():
    drill = DrillClock(epoch=NOON, origin=NOON, scale=3600.0)
    made = countdown(NOON + timedelta(hours=48), NOON + timedelta(hours=24), drill)
    assert made.text == "还剩 24小时00分"
    assert datetime.fromisoformat(made.due_iso) == NOON + timedelta(seconds=48)
    assert made.scale == 3600.0


@pytest.mark.parametrize(
    ("limit", "words"),
    [("PT48H", "48小时"), ("PT30M", "30分钟"), ("PT90S", "90秒"), ("3 workdays", "3个工作日")],
)
def test_limits_are_told_in_words(limit: str, words: str):
    assert limit_words(limit) == words


def test_a_limit_reads_as_its_span():
    assert [limit_span(limit) for limit in ("PT48H", "PT30M", "PT90S")] == [
        timedelta(hours=48),
        timedelta(minutes=30),
        timedelta(seconds=90),
    ]


def test_english_tells_the_same_in_its_own_units():
    speak(Language.ENGLISH)
    try:
        assert duration(timedelta(hours=41, minutes=5)) == "41 h 05 min"
        assert duration(timedelta(hours=80)) == "3 d 08 h"
        assert remaining(NOON, NOON) == "0 s left"
        assert remaining(NOON, NOON + timedelta(hours=3, minutes=5)) == "3 h 05 min overdue"
        assert [limit_words(limit) for limit in ("PT48H", "1 workdays", "3 workdays")] == [
            "48 h",
            "1 working day",
            "3 working days",
        ]
    finally:
        speak(Language.CHINESE)
