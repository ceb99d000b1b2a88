"""The registry of units is taken in whole or not at all, and replaced unit by unit (R301, R120)."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from domain.law.registry import Channel, Part, UnitPerson
from domain.terms.vocabulary import Platform
from storage.database import Database
from storage.registry import Roster, channels, keep, persons
from storage.regulations import load_law
from storage.roster import BadRoster, read_roster

LAW = load_law("gaoan-2020", 2026)
EXAMPLE = Path(__file__).parents[2] / "docs" / "units.example.yaml"
AT = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)


def person(unit: str, name: str = "p-1") -> UnitPerson:
    return UnitPerson(unit=unit, part=Part.MONITOR, person=name, name="甲某", since=date(2026, 1, 1))


def roster(*people: UnitPerson, spoken: tuple[Channel, ...] = ()) -> Roster:
    units = tuple(dict.fromkeys([*(one.unit for one in people), *(one.unit for one in spoken)]))
    return Roster(units=units, persons=people, channels=spoken)


async def held(database: Database) -> tuple[tuple[UnitPerson, ...], tuple[Channel, ...]]:
    async with database.session() as session:
        return await persons(session), await channels(session)


async def test_what_is_kept_comes_back(database: Database):
    example = read_roster(EXAMPLE, LAW)
    await keep(database, example, at=AT)
    assert await held(database) == (example.persons, example.channels)


async def test_a_unit_of_the_file_gets_its_entries_in_place_of_the_old_and_others_stay(database: Database):
    await keep(database, roster(person("qingxi"), person("water")), at=AT)
    await keep(database, roster(person("qingxi", "p-2")), at=AT)
    found, _ = await held(database)
    assert {(one.unit, one.person) for one in found} == {("water", "p-1"), ("qingxi", "p-2")}


async def test_taking_the_same_file_in_twice_changes_nothing(database: Database):
    example = read_roster(EXAMPLE, LAW)
    for _ in range(2):
        await keep(database, example, at=AT)
    assert (await held(database))[0] == example.persons


async def test_nothing_is_half_imported(database: Database):
    await keep(database, roster(person("qingxi")), at=AT)
    same = Channel(unit="qingxi", platform=Platform.WECHAT, name="青溪发布")
    with pytest.raises(IntegrityError):
        await keep(database, roster(person("qingxi", "p-2"), spoken=(same, same)), at=AT)
    found, spoken = await held(database)
    assert ([one.person for one in found], spoken) == (["p-1"], ())


GOOD = "persons:\n  - {unit: qingxi, role: monitor, person: p-1, name: 甲某}\n"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", None, "空"),
        ("persons: [", 1, "YAML"),
        ("people: []\n", 1, "people"),
        ("persons: x\n", 1, "列表"),
        (GOOD + "  - 3\n", 3, "键和值"),
        (GOOD + "  - {unit: nowhere, role: monitor, person: p, name: n}\n", 3, "nowhere"),
        (GOOD + "  - {unit: water, role: emperor, person: p, name: n}\n", 3, "emperor"),
        (GOOD + "  - {unit: water, role: monitor, person: p}\n", 3, "name"),
        (GOOD + "  - {unit: water, role: monitor, person: p, name: n, age: 3}\n", 3, "age"),
        (GOOD + "  - {unit: water, role: monitor, person: p, name: n, from: 2026-13-01}\n", 3, "日期"),
        (
            GOOD
            + "  - {unit: water, role: monitor, person: p, name: n, from: 2026-02-01, until: 2026-01-01}\n",
            3,
            "until",
        ),
        (GOOD + "  - {unit: water, role: monitor, person: '', name: n}\n", 3, "一行文字"),
        (GOOD + "  - {unit: water, unit: water, role: monitor, person: p, name: n}\n", 3, "两次"),
        (GOOD + "  - {unit: qingxi, role: monitor, person: p-1, name: 甲某}\n", 3, "重复"),
        (GOOD + "channels:\n  - {unit: qingxi, platform: smoke, name: n}\n", 4, "smoke"),
        (GOOD + "channels:\n  - {unit: qingxi, platform: wechat, name: n, followers: -1}\n", 4, "整数"),
        (GOOD + "channels:\n  - {unit: qingxi, platform: wechat, name: n, followers: many}\n", 4, "整数"),
        (GOOD + "channels:\n  - {unit: qingxi, platform: wechat, name: n, status: asleep}\n", 4, "asleep"),
        (
            GOOD
            + (
                "channels:\n  - {unit: qingxi, platform: wechat, name: n}\n  - {unit: qingxi, platform:"
                " wechat, name: n, followers: 3}\n"
            ),
            5,
            "重复",
        ),
    ],
)
def test_a_faulty_file_is_refused_with_its_line_in_two_languages(
    tmp_path: Path, text: str, line: int | None, said: str
):
    file = tmp_path / "units.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadRoster) as caught:
        read_roster(file, LAW)
    assert caught.value.where == (f"{file}:{line}" if line else str(file))
    assert said in caught.value.zh + caught.value.en
    assert caught.value.en.isascii()


def test_a_file_that_is_not_there_is_said(tmp_path: Path):
    with pytest.raises(BadRoster, match=r"none\.yaml"):
        read_roster(tmp_path / "none.yaml", LAW)


def test_the_example_speaks_of_units_of_the_law():
    assert set(read_roster(EXAMPLE, LAW).units) == {"qingxi", "water", "media_center"}
