"""值班表: a rota is taken in whole or not at all, and says who is on duty at an instant (DD-43)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.law.registry import DutyShift
from storage.acts import FIRST_START, acts
from storage.database import Database
from storage.regulations import load_law
from storage.roster import BadRoster, read_rota
from storage.rota import add, is_on_duty, keep, remove, shifts_from

LAW = load_law("gaoan-2020", 2026)
EXAMPLE = Path(__file__).parents[2] / "docs" / "rota.example.yaml"
AT = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def shift(begins: int, ends: int, *, person: str = "p-1", unit: str = "gov_office") -> DutyShift:
    return DutyShift(unit=unit, person=person, since=AT + begins * HOUR, until=AT + ends * HOUR)


async def standing(database: Database, unit: str = "gov_office") -> tuple[DutyShift, ...]:
    async with database.session() as session:
        return await shifts_from(session, unit, AT)


async def test_a_person_is_on_duty_from_the_first_second_until_before_the_last(database: Database):
    await keep(database, (shift(0, 8),), at=AT)
    second = timedelta(seconds=1)
    async with database.session() as session:
        for at, expected in (
            (AT - second, False),
            (AT, True),
            (AT + 8 * HOUR - second, True),
            (AT + 8 * HOUR, False),
        ):
            assert await is_on_duty(session, "gov_office", "p-1", at) is expected
        assert not await is_on_duty(session, "gov_office", "p-2", AT)
        assert not await is_on_duty(session, "qingxi", "p-1", AT)


async def test_a_file_takes_the_place_of_what_was_held_of_its_unit_and_time(database: Database):
    before, within, after = shift(0, 8), shift(24, 32), shift(48, 56)
    elsewhere = shift(24, 32, unit="qingxi")
    await keep(database, (before, within, after, elsewhere), at=AT)
    swapped = shift(24, 32, person="p-2")
    await keep(database, (swapped,), at=AT)
    assert await standing(database) == (before, swapped, after)
    assert await standing(database, "qingxi") == (elsewhere,)


async def test_taking_the_same_file_in_twice_changes_nothing(database: Database):
    example = read_rota(EXAMPLE, LAW)
    for _ in range(2):
        await keep(database, example, at=AT)
    assert await standing(database) == example


async def test_an_import_is_a_recorded_act(database: Database):
    await keep(database, (shift(0, 8), shift(24, 32)), at=AT, author=FIRST_START)
    async with database.session() as session:
        (act,) = (await acts(session, limit=5)).items
    assert (act.kind, act.subject, act.after["shifts"]) == ("rota_imported", "gov_office", "2")


async def test_the_shift_of_a_drill_comes_and_goes_and_others_stay(database: Database):
    await keep(database, (shift(0, 8),), at=AT)
    await add(database, shift(1, 2, person="drill"), at=AT)
    assert len(await standing(database)) == 2
    await remove(database, shift(1, 2, person="drill"))
    assert await standing(database) == (shift(0, 8),)


FROM, UNTIL = "'2026-12-01T17:30:00+08:00'", "'2026-12-02T08:30:00+08:00'"
PLAIN = {"unit": "gov_office", "person": "lizhi", "from": FROM, "until": UNTIL}


def written(*shifts: dict[str, str]) -> str:
    lines = ("  - {" + ", ".join(f"{key}: {value}" for key, value in one.items()) + "}" for one in shifts)
    return "shifts:\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (written(PLAIN | {"unit": "nowhere"}), 2, "nowhere"),
        (written(PLAIN | {"from": "'2026-12-01T17:30:00'"}), 2, "时区"),
        (written(PLAIN | {"from": "tomorrow"}), 2, "时区"),
        (written(PLAIN | {"until": FROM}), 2, "until"),
        (written(PLAIN | {"until": "'2026-12-09T17:30:00+08:00'"}), 2, "7 天"),
        (written(PLAIN, PLAIN), 3, "重复"),
        (written(PLAIN | {"role": "monitor"}), 2, "role"),
        ("shifts: []\n", 1, "没有班次"),
        ("rota: []\n", 1, "rota"),
        ("", None, "空"),
    ],
)
def test_a_faulty_file_is_refused_with_its_line(tmp_path: Path, text: str, line: int | None, said: str):
    file = tmp_path / "rota.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadRoster) as caught:
        read_rota(file, LAW)
    assert said in str(caught.value)
    assert caught.value.where == (str(file) if line is None else f"{file}:{line}")
