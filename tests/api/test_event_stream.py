"""What is recorded of all cases, followed from place to place: in order, once, and nobody else's."""

from typing import Any

import pytest

from audit.sealing import seal
from domain.terms.free_texts import length, references
from domain.terms.roles import Actor
from storage import event_stream
from storage.event_stream import stretch
from tests.api.office import AUDITOR, CLERK, JUDGEMENT, OFFICE, OUTSIDER, TOWN, TOWN_LEADER, System
from tests.api.problems import problem

Items = list[dict[str, Any]]


async def followed(system: System, actor: Actor, after: int, limit: int = 50) -> tuple[Items, int]:
    """All that comes from a place on, and the place from which the next goes on."""
    items: Items = []
    while True:
        answer = await system.ask("GET", f"events?after={after}&limit={limit}", actor)
        assert answer.status_code == 200, answer.text
        content = answer.json()
        assert len(content["items"]) <= limit
        if content["next"] == after:
            return items, after
        items, after = items + content["items"], content["next"]


async def test_each_decision_of_all_cases_is_told_once_and_in_order(system: System):
    await seal(system.database)
    _, start = await followed(system, OFFICE, 0)
    first = await system.register(title="事件流之一")
    second = await system.register(title="事件流之二")
    await system.done(first, "judge", JUDGEMENT, CLERK)
    await system.done(first, "record_concern", {"text": "何时修好？"}, CLERK)
    await seal(system.database)
    items, end = await followed(system, OFFICE, start, limit=1)
    own = [item for item in items if item["incident_id"] in {first, second}]
    assert [item["place"] for item in items] == sorted({item["place"] for item in items})
    for incident_id in (first, second):
        stream = [event for item in own if item["incident_id"] == incident_id for event in item["events"]]
        listed = (await system.ask("GET", f"incidents/{incident_id}/events?limit=200")).json()["items"]
        assert stream == listed
    assert "何时修好？" in str(own)
    again, still = await followed(system, OFFICE, end)
    assert (again, still) == ([], end)


async def test_a_unit_follows_its_own_cases_alone(system: System):
    await seal(system.database)
    _, start = await followed(system, OFFICE, 0)
    incident_id = await system.register(title="只有青溪镇的事件")
    await seal(system.database)
    assert {item["incident_id"] for item in (await followed(system, TOWN, start))[0]} == {incident_id}
    items, end = await followed(system, OUTSIDER, start)
    assert items == []
    assert end == (await followed(system, OFFICE, start))[1]  # how far it came, all the same


async def test_a_case_that_is_closed_to_persons_is_followed_by_them_alone(system: System):
    await seal(system.database)
    _, start = await followed(system, OFFICE, 0)
    incident_id = await system.assigned()
    await system.done(
        incident_id, "name_readers", {"readers": [TOWN.person], "reason": "涉及未成年人"}, OFFICE
    )
    await seal(system.database)
    seen = {
        actor: await followed(system, actor, start) for actor in (OFFICE, TOWN, TOWN_LEADER, CLERK, AUDITOR)
    }
    told = {actor for actor, (items, _) in seen.items() if items}
    assert told == {OFFICE, TOWN}


async def test_an_answer_ends_before_its_texts_are_too_long_to_be_told(system: System):
    """A text that an answer leaves out for its length would be missed for good: its place is behind."""
    await seal(system.database)
    _, start = await followed(system, OFFICE, 0)
    incident_id = await system.register(title="长文本")
    texts = [f"第{number}问：" + "何时修好？" * 20 for number in range(3)]
    for text in texts:
        await system.done(incident_id, "record_concern", {"text": text}, CLERK)
    await seal(system.database)
    whole = [item["place"] for item in (await followed(system, OFFICE, start))[0]]
    places: list[int] = []
    async with system.database.session() as session:
        place = start
        while (part := await stretch(session, OFFICE, place, 50, characters=150)).decisions:
            own = tuple(each.event for one in part.decisions for each in one.events)
            assert len(part.decisions) == 1 or sum(map(length, references(own))) <= 150
            places += [one.place for one in part.decisions]
            place = part.next_place
    assert places == whole


async def test_an_answer_that_finds_little_in_its_time_says_how_far_it_came(
    system: System, monkeypatch: pytest.MonkeyPatch
):
    """Rather than fail for whoever sees few cases of many:
    then the next question would begin at the same place.
    """
    await seal(system.database)
    _, start = await followed(system, OFFICE, 0)
    await system.register(title="慢慢来")
    await seal(system.database)
    whole, end = await followed(system, OFFICE, start)
    monkeypatch.setattr(event_stream, "_WINDOW", 1)
    places: list[int] = []
    async with system.database.session() as session:
        for place in range(start, end):
            part = await stretch(session, OFFICE, place, 50, characters=10**6, seconds=0)
            assert part.next_place == place + 1
            places += [one.place for one in part.decisions]
    assert places == [item["place"] for item in whole]


async def test_what_is_no_place_is_refused(system: System):
    for after in ("-1", "x", str(10**16)):
        problem(await system.ask("GET", f"events?after={after}"), 422, "malformed")
    answer = await system.ask("GET", f"events?after={10**15}")
    assert answer.json() == {"items": [], "next": 10**15}
