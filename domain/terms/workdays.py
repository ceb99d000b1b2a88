"""Working days of the office calendar, with holidays and make-up working days (DD-28, DD-39)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")  # for people alone: limits run in natural hours (DD-04)
_SATURDAY = 5
_LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfYear:
    """A day of every year."""

    month: int
    day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendar:
    """Days that differ from Monday to Friday, for the years that the State Council has announced.

    `years` are the years covered; `holidays` are weekdays off; `makeup_workdays` (调休) are weekend days
    worked. `fixed_days` are holidays by law in every year, which hold where a year is not announced yet; laws
    of cases from before the third edition have none.
    """

    years: tuple[int, ...] = ()
    holidays: tuple[date, ...] = ()
    makeup_workdays: tuple[date, ...] = ()
    fixed_days: tuple[DayOfYear, ...] = ()

    def joined(self, later: "WorkCalendar") -> "WorkCalendar":
        """The years of both, in their order; where both have one, it is as the later says (DD-39).

        The fixed days stay: they belong to the law and not to a year,
        and one from before the third edition has none.
        """
        own = [year for year in self.years if year not in later.years]
        holidays = (*(day for day in self.holidays if day.year in own), *later.holidays)
        worked = (*(day for day in self.makeup_workdays if day.year in own), *later.makeup_workdays)
        return WorkCalendar(
            years=tuple(sorted({*own, *later.years})),
            holidays=tuple(sorted(holidays)),
            makeup_workdays=tuple(sorted(worked)),
            fixed_days=self.fixed_days,
        )

    def is_workday(self, day: date) -> bool:
        """Whether the office works that day; a year without data falls back to Monday to Friday without
        the fixed days.
        """
        if day in self.makeup_workdays:
            return True
        if day.year not in self.years and DayOfYear(month=day.month, day=day.day) in self.fixed_days:
            return False
        return day.weekday() < _SATURDAY and day not in self.holidays

    def end_of_workday_after(self, instant: datetime, workdays: int) -> tuple[datetime, tuple[int, ...]]:
        """The last second of the given working day after the day of `instant`,
        and the years that lacked data.

        1. The day of `instant` in Asia/Shanghai is not counted.
        2. Working days are counted until `workdays` are reached.
        3. The result is 23:59:59 of that day, Asia/Shanghai.
        """
        day = instant.astimezone(SHANGHAI).date()
        counted = 0
        missing: set[int] = set()
        while counted < workdays:
            day += timedelta(days=1)
            if day.year not in self.years:
                missing.add(day.year)
            counted += self.is_workday(day)
        return datetime.combine(day, _LAST_SECOND, SHANGHAI), tuple(sorted(missing))
