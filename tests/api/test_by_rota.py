"""值班授权 over HTTP: who is on duty judges with effect at once, and a leader confirms (DD-43)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.law.registry import DutyShift
from domain.terms.roles import Actor, Role
from storage.api_tokens import create_token
from storage.rota import keep
from tests.api.office import JUDGEMENT, OFFICE, System
from tests.api.problems import problem

NORA = Actor(person="p-nora", role=Role.MONITOR, unit="gov_office")


async def permitted(system: System, incident_id: str) -> dict[str, Any]:
    answer = await system.ask("GET", f"incidents/{incident_id}/permitted", NORA)
    return {item["command"]: item["permitted"] for item in answer.json()["items"]}


async def test_who_is_on_duty_judges_and_who_is_not_is_refused(system: System):
    async with system.database.writing() as session:
        system.tokens[NORA] = await create_token(session, NORA.person, NORA.role, NORA.unit)
    incident_id = await system.register()
    refused = await system.give(f"incidents/{incident_id}/judge", JUDGEMENT, NORA)
    problem(refused, 403, "role_not_allowed")
    assert not (await permitted(system, incident_id))["judge"]
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    tonight = DutyShift(unit=NORA.unit, person=NORA.person, since=now - hour, until=now + hour)
    await keep(system.database, (tonight,), at=now)
    assert (await permitted(system, incident_id))["judge"]
    answer = await system.recorded(f"incidents/{incident_id}/judge", JUDGEMENT, NORA)
    kinds = [event["event"]["kind"] for event in answer.json()["events"]]
    assert kinds == ["judged", "taken_on_duty"]
    (waiting,) = answer.json()["incident"]["duty_steps"]
    assert (waiting["matter"], waiting["person"]) == ("judgement", NORA.person)
    confirmed = await system.recorded(f"incidents/{incident_id}/confirm_duty_steps", {}, OFFICE)
    assert confirmed.json()["incident"]["duty_steps"] == []
