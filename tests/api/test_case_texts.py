"""Texts stand beside the case: log, history's decisions and state hold references,
readers are shown the words.
"""

import base64
import json
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, select
from sqlmodel import col

from domain.terms.free_texts import is_reference
from storage.case_text_tables import CaseTextRow
from storage.event_log import rows
from storage.snapshots import snapshot
from tests.api.office import OFFICE, PROOF, TOWN, TOWN_CHECKER, TOWN_DEPUTY, TOWN_LEADER, System, ago
from tests.api.problems import problem

GIST = "市民反映夜间照明不足"
DRAFT: dict[str, Any] = {
    "form": "situation_notice",
    "title": "通报",
    "facts": "经核查，反映的情况属实。",
    "measures": "已更换线路",
    "result": "已恢复",
    "evidence": [PROOF],
}


async def test_log_and_state_hold_references_and_readers_the_words(system: System):
    incident_id = await system.register(concerns=["何时恢复"])
    async with system.database.session() as session:
        logged = [row.decision for row in await rows(session, incident_id)]
        held = await snapshot(session, incident_id)
        texts = (
            await session.execute(
                select(col(CaseTextRow.text)).where(col(CaseTextRow.incident_id) == incident_id)
            )
        ).scalars()
        assert set(texts) == {GIST, "何时恢复"}
    assert not any(GIST in text or "何时恢复" in text for text in logged)
    assert held is not None
    assert is_reference(held.state.sources[0].gist)
    shown = (await system.ask("GET", f"incidents/{incident_id}")).json()
    assert (shown["sources"][0]["gist"], shown["concerns"][0]["text"]) == (GIST, "何时恢复")
    events = await system.events(incident_id)
    assert events[0]["event"]["sources"][0]["gist"] == GIST
    page = await system.ask("GET", f"incidents/{incident_id}?at=1")
    assert page.json()["sources"][0]["gist"] == GIST


async def test_one_key_takes_one_body_however_its_texts_are_salted(system: System):
    incident_id = await system.register()
    key, path = uuid4().hex, f"incidents/{incident_id}/record_concern"
    first = await system.recorded(path, {"text": "何时恢复照明"}, key=key)
    again = await system.recorded(path, {"text": "何时恢复照明"}, key=key)
    assert (again.status_code, again.json()) == (200, first.json())
    problem(await system.give(path, {"text": "何时赔偿"}, key=key), 422, "key_reused")
    key, content = uuid4().hex, await _registration()
    opened = await system.recorded("incidents", content, key=key)
    assert (await system.recorded("incidents", content, key=key)).json() == opened.json()
    other = {**content, "concerns": ["别的"]}
    problem(await system.give("incidents", other, key=key), 422, "key_reused")


async def _registration() -> dict[str, Any]:
    source = {"at": ago(hours=2), "platform": "douyin", "gist": GIST}
    return {"title": "网传路灯不亮", "discovered_at": ago(hours=1), "sources": [source]}


async def test_a_text_that_is_not_there_is_said_to_be_on_its_way(system: System):
    incident_id = await system.register()
    async with system.database.writing() as session:
        await session.execute(delete(CaseTextRow).where(col(CaseTextRow.incident_id) == incident_id))
    shown = (await system.ask("GET", f"incidents/{incident_id}")).json()
    assert shown["sources"][0]["gist"] == f"（{len(GIST)} 字，正在入库）"


async def test_a_draft_is_read_before_it_is_given_and_judged_by_what_was_found(system: System):
    incident_id = await system.assigned()
    named = {**DRAFT, "facts": "居民张建国（电话13800138000）反映的情况属实。"}
    answer = await system.done(incident_id, "draft_response", named, TOWN)
    (found,) = [item["event"] for item in answer["events"] if item["event"]["kind"] == "personal_data_found"]
    assert {item["kind"] for item in found["findings"]} == {"name", "mobile_number"}
    review = {"draft": "draft-1", "stage": "first_review", "approved": True}
    problem(
        await system.give(f"incidents/{incident_id}/review_draft", review, TOWN_CHECKER), 409, "personal_data"
    )


async def test_a_text_against_later_talking_points_does_not_go_out(system: System):
    incident_id = await system.assigned()
    await system.done(
        incident_id, "conclude", {"value": "TRUE", "finding": "情况属实", "evidence": [PROOF]}, TOWN
    )
    await system.done(incident_id, "draft_response", {**DRAFT, "facts": "个别人炒作，情况属实。"}, TOWN)
    for stage, actor in (
        ("first_review", TOWN_CHECKER),
        ("second_review", TOWN_DEPUTY),
        ("final_review", TOWN_LEADER),
    ):
        review = {"draft": "draft-1", "stage": stage, "approved": True}
        await system.done(incident_id, "review_draft", review, actor)
    await system.done(incident_id, "approve_talking_points", {"forbidden": ["个别人炒作"]}, OFFICE)
    published = {
        "draft": "draft-1",
        "published_at": ago(seconds=0),
        "channels": ["douyin"],
        "evidence": [PROOF],
    }
    refused = await system.give(f"incidents/{incident_id}/publish", published, TOWN)
    problem(refused, 409, "against_talking_points")


async def test_what_the_engine_holds_of_a_text_opens_by_the_texts_own_key_alone(system: System):
    incident_id = await system.register(concerns=["何时恢复供水"])
    history = await system.app.state.commands.cases.history(incident_id)
    content = b"".join(
        base64.b64decode(payload["data"])
        for event in json.loads(history)["events"]
        for attributes in event.values()
        if isinstance(attributes, dict)
        for payload in attributes.get("input", {}).get("payloads", [])
    )
    async with system.database.session() as session:
        texts = (await session.execute(select(CaseTextRow))).scalars().all()
    of_case = [row for row in texts if row.incident_id == incident_id]
    assert len(of_case) == 2
    for row in of_case:
        assert row.reference.encode() in content
        assert row.text.encode() not in content
        assert row.salt.encode() not in content
