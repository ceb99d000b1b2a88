"""Who may ask: every route declares it, tokens are checked, and nothing is told to those without one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import iter_route_contexts

import web as application
from api import health
from api.security import REMEMBERED_SECONDS, ApiTokens, access, require_declared
from domain.terms.roles import Role
from storage.api_tokens import create_token, list_callers, revoke
from storage.event_log import rows
from tests.api.office import CAST, CLERK, System
from tests.api.problems import problem
from tests.permissions_table import table

PUBLIC = {
    ("GET", "/api/v1/commands"),
    ("GET", "/api/v1/clauses"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/version"),
    ("GET", "/docs"),
    ("GET", "/openapi.json"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/sign-in/openid"),
    ("GET", "/sign-in/openid/back"),
    ("GET", "/sign-in/openid/link"),
    ("POST", "/sign-in/openid/link"),
    ("POST", "/sign-in/passkey"),
    ("GET", "/language/{language}"),
    ("OPTIONS", "/engine/decode"),
}
BY_LINK = {("GET", "/k/{token}"), ("POST", "/k/{token}")}  # for whoever holds the link of a message


def routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Every method and address of the application, its mounts apart."""
    for context in iter_route_contexts(app.routes):
        for method in getattr(context, "methods", None) or ():
            yield method, str(getattr(context, "path", ""))


async def test_a_route_without_a_declared_access_fails_the_build(monkeypatch: pytest.MonkeyPatch):
    careless = APIRouter()

    @careless.get("/api/v1/secrets")
    async def secrets() -> str:
        return "all of them"

    app = FastAPI()
    app.include_router(careless)
    with pytest.raises(RuntimeError, match="/api/v1/secrets"):
        require_declared(app.routes)
    monkeypatch.setattr(health, "router", careless)
    with pytest.raises(RuntimeError, match="/api/v1/secrets"):
        application.create_app()


def test_an_access_that_does_not_say_whom_it_admits_fails_the_table():
    @access
    def vague() -> None: ...

    app = FastAPI(openapi_url=None)
    app.get("/vague", dependencies=[Depends(vague)])(vague)
    with pytest.raises(LookupError, match="/vague"):
        table(app)


async def test_a_mount_that_is_not_known_fails_the_build():
    app = FastAPI(openapi_url=None)
    app.mount("/files", FastAPI())
    with pytest.raises(RuntimeError, match="/files"):
        require_declared(app.routes)


async def test_every_address_asks_for_a_token_but_those_that_are_public(system: System):
    found = set(routes(system.app))
    assert found > PUBLIC | BY_LINK
    for method, path in BY_LINK:
        problem(await system.ask(method, path, None, data={}), 404, "link_unknown")
    asked = 0
    for method, path in sorted(found - PUBLIC - BY_LINK):
        address = (
            path.replace("{incident_id}", "inc-" + "0" * 24)
            .replace("{position}", "1")
            .replace("{kind}", "judge")
            .replace("{number}", "1")
            .replace("{paper}.{ending}", "minutes-1.pdf")
            .replace("{paper}", "minutes-1")
        )
        answer = await system.ask(method, address, None, json={})
        if address.startswith("/api/"):
            problem(answer, 401, "unauthenticated")
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        else:
            problem(answer, 401, "sign_in_needed")
        asked += 1
    assert asked > 35


@pytest.mark.parametrize(
    "shown",
    ["Bearer nobody", "Bearer ", "Basic cDpw", "Bearer " + "x" * 600, "bearer", "Bearer ü", "Bearer hy_%00"],
)
async def test_a_token_that_is_not_one_is_refused(system: System, shown: str):
    answer = await system.ask("GET", "incidents", None, headers={"Authorization": shown.encode("latin-1")})
    problem(answer, 401, "unauthenticated")


async def test_a_revoked_token_is_refused_once_a_minute_has_gone_by(
    system: System, monkeypatch: pytest.MonkeyPatch
):
    async with system.database.writing() as session:
        token = await create_token(session, "p-leaving", Role.HANDLER, "health")
    callers = ApiTokens(system.database)
    system.app.state.api_tokens, kept = callers, system.app.state.api_tokens
    try:
        headers = {"Authorization": f"Bearer {token}"}
        assert (await system.ask("GET", "inbox", None, headers=headers)).status_code == 200
        await callers.close()
        async with system.database.session() as session:
            known = {found.actor.person: found for found in await list_callers(session)}
        assert known["p-leaving"].used_at is not None
        async with system.database.writing() as session:
            assert await revoke(session, known["p-leaving"].id)
        assert (await system.ask("GET", "inbox", None, headers=headers)).status_code == 200
        monkeypatch.setattr("api.security.monotonic", lambda: 10**9 + REMEMBERED_SECONDS)
        problem(await system.ask("GET", "inbox", None, headers=headers), 401, "unauthenticated")
    finally:
        system.app.state.api_tokens = kept


async def test_tokens_are_kept_neither_in_memory_nor_in_the_database(system: System, tmp_path: Path):
    await system.ask("GET", "inbox", CLERK)
    token = system.tokens[CLERK]
    assert token.encode() not in repr(vars(system.app.state.api_tokens)).encode()
    file = Path(system.settings.database_url.removeprefix("sqlite+aiosqlite:///"))
    assert not [
        part for part in file.parent.rglob("*") if part.is_file() and token.encode() in part.read_bytes()
    ]


async def test_the_sender_is_the_tokens_whatever_the_body_says(system: System):
    incident_id = await system.register(CLERK)
    async with system.database.session() as session:
        text = (await rows(session, incident_id))[0].decision
    assert f'"person":"{CLERK.person}"' in text
    assert not [actor for actor in CAST if actor != CLERK and f'"person":"{actor.person}"' in text]
