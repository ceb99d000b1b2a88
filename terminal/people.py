"""People who sign in: accounts made, listed, disabled, and given a new password, straight in the database."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.labels import label_of
from domain.terms.roles import Role
from domain.terms.workdays import SHANGHAI
from settings import Settings
from storage.accounts import (
    Account,
    Administrator,
    Post,
    any_account,
    hashed,
    list_accounts,
    new_password,
    row_of,
)
from storage.acts import FIRST_START, Author
from storage.database import Database, open_database
from storage.people import (
    Particulars,
    PersonReason,
    PersonRefused,
    add,
    clear_code,
    disable,
    enable,
    renew_password,
)
from storage.regulations import load_law

_UNIT_POSTS = (Role.HANDLER, Role.MONITOR, Role.DEPUTY_LEADER, Role.PRINCIPAL_LEADER)
_SHORT = {
    Role.HANDLER: "handler",
    Role.MONITOR: "monitor",
    Role.DEPUTY_LEADER: "deputy",
    Role.PRINCIPAL_LEADER: "leader",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A new password, shown this once."""

    account: Account
    password: str

    @property
    def line(self) -> str:
        """Login, password, and whose they are."""
        return f"{self.account.login:<28} {self.password:<18} {self.account.name}"


async def add_person(
    database: Database, settings: Settings, login: str, particulars: Particulars, *, author: Author
) -> Shown:
    """A new account with a random password; raises PersonRefused."""
    now = datetime.now(UTC)
    law = load_law(settings.regulation, now.astimezone(SHANGHAI).year)
    password = new_password()
    password_hash = await asyncio.to_thread(hashed, password)
    async with database.writing() as session:
        account = await add(session, author, law, login, particulars, password_hash=password_hash, at=now)
    return Shown(account, password)


async def disable_person(database: Database, login: str, *, author: Author) -> None:
    """Disable an account and end its sessions; raises PersonRefused."""
    async with database.writing() as session:
        await disable(session, author, await _id_of(session, login), at=datetime.now(UTC))


async def enable_person(database: Database, login: str, *, author: Author) -> None:
    """Let a disabled account sign in again; raises PersonRefused."""
    async with database.writing() as session:
        await enable(session, author, await _id_of(session, login), at=datetime.now(UTC))


async def new_password_for(database: Database, login: str, *, author: Author) -> str:
    """A new random password that must be changed at the next sign-in; the one-time code goes, the sessions end."""
    now = datetime.now(UTC)
    password = new_password()
    password_hash = await asyncio.to_thread(hashed, password)
    async with database.writing() as session:
        account_id = await _id_of(session, login)
        await renew_password(session, author, account_id, password_hash=password_hash, at=now)
        await clear_code(session, author, account_id, at=now)
    return password


async def _id_of(session: AsyncSession, login: str) -> str:
    row = await row_of(session, login)
    if row is None:
        raise PersonRefused(PersonReason.UNKNOWN, login)
    return row.id


async def people(database: Database) -> Sequence[Account]:
    """All accounts."""
    async with database.session() as session:
        return await list_accounts(session)


async def first_accounts(settings: Settings, say: Callable[[str], None]) -> None:
    """Give an empty system its first accounts and show their passwords this once.

    With demonstration incidents: people of the units that appear in them; else the three administrators alone.
    """
    database = open_database(settings.database_url)
    try:
        async with database.session() as session:
            if await any_account(session):
                return
        shown = [
            await add_person(
                database,
                settings,
                login,
                Particulars(name=name, post=post, unit=unit),
                author=FIRST_START,
            )
            for login, name, post, unit in _cast(settings)
        ]
    finally:
        await database.close()
    say(
        "以下口令只显示这一次，首次登录须修改： These passwords are shown this once; change them at the first sign-in:"
    )
    for one in shown:
        say(f"  {one.line}")


def _cast(settings: Settings) -> list[tuple[str, str, Post, str]]:
    law = load_law(settings.regulation, datetime.now(SHANGHAI).year)
    offices = law.offices
    cast: list[tuple[str, str, Post, str]] = [
        (post.value.removesuffix("_administrator") + ".admin", label_of(post).zh, post, offices.office)
        for post in Administrator
    ]
    if not settings.demonstration:
        return cast
    answering = [unit.code for unit in law.units if unit.is_township_unit][:1]
    answering += [unit.code for unit in law.units if unit.duties][:1]
    for code in (offices.office, *answering):
        name = law.unit(code).name
        cast += [(f"{code}.{_SHORT[post]}", f"{name}{label_of(post).zh}", post, code) for post in _UNIT_POSTS]
        cast.append((f"{code}.handler2", f"{name}{label_of(Role.HANDLER).zh}二", Role.HANDLER, code))
    for code in dict.fromkeys((offices.cyberspace_office, *offices.verification_peers)):
        if code != offices.office:
            cast.append((f"{code}.handler", f"{law.unit(code).name}经办人", Role.HANDLER, code))
    cast.append(("auditor", label_of(Role.AUDITOR).zh, Role.AUDITOR, offices.office))
    cast.append(("city.leader", label_of(Role.CITY_LEADER).zh, Role.CITY_LEADER, offices.office))
    return cast
