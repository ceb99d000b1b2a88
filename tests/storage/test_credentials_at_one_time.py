"""Two who are given one passkey, or one identity of a provider, at one time:
one has it, the other is told so.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from domain.terms.roles import Role
from storage.accounts import create_account
from storage.database import Database
from storage.openid_links import NotLinked, OpenIdSubject, link_waiting, links_of, wait_for_owner, waiting
from storage.passkeys import Credential, add_passkey, passkeys_of

AT = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
A = TypeVar("A")
SHORT = 0.3  # seconds: whoever would wait for the first does so by then


async def accounts(database: Database) -> tuple[str, str]:
    """The ids of two accounts."""
    made = []
    async with database.writing() as session:
        for login in ("one", "two"):
            named = {"login": login, "name": login, "unit": "qingxi", "password_hash": "x"}
            made.append((await create_account(session, post=Role.HANDLER, at=AT, **named)).id)
    return made[0], made[1]


async def at_one_time(
    database: Database,
    one: Callable[[AsyncSession], Awaitable[A]],
    two: Callable[[AsyncSession], Awaitable[A]],
) -> tuple[A, A]:
    """What both are told, the second while what the first wrote is not committed yet."""

    async def second() -> A:
        async with database.writing() as session:
            return await two(session)

    async with database.writing() as session:
        first = await one(session)
        waits = asyncio.create_task(second())
        await asyncio.wait({waits}, timeout=SHORT)
    return first, await waits


async def test_one_passkey_at_one_time_serves_one_account(database: Database):
    mine, theirs = await accounts(database)
    device = Credential(id=b"device", public_key=b"key", sign_count=0)
    first, second = await at_one_time(
        database,
        lambda session: add_passkey(session, mine, device, "电脑", AT),
        lambda session: add_passkey(session, theirs, device, "电脑", AT),
    )
    assert (first is not None, second) == (True, None)
    async with database.session() as session:
        assert [len(await passkeys_of(session, account)) for account in (mine, theirs)] == [1, 0]


async def test_one_identity_at_one_time_is_linked_to_one_account(database: Database):
    subject = OpenIdSubject(issuer="https://id.example", name="subject")
    both = await accounts(database)
    async with database.writing() as session:
        cookies = [await wait_for_owner(session, subject, account, "/desk", AT) for account in both]

    async def linked(session: AsyncSession, cookie: str) -> str | NotLinked:
        unlinked = await waiting(session, cookie, AT)
        assert unlinked is not None
        return await link_waiting(session, cookie, unlinked, AT)

    first, second = await at_one_time(
        database, lambda session: linked(session, cookies[0]), lambda session: linked(session, cookies[1])
    )
    assert (isinstance(first, str), second) == (True, NotLinked.ANOTHER)
    async with database.session() as session:
        assert [len(await links_of(session, account)) for account in both] == [1, 0]
