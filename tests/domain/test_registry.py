"""名录: a unit is ready with two monitors and both leaders in office on the day (R301, R401)."""

from dataclasses import replace
from datetime import date

import pytest

from domain.law.registry import (
    Channel,
    ChannelStatus,
    Gap,
    Part,
    UnitPerson,
    UnitReadiness,
    standings,
)
from domain.law.regulation import UnitKind
from domain.terms.roles import Role
from domain.terms.vocabulary import Platform
from tests.domain.cast import LAW, SUPERIOR, TOWN, UNIT

DAY = date(2026, 9, 7)


def person(part: Part, name: str = "", unit: str = TOWN) -> UnitPerson:
    return UnitPerson(unit=unit, part=part, person=name or part.value, name="某", since=date(2026, 1, 1))


WECHAT = Channel(unit=TOWN, platform=Platform.WECHAT, name="青溪发布")
WHOLE = tuple(person(part) for part in Part)


def standing(persons=WHOLE, channels=(WECHAT,), unit: str = TOWN, day: date = DAY) -> UnitReadiness:
    return next(one for one in standings(LAW, persons, channels, day) if one.unit.code == unit)


def test_a_unit_with_all_its_people_and_a_channel_lacks_nothing():
    assert standing().gaps == ()
    assert standing().is_ready


@pytest.mark.parametrize(
    ("part", "gap"),
    [
        (Part.MONITOR, Gap.MONITOR_MISSING),
        (Part.BACKUP_MONITOR, Gap.BACKUP_MISSING),
        (Part.PRINCIPAL_LEADER, Gap.PRINCIPAL_MISSING),
        (Part.DEPUTY_LEADER, Gap.DEPUTY_MISSING),
    ],
)
def test_each_missing_part_is_a_gap_that_keeps_a_unit_from_being_ready(part: Part, gap: Gap):
    found = standing([one for one in WHOLE if one.part is not part])
    assert found.gaps == (gap,)
    assert not found.is_ready


def test_a_spokesperson_is_not_asked_for():
    assert standing([one for one in WHOLE if one.part is not Part.SPOKESPERSON]).is_ready


def test_one_person_cannot_be_both_monitors():
    twice = [*WHOLE[2:], person(Part.MONITOR, "same"), person(Part.BACKUP_MONITOR, "same")]
    assert standing(twice).gaps == (Gap.SAME_PERSON_TWICE,)
    assert not standing(twice).is_ready
    assert standing([*twice, person(Part.BACKUP_MONITOR, "other")]).is_ready


@pytest.mark.parametrize("status", [ChannelStatus.SUSPENDED, ChannelStatus.CLOSED])
def test_a_channel_out_of_use_is_none_yet_keeps_nobody_from_being_ready(status: ChannelStatus):
    found = standing(channels=(replace(WECHAT, status=status),))
    assert (found.gaps, found.is_ready) == ((Gap.CHANNEL_MISSING,), True)


@pytest.mark.parametrize(
    ("day", "serves"),
    [
        (date(2026, 1, 31), False),
        (date(2026, 2, 1), True),
        (date(2026, 2, 28), True),
        (date(2026, 3, 1), False),
    ],
)
def test_a_person_serves_from_the_first_day_to_the_last(day: date, serves: bool):  # noqa: FBT001  a column of the table above
    month = replace(person(Part.MONITOR), since=date(2026, 2, 1), until=date(2026, 2, 28))
    assert month.serves(day) is serves
    others = [one for one in WHOLE if one.part is not Part.MONITOR]
    assert standing([*others, month], day=day).is_ready is serves


def test_people_of_another_unit_do_not_count():
    assert len(standing(unit=UNIT).gaps) == 5


def test_superior_organs_are_not_asked():
    assert LAW.unit(SUPERIOR).type is UnitKind.SUPERIOR_ORGAN
    assert standing((), (), unit=SUPERIOR).gaps == ()


def test_a_backup_acts_as_monitor():
    assert {part: part.role for part in Part}[Part.BACKUP_MONITOR] is Role.MONITOR


def test_vertical_management_and_parents_are_data_of_the_law():
    assert LAW.unit("tax").vertical_managed
    assert not LAW.unit(UNIT).vertical_managed
    assert all(LAW.knows(unit.parent) for unit in LAW.units if unit.parent)
    assert LAW.unit("cyber_police").parent == "public_security"
