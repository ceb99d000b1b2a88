"""The registry of units over HTTP: readiness for all, names for the office and one's own people alone."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest_asyncio

from storage.registry import keep
from storage.regulations import load_law
from storage.roster import read_roster
from tests.api.office import AUDITOR, OFFICE, OUTSIDER, TOWN, System
from tests.api.problems import problem

EXAMPLE = Path(__file__).parents[2] / "docs" / "units.example.yaml"


@pytest_asyncio.fixture(loop_scope="session")
async def staffed(system: System) -> System:
    """The system with the example's registry."""
    await keep(system.database, read_roster(EXAMPLE, load_law("gaoan-2020", 2026)), at=datetime.now(UTC))
    return system


async def units(system: System, actor=OFFICE) -> dict[str, dict[str, Any]]:
    found = (await system.ask("GET", "units", actor)).json()
    return {unit["code"]: unit for unit in found["items"]}


async def test_units_say_whether_they_are_ready_and_what_they_lack(staffed: System):
    found = await units(staffed)
    assert (found["qingxi"]["ready"], found["qingxi"]["gaps"]) == (True, [])
    assert found["water"]["ready"] is False
    assert {gap["gap"] for gap in found["water"]["gaps"]} == {"backup_missing", "deputy_missing"}
    assert found["tax"]["vertical_managed"] is True
    assert found["cyber_police"]["parent"] == "public_security"


async def test_names_are_for_the_office_and_ones_own_unit(staffed: System):
    assert all("persons" in unit for unit in (await units(staffed)).values())
    own = await units(staffed, TOWN)
    assert "persons" not in own["water"]
    assert {person["name"] for person in own["qingxi"]["persons"]} == {"甲某", "乙某", "丙某", "丁某"}
    for actor in (OUTSIDER, AUDITOR):
        answer = await staffed.ask("GET", "units", actor)
        assert "甲某" not in answer.text
        assert "0000-0000001" not in answer.text


async def test_one_unit_comes_with_its_channels(staffed: System):
    found = (await staffed.ask("GET", "units/qingxi", OUTSIDER)).json()
    assert (found["name"], found["channels"][0]["name"]) == ("青溪镇", "青溪发布")
    assert "persons" not in found
    problem(await staffed.ask("GET", "units/nowhere"), 404, "not_found")
    problem(await staffed.ask("GET", "units/Nowhere!"), 422, "malformed")
    problem(await staffed.ask("GET", "units/qingxi", None), 401, "unauthenticated")


async def test_channels_are_listed_by_unit_and_status(staffed: System):
    every = (await staffed.ask("GET", "channels")).json()["items"]
    assert {item["unit"] for item in every} == {"qingxi", "water", "media_center"}
    of_one = (await staffed.ask("GET", "channels?unit=qingxi&status=active")).json()["items"]
    assert [(item["name"], item["followers"]) for item in of_one] == [("青溪发布", 12000)]
    assert (await staffed.ask("GET", "channels?status=closed")).json()["items"] == []
    problem(await staffed.ask("GET", "channels?status=asleep"), 422, "malformed")
