"""Lists in pages, a case as it stands and once stood, its events, obligations, and what an office sees."""

import asyncio
from typing import Any
from urllib.parse import quote

import pytest

from domain.catalogue import COMMANDS
from domain.next_steps import next_commands
from domain.open_steps import open_to
from storage.snapshots import snapshot
from tests.api.office import (
    AUDITOR,
    CLERK,
    JUDGEMENT,
    OFFICE,
    OUTSIDER,
    TOWN,
    TOWN_LEADER,
    System,
    ago,
)
from tests.api.problems import problem


def next_page(link: str) -> str | None:
    """The address that Link names as the next page."""
    found = [part for part in link.split(", ") if part.endswith('rel="next"')]
    return found[0].partition(">")[0].lstrip("<") if found else None


async def walked(system: System, path: str, actor: Any = OFFICE) -> list[dict[str, Any]]:
    """All items of a list, page by page."""
    items: list[dict[str, Any]] = []
    at: str | None = f"/api/v1/{path}"
    while at is not None:
        answer = await system.ask("GET", at, actor)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        at = next_page(answer.headers["Link"])
    return items


async def test_a_list_is_walked_to_its_end_without_loss_or_repetition(system: System):
    made = [await system.register(title=f"走查之{number}") for number in range(5)]
    items = await walked(system, f"incidents?text={quote('走查之')}&limit=2")
    assert [item["incident_id"] for item in items] == made[::-1]


async def test_a_list_names_its_first_page_with_the_same_filters(system: System):
    answer = await system.ask("GET", "incidents?stage=registered&limit=1")
    assert answer.headers["Link"].startswith('</api/v1/incidents?stage=registered&limit=1>; rel="first"')


@pytest.mark.parametrize("cursor", ["x", "!", "WyJuZXdlc3QiLCAiYSJd", "W10", "a" * 300])
async def test_a_cursor_that_no_list_gave_out_is_refused(system: System, cursor: str):
    for path in ("incidents", "obligations", "inbox"):
        told = problem(await system.ask("GET", f"{path}?cursor={quote(cursor)}"), 422, "malformed")
        assert told["errors"][0]["pointer"] == "/query/cursor"


async def test_filters_let_through_what_they_name(system: System):
    incident_id = await system.assigned(title="过滤样本")
    found = await walked(system, "incidents?stage=assigned&level=general_matter&unit=qingxi&closed=false")
    assert incident_id in {item["incident_id"] for item in found}
    assert {item["stage"] for item in found} == {"assigned"}
    own = f"incidents?text={quote('过滤样本')}"
    assert await walked(system, f"{own}&stage=closed") == []
    assert len(await walked(system, f"{own}&key=false&reached=judged&lacks=responded")) == 1
    for other in ("key=true", "category=moral_bottom_line", "reached=responded", "lacks=judged"):
        assert await walked(system, f"{own}&{other}") == []


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("stage=asleep", "/query/stage"),
        ("limit=0", "/query/limit"),
        ("limit=many", "/query/limit"),
        ("colour=red", "/query/colour"),
        ("unit=A%00", "/query/unit"),
        ("text=%00", "/query/text"),
        ("text=" + "x" * 101, "/query/text"),
        ("overdue=perhaps", "/query/overdue"),
        ("reached=asleep", "/query/reached"),
        ("key=perhaps", "/query/key"),
    ],
)
async def test_a_filter_that_means_nothing_is_refused(system: System, query: str, place: str):
    told = problem(await system.ask("GET", f"incidents?{query}"), 422, "malformed")
    assert [error["pointer"] for error in told["errors"]] == [place]


async def test_each_caller_sees_the_incidents_of_the_own_unit(system: System):
    incident_id = await system.register(title="可见样本")
    path = f"incidents?text={quote('可见样本')}"
    assert [item["incident_id"] for item in await walked(system, path, AUDITOR)] == [incident_id]
    assert [item["incident_id"] for item in await walked(system, path, TOWN)] == [incident_id]
    assert await walked(system, path, OUTSIDER) == []
    for part in ("", "/events", "/obligations", "/permitted", "/history"):
        problem(await system.ask("GET", f"incidents/{incident_id}{part}", OUTSIDER), 404, "not_found")
        assert (await system.ask("GET", f"incidents/{incident_id}{part}", AUDITOR)).status_code == 200
    obligations = await walked(system, "obligations?limit=200", OUTSIDER)
    assert incident_id not in {obligation["incident_id"] for obligation in obligations}


@pytest.mark.parametrize(
    "incident_id", ["inc-0", "inc-" + "0" * 24, "..%2f..", "%00", "inc-%F0%9F%98%80", "x" * 3000]
)
async def test_an_unknown_incident_is_not_found(system: System, incident_id: str):
    problem(await system.ask("GET", f"incidents/{incident_id}"), 404, "not_found")
    problem(await system.give(f"incidents/{incident_id}/judge", JUDGEMENT), 404, "not_found")


async def test_a_case_is_shown_as_it_stood_after_an_event_or_at_an_instant(system: System):
    incident_id = await system.register()
    opened = (await system.ask("GET", f"incidents/{incident_id}")).json()
    await asyncio.sleep(1.1)
    await system.done(incident_id, "judge", JUDGEMENT)
    now = (await system.ask("GET", f"incidents/{incident_id}")).json()
    assert now["level"] == "general_matter"
    by_number = await system.ask("GET", f"incidents/{incident_id}?at={opened['event_number']}")
    assert (by_number.json()["level"], by_number.headers["ETag"]) == (None, f'"{opened["event_number"]}"')
    at = opened["registered_at"].replace("Z", "+00:00")
    for written in (opened["registered_at"], quote(at), at):  # the last with a plus sign that became a space
        stood = (await system.ask("GET", f"incidents/{incident_id}?at={written}")).json()
        assert (stood["level"], stood["stage"], stood["as_of"]) == (
            None,
            "registered",
            opened["registered_at"],
        )
    later = (await system.ask("GET", f"incidents/{incident_id}?at={quote(now['as_of'])}")).json()
    assert later["level"] == "general_matter"
    numbers = await at_time(system, f"{incident_id}/events", opened["event_number"])
    assert [one["number"] for one in numbers] == [*range(1, opened["event_number"] + 1)]
    assert len(await at_time(system, f"{incident_id}/events")) > len(numbers)
    owed = await at_time(system, f"{incident_id}/obligations", opened["event_number"])
    assert {one["id"] for one in owed} == {one["id"] for one in opened["obligations"]}
    assert await at_time(system, f"{incident_id}/attachments", opened["event_number"]) == []


async def at_time(system: System, address: str, at: int | None = None) -> list[dict[str, Any]]:
    """The items of a list of a case, as of the number of an event."""
    query = "" if at is None else f"?at={at}"
    items: list[dict[str, Any]] = (await system.ask("GET", f"incidents/{address}{query}")).json()["items"]
    return items


@pytest.mark.parametrize(
    ("at", "status", "code"),
    [
        ("0", 404, "not_found"),
        ("99999", 404, "not_found"),
        ("2020-01-01T00:00:00Z", 404, "not_found"),
        ("2099-01-01T00:00:00Z", 404, "not_found"),
        ("2026-09-07T10:00:00", 422, "malformed"),
        ("yesterday", 422, "malformed"),
        ("9999-12-31T23:59:59Z", 422, "malformed"),
        ("9" * 41, 422, "malformed"),
    ],
)
async def test_a_time_at_which_the_case_did_not_stand_is_refused(
    system: System, at: str, status: int, code: str
):
    incident_id = await system.register()
    for part in ("", "/events", "/obligations", "/attachments"):
        problem(await system.ask("GET", f"incidents/{incident_id}{part}?at={at}"), status, code)


async def test_an_unchanged_case_is_not_sent_again(system: System):
    incident_id = await system.register()
    seen = (await system.ask("GET", f"incidents/{incident_id}")).headers["ETag"]
    again = await system.ask("GET", f"incidents/{incident_id}", headers={"If-None-Match": f'"0", {seen}'})
    assert (again.status_code, again.content) == (304, b"")
    await system.done(incident_id, "judge", JUDGEMENT)
    changed = await system.ask("GET", f"incidents/{incident_id}", headers={"If-None-Match": seen})
    assert changed.status_code == 200


async def test_events_come_numbered_in_pages(system: System):
    incident_id = await system.assigned()
    events = await walked(system, f"incidents/{incident_id}/events?limit=4")
    assert [event["number"] for event in events] == list(range(1, len(events) + 1))
    assert {event["cause"] for event in events} == {"submission"}
    assert events[0]["event"]["law"]["regulation"] == "gaoan-2020"
    rest = (await system.ask("GET", f"incidents/{incident_id}/events?after={len(events) - 1}")).json()[
        "items"
    ]
    assert rest == events[-1:]


async def test_each_obligation_tells_what_is_left_and_how_it_was_computed(system: System):
    incident_id = await system.assigned()
    items = (await system.ask("GET", f"incidents/{incident_id}/obligations")).json()["items"]
    by_kind = {item["kind"]: item for item in items if item["unit"] == "qingxi"}
    sign, answer = by_kind["SIGN"], by_kind["RESP48"]
    assert items[0] == sign  # owed first, the soonest due before the rest
    assert 0 < sign["remaining_seconds"] <= 30 * 60
    assert sign["computed"] == {
        "base": "asked_at",
        "limit": "PT30M",
        "rule": "sign_limit",
        "years_without_calendar": [],
    }
    assert "48小时" in answer["computed_text"]
    assert "48小时内予以回应" in answer["clause_text"]
    handed_over = next(item for item in items if item["unit"] is None)
    assert (handed_over["is_owed"], handed_over["remaining_seconds"]) == (False, None)
    assert items.index(handed_over) > items.index(answer)


async def test_the_obligations_of_all_cases_come_by_remaining_time(system: System):
    late = await system.register(
        discovered_at=ago(hours=50), sources=[{"at": ago(hours=51), "platform": "weibo", "gist": "旧帖"}]
    )
    items = await walked(system, "obligations?settled=false&kind=RESP48&limit=3")
    assert [item["due_at"] for item in items] == sorted(item["due_at"] for item in items)
    overdue = next(item for item in items if item["incident_id"] == late)
    assert overdue["status"] == "breached"
    assert -2 * 3600 - 60 < overdue["remaining_seconds"] <= -2 * 3600
    assert overdue["overdue_seconds"] == -overdue["remaining_seconds"]
    assert not any(item["settled"] for item in items)


async def test_what_is_permitted_now_is_told_and_why_the_rest_is_not(system: System):
    incident_id = await system.assigned()
    answer = await system.ask("GET", f"incidents/{incident_id}/permitted", TOWN)
    items = {item["command"]: item for item in answer.json()["items"]}
    assert set(items) == set(COMMANDS) - {"register"}
    assert items["sign_for"] == {
        "command": "sign_for",
        "label": "签收",
        "label_en": "Sign for",
        "clause": "二#1",
        "permitted": True,
    }
    assert (items["close"]["permitted"], items["close"]["reason"]) == (False, "role_not_allowed")
    assert (items["judge"]["permitted"], items["judge"]["reason"]) == (False, "unit_not_concerned")
    assert (items["archive"]["permitted"]) is False


async def test_the_history_is_the_json_that_temporals_tools_read(system: System):
    incident_id = await system.register()
    events = (await system.ask("GET", f"incidents/{incident_id}/history")).json()["events"]
    assert events[0]["eventType"] == "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED"


async def test_a_unit_reads_and_acknowledges_its_own_notices(system: System):
    incident_id = await system.assigned()
    mine: list[dict[str, Any]] = []
    async with asyncio.timeout(60):
        while not mine:
            found = await walked(system, "inbox?waiting=true&limit=200", TOWN)
            mine = [item for item in found if item["incident_id"] == incident_id]
    notice = next(item for item in mine if item["notice"]["purpose"] == "to_do")
    assert notice["label"] == "有待办事项"
    path = f"inbox/{notice['position']}/acknowledge"
    problem(await system.ask("POST", path, OFFICE), 404, "not_found")
    for _ in range(2):
        assert (await system.ask("POST", path, TOWN)).status_code == 204
    assert (await system.ask("POST", path, TOWN_LEADER)).status_code == 204
    items = {item["position"]: item for item in await walked(system, "inbox", TOWN)}
    assert items[notice["position"]]["acknowledged_by"] == TOWN.person  # the first stands
    waiting = await walked(system, "inbox?waiting=true", TOWN)
    assert notice["position"] not in {item["position"] for item in waiting}


async def test_the_catalogue_tells_every_command(system: System):
    items = {item["command"]: item for item in (await system.ask("GET", "commands")).json()["items"]}
    assert set(items) == set(COMMANDS)
    assert items["judge"]["roles"] == ["deputy_leader", "handler", "principal_leader", "spokesperson"]
    assert items["archive"]["stages"] == ["not_ours", "closed"]
    assert items["judge"]["schema"].endswith("/Judge")


async def test_units_and_clauses_are_told(system: System):
    units = {item["code"]: item for item in (await system.ask("GET", "units", CLERK)).json()["items"]}
    assert (units["qingxi"]["name"], units["qingxi"]["type_label"]) == ("青溪镇", "乡镇")
    clauses = (await system.ask("GET", "clauses", None)).json()["items"]
    assert "三(五)" not in {clause["id"] for clause in clauses}
    assert "三(三)" in {clause["id"] for clause in clauses}


async def test_health_readiness_and_version_are_told_to_anybody(system: System):
    assert (await system.ask("GET", "/healthz", None)).json() == {"status": "ok"}
    ready = await system.ask("GET", "/readyz", None)
    assert ready.status_code == 200
    assert ready.json()["parts"] == {"database": "up", "temporal": "up", "worker": "up"}
    assert (await system.ask("GET", "/version", None)).json()["release"] == system.settings.release


async def test_what_is_permitted_is_what_the_rules_leave_open_and_a_step_that_lacks_what_it_needs_is_not(
    system: System,
):
    incident_id = await system.assigned()
    for caller in (OFFICE, TOWN):
        answer = await system.ask("GET", f"incidents/{incident_id}/permitted", caller)
        permitted = [item["command"] for item in answer.json()["items"] if item["permitted"]]
        async with system.database.session() as session:
            now = await snapshot(session, incident_id)
        assert now is not None
        assert permitted == list(open_to(now.state, caller))
        assert answer.json()["next"] == list(next_commands(now.state, caller)) != []
    items = {item["command"]: item for item in answer.json()["items"]}
    assert (items["review_draft"]["permitted"], items["review_draft"]["reason"]) == (
        False,
        "unknown_reference",
    )
    assert (items["request_tolerance"]["permitted"], items["request_tolerance"]["reason"]) == (
        False,
        "unknown_reference",
    )
