"""Oversight over HTTP: no extension, the clock corrected, cards, and the law that a re-base carries."""

from tests.api.office import AUDITOR, CLERK, JUDGEMENT, OUTSIDER, TOWN, TOWN_LEADER, System, ago
from tests.api.problems import problem


async def test_an_extension_is_refused_with_what_is_possible(system: System):
    incident_id = await system.assigned()
    asked = {"obligation": "RESP48:qingxi:assignment-1", "reason": "尚在核实"}
    answer = await system.give(f"incidents/{incident_id}/request_extension", asked, TOWN)
    found = problem(answer, 409, "no_extension")
    assert "阶段性回应" in found["detail"]
    assert found["clause"] == "三(三)#4"


async def test_a_corrected_clock_breaches_and_the_card_is_shown(system: System):
    incident_id = await system.assigned(discovered_at=ago(hours=47), sources=[_source(50)])
    answer = await system.done(
        incident_id, "correct_clock_start", {"discovered_at": ago(hours=49), "reason": "监测日志"}
    )
    kinds = [event["event"]["kind"] for event in answer["events"]]
    assert kinds[0] == "clock_start_corrected"
    assert "obligation_breached" in kinds
    (correction,) = answer["incident"]["clock_corrections"]
    assert correction["reason"] == "监测日志"
    (card,) = answer["incident"]["cards"]
    assert (card["colour"], card["unit"], card["tolerated"]) == ("yellow_card", "qingxi", False)
    assert answer["incident"]["instruction_owed"] == ["qingxi"]
    obligations = await system.ask(
        "GET", "obligations?unit=qingxi&kind=RESP48&status=breached&limit=200", TOWN
    )
    shown = {item["incident_id"]: item["card"] for item in obligations.json()["items"]}
    assert shown[incident_id] in {"yellow_card", "red_card"}
    cards = (await system.ask("GET", "units/qingxi/cards", TOWN)).json()
    assert incident_id in {item["incident_id"] for item in cards["items"]}


async def test_the_cards_of_a_unit_are_for_itself_the_office_and_who_oversees_all(system: System):
    for actor in (TOWN, CLERK, AUDITOR):
        assert (await system.ask("GET", "units/qingxi/cards", actor)).status_code == 200
    problem(await system.ask("GET", "units/qingxi/cards", OUTSIDER), 404, "not_found")
    problem(await system.ask("GET", "units/nowhere/cards", CLERK), 404, "not_found")


async def test_a_re_base_carries_the_law_in_force_which_is_the_same(system: System):
    incident_id = await system.register()
    answer = await system.give(f"incidents/{incident_id}/rebase", {"reason": "新规施行"})
    problem(answer, 409, "law_unchanged")
    unknown = await system.give("incidents/inc-000000000000000000000000/rebase", {"reason": "新规施行"})
    problem(unknown, 404, "not_found")


async def test_a_leader_instructs_and_the_review_is_asked_for(system: System):
    incident_id = await system.register()
    grave = {**JUDGEMENT, "level": "complex_sensitive", "reason": "涉众"}
    answer = await system.done(incident_id, "judge", grave)
    assert answer["incident"]["instruction_owed"] == ["gov_office"]
    assert (answer["incident"]["retrospective_asked"], answer["incident"]["retrospective_due"]) == (
        True,
        None,
    )
    told = await system.done(incident_id, "instruct", {"text": "立即核实", "to": ["qingxi"]})
    assert told["incident"]["instruction_owed"] == []
    assert told["incident"]["oversight"]["instructions"][0]["to"] == ["qingxi"]
    refused = await system.give(
        f"incidents/{incident_id}/instruct", {"text": "办", "to": ["health"]}, TOWN_LEADER
    )
    problem(refused, 403, "unit_not_concerned")


def _source(hours: float) -> dict[str, str]:
    return {"at": ago(hours=hours), "platform": "douyin", "gist": "视频"}
