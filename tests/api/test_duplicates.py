"""Duplicate intake over HTTP: the same item attaches, the alike is suggested,
and no link is taken unseen (DD-16, DD-17).
"""

import asyncio
from typing import Any
from uuid import uuid4

from tests.api.office import AUDITOR, OFFICE, OUTSIDER, TOWN, System, ago, registration
from tests.api.problems import problem

FOREIGN = {"unit": "shiqiao", "role": "accountable"}


def url() -> str:
    """An address that no other test posts."""
    return f"https://post.example/{uuid4().hex}"


def item(address: str) -> dict[str, Any]:
    return {"at": ago(hours=2), "platform": "douyin", "gist": "同一视频", "url": address}


async def test_a_registration_of_the_same_item_goes_to_the_running_incident(system: System):
    address = url()
    first = await system.register(sources=[item(address)])
    again = registration(sources=[item(address)], discovered_at=ago(minutes=30))
    answer = await system.recorded("incidents", again, TOWN)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["incident_id"], told["attached_to"]) == (first, told["number"])
    assert answer.headers["Location"].endswith(first)
    assert [event["event"]["kind"] for event in told["events"]] == ["source_added"]
    assert len(told["incident"]["sources"]) == 1  # a case keeps the same post once (DD-42)


async def test_a_superiors_notice_goes_with_the_items_to_the_running_incident(system: System):
    address = url()
    first = await system.register(sources=[item(address)])
    notice = {"sender": "yichun_office", "received_at": ago(minutes=20), "requirement": "核实反馈"}
    again = registration(
        sources=[item(address)], discovered_at=ago(minutes=20), superior_notice=notice, involved=[]
    )
    answer = await system.recorded("incidents", again, OFFICE)
    assert answer.status_code == 200, answer.text
    assert answer.json()["incident_id"] == first
    kinds = [event["event"]["kind"] for event in await system.events(first)]
    assert (kinds.count("registered"), kinds.count("superior_notice_received")) == (1, 1)


async def test_sent_again_it_is_attached_once(system: System):
    address, key = url(), uuid4().hex
    first = await system.register(sources=[item(address)])
    again = registration(sources=[item(address)], discovered_at=ago(minutes=30))
    answers = [await system.recorded("incidents", again, key=key) for _ in range(2)]
    assert [answer.json()["event_number"] for answer in answers] == [answers[0].json()["event_number"]] * 2
    kinds = [event["event"]["kind"] for event in await system.events(first)]
    assert kinds.count("source_added") == 1


async def test_the_first_registration_sent_again_is_not_attached_to_itself(system: System):
    content, key = registration(sources=[item(url())]), uuid4().hex
    answers = [await system.recorded("incidents", content, key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["incident_id"] == answers[1].json()["incident_id"]


async def test_who_may_not_see_the_incident_registers_and_the_office_is_told(system: System):
    address = url()
    first = await system.register(sources=[item(address)])
    again = registration(sources=[item(address)], discovered_at=ago(minutes=30), involved=[FOREIGN])
    answer = await system.recorded("incidents", again, OUTSIDER)
    assert answer.status_code == 201, answer.text
    assert first not in answer.text
    inbox = await system.ask("GET", "inbox?limit=200", OFFICE)
    found = [
        one["notice"]["subject"]
        for one in inbox.json()["items"]
        if (one["incident_id"], one["notice"]["purpose"]) == (answer.json()["incident_id"], "duplicate")
    ]
    assert found == [first]


async def test_what_was_found_earlier_is_not_attached_to_a_later_clock(system: System):
    address = url()
    await system.register(sources=[item(address)])
    earlier = registration(sources=[item(address)], discovered_at=ago(minutes=90))
    assert (await system.recorded("incidents", earlier)).status_code == 201


async def test_an_item_that_was_excluded_attaches_nothing(system: System):
    address = url()
    first = await system.register(sources=[item(address)])
    await system.done(first, "exclude_source", {"item": 1, "reason": "外地旧闻"})
    again = registration(sources=[item(address)], discovered_at=ago(minutes=30))
    assert (await system.recorded("incidents", again)).status_code == 201


async def test_an_attached_item_whose_incident_was_voided_opens_a_case(system: System):
    address = url()
    first = await system.register(sources=[item(address)])
    await system.done(first, "void_registration", {"reason": "误登记"})
    again = registration(sources=[item(address)], discovered_at=ago(minutes=30))
    assert (await system.recorded("incidents", again)).status_code == 201


TRACKED = "https://www.douyin.com/video/{}?previous_page=app_code_link"


async def test_the_same_post_under_another_address_goes_to_the_running_incident(system: System):
    number = str(uuid4().int)[:19]
    first = await system.register(sources=[item(f"https://www.douyin.com/video/{number}")])
    shared = (
        f"3.56 复制打开抖音，看看【路灯】 https://www.iesdouyin.com/share/video/{number}/?region=CN 02/14"
    )
    for other in (TRACKED.format(number), shared):
        again = registration(sources=[item(other)], discovered_at=ago(minutes=30))
        answer = await system.recorded("incidents", again)
        assert (answer.status_code, answer.json()["incident_id"]) == (200, first), answer.text
        assert len(answer.json()["incident"]["sources"]) == 1  # a case keeps the same post once
    found = await similar(system, url=TRACKED.format(number))
    assert [(one["incident_id"], one["why"]) for one in found] == [(first, "same_url")]
    another = registration(sources=[item(TRACKED.format(f"{number}1"))], discovered_at=ago(minutes=30))
    assert (await system.recorded("incidents", another)).status_code == 201


async def test_an_order_of_the_hotline_goes_to_the_incident_that_holds_its_number(system: System):
    order = {"at": ago(hours=2), "platform": "hotline", "gist": "来电", "foreign_id": f"GD-{uuid4().hex}"}
    first = await system.register(sources=[order])
    again = registration(
        sources=[{**order, "foreign_id": order["foreign_id"].lower()}], discovered_at=ago(minutes=30)
    )
    assert (await system.recorded("incidents", again)).json()["incident_id"] == first


async def test_a_merge_takes_the_items_along_and_a_merged_post_goes_to_the_survivor(system: System):
    other, left_out = url(), url()
    earlier = await shown(system, await system.register(discovered_at=ago(hours=1, minutes=30)))
    later = await system.register(sources=[item(other), item(left_out)])
    await system.done(later, "exclude_source", {"item": 2, "reason": "外地旧闻"})
    await system.done(later, "merge_into", into(earlier))
    survivor = await shown(system, earlier["incident_id"])
    assert [source["url"] for source in survivor["sources"][1:]] == [other]
    assert [one["incident"] for one in survivor["screening"]["absorbed"]] == [later]
    again = registration(sources=[item(f"{other}?utm_source=app")], discovered_at=ago(minutes=30))
    answer = await system.recorded("incidents", again)
    assert (answer.status_code, answer.json()["incident_id"]) == (200, earlier["incident_id"]), answer.text
    assert [one["incident_id"] for one in await similar(system, url=other)] == [earlier["incident_id"]]


async def similar(system: System, actor: Any = OFFICE, **asked: str) -> list[dict[str, Any]]:
    answer = await system.ask("GET", "incidents/similar", actor, params=asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_what_may_be_the_same_is_shown_by_address_first_then_by_title(system: System):
    address, place = url(), uuid4().hex
    alike = await system.register(title=f"网传{place}路灯长期不亮")
    same = await system.register(title="另一标题", sources=[item(address)])
    found = await similar(system, title=f"{place}路灯长期不亮", url=address, topic="道路运输")
    assert [(one["incident_id"], one["why"]) for one in found] == [
        (same, "same_url"),
        (alike, "similar_title"),
    ]
    assert found[1]["share"] >= 0.5
    assert found[1]["same_topic"]


async def test_only_what_the_asker_may_see_is_shown(system: System):
    address, place = url(), uuid4().hex
    mine = await system.register(title=f"网传{place}路灯不亮", sources=[item(address)])
    asked = {"title": f"网传{place}路灯不亮", "url": address}
    assert await similar(system, OUTSIDER, **asked) == []
    assert [one["incident_id"] for one in await similar(system, AUDITOR, **asked)] == [mine]


async def test_what_was_found_more_than_72_hours_apart_is_not_alike(system: System):
    place = uuid4().hex
    await system.register(title=f"网传{place}路灯不亮")
    assert await similar(system, title=f"网传{place}路灯不亮", discovered_at=ago(hours=80)) == []


async def test_what_ended_is_suggested_with_what_was_answered_then(system: System):
    address, place = url(), uuid4().hex
    first = await system.register(title=f"网传{place}路灯不亮", sources=[item(address)])
    await system.done(first, "void_registration", {"reason": "误登记"})
    (found,) = await similar(system, url=address)
    assert (found["incident_id"], found["ended"], found["answers"]) == (first, "voided", [])
    (found,) = await similar(system, title=f"{place}的路灯一直不亮")
    assert (found["incident_id"], found["why"]) == (first, "similar_title")
    assert await similar(system, url=address, discovered_at=ago(days=-91)) == []


async def test_a_title_of_a_merged_incident_leads_to_the_survivor(system: System):
    place = uuid4().hex
    earlier = await shown(system, await system.register(discovered_at=ago(hours=1, minutes=30)))
    later = await shown(system, await system.register(title=f"网传{place}水管爆裂"))
    await system.done(later["incident_id"], "merge_into", into(earlier))
    found = await similar(system, title=f"{place}水管爆裂没人修")
    assert [(one["incident_id"], one["merged"]) for one in found][:1] == [
        (earlier["incident_id"], later["number"])
    ]


async def test_what_cannot_be_asked_is_refused(system: System):
    for asked in ({"discovered_at": "2026-09-07T10:00:00"}, {"url": "a\u0000b"}, {"more": "1"}):
        answer = await system.ask("GET", "incidents/similar", params=asked)
        assert answer.status_code == 422, (asked, answer.text)


async def shown(system: System, incident_id: str) -> dict[str, Any]:
    for _ in range(50):
        answer = await system.ask("GET", f"incidents/{incident_id}")
        if answer.status_code == 200:
            break
        await asyncio.sleep(0.1)
    return dict(answer.json())


def into(other: dict[str, Any], **changes: Any) -> dict[str, Any]:
    names = ("incident_id", "number", "discovered_at", "response_due_at")
    incident, number, found, due = (other[name] for name in names)
    merge = {"incident": incident, "number": number, "discovered_at": found, "response_due_at": due}
    return {**merge, "reason": "同一事由", **changes}


async def test_a_duplicate_ends_in_the_earlier_and_both_histories_are_kept(system: System):
    earlier = await shown(system, await system.register(discovered_at=ago(hours=1, minutes=30)))
    later = await shown(system, await system.register())
    answer = await system.recorded(f"incidents/{later['incident_id']}/merge_into", into(later))
    problem(answer, 409, "unknown_reference")
    ended = await system.done(later["incident_id"], "merge_into", into(earlier))
    assert ended["incident"]["stage"] == "closed"
    duplicate = {"incident": later["incident_id"], "number": later["number"], "sources": [item(url())]}
    taken = await system.done(earlier["incident_id"], "absorb_duplicate", duplicate)
    assert taken["incident"]["screening"]["absorbed"] == [
        {"incident": later["incident_id"], "number": later["number"]}
    ]
    assert len(await system.events(later["incident_id"])) > 3


async def test_a_merge_says_of_the_other_what_the_ledger_says(system: System):
    earlier = await shown(system, await system.register(discovered_at=ago(hours=1, minutes=30)))
    later = await system.register()
    for changes in (
        {"discovered_at": ago(hours=5)},
        {"response_due_at": ago(hours=-1)},
        {"number": "舆〔2026〕9999号"},
        {"incident": "inc-ffffffffffffffffffffffff"},
    ):
        answer = await system.recorded(f"incidents/{later}/merge_into", into(earlier, **changes))
        problem(answer, 409, "unknown_reference")


async def test_a_case_does_not_end_in_a_later_one(system: System):
    later = await shown(system, await system.register(discovered_at=ago(minutes=20)))
    earlier = await system.register()
    answer = await system.recorded(f"incidents/{earlier}/merge_into", into(later))
    problem(answer, 409, "merge_would_postpone")


async def test_a_secondary_incident_follows_a_closed_one_that_its_sender_may_see(system: System):
    first = await system.register()
    open_still = await system.recorded("incidents", registration(secondary_to=first))
    problem(open_still, 409, "unknown_reference")
    await system.done(first, "void_registration", {"reason": "误登记"})
    hidden = await system.recorded(
        "incidents", registration(secondary_to=first, involved=[FOREIGN]), OUTSIDER
    )
    problem(hidden, 409, "unknown_reference")
    answer = await system.recorded("incidents", registration(secondary_to=first))
    assert answer.status_code == 201
    assert answer.json()["incident"]["secondary_to"] == first
