"""Accounts and the registry are altered by one rule on both databases,
each act recorded in the same transaction.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.law.registry import Part, UnitPerson
from domain.terms.roles import Role
from storage import people
from storage.accounts import AccountFilter, AccountState, Administrator, Post, account_by_id, list_accounts
from storage.acts import FIRST_START, ActKind, Author, Via, acts
from storage.attempts import AttemptOutcome, attempts
from storage.database import Database
from storage.people import Particulars, PersonReason, PersonRefused
from storage.regulations import load_law
from storage.sign_ins import attempt, succeeded
from storage.unit_entries import EntryPlace, EntryReason, EntryRefused, alter, persons_of, put_in, take_out

LAW = load_law("gaoan-2020", 2026)
AT = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)


async def added(database: Database, login: str, post: Post) -> Author:
    """A new account, as whoever acts at the desk."""
    given = Particulars(name=login, post=post, unit="gov_office")
    async with database.writing() as session:
        made = await people.add(session, FIRST_START, LAW, login, given, password_hash="x", at=AT)
    return Author(via=Via.DESK, login=login, account_id=made.id)


async def test_two_security_administrators_cannot_disable_each_other_at_one_time(database: Database):
    one, two = [await added(database, login, Administrator.SECURITY) for login in ("one", "two")]

    async def against(author: Author, other: Author) -> PersonReason | None:
        try:
            async with database.writing() as session:
                await people.disable(session, author, other.account_id, at=AT)
        except PersonRefused as refused:
            return refused.reason
        return None

    outcomes = await asyncio.gather(against(one, two), against(two, one))
    assert set(outcomes) == {None, PersonReason.NO_LONGER}
    left = one if outcomes[0] is None else two
    async with database.writing() as session:
        with pytest.raises(PersonRefused) as caught:
            await people.disable(session, FIRST_START, left.account_id, at=AT)
    assert caught.value.reason is PersonReason.LAST_SECURITY


async def test_accounts_are_found_and_a_taken_login_records_nothing(database: Database):
    await added(database, "Li.Na", Role.HANDLER)
    with pytest.raises(PersonRefused) as caught:
        await added(database, "Li.Na", Role.HANDLER)
    assert caught.value.reason is PersonReason.LOGIN_TAKEN
    with pytest.raises(PersonRefused) as caught:
        await added(database, "LI.na", Role.HANDLER)
    assert caught.value.reason is PersonReason.LOGIN_TAKEN
    async with database.session() as session:
        wanted = AccountFilter(text="li.n", post="handler", unit="gov_office", state=AccountState.FRESH)
        assert [one.login for one in await list_accounts(session, wanted)] == ["li.na"]
        assert await list_accounts(session, AccountFilter(text="i%n")) == []
        assert await account_by_id(session, "nobody") is None
        assert len((await acts(session, limit=10)).items) == 1


async def test_entries_of_the_registry_are_put_in_altered_and_taken_out_once(database: Database):
    by = await added(database, "keeper", Administrator.SYSTEM)
    entry = UnitPerson(unit="water", part=Part.MONITOR, person="p-1", name="甲某", since=AT.date())
    async with database.writing() as session:
        await put_in(session, by, entry, at=AT)
    with pytest.raises(EntryRefused) as caught:
        async with database.writing() as session:
            await put_in(session, by, entry, at=AT)
    assert caught.value.reason is EntryReason.DUPLICATE
    async with database.session() as session:
        (kept,) = await persons_of(session, "water")
    place = EntryPlace(unit="water", position=kept.position, digest=kept.digest)
    other = UnitPerson(unit="water", part=Part.MONITOR, person="p-2", name="乙某", since=AT.date())
    async with database.writing() as session:
        await alter(session, by, place, other, at=AT)
    with pytest.raises(EntryRefused):
        async with database.writing() as session:
            await take_out(session, by, place, UnitPerson, at=AT)
    async with database.session() as session:
        found = [act.kind for act in (await acts(session, limit=10)).items if act.subject == "water"]
    assert found == [ActKind.UNIT_PERSON_CHANGED, ActKind.UNIT_PERSON_ADDED]


async def test_who_is_no_longer_system_administrator_alters_nothing(database: Database):
    by = await added(database, "keeper", Administrator.SYSTEM)
    async with database.writing() as session:
        await people.disable(session, FIRST_START, by.account_id, at=AT)
    entry = UnitPerson(unit="water", part=Part.MONITOR, person="p-1", name="甲某", since=AT.date())
    with pytest.raises(EntryRefused) as caught:
        async with database.writing() as session:
            await put_in(session, by, entry, at=AT)
    assert caught.value.reason is EntryReason.NO_LONGER


@pytest.mark.parametrize(
    "statement", ["UPDATE administrative_act SET author = ''", "DELETE FROM administrative_act"]
)
async def test_acts_are_only_ever_added(database: Database, statement: str):
    await added(database, "somebody", Role.HANDLER)
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.writing() as session:
            await session.execute(text(statement))


async def test_attempts_tell_when_a_login_was_locked(database: Database):
    await added(database, "guessed", Role.HANDLER)
    async with database.writing() as session:
        for second in range(6):
            await attempt(session, login="guessed", address="a", at=AT + timedelta(minutes=second))
        good = await attempt(session, login="guessed", address="a", at=AT + timedelta(minutes=7))
        await succeeded(session, good)
        await attempt(session, login="guessed", address="a", at=AT + timedelta(minutes=8))
        await attempt(session, login="a-password", address="a", at=AT + timedelta(minutes=9))
    async with database.session() as session:
        page = await attempts(session, limit=20)
        first = await attempts(session, outcome=AttemptOutcome.SUCCEEDED, limit=1)
        rest = await attempts(session, before=page.items[1].position, limit=3)
    locked = [int(one.locked_for.total_seconds()) for one in page.items]
    assert locked == [0, 0, 0, 60, 30, 0, 0, 0, 0]
    assert ([one.login for one in page.items[:2]], page.next_cursor) == ([None, "guessed"], None)
    assert (len(first.items), first.next_cursor, len(rest.items)) == (1, None, 3)
    assert rest.next_cursor == str(rest.items[-1].position)
