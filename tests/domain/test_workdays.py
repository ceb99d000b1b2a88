"""工作日: holidays, make-up days, the day of the signature, and years without a calendar (DD-28)."""

from datetime import UTC, date, datetime

import pytest

from domain.terms.copies import changed
from domain.terms.workdays import SHANGHAI, WorkCalendar
from tests.domain.cast import LAW, on

CALENDAR = LAW.calendar


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 9, 7), True),  # Monday
        (date(2026, 9, 12), False),  # Saturday
        (date(2026, 9, 20), True),  # Sunday, made up
        (date(2026, 9, 25), False),  # Mid-Autumn, a Friday
        (date(2026, 10, 1), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # Saturday, made up
        (date(2026, 10, 11), False),
        (date(2026, 2, 14), True),  # Saturday, made up
        (date(2027, 1, 1), False),  # no calendar: a Friday, but a holiday in every year
        (date(2027, 1, 4), True),  # no calendar: a Monday
        (date(2027, 5, 3), True),  # no calendar: a Monday after the two fixed days
        (date(2027, 10, 1), False),
        (date(2027, 10, 4), True),
    ],
)
def test_a_day_is_worked_by_the_calendar_else_by_its_weekday(day, worked):
    assert CALENDAR.is_workday(day) is worked


@pytest.mark.parametrize(
    ("signed_at", "days", "end", "missing"),
    [
        (on("09-09", "10:20"), 3, on("09-14", "23:59:59"), ()),
        (on("09-12", "08:00"), 1, on("09-14", "23:59:59"), ()),
        (on("09-18", "08:00"), 3, on("09-22", "23:59:59"), ()),  # Sunday the 20th counts
        (on("09-30", "08:00"), 1, on("10-08", "23:59:59"), ()),
        (on("12-31", "08:00"), 1, on("01-04", "23:59:59", 2027), (2027,)),
        (on("12-29", "08:00"), 3, on("01-04", "23:59:59", 2027), (2027,)),
        (on("12-30", "10:00"), 3, on("01-05", "23:59:59", 2027), (2027,)),
        (on("12-28", "08:00"), 3, on("12-31", "23:59:59"), ()),
    ],
)
def test_the_limit_ends_with_the_last_second_of_its_working_day(signed_at, days, end, missing):
    assert CALENDAR.end_of_workday_after(signed_at, days) == (end, missing)


def test_the_day_is_that_of_shanghai_whatever_the_zone():
    late = datetime(2026, 9, 8, 16, 30, tzinfo=UTC)  # 00:30 on the 9th in Shanghai
    end, _ = CALENDAR.end_of_workday_after(late, 1)
    assert end == datetime(2026, 9, 10, 23, 59, 59, tzinfo=SHANGHAI)


def test_two_missing_years_are_both_told():
    _, missing = WorkCalendar().end_of_workday_after(on("12-30"), 5)
    assert missing == (2026, 2027)


def test_a_leap_day_is_a_day():
    end, _ = WorkCalendar(years=(2028,)).end_of_workday_after(on("02-28", year=2028), 1)
    assert end == on("02-29", "23:59:59", 2028)


def test_a_law_from_before_knows_weekdays_alone():
    before = changed(CALENDAR, fixed_days=())
    assert before.end_of_workday_after(on("12-30", "10:00"), 3)[0] == on("01-04", "23:59:59", 2027)


def test_an_announced_year_is_told_by_its_calendar_alone():
    assert WorkCalendar(years=(2027,), fixed_days=CALENDAR.fixed_days).is_workday(date(2027, 1, 1))
