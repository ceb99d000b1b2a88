"""Somebody outside who gives commands over HTTP, and writes down what was acknowledged."""

import asyncio
from typing import Any, Self

import httpx2

from domain.terms.roles import Actor, Role
from settings import Settings
from storage.api_tokens import create_token
from storage.database import open_database
from tests.api.office import JUDGEMENT, registration

OFFICE = Actor(person="p-office", role=Role.PRINCIPAL_LEADER, unit="gov_office")
AGAIN = frozenset({502, 503})


async def a_token(settings: Settings) -> str:
    """A token of the office, made straight in the ledger database."""
    database = open_database(settings.database_url)
    try:
        async with database.writing() as session:
            return await create_token(session, OFFICE.person, OFFICE.role, OFFICE.unit)
    finally:
        await database.close()


class Clerk:
    """Gives commands under keys of its own, again until each was answered;
    `acknowledged` is its own log: case, key, status.
    """

    def __init__(self, settings: Settings, token: str) -> None:
        self.acknowledged: list[tuple[str, str, int]] = []
        self.http = httpx2.AsyncClient(
            base_url=f"http://{settings.host}:{settings.web_port}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
        )

    async def give(self, path: str, content: Any, key: str) -> dict[str, Any]:
        async with asyncio.timeout(60):
            while True:
                try:
                    answer = await self.http.post(path, json=content, headers={"Idempotency-Key": key})
                except httpx2.TransportError:
                    await asyncio.sleep(0.1)
                    continue
                if answer.status_code not in AGAIN:
                    assert answer.status_code in {200, 201, 202}, answer.text
                    return dict(answer.json()) | {"status": answer.status_code}
                await asyncio.sleep(0.1)

    async def open_case(self, name: str) -> str:
        """A case that has been judged and assigned."""
        incident_id = str((await self.give("/incidents", registration(), f"{name}-opening"))["incident_id"])
        await self.give(f"/incidents/{incident_id}/judge", JUDGEMENT, f"{name}-judge")
        await self.give(f"/incidents/{incident_id}/assign", {"first": ["qingxi"]}, f"{name}-assign")
        return incident_id

    async def concern(self, incident_id: str, text: str) -> None:
        """Record a concern, and write down that it was acknowledged."""
        given = await self.give(f"/incidents/{incident_id}/record_concern", {"text": text}, text)
        self.acknowledged.append((incident_id, text, given["status"]))

    async def concerns(self, incident_id: str) -> list[str]:
        """The concerns that the API shows of a case."""
        answer = await self.http.get(f"/incidents/{incident_id}")
        assert answer.status_code == 200, answer.text
        return [concern["text"] for concern in answer.json()["concerns"]]

    async def moves(self, incident_id: str, name: str) -> None:
        """The case takes one more step, and shows it within the time that a healing may take."""
        await self.concern(incident_id, name)
        async with asyncio.timeout(60):
            while name not in await self.concerns(incident_id):
                await asyncio.sleep(0.2)

    async def holds_what_was_acknowledged(self, incident_id: str, said: list[str]) -> None:
        """All that was acknowledged is shown, each once."""
        async with asyncio.timeout(60):
            while not set(said) <= set(await self.concerns(incident_id)):
                await asyncio.sleep(0.2)
        shown = await self.concerns(incident_id)
        assert sorted(text for text in shown if text in said) == sorted(said)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()
