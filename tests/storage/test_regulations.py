"""The law is loaded from its folder: whole, once, and told apart by its digest."""

from datetime import date

import pytest

from storage.regulations import EDITION, load_law


def test_the_law_of_a_year_is_loaded_once():
    assert load_law("gaoan-2020", 2026) is load_law("gaoan-2020", 2026)


def test_the_law_knows_its_units_and_edition():
    law = load_law("gaoan-2020", 2026)
    assert law.unit("qingxi").name == "青溪镇"
    assert law.edition == EDITION
    assert {law.offices.office, law.offices.cyberspace_office} <= {unit.code for unit in law.units}
    assert len(law.digest) == 64


def test_laws_of_years_with_other_calendars_have_other_digests():
    this, later = load_law("gaoan-2020", 2026), load_law("gaoan-2020", 2099)
    assert this.digest != later.digest
    assert 2026 in this.calendar.years
    assert later.calendar.years == ()


def test_the_calendar_holds_days_of_its_own_years():
    calendar = load_law("gaoan-2020", 2026).calendar
    assert date(2026, 10, 1) in calendar.holidays
    assert {day.year for day in (*calendar.holidays, *calendar.makeup_workdays)} <= set(calendar.years)


def test_an_unknown_regulation_is_refused():
    with pytest.raises(FileNotFoundError):
        load_law("nowhere-1999", 2026)
