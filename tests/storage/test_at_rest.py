"""Secrets that the house reads again itself stand sealed in the database, each for its place,
by the current key.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import text

from domain.terms.roles import Role
from storage.accounts import create_account
from storage.api_tokens import Own, Scope, create_token, tokens_of
from storage.at_rest import seal_what_stands
from storage.database import Database, open_database
from storage.one_time_codes import begin_code, confirm_code, spend_code
from storage.passkeys import Credential, add_passkey, find_passkey
from workflows.keys import Keyring

AT = datetime(2026, 3, 1, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)


@pytest.fixture
def keys(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path / "keys")


@pytest.fixture
async def house(url: str, keys: Keyring) -> AsyncIterator[Database]:
    database = open_database(url, keys)
    yield database
    await database.close()


async def an_account(database: Database, login: str) -> str:
    async with database.writing() as session:
        made = await create_account(
            session, login=login, name=login, post=Role.HANDLER, unit="qingxi", password_hash="-", at=AT
        )
    return made.id


async def with_codes(database: Database, login: str) -> tuple[str, str]:
    """An account with one-time codes and a token, and its secret."""
    account = await an_account(database, login)
    async with database.writing() as session:
        secret = await begin_code(session, account)
        assert await confirm_code(session, account, pyotp.TOTP(secret).at(AT), AT)
        own = Own(account_id=account, name="夜间巡查", scope=Scope.READ, expires_at=LATER)
        await create_token(session, login, Role.HANDLER, "qingxi", own=own)
    return account, secret


async def stored(database: Database) -> list[str]:
    async with database.session() as session:
        secrets = await session.execute(
            text("SELECT one_time_secret FROM account WHERE one_time_secret IS NOT NULL")
        )
        names = await session.execute(text("SELECT name FROM caller"))
        return [*secrets.scalars(), *names.scalars()]


async def opens(database: Database, account: str, secret: str, at: datetime = LATER) -> bool:
    async with database.writing() as session:
        return await spend_code(session, account, pyotp.TOTP(secret).at(at), at)


async def names(database: Database, account: str) -> list[str]:
    async with database.session() as session:
        return [token.name for token in await tokens_of(session, account)]


async def test_secrets_and_names_of_tokens_stand_sealed_and_are_read_again(house: Database):
    account, secret = await with_codes(house, "li.na")
    assert all(one.startswith("sealed:") for one in await stored(house))
    assert await opens(house, account, secret)
    assert await names(house, account) == ["夜间巡查"]


async def test_what_an_earlier_release_left_in_clear_serves_and_is_sealed_at_the_next_start(
    house: Database, keys: Keyring, url: str
):
    early = open_database(url)
    account, secret = await with_codes(early, "li.na")
    await early.close()
    assert secret in await stored(house)
    assert await opens(house, account, secret)
    assert await seal_what_stands(house, keys) == 2
    assert await seal_what_stands(house, keys) == 0
    assert all(one.startswith("sealed:") for one in await stored(house))
    assert await opens(house, account, secret, LATER + timedelta(minutes=5))
    assert await names(house, account) == ["夜间巡查"]


async def test_a_further_key_takes_over_what_an_older_one_sealed(house: Database, keys: Keyring, url: str):
    account, secret = await with_codes(house, "li.na")
    older = keys.current()[0]
    keys.use(keys.make())
    assert await seal_what_stands(house, keys) == 2
    (keys.folder / f"{older}.key").unlink()
    again = open_database(url, Keyring(keys.folder))
    assert await opens(again, account, secret)
    assert await names(again, account) == ["夜间巡查"]
    await again.close()


async def test_a_secret_that_is_put_into_another_account_lets_nobody_in(house: Database):
    account, secret = await with_codes(house, "li.na")
    other, _ = await with_codes(house, "wang.lei")
    async with house.writing() as session:
        moved = text(
            "UPDATE account SET one_time_secret = (SELECT one_time_secret FROM account WHERE id = :one)"
            " WHERE id = :other"
        )
        await session.execute(moved, {"one": account, "other": other})
    assert not await opens(house, other, secret)


async def with_passkey(database: Database, login: str) -> str:
    """The id of an account with a passkey."""
    account = await an_account(database, login)
    async with database.writing() as session:
        device = Credential(id=login.encode(), public_key=b"its key", sign_count=3)
        assert await add_passkey(session, account, device, "办公室电脑", AT)
    return account


async def device_of(database: Database, account: str, login: str) -> bytes | None:
    """The public key of an account's passkey, found by the id that its device names."""
    async with database.session() as session:
        passkey = await find_passkey(session, account, login.encode())
    return None if passkey is None else passkey.credential.public_key


async def test_a_passkey_stands_sealed_for_its_account_and_is_taken_over_by_a_further_key(
    house: Database, keys: Keyring
):
    one, other = await with_passkey(house, "li.na"), await with_passkey(house, "wang.lei")
    keys.use(keys.make())
    assert await seal_what_stands(house, keys) == 4
    async with house.writing() as session:
        kept = (await session.execute(text("SELECT credential, name FROM passkey"))).all()
        assert all(value.startswith("sealed:") for row in kept for value in row)
    assert await device_of(house, one, "li.na") == b"its key"
    async with house.writing() as session:
        await session.execute(
            text("UPDATE passkey SET account_id = :other WHERE account_id = :one"),
            {"one": one, "other": other},
        )
    assert await device_of(house, other, "li.na") is None  # put into another account it opens nobody's
    assert await device_of(house, other, "wang.lei") == b"its key"


async def test_a_passkey_that_somebody_wrote_in_clear_opens_for_nobody_and_is_not_sealed(
    house: Database, keys: Keyring, url: str
):
    stranger = open_database(url)  # who writes to the file has no keys
    account = await with_passkey(stranger, "li.na")
    assert await device_of(stranger, account, "li.na") == b"its key"
    await stranger.close()
    assert await device_of(house, account, "li.na") is None
    assert await seal_what_stands(house, keys) == 0
    assert await device_of(house, account, "li.na") is None


async def test_a_key_that_is_lost_costs_the_codes_and_no_more(house: Database, keys: Keyring, url: str):
    account, secret = await with_codes(house, "li.na")
    name = keys.current()[0]
    (keys.folder / f"{name}.key").unlink()
    (again := Keyring(keys.folder)).give_up(name)
    after = open_database(url, again)
    assert not await opens(after, account, secret)
    assert await names(after, account) == [""]
    assert await seal_what_stands(after, again) == 0
    await after.close()
