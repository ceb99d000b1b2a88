"""Giving commands over HTTP: the contract's rows, one effect per key, and refusals that say what to do."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests.api.office import (
    JUDGEMENT,
    OFFICE,
    OUTSIDER,
    POLICE,
    PROOF,
    TOWN,
    TOWN_CHECKER,
    TOWN_DEPUTY,
    TOWN_LEADER,
    System,
    ago,
    registration,
)
from tests.api.problems import problem


async def test_a_registration_answers_with_number_events_and_obligations(system: System):
    answer = await system.recorded("incidents", registration(concerns=["何时恢复"]))
    assert answer.status_code == 201
    content = answer.json()
    assert answer.headers["Location"] == f"/api/v1/incidents/{content['incident_id']}"
    assert answer.headers["ETag"] == f'"{content["event_number"]}"'
    assert content["number"].startswith("舆〔")
    assert [event["number"] for event in content["events"]] == list(range(1, content["event_number"] + 1))
    assert content["events"][0]["event"]["kind"] == "registered"
    (obligation,) = content["obligations"]
    assert (obligation["kind"], obligation["unit"], obligation["clause"]) == ("RESP48", None, "三(三)#4")
    assert 46 * 3600 < obligation["remaining_seconds"] <= 47 * 3600
    assert "48小时内予以回应" in obligation["clause_text"]
    assert content["incident"]["stage"] == "registered"
    assert content["incident"]["law"]["regulation"] == "gaoan-2020"


async def test_a_command_answers_with_the_new_state_and_its_events(system: System):
    incident_id = await system.register()
    answer = await system.recorded(f"incidents/{incident_id}/judge", JUDGEMENT)
    content = answer.json()
    assert answer.status_code == 200
    assert content["incident"]["level"] == "general_matter"
    assert [event["event"]["kind"] for event in content["events"]] == ["judged"]
    assert content["events"][-1]["number"] == content["event_number"] == content["incident"]["event_number"]
    assert answer.headers["ETag"] == f'"{content["event_number"]}"'


async def test_a_whole_case_is_carried_from_registration_to_archive(system: System):
    incident_id = await system.assigned()
    await system.done(incident_id, "sign_for", {}, TOWN)
    conclusion = {"value": "TRUE", "finding": "情况属实", "evidence": [PROOF]}
    await system.done(incident_id, "conclude", conclusion, TOWN)
    draft = {
        "form": "situation_notice",
        "title": "通报",
        "facts": "属实",
        "measures": "已更换",
        "result": "已恢复",
        "evidence": [PROOF],
    }
    await system.done(incident_id, "draft_response", draft, TOWN)
    for stage, actor in (
        ("first_review", TOWN_CHECKER),
        ("second_review", TOWN_DEPUTY),
        ("final_review", TOWN_LEADER),
    ):
        review = {"draft": "draft-1", "stage": stage, "approved": True}
        await system.done(incident_id, "review_draft", review, actor)
    publication = {
        "draft": "draft-1",
        "published_at": ago(seconds=0),
        "channels": ["douyin"],
        "evidence": [PROOF],
    }
    published = await system.done(incident_id, "publish", publication, TOWN)
    assert published["incident"]["primary_status"] == "on_time"
    assert published["incident"]["coverage_rate"] == 1.0
    await system.done(incident_id, "report_up", {"to": "gov_office", "report": "处置情况"}, TOWN)
    await system.done(incident_id, "record_handling", {"text": "已更换线路"}, TOWN)
    key = uuid4().hex
    await system.done(incident_id, "close", {"opinion": "同意办结", "heat_override": "数据平稳"})
    archived = await system.recorded(f"incidents/{incident_id}/archive", {}, key=key)
    assert archived.status_code == 200, archived.text
    assert archived.json()["incident"]["stage"] == "archived"

    async with asyncio.timeout(60):
        while (gone := await system.give(f"incidents/{incident_id}/add_source", source())).status_code != 410:
            problem(gone, 409, "wrong_stage")
            await asyncio.sleep(0.05)
    told = problem(gone, 410, "gone")
    assert "登记新的事件" in told["detail"]
    assert told["subject"] == archived.json()["number"]
    again = await system.recorded(f"incidents/{incident_id}/archive", {}, key=key)
    assert (again.status_code, again.json()) == (200, archived.json())
    history = await system.ask("GET", f"incidents/{incident_id}/history")
    assert history.json()["events"][-1]["eventType"] == "EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED"


def source() -> dict[str, Any]:
    return {"source": {"at": ago(minutes=1), "platform": "weibo", "gist": "新帖"}}


async def test_ten_callers_with_one_key_register_one_incident(system: System):
    content, key = registration(), uuid4().hex
    answers = await asyncio.gather(*(system.recorded("incidents", content, key=key) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    events = await system.events(answers[0].json()["incident_id"])
    assert [event["event"]["kind"] for event in events].count("registered") == 1


async def test_ten_callers_with_one_key_take_one_step(system: System):
    incident_id, key = await system.register(), uuid4().hex
    path, content = f"incidents/{incident_id}/record_concern", {"text": "何时恢复"}
    answers = await asyncio.gather(*(system.recorded(path, content, key=key) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    kinds = [event["event"]["kind"] for event in await system.events(incident_id)]
    assert kinds.count("concern_recorded") == 1


async def test_twenty_steps_at_once_on_one_case_are_all_taken(system: System):
    incident_id = await system.register()
    path = f"incidents/{incident_id}/record_concern"
    answers = await asyncio.gather(*(system.recorded(path, {"text": f"问{n}"}) for n in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    numbers = [answer.json()["event_number"] for answer in answers]
    assert len(set(numbers)) == 20


async def test_the_same_key_gives_the_same_answer_after_others_have_acted(system: System):
    incident_id, key = await system.register(), uuid4().hex
    path, content = f"incidents/{incident_id}/record_concern", {"text": "何时恢复"}
    first = await system.recorded(path, content, key=key)
    await system.done(incident_id, "judge", JUDGEMENT)
    again = await system.recorded(path, content, key=key)
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["ETag"] == first.headers["ETag"]


async def test_the_same_instant_in_another_zone_is_the_same_content(system: System):
    key, content = uuid4().hex, registration(discovered_at="2026-09-07T10:00:00+08:00", sources=[])
    content["sources"] = [{"at": "2026-09-07T09:00:00+08:00", "platform": "weibo", "gist": "帖"}]
    first = await system.recorded("incidents", content, key=key)
    again = await system.recorded("incidents", {**content, "discovered_at": "2026-09-07T02:00:00Z"}, key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()


async def test_a_key_with_another_body_is_refused(system: System):
    key, content = uuid4().hex, registration()
    first = await system.recorded("incidents", content, key=key)
    other = await system.give("incidents", {**content, "title": "另一件"}, key=key)
    problem(other, 422, "key_reused")
    assert other.json()["subject"] == first.json()["incident_id"]
    refused_by_rules = {**content, "title": " "}
    problem(await system.give("incidents", refused_by_rules, key=key), 422, "key_reused")
    path = f"incidents/{first.json()['incident_id']}/record_concern"
    await system.give(path, {"text": "一"}, key=key)
    problem(await system.give(path, {"text": "二"}, key=key), 422, "key_reused")


async def test_a_key_is_the_callers_own(system: System):
    incident_id, key = await system.assigned(), uuid4().hex
    path = f"incidents/{incident_id}/record_concern"
    ours = await system.recorded(path, {"text": "一"}, OFFICE, key=key)
    theirs = await system.recorded(path, {"text": "二"}, TOWN, key=key)
    assert (ours.status_code, theirs.status_code) == (200, 200)
    assert ours.json()["event_number"] != theirs.json()["event_number"]


@pytest.mark.parametrize("key", [None, "", " ", "a b\x7f", "k" * 201, "键"])
async def test_a_step_without_a_proper_key_is_refused(system: System, key: str | None):
    headers = {} if key is None else {"Idempotency-Key": key.encode()}
    answer = await system.ask("POST", "incidents", json=registration(), headers=headers)
    if key == " ":  # servers strip the spaces around a header's value; what is left is no key
        assert answer.status_code in {201, 400}
        return
    assert "Idempotency-Key" in problem(answer, 400, "key_missing")["detail"]


async def test_a_stale_if_match_is_refused_and_a_fresh_one_is_not(system: System):
    incident_id = await system.register()
    seen = (await system.ask("GET", f"incidents/{incident_id}")).headers["ETag"]
    await system.done(incident_id, "judge", JUDGEMENT)
    path = f"incidents/{incident_id}/assign"
    stale = await system.give(path, {"first": ["qingxi"]}, If_Match=seen)
    assert "重新读取" in problem(stale, 412, "stale")["detail"]
    fresh = (await system.ask("GET", f"incidents/{incident_id}")).headers["ETag"]
    assert (await system.recorded(path, {"first": ["qingxi"]}, If_Match=fresh)).status_code == 200


@pytest.mark.parametrize("value", ["soon", '"-1"', '"1", "2"', '"1' * 9])
async def test_an_if_match_that_is_no_etag_is_refused(system: System, value: str):
    incident_id = await system.register()
    answer = await system.give(f"incidents/{incident_id}/judge", JUDGEMENT, If_Match=value)
    problem(answer, 400, "if_match_invalid")


async def test_any_version_will_do_for_a_star(system: System):
    incident_id = await system.register()
    assert (
        await system.recorded(f"incidents/{incident_id}/judge", JUDGEMENT, If_Match="*")
    ).status_code == 200


async def test_a_refusal_names_reason_clause_and_what_to_do(system: System):
    incident_id = await system.register()
    below = {**JUDGEMENT, "key_categories": ["moral_bottom_line"]}
    told = problem(await system.give(f"incidents/{incident_id}/judge", below), 409, "below_floor")
    assert told["clause"] == "三(一)#3"
    assert told["subject"] == "complex_sensitive"
    assert "请" in told["detail"]
    early = problem(
        await system.give(f"incidents/{incident_id}/report_up", {"to": "yichun_office", "report": " "}),
        409,
        "missing_part",
    )
    assert early["clause"] == "三(三)#2"  # that of the command


async def test_a_refused_step_leaves_no_trace_and_its_key_may_be_used_again(system: System):
    incident_id, key = await system.register(), uuid4().hex
    path = f"incidents/{incident_id}/assign"
    problem(await system.give(path, {"first": ["qingxi"]}, key=key), 409, "not_judged")
    before = await system.events(incident_id)
    await system.done(incident_id, "judge", JUDGEMENT)
    assert (await system.recorded(path, {"first": ["qingxi"]}, key=key)).status_code == 200
    assert len(before) == 3


async def test_role_and_unit_are_refused_with_403(system: System):
    incident_id = await system.assigned()
    problem(
        await system.give(f"incidents/{incident_id}/close", {"opinion": "好"}, TOWN), 403, "role_not_allowed"
    )
    problem(await system.give(f"incidents/{incident_id}/judge", JUDGEMENT, TOWN), 403, "unit_not_concerned")


async def test_an_incident_of_others_does_not_exist_for_a_caller(system: System):
    incident_id = await system.register()
    problem(
        await system.give(f"incidents/{incident_id}/close", {"opinion": "好"}, OUTSIDER), 404, "not_found"
    )
    unknown = "inc-" + "0" * 24
    problem(await system.give(f"incidents/{unknown}/close", {"opinion": "好"}, OUTSIDER), 404, "not_found")
    problem(await system.give(f"incidents/{unknown}/judge", JUDGEMENT), 404, "not_found")


async def test_a_peer_that_is_asked_sees_the_incident_and_answers(system: System):
    incident_id = await system.register()
    answer = {"answer": "true", "result": "属实"}
    path = f"incidents/{incident_id}/answer_verification"
    problem(await system.give(path, answer, POLICE), 404, "not_found")
    await system.done(incident_id, "request_verification", {"questions": "是否属实"})
    assert (await system.recorded(path, answer, POLICE)).status_code == 200
    problem(await system.give(path, answer, POLICE), 409, "already_answered")
