"""Callers of the HTTP API: each on an incident, a connection and a thread of its own,
noting what was acknowledged.
"""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from itertools import count
from typing import Any
from uuid import uuid4

from bench.cases import OFFICE, RESPONDER, BenchStep, registration, step, under_way
from domain.terms.roles import Actor
from settings import Settings
from storage.api_tokens import create_token
from storage.codec import COMMAND
from storage.database import open_database

_SECONDS = 30
_TRIES = 5
_OPENED_AT_ONE_TIME = 5
_RECORDED = frozenset({HTTPStatus.OK, HTTPStatus.CREATED})
_ACKNOWLEDGED = frozenset({str(HTTPStatus.OK.value), str(HTTPStatus.ACCEPTED.value)})

Tokens = dict[Actor, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgedStep:
    """A command that the API answered with 200, 201 or 202;
    the number is None where a 202 did not name it yet.
    """

    incident_id: str
    status: int
    event_number: int | None
    command: dict[str, Any]


@dataclass(slots=True)
class HttpCaller:
    """One connection, one incident, one command after the other."""

    settings: Settings
    tokens: Tokens
    acknowledged: list[AcknowledgedStep]
    incident_id: str = ""
    _connection: HTTPConnection = field(init=False)
    # The pool that threads are else taken from is smaller than the number of callers.
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=1))
    _ordinals: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        self._connection = HTTPConnection(self.settings.host, self.settings.web_port, timeout=_SECONDS)

    async def open_case(self) -> None:
        """Register an incident and bring it to where its unit works on the answer;
        raises RuntimeError if refused.
        """
        for action in (registration(_now(), f"bench {uuid4()}"), *under_way()):
            await self._insist(action)

    async def _insist(self, step: BenchStep) -> None:
        """Send a command until it is acknowledged, as a client does that is told to come again."""
        key = str(uuid4())
        for _ in range(_TRIES):
            outcome = await self._given(step, key)
            if outcome in _ACKNOWLEDGED:
                return
            await asyncio.sleep(1)
        raise RuntimeError(f"{step.command.kind} was answered with {outcome}")

    async def act(self) -> str:
        """Give the next command of the mix; the answer's status, 200 for one that is recorded."""
        ordinal = next(self._ordinals)
        action = step(_now(), ordinal, f"{self.incident_id}-{ordinal}")
        return await self._given(action, str(uuid4()))

    def close(self) -> None:
        """Close the connection."""
        self._thread.shutdown()
        self._connection.close()

    async def _given(self, action: BenchStep, key: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._give, action, key)

    def _give(self, action: BenchStep, key: str) -> str:
        command = COMMAND.dump_python(action.command, mode="json")
        path = f"/{self.incident_id}/{action.command.kind}" if self.incident_id else ""
        body = {name: value for name, value in command.items() if name != "kind"}
        try:
            status, answer = self._post(f"/api/v1/incidents{path}", self.tokens[action.actor], key, body)
        except (OSError, HTTPException, ValueError) as error:
            self._connection.close()
            return f"error {type(error).__name__}"
        if status not in {*_RECORDED, HTTPStatus.ACCEPTED}:
            return f"{status} {answer.get('type', '')}"
        self.incident_id = answer["incident_id"]
        self.acknowledged.append(
            AcknowledgedStep(
                incident_id=self.incident_id,
                status=status,
                event_number=answer["event_number"],
                command=command,
            )
        )
        return str(HTTPStatus.OK.value if status in _RECORDED else status)

    def _post(self, path: str, token: str, key: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        content = json.dumps(body, ensure_ascii=False).encode()
        self._connection.request("POST", path, content, headers)
        response = self._connection.getresponse()
        answer: dict[str, Any] = json.loads(response.read())
        return response.status, answer


def _now() -> datetime:
    """Now in whole seconds, as commands are recorded; the verifier compares them to the letter."""
    return datetime.now(UTC).replace(microsecond=0)


async def make_tokens(settings: Settings) -> Tokens:
    """A bearer token for each actor of the mix, made as `huiying token` makes them."""
    database = open_database(settings.database_url)
    try:
        async with database.writing() as session:
            return {
                actor: await create_token(session, actor.person, actor.role, actor.unit)
                for actor in (OFFICE, RESPONDER)
            }
    finally:
        await database.close()


async def open_cases(
    settings: Settings, tokens: Tokens, count_of_callers: int, acknowledged: list[AcknowledgedStep]
) -> list[HttpCaller]:
    """Callers, each with an incident that is under way."""
    callers = [HttpCaller(settings, tokens, acknowledged) for _ in range(count_of_callers)]
    turns = asyncio.Semaphore(_OPENED_AT_ONE_TIME)

    async def in_turn(caller: HttpCaller) -> None:
        async with turns:
            await caller.open_case()

    await asyncio.gather(*(in_turn(caller) for caller in callers))
    return callers
