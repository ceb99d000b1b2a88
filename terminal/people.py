"""People who sign in: accounts made, listed, disabled, and given a new password, straight in the database."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.exc import IntegrityError

from api.labels import label_of
from domain.terms.roles import Role
from domain.terms.workdays import SHANGHAI
from settings import Settings
from storage.account_tables import AccountRow
from storage.accounts import (
    Account,
    Administrator,
    Post,
    any_account,
    create_account,
    hashed,
    list_accounts,
    new_password,
    row_of,
)
from storage.database import Database, open_database
from storage.regulations import load_law
from storage.sign_ins import end_all

_UNIT_POSTS = (Role.HANDLER, Role.MONITOR, Role.DEPUTY_LEADER, Role.PRINCIPAL_LEADER)
_SHORT = {
    Role.HANDLER: "handler",
    Role.MONITOR: "monitor",
    Role.DEPUTY_LEADER: "deputy",
    Role.PRINCIPAL_LEADER: "leader",
}


class PersonRefused(Exception):  # noqa: N818  an answer to who typed the command
    """Why an account was not made or changed, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} {en}")
        self.zh, self.en = zh, en


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
    database: Database, settings: Settings, *, login: str, name: str, post: Post, unit: str
) -> Shown:
    """A new account with a random password; raises PersonRefused for an unknown unit or a login that is taken."""
    now = datetime.now(UTC)
    if not load_law(settings.regulation, now.astimezone(SHANGHAI).year).knows(unit):
        raise PersonRefused(f"没有编码为 {unit} 的单位。", f"No unit has the code {unit}.")
    if not login.strip() or not login.isascii() or not login.isprintable():
        raise PersonRefused("账号只能用英文字母、数字和符号。", "A login is plain ASCII.")
    password = new_password()
    password_hash = await asyncio.to_thread(hashed, password)
    try:
        async with database.writing() as session:
            account = await create_account(
                session, login=login, name=name, post=post, unit=unit, password_hash=password_hash, at=now
            )
    except IntegrityError:
        raise PersonRefused(f"账号 {login} 已存在。", f"The login {login} is taken.") from None
    return Shown(account, password)


async def disable(database: Database, login: str) -> None:
    """Disable an account and end its sessions; raises PersonRefused for an unknown login."""
    now = datetime.now(UTC)
    async with database.writing() as session:
        row = await _known(await row_of(session, login), login)
        row.disabled_at = row.disabled_at or now
        await end_all(session, row.id, why="disabled", at=now)


async def renew_password(database: Database, login: str) -> str:
    """A new random password that must be changed at the next sign-in; the account's sessions end."""
    now = datetime.now(UTC)
    password = new_password()
    password_hash = await asyncio.to_thread(hashed, password)
    async with database.writing() as session:
        row = await _known(await row_of(session, login), login)
        row.password_hash, row.password_changed_at, row.must_change = password_hash, now, True
        row.one_time_secret = None
        await end_all(session, row.id, why="password_renewed", at=now)
    return password


async def _known(row: AccountRow | None, login: str) -> AccountRow:
    if row is None:
        raise PersonRefused(f"没有账号 {login}。", f"There is no login {login}.")
    return row


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
            await add_person(database, settings, login=login, name=name, post=post, unit=unit)
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
