"""The cast of the API's tests, and a whole system: Temporal, worker, ledger, application,
and a way to ask it.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx2
from fastapi import FastAPI
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from domain.terms.roles import Actor, Role
from rehearsals.skipping import patiently
from settings import Settings
from storage.api_tokens import create_token
from storage.database import Database, open_database
from tests.ledgers import empty_ledger
from web import create_app
from worker import build_worker
from workflows.client import connect
from workflows.converter import prepare
from workflows.keys import keyring
from workflows.search_attributes import register_search_attributes

OFFICE: Final = Actor(person="p-office", role=Role.PRINCIPAL_LEADER, unit="gov_office")
CLERK: Final = Actor(person="p-clerk", role=Role.HANDLER, unit="gov_office")
TOWN: Final = Actor(person="p-town", role=Role.HANDLER, unit="qingxi")
TOWN_CHECKER: Final = Actor(person="p-checker", role=Role.HANDLER, unit="qingxi")
TOWN_DEPUTY: Final = Actor(person="p-deputy", role=Role.DEPUTY_LEADER, unit="qingxi")
TOWN_LEADER: Final = Actor(person="p-leader", role=Role.PRINCIPAL_LEADER, unit="qingxi")
POLICE: Final = Actor(person="p-police", role=Role.HANDLER, unit="public_security")
OUTSIDER: Final = Actor(person="p-outsider", role=Role.PRINCIPAL_LEADER, unit="health")
AUDITOR: Final = Actor(person="p-auditor", role=Role.AUDITOR, unit="discipline")
CAST: Final = (OFFICE, CLERK, TOWN, TOWN_CHECKER, TOWN_DEPUTY, TOWN_LEADER, POLICE, OUTSIDER, AUDITOR)
PROOF: Final = {"url": "https://archive.example/1", "sha256": "a" * 64}


async def start_temporal(**options: Any) -> WorkflowEnvironment:
    """A Temporal server of one's own on a free port, ready for cases."""
    environment = await patiently(
        lambda: WorkflowEnvironment.start_local(
            dev_server_existing_path=str(Path(sys.executable).with_name("temporal")),
            dev_server_log_level="error",
            **options,
        )
    )
    await register_search_attributes(environment.client)
    prepare()
    return environment


def address(environment: WorkflowEnvironment) -> str:
    """Where a server listens."""
    return environment.client.service_client.config.target_host


def ago(**span: float) -> str:
    """An instant so long ago, as JSON has it."""
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def registration(**changes: Any) -> dict[str, Any]:
    """A registration that the rules accept."""
    content = {
        "title": "网传青溪镇路灯长期不亮",
        "discovered_at": ago(hours=1),
        "topic": "道路运输",
        "sources": [{"at": ago(hours=2), "platform": "douyin", "gist": "市民反映夜间照明不足"}],
        "involved": [{"unit": "qingxi", "role": "accountable"}],
    }
    return {**content, **changes}


JUDGEMENT: Final[dict[str, Any]] = {
    "level": "general_matter",
    "factors": {name: {"score": 1, "text": "轻微"} for name in (
        "nature", "intensity", "public_reaction", "media_involvement")},
}  # fmt: skip


class System:
    """One application over one ledger and one Temporal server."""

    def __init__(
        self, app: FastAPI, database: Database, settings: Settings, tokens: dict[Actor, str]
    ) -> None:
        self.app, self.database, self.settings, self.tokens = app, database, settings, tokens
        self.http = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app, raise_app_exceptions=False),
            base_url="http://huiying.test",
            timeout=60,
        )

    async def ask(
        self, method: str, path: str, actor: Actor | None = OFFICE, **request: Any
    ) -> httpx2.Response:
        """One request as an actor of the cast; None asks without a token."""
        headers = dict(request.pop("headers", {}))
        if actor is not None:
            headers.setdefault("Authorization", f"Bearer {self.tokens[actor]}")
        full = path if path.startswith("/") else f"/api/v1/{path}"
        return await self.http.request(method, full, headers=headers, **request)

    async def give(
        self, path: str, content: Any, actor: Actor = OFFICE, *, key: str | None = None, **headers: str
    ) -> httpx2.Response:
        """A command as JSON; with a key of its own unless one is given."""
        named = {
            "Idempotency-Key": key or uuid4().hex,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return await self.ask("POST", path, actor, json=content, headers=named)

    async def recorded(
        self, path: str, content: Any, actor: Actor = OFFICE, *, key: str | None = None, **headers: str
    ) -> httpx2.Response:
        """The answer once it is recorded: on a slow day that may take longer than a caller is kept
        waiting (202).
        """
        key = key or uuid4().hex
        async with asyncio.timeout(60):
            while (answer := await self.give(path, content, actor, key=key, **headers)).status_code == 202:
                await asyncio.sleep(0.1)
        return answer

    async def register(self, actor: Actor = OFFICE, **changes: Any) -> str:
        """The id of a freshly registered incident."""
        answer = await self.recorded("incidents", registration(**changes), actor)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["incident_id"])

    async def done(
        self, incident_id: str, command: str, content: Any, actor: Actor = OFFICE
    ) -> dict[str, Any]:
        """The answer to a command that is carried out."""
        answer = await self.recorded(f"incidents/{incident_id}/{command}", content, actor)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def assigned(self, **changes: Any) -> str:
        """The id of an incident assigned to 青溪镇."""
        incident_id = await self.register(**changes)
        await self.done(incident_id, "judge", JUDGEMENT)
        await self.done(incident_id, "assign", {"first": ["qingxi"]})
        return incident_id

    async def events(self, incident_id: str) -> list[dict[str, Any]]:
        """All its recorded events."""
        answer = await self.ask("GET", f"incidents/{incident_id}/events?limit=200")
        return list(answer.json()["items"])

    async def worker(self) -> AbstractAsyncContextManager[Worker]:
        """A worker for this system's cases, to be entered."""
        client = await connect(
            self.settings.temporal_address, self.settings.temporal_namespace, self.settings.keys_dir
        )
        return build_worker(client, self.database, self.settings)


@asynccontextmanager
async def system(folder: Path, temporal_address: str, **changes: Any) -> AsyncIterator[System]:
    """A system over a ledger of its own in a folder, by a `clock` of its own where there is one;
    its worker is for the test to run.
    """
    clock = changes.pop("clock", None)
    url = f"sqlite+aiosqlite:///{folder / 'huiying.db'}"
    empty_ledger(url)
    settings = Settings(
        database_url=url,
        temporal_address=temporal_address,
        temporal_namespace="default",
        log_level="error",
        **{"keys_dir": folder / "keys", "second_factor": "", **changes},
    )
    async with AsyncExitStack() as stack:
        database = open_database(url, keyring(settings.keys_dir))
        stack.push_async_callback(database.close)
        tokens = {}
        async with database.writing() as session:
            for actor in CAST:
                tokens[actor] = await create_token(session, actor.person, actor.role, actor.unit)
        app = create_app(settings, clock)
        await stack.enter_async_context(app.router.lifespan_context(app))
        made = System(app, database, settings, tokens)
        await stack.enter_async_context(made.http)
        yield made
