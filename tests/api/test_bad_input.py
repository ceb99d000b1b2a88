"""Bad input gets a clear refusal that says what to do: never a hang, never a 500, and nothing is changed."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from api.command_routes import examples
from domain.bounds import LARGEST_BODY
from tests.api.office import (
    JUDGEMENT,
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

DRAFT = {
    "form": "situation_notice",
    "title": "通报",
    "facts": "属实",
    "measures": "已更换",
    "result": "已恢复",
    "evidence": [PROOF],
}


@pytest.mark.parametrize(
    ("changes", "code", "subject"),
    [
        ({"involved": [{"unit": "atlantis", "role": "accountable"}]}, "unknown_unit", "atlantis"),
        ({"discovered_at": ago(hours=-1)}, "in_the_future", "discovered_at"),
        ({"occurred_at": ago(minutes=1)}, "before_occurrence", "discovered_at"),
        ({"sources": []}, "missing_part", "sources"),
        ({"title": "　"}, "missing_part", "title"),
    ],
)
async def test_a_registration_that_the_rules_refuse_says_why(
    system: System, changes: dict[str, Any], code: str, subject: str
):
    told = problem(await system.give("incidents", registration(**changes)), 409, code)
    assert told["subject"] == subject
    assert told["clause"]


@pytest.mark.parametrize(
    ("content", "place", "code"),
    [
        ({**JUDGEMENT, "level": "apocalypse"}, "/level", "unknown_value"),
        ({**JUDGEMENT, "level": None}, "/level", "unknown_value"),
        ({"level": "general_matter"}, "/factors", "missing"),
        ({**JUDGEMENT, "actor": {"person": "x"}}, "/actor", "unexpected"),
        ({**JUDGEMENT, "received_at": "2026-01-01T00:00:00Z"}, "/received_at", "unexpected"),
        ({**JUDGEMENT, "reason": "x" * 20_001}, "/reason", "too_long"),
        ({**JUDGEMENT, "reason": "a\x07b"}, "/reason", "control_character"),
    ],
)
async def test_content_that_cannot_be_read_is_refused_with_its_place(
    system: System, content: dict[str, Any], place: str, code: str
):
    incident_id = await system.register()
    told = problem(await system.give(f"incidents/{incident_id}/judge", content), 422, "malformed")
    assert [(error["pointer"], error["code"]) for error in told["errors"]] == [(place, code)]
    assert all(error["detail"] and error["detail_en"] for error in told["errors"])
    assert (await system.ask("GET", f"incidents/{incident_id}")).json()["level"] is None


async def test_a_value_outside_its_list_is_answered_with_the_list(system: System):
    incident_id = await system.register()
    told = problem(
        await system.give(f"incidents/{incident_id}/judge", {**JUDGEMENT, "level": "L4"}), 422, "malformed"
    )
    (error,) = told["errors"]
    assert error["allowed"] == ["general_matter", "social_hotspot", "complex_sensitive", "major_situation"]


async def test_a_value_of_another_type_is_answered_with_the_type_in_words(system: System):
    incident_id = await system.register()
    wrong = {"first": {"unit": "qingxi"}, "also": [5]}
    told = problem(await system.give(f"incidents/{incident_id}/assign", wrong), 422, "malformed")
    answers = {error["pointer"]: error for error in told["errors"]}
    assert answers["/first"]["expected"] == "array"
    assert "列表（array）" in answers["/first"]["detail"]
    assert "a list (array)" in answers["/first"]["detail_en"]
    assert answers["/also/0"]["expected"] == "string"
    assert "{expected}" not in str(told)


async def test_an_unknown_command_is_not_found(system: System):
    incident_id = await system.register()
    problem(await system.give(f"incidents/{incident_id}/erase", {}), 404, "not_found")


async def test_a_publication_without_its_evidence_or_before_occurrence_is_refused(system: System):
    incident_id = await system.assigned()
    conclusion = {"value": "TRUE", "finding": "属实", "evidence": [PROOF]}
    await system.done(incident_id, "conclude", conclusion, TOWN)
    await system.done(incident_id, "draft_response", DRAFT, TOWN)
    reviewers = {"first_review": TOWN_CHECKER, "second_review": TOWN_DEPUTY, "final_review": TOWN_LEADER}
    for stage, actor in reviewers.items():
        review = {"draft": "draft-1", "stage": stage, "approved": True}
        await system.done(incident_id, "review_draft", review, actor)
    whole = {"draft": "draft-1", "published_at": ago(), "channels": ["wechat"], "evidence": [PROOF]}
    for change, code in (
        ({"evidence": []}, "evidence_missing"),
        ({"evidence": [{**PROOF, "sha256": "A" * 64}]}, "evidence_missing"),
        ({"published_at": ago(hours=-1)}, "in_the_future"),
        ({"published_at": ago(days=3)}, "before_occurrence"),
        ({"draft": "draft-9"}, "unknown_reference"),
    ):
        problem(await system.give(f"incidents/{incident_id}/publish", {**whole, **change}, TOWN), 409, code)
    missing = {name: value for name, value in whole.items() if name != "evidence"}
    told = problem(await system.give(f"incidents/{incident_id}/publish", missing, TOWN), 422, "malformed")
    assert told["errors"][0]["pointer"] == "/evidence"
    assert (await system.recorded(f"incidents/{incident_id}/publish", whole, TOWN)).status_code == 200


BODIES: dict[str, bytes] = {
    "empty": b"",
    "cut off": b'{"text":',
    "no object": b"[1, 2]",
    "not utf-8": '{"text": "问"}'.encode("utf-16"),
    "lone surrogate": b'{"text": "\\ud83d"}',
    "nul": b'{"text": "\\u0000"}',
    "deep": b'{"text":' * 20_000,
    "deep and whole": b'{"a":' * 120 + b"1" + b"}" * 120,
    "not a number": b'{"text": NaN}',
    "long digits": b'{"text": ' + b"1" * 100_000 + b"}",
    "long text": json.dumps({"text": "长" * 60_000}).encode()[: LARGEST_BODY - 1],
    "many keys": json.dumps({f"k{number}": number for number in range(10_000)}).encode(),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_a_hostile_body_is_refused(system: System, body: bytes):
    incident_id = await system.register()
    headers = {"Idempotency-Key": uuid4().hex, "Content-Type": "application/json"}
    path = f"incidents/{incident_id}/record_concern"
    problem(await system.ask("POST", path, content=body, headers=headers), 422, "malformed")


@pytest.mark.parametrize("declared", ["declared", "in parts"])
async def test_a_body_that_is_too_large_is_refused(system: System, declared: str):
    incident_id = await system.register()
    body = b" " * (LARGEST_BODY + 1)

    async def parts() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 10_000):
            yield body[start : start + 10_000]

    headers = {"Idempotency-Key": uuid4().hex, "Content-Type": "application/json"}
    content = body if declared == "declared" else parts()
    answer = await system.ask("POST", f"incidents/{incident_id}/judge", content=content, headers=headers)
    problem(answer, 413, "too_large")


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "", "multipart/form-data"]
)
async def test_content_of_another_type_is_refused(system: System, media_type: str):
    incident_id = await system.register()
    headers = {"Idempotency-Key": uuid4().hex, "Content-Type": media_type}
    answer = await system.ask("POST", f"incidents/{incident_id}/judge", content=b"{}", headers=headers)
    problem(answer, 415, "wrong_media_type")


async def test_a_body_that_never_comes_is_not_waited_for(system: System, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("api.preconditions.BODY_SECONDS", 0.1)
    incident_id = await system.register()

    async def parts() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(2)

    headers = {"Idempotency-Key": uuid4().hex, "Content-Type": "application/json"}
    answer = await system.ask("POST", f"incidents/{incident_id}/judge", content=parts(), headers=headers)
    problem(answer, 408, "too_slow")


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", "/api/v1/incidents"), ("PUT", "/healthz"), ("POST", "/docs")]
)
async def test_a_method_that_is_not_there_is_refused(system: System, method: str, path: str):
    answer = await system.ask(method, path)
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"]


@pytest.mark.parametrize(
    "path", ["/api/v2/incidents", "/nowhere", "/static/../app.py", "/static/%2e%2e/app.py", "/%00"]
)
async def test_an_address_that_is_not_there_is_not_found(system: System, path: str):
    problem(await system.ask("GET", path), 404, "not_found")


async def test_every_field_of_every_command_refuses_what_is_of_another_type(system: System):
    """Whatever stands in a field, the answer is a problem, and nothing is changed."""
    incident_id = await system.register()
    before = await system.events(incident_id)
    strange: tuple[Any, ...] = ([[]], 12345, "\u202e")
    for number, (kind, example) in enumerate(examples().items()):
        path = "incidents" if kind == "register" else f"incidents/{incident_id}/{kind}"
        for field in (*example, "unknown_field"):
            odd = strange[number % len(strange)]
            if isinstance(example.get(field), int):
                odd = "zwölf"  # a whole number is none of another type here
            answer = await system.give(path, {**example, field: odd})
            assert answer.status_code in {403, 409, 422}, (field, answer.text)
    assert await system.events(incident_id) == before


FORBIDDEN = {
    "actor": {"person": "p-office", "role": "principal_leader", "unit": "gov_office"},
    "received_at": "2026-01-01T00:00:00Z",
    "incident_id": "inc-" + "0" * 24,
    "opening": {},
    "law": {},
    "is_admin": True,
}


async def test_what_no_sender_may_say_is_refused_in_every_body_and_changes_nothing(system: System):
    """Fields that the server alone fills in, and unknown ones, are named one by one."""
    incident_id = await system.register()
    before = await system.events(incident_id)
    proposal = {"parameters": {"limits.h48": "PT36H"}, "reason": "试行"}
    bodies = {
        "incidents" if kind == "register" else f"incidents/{incident_id}/{kind}": example
        for kind, example in examples().items()
    } | {"law/changes": proposal, "law/changes/1/confirm": {}, "law/changes/1/decline": {"reason": "否"}}
    changes = (await system.ask("GET", "law/changes")).json()
    for path, content in bodies.items():
        own = {name: value for name, value in FORBIDDEN.items() if name not in content}
        told = problem(await system.give(path, {**content, **own}), 422, "malformed")
        assert {error["pointer"] for error in told["errors"] if error["code"] == "unexpected"} == {
            f"/{name}" for name in own
        }, path
    assert await system.events(incident_id) == before
    assert (await system.ask("GET", "law/changes")).json() == changes
