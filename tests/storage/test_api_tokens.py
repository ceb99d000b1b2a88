"""Tokens: shown once, kept as a digest, good until revoked."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from domain.terms.roles import Actor, Role
from storage.api_tokens import create_token, find_caller, list_callers, mark_used, revoke, revoke_token
from storage.database import Database
from storage.tables import CallerRow

ALICE = Actor(person="alice", role=Role.HANDLER, unit="qingxi")


async def token_of(database: Database, actor: Actor) -> str:
    async with database.writing() as session:
        return await create_token(session, actor.person, actor.role, actor.unit)


async def found(database: Database, token: str) -> Actor | None:
    async with database.session() as session:
        held = await find_caller(session, token)
        return held.actor if held else None


async def test_a_token_tells_person_role_and_unit(database: Database):
    alice = await token_of(database, ALICE)
    bob = await token_of(database, Actor(person="bob", role=Role.AUDITOR, unit="discipline"))
    assert await found(database, alice) == ALICE
    assert await found(database, bob) == Actor(person="bob", role=Role.AUDITOR, unit="discipline")


@pytest.mark.parametrize("role", list(Role))
async def test_every_role_can_be_held(database: Database, role: Role):
    actor = Actor(person="p", role=role, unit="u")
    assert await found(database, await token_of(database, actor)) == actor


@pytest.mark.parametrize(
    "change", [str.upper, lambda token: token[:-1], lambda token: token + "a", lambda _: ""]
)
async def test_another_token_is_nobodys(database: Database, change):
    token = await token_of(database, ALICE)
    assert await found(database, change(token)) is None


async def test_a_token_is_256_random_bits_and_never_the_same(database: Database):
    tokens = [await token_of(database, ALICE) for _ in range(3)]
    assert len(set(tokens)) == 3
    assert all(re.fullmatch(r"hy_[A-Za-z0-9_-]{43}", token) for token in tokens)


async def test_the_token_is_nowhere_in_the_database(database: Database):
    token = await token_of(database, ALICE)
    async with database.session() as session:
        (row,) = (await session.execute(select(CallerRow))).scalars().all()
    assert token.removeprefix("hy_") not in repr(row)
    assert re.fullmatch(r"[0-9a-f]{64}", row.token_hash)


async def test_a_revoked_token_is_nobodys_and_stays_on_the_list(database: Database):
    token, other = await token_of(database, ALICE), await token_of(database, ALICE)
    async with database.session() as session:
        first, _ = await list_callers(session)
    async with database.writing() as session:
        assert await revoke(session, first.id)
    assert await found(database, token) is None
    assert await found(database, other) == ALICE
    async with database.session() as session:
        revoked = [caller.revoked_at for caller in await list_callers(session)]
    assert revoked[0] is not None
    assert revoked[1] is None


async def test_the_first_revocation_stands(database: Database):
    await token_of(database, ALICE)
    async with database.session() as session:
        (caller,) = await list_callers(session)
    stamps = []
    for _ in range(2):
        async with database.writing() as session:
            assert await revoke(session, caller.id)
        async with database.session() as session:
            (caller,) = await list_callers(session)
        stamps.append(caller.revoked_at)
    assert stamps[0] == stamps[1] is not None


async def test_an_unknown_token_cannot_be_revoked(database: Database):
    async with database.writing() as session:
        assert not await revoke(session, "none")


async def test_last_use_is_noted(database: Database):
    token = await token_of(database, ALICE)
    used_at = datetime.now(UTC) + timedelta(minutes=1)
    async with database.writing() as session:
        await mark_used(session, token, used_at)
        await mark_used(session, "hy_none", used_at)
    async with database.session() as session:
        (caller,) = await list_callers(session)
    assert caller.used_at == used_at
    assert caller.created_at < used_at
    assert caller.actor == ALICE


async def test_a_token_is_revoked_by_its_text_and_others_of_its_person_stay(database: Database):
    first, second = [await token_of(database, ALICE) for _ in range(2)]
    async with database.writing() as session:
        await revoke_token(session, first)
        await revoke_token(session, "hy_nobodys")
    assert await found(database, first) is None
    assert await found(database, second) == ALICE
