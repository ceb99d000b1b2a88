"""Asks addresses of the application itself, as each kind of caller;
an answer without end is taken at its first bytes.
"""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from fastapi import FastAPI

from api.admission import AccessOutcome, CallerClass
from api.command_routes import examples
from desk.sign_in.sessions import masked, token_of
from tests.permissions_table import Row

_LAW: Final = {
    "parameters": {"limits.h48": "PT36H"},
    "reason": "试行",
    "effective_from": "2099-01-01T00:00:00+08:00",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def answer(self) -> AccessOutcome | int:
        """Its class; a failure of the server has none."""
        if self.status >= 500:
            return self.status
        if self.status == 303 and self.headers.get("location", "").startswith("/sign-in?after="):
            return AccessOutcome.SIGN_IN
        if self.status == 303 and self.headers.get("location") == "/password":
            return AccessOutcome.PASSWORD
        found = {
            401: AccessOutcome.UNAUTHENTICATED,
            403: AccessOutcome.FORBIDDEN,
            404: AccessOutcome.NOT_FOUND,
        }
        return found.get(self.status, AccessOutcome.ALLOWED)


@dataclass(frozen=True, slots=True)
class Callers:
    """Sessions and tokens of one caller of each kind; none for who has none."""

    sessions: dict[CallerClass, str]
    tokens: dict[CallerClass, str]


@dataclass(slots=True)
class Specimen:
    """What stands in for the parameters of addresses, or for parts of addresses that hold some;
    the first that fits counts.
    """

    known: dict[str, str] = field(default_factory=dict)

    def path(self, template: str) -> tuple[str, bool]:
        """The address, and whether all that it names is there."""
        found = template
        for name, value in self.known.items():
            found = found.replace(name if "{" in name else f"{{{name}}}", value)
        whole = "{" not in found
        while "{" in found:
            before, rest = found.split("{", 1)
            found = before + "0" + rest.split("}", 1)[1]
        return found, whole


def body_of(row: Row) -> dict[str, Any]:
    """JSON that the edge lets pass, so that the rules are reached."""
    if row.step:
        return examples()[row.step]
    return _LAW if row.path.endswith("/law/changes") else {}


async def ask(app: FastAPI, row: Row, path: str, kind: CallerClass, callers: Callers) -> Asked:
    """One row as one kind of caller: below /api with the token, else as a browser with its session.

    What a caller may do is sent without its key, or as no form, so that it is not done:
    400 and 415 stand behind the access.
    """
    page = row.answers[kind] in {
        AccessOutcome.SIGN_IN,
        AccessOutcome.PASSWORD,
    }  # browsers are led there; else JSON is quicker
    headers = {"host": "huiying.test", "accept": "text/html" if page else "application/json"}
    sent = b""
    if path.startswith("/api/"):
        if kind in callers.tokens:
            headers["authorization"] = f"Bearer {callers.tokens[kind]}"
        if row.method != "GET":
            sent = json.dumps(body_of(row)).encode()
            headers["content-type"] = "application/json"
            if not row.step or row.answers[kind] is not AccessOutcome.ALLOWED:
                headers["idempotency-key"] = f"{kind}-{row.step}-{row.path[-20:]}"
    else:
        secret = callers.sessions.get(kind, "")
        if secret:
            headers["cookie"] = f"huiying_session={secret}"
        if row.method != "GET":
            sent = urlencode({"_csrf": masked(token_of(secret))}).encode()
            allowed = row.answers[kind] is AccessOutcome.ALLOWED
            headers |= {
                "content-type": "text/plain" if allowed else "application/x-www-form-urlencoded",
                "sec-fetch-site": "same-origin",
                "origin": "null",
            }
    return await sent_to(app, row.method, path, headers, sent)


async def sent_to(app: FastAPI, method: str, path: str, headers: dict[str, str], body: bytes) -> Asked:
    """One request by the application's own door."""
    headers = {**headers, "content-length": str(len(body))}
    status, found, parts, endless = 0, {}, bytearray(), False
    begun = asyncio.Event()
    inbox = [{"type": "http.request", "body": body, "more_body": False}]
    never = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if inbox:
            return inbox.pop()
        await never.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal status, endless
        if message["type"] == "http.response.start":
            status = message["status"]
            found.update({name.decode(): value.decode("latin-1") for name, value in message["headers"]})
            endless = found.get("content-type", "").startswith("text/event-stream")
        else:
            parts.extend(message.get("body", b""))
            if endless:
                begun.set()

    parsed = urlsplit(path)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": parsed.path,
        "raw_path": parsed.path.encode(),
        "root_path": "",
        "query_string": parsed.query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("192.0.2.7", 1),
        "server": ("huiying.test", 80),
    }
    task = asyncio.create_task(app(scope, receive, send))
    first = asyncio.create_task(begun.wait())
    await asyncio.wait({task, first}, timeout=30, return_when=asyncio.FIRST_COMPLETED)
    for one in (task, first):
        one.cancel()
    with suppress(asyncio.CancelledError):
        await task
    return Asked(status, found, parts.decode("utf-8", "replace"))
