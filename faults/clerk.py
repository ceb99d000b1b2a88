"""Somebody who gives commands over HTTP and writes down what was acknowledged:
the log that nothing in the house keeps.
"""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, Final

import httpx2

from bench.cases import OFFICE, RESPONDER, BenchStep, registration, under_way
from domain.terms.roles import Actor
from faults.house import FaultyHouse
from settings import Settings
from storage.codec import COMMAND

_PATIENCE: Final = 10.0
_DONE: Final = frozenset({200, 201, 202})


def now() -> datetime:
    """Now in whole seconds, as commands are recorded."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClerkReply:
    """What came back: a status, 0 where nothing came, the content,
    and after how many seconds to come again.
    """

    status: int
    content: dict[str, Any] = field(default_factory=dict)
    retry_after: str = ""

    @property
    def is_done(self) -> bool:
        """Whether the command was acknowledged."""
        return self.status in _DONE


class Clerk:
    """One sender, with a token for each actor of the measured cases."""

    def __init__(self, settings: Settings, tokens: Mapping[Actor, str], *, port: int | None = None) -> None:
        self.acknowledged: dict[str, int] = {}
        self._tokens = tokens
        self.http = httpx2.AsyncClient(
            base_url=f"http://{settings.host}:{port or settings.web_port}", timeout=_PATIENCE
        )

    async def send(self, path: str, step: BenchStep, key: str) -> ClerkReply:
        """Give a command once; what was acknowledged is written down under its key."""
        fields = COMMAND.dump_python(step.command, mode="json")
        body = {name: value for name, value in fields.items() if name != "kind"}
        answer = await self.ask("POST", path, step.actor, json=body, headers={"Idempotency-Key": key})
        if answer.is_done:
            self.acknowledged[key] = answer.status
        return answer

    async def ask(self, method: str, path: str, actor: Actor = OFFICE, **more: Any) -> ClerkReply:
        """One request; status 0 where the connection failed."""
        headers = {"Authorization": f"Bearer {self._tokens[actor]}", **more.pop("headers", {})}
        try:
            answer = await self.http.request(method, path, headers=headers, **more)
        except httpx2.TransportError:
            return ClerkReply(status=0)
        is_json = "json" in answer.headers.get("Content-Type", "")
        content = answer.json() if is_json else {"text": answer.text}
        retry_after = answer.headers.get("Retry-After", "")
        return ClerkReply(status=answer.status_code, content=content, retry_after=retry_after)

    async def insist(self, path: str, step: BenchStep, key: str, seconds: float = 60) -> ClerkReply:
        """Send again under the same key until it is acknowledged; raises RuntimeError where it is refused."""
        async with asyncio.timeout(seconds):
            while not (answer := await self.send(path, step, key)).is_done:
                if answer.status not in {0, 429, 500, 502, 503}:
                    raise RuntimeError(f"{step.command.kind}: {answer.status} {answer.content}")
                await asyncio.sleep(0.2)
        return answer

    async def give(self, incident_id: str, step: BenchStep, key: str) -> ClerkReply:
        """Give a command on a case once."""
        return await self.send(f"/api/v1/incidents/{incident_id}/{step.command.kind}", step, key)

    async def insist_on(self, incident_id: str, step: BenchStep, key: str, seconds: float = 60) -> ClerkReply:
        """Give a command on a case until it is acknowledged."""
        return await self.insist(f"/api/v1/incidents/{incident_id}/{step.command.kind}", step, key, seconds)

    async def open_case(self, name: str, age: timedelta = timedelta(0)) -> str:
        """The id of a case that is under way, discovered a minute and `age` ago."""
        first = registration(now() - age, name)
        opened = await self.insist("/api/v1/incidents", first, f"{name}-opening")
        incident_id = str(opened.content["incident_id"])
        for ordinal, step in enumerate(under_way()):
            await self.insist_on(incident_id, step, f"{name}-course-{ordinal}")
        return incident_id

    async def missing(self, incident_id: str, texts: Collection[str], seconds: float = 60) -> list[str]:
        """Those of some concerns that a case does not show within so many seconds,
        and those that it shows twice.
        """
        until = monotonic() + seconds
        while True:
            answer = await self.ask("GET", f"/api/v1/incidents/{incident_id}")
            counts = Counter(concern["text"] for concern in answer.content.get("concerns", ()))
            wrong = sorted(text for text in texts if counts[text] != 1)
            if not wrong or monotonic() > until:
                return wrong
            await asyncio.sleep(0.3)

    async def close(self) -> None:
        """Close the connections."""
        await self.http.aclose()


async def clerk(house: FaultyHouse, *, port: int | None = None) -> Clerk:
    """A clerk before a house, or before another web process of it."""
    tokens = {actor: await house.token(actor) for actor in (OFFICE, RESPONDER)}
    return Clerk(house.settings, tokens, port=port)
