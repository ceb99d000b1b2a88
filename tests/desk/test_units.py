"""The system administrator keeps persons and channels of units;
others read, names only where they are theirs to see.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text

from storage.acts import ActKind
from storage.registry import keep
from storage.regulations import load_law
from storage.roster import read_roster
from storage.unit_entries import persons_of
from tests.desk.administrators import administrators, recorded, sits
from tests.desk.conftest import Office
from tests.desk.seat import Seat, forms

__all__ = ["administrators"]
EXAMPLE = Path(__file__).parents[2] / "docs" / "units.example.yaml"
PERSON = {"part": "backup_monitor", "name": "庚某", "person": "sl-03", "phone": "138-0000 9876"}
CHANNEL = {"platform": "weibo", "name": "市水利局发布", "followers": "3200", "verified": "on"}


@pytest_asyncio.fixture(loop_scope="session")
async def staffed(office: Office) -> AsyncIterator[Office]:
    """The office with the example's registry, freshly."""
    await keep(office.database, read_roster(EXAMPLE, load_law("gaoan-2020", 2026)), at=datetime.now(UTC))
    yield office
    async with office.database.writing() as session:
        for table in ("unit_person", "channel"):
            await session.execute(text(f"DELETE FROM {table}"))  # noqa: S608  names of our own


async def saved(seat: Seat, path: str, typed: dict[str, str]) -> str:
    answer = await seat.fill_in(path, typed)
    assert answer.status_code == 303, answer.text
    return (await seat.open(answer.headers["location"])).text


async def test_gaps_are_named_with_what_to_do_and_go_when_they_are_filled(staffed: Office):
    seat = await sits(staffed, "system.one")
    assert "缺 B 角、缺分管负责同志" in (await seat.open("/units?gaps=1")).text
    assert "登记一名 B 角" in (await seat.open("/units/water")).text
    page = await saved(seat, "/units/water/persons/new", PERSON)
    assert "缺 B 角" not in page
    assert "庚某" in page
    page = await saved(seat, "/units/water/channels/new", CHANNEL)
    assert ("关注 3,200 人" in page, "已官方认证" in page) == (True, True)
    person, channel = [act for act in await recorded(staffed, "water") if act.author.login == "system.one"]
    assert (person.kind, channel.kind) == (ActKind.UNIT_PERSON_ADDED, ActKind.CHANNEL_ADDED)
    assert (person.after["name"], person.after["phone"]) == ("庚某", "…9876")


async def test_an_entry_is_altered_and_one_made_by_mistake_taken_out(staffed: Office):
    seat = await sits(staffed, "system.one")
    async with staffed.database.session() as session:
        first, second = await persons_of(session, "water")
    path = f"/units/water/persons/{first.position}"
    page = await saved(seat, path, {"until": "2026-02-01"})
    assert "已离任" in page
    assert "缺监测员" in page
    other = f"/units/water/persons/{second.position}"
    assert (await seat.fill_in(other, {}, f"{other}/remove")).status_code == 303
    altered, removed = (await recorded(staffed, "water"))[-2:]
    assert (altered.before, altered.after) == ({"until": "2026-12-31"}, {"until": "2026-02-01"})
    assert (removed.kind, removed.before["name"], removed.after) == (
        ActKind.UNIT_PERSON_REMOVED,
        "己某",
        {},
    )


async def test_what_somebody_changed_meanwhile_is_not_overwritten(staffed: Office):
    seat = await sits(staffed, "system.one")
    async with staffed.database.session() as session:
        (first, *_) = await persons_of(session, "qingxi")
    path = f"/units/qingxi/persons/{first.position}"
    early = forms((await seat.open(path)).text)
    await saved(seat, path, {"phone": "0000-0000009"})
    late = await seat.send(early[path], {"name": "辛某"})
    assert (late.status_code, "已被他人改动" in late.text) == (409, True)
    assert forms(late.text)[path].fields["name"] == ["辛某"]
    assert (await seat.send(early[f"{path}/remove"], {})).status_code == 409


@pytest.mark.parametrize(
    ("path", "typed", "status", "said"),
    [
        ("persons/new", {**PERSON, "part": "emperor"}, 422, "请选择身份"),
        ("persons/new", {**PERSON, "name": "", "phone": "call me"}, 422, "电话只能含"),
        ("persons/new", {**PERSON, "since": "2026-02-02", "until": "2026-02-01"}, 422, "止期早于起期"),
        ("persons/new", {**PERSON, "since": "soon"}, 422, "日期应写作"),
        ("channels/new", {**CHANNEL, "followers": "many"}, 422, "关注人数"),
        ("channels/new", {**CHANNEL, "platform": "website", "name": "市水利局网站"}, 409, "已有相同的一条"),
    ],
)
async def test_what_is_no_entry_is_told_and_what_was_typed_stays(
    staffed: Office, path: str, typed: dict[str, str], status: int, said: str
):
    seat = await sits(staffed, "system.one")
    answer = await seat.fill_in(f"/units/water/{path}", typed)
    assert (answer.status_code, said in answer.text) == (status, True)
    kept = forms(answer.text)[f"/units/water/{path}"].fields
    given = {name: [value] for name, value in typed.items() if value != "emperor"}
    assert {name: kept[name] for name in given} == given


async def test_names_and_telephones_are_for_the_unit_itself_and_the_office(staffed: Office):
    for login, sees in (
        ("town.handler", True),
        ("office.clerk", True),
        ("stranger", False),
        ("auditor", False),
    ):
        seat = await sits(staffed, login)
        pages = [(await seat.open(path)).text for path in ("/units", "/units/qingxi")]
        assert all(("甲某" in page) is sees for page in pages), login
        assert ("0000-0000001" in pages[1]) is sees
        assert "/persons/new" not in pages[1]


async def test_a_unit_that_is_not_there_is_not_found(staffed: Office):
    seat = await sits(staffed, "system.one")
    csrf = forms((await seat.open("/me")).text)["/sign-out"].fields["_csrf"]
    for path in (
        "/units/nowhere",
        "/units/nowhere/persons/new",
        "/units/water/persons/99999",
        "/units/water/persons/x",
    ):
        assert (await seat.open(path)).status_code == 404, path
    for path in ("/units/nowhere/persons/new", "/units/water/persons/x", "/units/water/persons/x/remove"):
        assert (await seat.post(path, {"_csrf": csrf})).status_code in {404, 422}, path
