"""The law over HTTP: read with its clauses, changed by two persons, each case keeping its own (R007)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy import text
from temporalio.testing import WorkflowEnvironment

from audit.differences import DifferenceKind
from audit.verify import verify
from tests.api.office import (
    AUDITOR,
    CLERK,
    OFFICE,
    OUTSIDER,
    TOWN_DEPUTY,
    TOWN_LEADER,
    System,
    address,
)
from tests.api.office import system as make_system
from tests.api.problems import problem

CHANGE: dict[str, Any] = {"parameters": {"limits.h48": "PT36H"}, "reason": "提速"}


@pytest_asyncio.fixture(loop_scope="session")
async def own(temporal: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[System]:
    """A system of its own, whose law a test may change."""
    async with (
        make_system(tmp_path, address(temporal), temporal_task_queue=uuid4().hex) as made,
        await made.worker(),
    ):
        yield made


async def law(system: System) -> dict[str, Any]:
    return dict((await system.ask("GET", "law")).json())


def parameter(found: dict[str, Any], name: str) -> dict[str, Any]:
    return next(item for item in found["parameters"] if item["name"] == name)


async def proposed(system: System, actor=TOWN_DEPUTY, **changes: Any) -> int:
    answer = await system.give("law/changes", {**CHANGE, **changes}, actor)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["number"])


async def enacted(system: System, **changes: Any) -> dict[str, Any]:
    number = await proposed(system, **changes)
    answer = await system.give(f"law/changes/{number}/confirm", {}, OFFICE)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_the_law_is_shown_with_its_clauses_and_its_legal_basis(system: System):
    found = await law(system)
    assert (found["regulation"], found["edition"], len(found["digest"])) == ("gaoan-2020", 3, 64)
    limit = parameter(found, "limits.h48")
    assert (limit["value"], limit["clause"]) == ("PT48H", "三(三)#4")
    assert "48小时内予以回应" in limit["clause_text"]
    assert "国办发〔2016〕80号" in {text["doc_number"] for text in found["legal_basis"]}
    assert not {"version", "regulation", "title"} & {item["name"] for item in found["parameters"]}


async def test_the_law_is_for_callers(system: System):
    for path in ("law", "law/changes"):
        problem(await system.ask("GET", path, None), 401, "unauthenticated")
    problem(
        await system.ask("POST", "law/changes", None, json=CHANGE, headers={"Idempotency-Key": "k"}),
        401,
        "unauthenticated",
    )


async def test_a_change_by_two_persons_holds_for_new_cases_and_leaves_running_ones(own: System):
    before = await own.register()
    old = (await own.ask("GET", f"incidents/{before}")).json()
    change = await enacted(own)
    assert (change["status"], change["in_force"]) == ("confirmed", True)
    assert [change["proposed_by"]["person"], change["answer"]["by"]["person"]] == ["p-deputy", "p-office"]
    after = (await own.ask("GET", f"incidents/{await own.register()}")).json()
    kept = (await own.ask("GET", f"incidents/{before}")).json()
    assert kept["law"] == old["law"]
    assert kept["response_due_at"] == old["response_due_at"]
    assert after["law"]["version"] == f"default_v1+{change['number']}"
    assert _hours(after) == 36
    assert _hours(kept) == 48
    found = await law(own)
    assert (found["digest"], found["changes"]) == (after["law"]["digest"], [change["number"]])
    assert parameter(found, "limits.h48")["value"] == "PT36H"
    assert len(found["versions"]) == 2
    report = await verify(own.database, None)
    assert DifferenceKind.LAW not in {difference.kind for difference in report.differences}


async def test_the_standards_of_a_unit_hold_for_what_is_registered_from_then_on(own: System):
    before = await own.register()
    row = {"level": "complex_sensitive", "score": 300, "comments": 5}
    change = await enacted(own, parameters={"profiles.qingxi": {"keywords": ["停水"], "thresholds": [row]}})
    assert change["status"] == "confirmed"
    after = await own.register()
    for incident_id, level, unit in (
        (before, "general_matter", []),
        (after, "complex_sensitive", ["qingxi"]),
    ):
        counts = {"at": datetime.now(UTC).isoformat(), "comments": 5}
        await own.done(incident_id, "record_metrics", {"metrics": counts})
        found = (await own.ask("GET", f"incidents/{incident_id}")).json()["level_suggestion"]
        assert found["level"] == level
        assert [reason["unit"] for reason in found["reasons"]] == unit
    assert "default_v1" in (await law(own))["version"]


def _hours(case: dict[str, Any]) -> float:
    span = datetime.fromisoformat(case["response_due_at"]) - datetime.fromisoformat(case["discovered_at"])
    return span / timedelta(hours=1)


async def test_a_case_under_a_law_that_was_not_in_force_is_a_difference(own: System):
    await own.register()
    change = await enacted(own)
    incident_id = await own.register()
    report = await verify(own.database, None)
    assert (DifferenceKind.LAW in {item.kind for item in report.differences}, report.law) == (False, ())
    async with own.database.writing() as session:  # as if the new law had never been noted
        await session.execute(text("DROP TRIGGER law_version_no_delete"))
        await session.execute(text("DELETE FROM law_version WHERE changes != '[]'"))
        left = (await session.execute(text("SELECT changes FROM law_version"))).scalars().all()
    assert left == ["[]"]
    found = [
        item for item in (await verify(own.database, None)).differences if item.kind is DifferenceKind.LAW
    ]
    assert [item.incident_id for item in found] == [incident_id]
    assert f"default_v1+{change['number']}" in found[0].actual


async def test_a_change_for_later_waits(own: System):
    later = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    change = await enacted(own, effective_from=later)
    assert (change["status"], change["in_force"]) == ("confirmed", False)
    assert (await law(own))["changes"] == []


async def test_nobody_confirms_their_own_and_the_office_must_take_part(system: System):
    own = await proposed(system, OFFICE, parameters={"limits.h24": "PT23H"})
    told = problem(await system.give(f"law/changes/{own}/confirm", {}, OFFICE), 409, "change_self_confirmed")
    assert (told["subject"], told["clause"]) == (str(own), "序言#2")
    other = await proposed(system, TOWN_DEPUTY, parameters={"limits.h24": "PT22H"})
    problem(await system.give(f"law/changes/{other}/confirm", {}, TOWN_LEADER), 409, "change_office_missing")
    for number, actor in ((own, OUTSIDER), (other, OFFICE)):
        answer = await system.give(f"law/changes/{number}/decline", {"reason": "不必"}, actor)
        assert answer.json()["status"] == "declined"
        problem(await system.give(f"law/changes/{number}/confirm", {}, OFFICE), 409, "change_settled")
    assert parameter(await law(system), "limits.h24")["value"] == "PT24H"


async def test_a_change_is_declined_by_those_who_may_confirm_it_and_taken_back_by_who_proposed_it(
    system: System,
):
    number = await proposed(system, TOWN_DEPUTY, parameters={"limits.h24": "PT21H"})
    for actor in (OUTSIDER, TOWN_LEADER):
        told = await system.give(f"law/changes/{number}/decline", {"reason": "不必"}, actor)
        problem(told, 409, "change_office_missing")
    answer = await system.give(f"law/changes/{number}/decline", {"reason": "不必"}, TOWN_DEPUTY)
    assert answer.json()["status"] == "declined"


@pytest.mark.parametrize("actor", [CLERK, AUDITOR])
async def test_who_leads_nothing_neither_proposes_nor_answers(system: System, actor):
    problem(await system.give("law/changes", CHANGE, actor), 403, "role_not_allowed")
    number = await proposed(system)
    for verb in ("confirm", "decline"):
        answer = await system.give(f"law/changes/{number}/{verb}", {"reason": "x"}, actor)
        problem(answer, 403, "role_not_allowed")


@pytest.mark.parametrize(
    ("content", "code", "subject"),
    [
        ({"parameters": {"limits.h48": "PT0S"}}, "change_value_wrong", "limits.h48"),
        ({"parameters": {"limits.h36": "PT1H"}}, "change_parameter_unknown", "limits.h36"),
        ({"parameters": {}}, "missing_part", "parameters"),
        ({"reason": "  "}, "reason_missing", "reason"),
        (
            {"parameters": {"profiles.qingxi": {"keywords": []}, "profiles.nobody": {"scope": "x"}}},
            "unknown_unit",
            "nobody",
        ),
        (
            {"parameters": {"profiles.qingxi": {"thresholds": [{}]}}},
            "change_value_wrong",
            "profiles.qingxi.thresholds",
        ),
    ],
)
async def test_what_makes_no_sense_is_refused_with_what_to_do(system: System, content, code, subject):
    told = problem(await system.give("law/changes", {**CHANGE, **content}, TOWN_DEPUTY), 409, code)
    assert told["subject"] == subject


@pytest.mark.parametrize(
    "content",
    [
        {"parameters": ["limits.h48"], "reason": "x"},
        {"reason": "x"},
        {**CHANGE, "number": 3},
        {**CHANGE, "effective_from": "2026-10-01T00:00:00"},
        {**CHANGE, "effective_from": "tomorrow"},
        {**CHANGE, "reason": "a\u202eb"},
    ],
)
async def test_what_cannot_be_read_is_malformed(system: System, content):
    problem(await system.give("law/changes", content, OFFICE), 422, "malformed")


async def test_the_same_key_gives_the_same_answer_and_another_content_is_told(system: System):
    first = await system.give("law/changes", CHANGE, TOWN_DEPUTY, key="same")
    again = await system.give("law/changes", CHANGE, TOWN_DEPUTY, key="same")
    assert (first.status_code, again.json()) == (201, first.json())
    other = {**CHANGE, "reason": "另一理由"}
    problem(await system.give("law/changes", other, TOWN_DEPUTY, key="same"), 422, "key_reused")
    number = first.json()["number"]
    told = [
        await system.give(f"law/changes/{number}/decline", {"reason": "不必"}, OFFICE, key="no")
        for _ in range(2)
    ]
    assert told[0].json() == told[1].json()
    without = await system.ask("POST", "law/changes", OFFICE, json=CHANGE)
    problem(without, 400, "key_missing")


async def test_an_unknown_number_is_not_found(system: System):
    problem(await system.give("law/changes/999999/confirm", {}, OFFICE), 404, "not_found")


async def test_every_change_is_listed_the_newest_first(system: System):
    numbers = [await proposed(system) for _ in range(2)]
    items = (await system.ask("GET", "law/changes")).json()["items"]
    assert [item["number"] for item in items][:2] == numbers[::-1]
    assert items[0]["status"] == "proposed"


async def test_a_setting_puts_another_regulation_in_force(temporal: WorkflowEnvironment, tmp_path: Path):
    settings = {"regulation": "state-council-2016", "temporal_task_queue": uuid4().hex}
    async with make_system(tmp_path, address(temporal), **settings) as other:
        async with await other.worker():
            occurred = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
            incident_id = await other.register(occurred_at=occurred)
            obligations = (await other.ask("GET", f"incidents/{incident_id}/obligations")).json()["items"]
            refused = await other.give(f"incidents/{incident_id}/assign", {"first": ["qingxi"]})
        assert (await law(other))["regulation"] == "state-council-2016"
    assert obligations[0]["clause"] == "61号#2"
    assert obligations[0]["clause_text"].startswith("（要旨，非原文）")
    assert obligations[0]["computed"]["base"] == "occurred_at"
    assert "三(" not in refused.text
