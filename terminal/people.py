"""People who sign in: accounts made, listed, disabled, and given a new password, straight in the database."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.terms.roles import Role
from domain.terms.workdays import SHANGHAI
from settings import Settings
from storage.accounts import (
    Account,
    Administrator,
    Post,
    any_account,
    end_passwords,
    hashed,
    list_accounts,
    new_password,
    row_of,
)
from storage.acts import FIRST_START, Author
from storage.database import Database, open_database
from storage.people import (
    PASSWORD_SERVES,
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
from words.labels import label_of

FIRST_PASSWORDS: Final = "first-passwords"  # the file beside the ledger in which they stand
_UNIT_POSTS = (Role.HANDLER, Role.MONITOR, Role.DEPUTY_LEADER, Role.PRINCIPAL_LEADER)
_SHORT = {
    Role.HANDLER: "handler",
    Role.MONITOR: "monitor",
    Role.DEPUTY_LEADER: "deputy",
    Role.PRINCIPAL_LEADER: "leader",
}


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """A new password, shown this once."""

    account: Account
    password: str

    @property
    def line(self) -> str:
        """Login, password, and whose they are."""
        return f"{self.account.login:<28} {self.password:<18} {self.account.name}"


async def add_person(
    database: Database, settings: Settings, login: str, particulars: Particulars, *, author: Author
) -> FirstPassword:
    """A new account with a random password; raises PersonRefused."""
    now = datetime.now(UTC)
    law = load_law(settings.regulation, now.astimezone(SHANGHAI).year)
    password = new_password()
    password_hash = await asyncio.to_thread(hashed, password)
    async with database.writing() as session:
        account = await add(session, author, law, login, particulars, password_hash=password_hash, at=now)
    return FirstPassword(account, password)


async def disable_person(database: Database, login: str, *, author: Author) -> None:
    """Disable an account and end its sessions; raises PersonRefused."""
    async with database.writing() as session:
        await disable(session, author, await _id_of(session, login), at=datetime.now(UTC))


async def enable_person(database: Database, login: str, *, author: Author) -> None:
    """Let a disabled account sign in again; raises PersonRefused."""
    async with database.writing() as session:
        await enable(session, author, await _id_of(session, login), at=datetime.now(UTC))


async def new_password_for(database: Database, login: str, *, author: Author) -> str:
    """A new random password that must be changed at the next sign-in;
    the one-time code goes, the sessions end.
    """
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
    """Give an empty system its first accounts; their passwords, which serve for a day,
    are said and kept in a file that long.

    With demonstration incidents: people of the units that appear in them; else the three administrators
    alone. The file is written before the accounts are made, so that no password is lost with a start that is
    broken off.
    """
    file, now = settings.var_dir / FIRST_PASSWORDS, datetime.now(UTC)
    database = open_database(settings.database_url)
    try:
        async with database.session() as session:
            if await any_account(session):
                _forget(file, now)
                return
        cast = _cast(settings)
        passwords = [new_password() for _ in cast]
        hashes = [await asyncio.to_thread(hashed, password) for password in passwords]
        lines = [
            f"  {login:<28} {password:<18} {name}"
            for (login, name, _, _), password in zip(cast, passwords, strict=True)
        ]
        text = (_heading(file), *lines)
        _write(file, text)
        law = load_law(settings.regulation, now.astimezone(SHANGHAI).year)
        async with database.writing() as session:
            for (login, name, post, unit), password_hash in zip(cast, hashes, strict=True):
                of = Particulars(name=name, post=post, unit=unit)
                await add(session, FIRST_START, law, login, of, password_hash=password_hash, at=now)
            await end_passwords(session, now + PASSWORD_SERVES)
    finally:
        await database.close()
    for line in text:
        say(line)


def _heading(file: Path) -> str:
    return (
        f"以下首次口令 24 小时内有效，首次登录须修改；也写在 {file}（只有本机的本账号可读）。"
        "过期请用 bin/huiying people password 账号 重发。"
        " These first passwords serve for 24 hours and are changed at the first sign-in;"
        f" they also stand in {file}."
        " Later, issue another with bin/huiying people password LOGIN:"
    )


def _write(file: Path, lines: Iterable[str]) -> None:
    """For the eyes of the account that runs the system alone, from the first byte on."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.unlink(missing_ok=True)  # of a start that was broken off, with whatever rights
    file.touch(mode=0o600)
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _forget(file: Path, now: datetime) -> None:
    """Passwords that serve no more need not lie about."""
    with suppress(FileNotFoundError):
        if now - datetime.fromtimestamp(file.stat().st_mtime, UTC) >= PASSWORD_SERVES:
            file.unlink()


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
