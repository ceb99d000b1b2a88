"""Bearer tokens, made and revoked on the database itself: whoever can write there needs no token."""

from datetime import UTC, datetime, timedelta

import typer
from rich.console import Console
from rich.table import Table

from domain.terms.roles import Role
from domain.terms.workdays import SHANGHAI
from storage.api_tokens import TokenHolder, create_token, id_of_token, list_callers, revoke
from storage.audit_book import BookDeed, BookEntry, enter
from storage.database import Database
from storage.regulations import load_law
from terminal.database import on_database
from terminal.machine_user import machine_user
from terminal.outcome import ERRORS, Exit, refuse_usage
from terminal.own_settings import read_settings
from terminal.wordings import plain
from words.wording import absolute


def create(person: str, role: Role, unit: str, days: int) -> None:
    """Make a token for so many days and print it, alone on standard output,
    so that it can be piped into a file.
    """
    ends = datetime.now(UTC) + timedelta(days=days)
    settings = read_settings()
    units = load_law(settings.regulation, datetime.now(UTC).astimezone(SHANGHAI).year).units
    if not any(known.code == unit for known in units):
        codes = "、".join(f"{known.code}（{known.name}）" for known in units)
        raise refuse_usage(f"没有编码为“{unit}”的单位；可用：{codes}", "No unit has this code.")
    if not person.strip() or not person.isprintable():
        raise refuse_usage(
            "人员标识不能为空，也不能含控制字符。", "The person's identifier is empty or unprintable."
        )

    async def make(database: Database) -> str:
        async with database.writing() as session:
            text = await create_token(session, person, role, unit, expires_at=ends)
            await enter(session, _entry(BookDeed.TOKEN_MAKE, await id_of_token(session, text)))
            return text

    token = on_database(settings, make, "token create")
    ERRORS.print("令牌只显示这一次，请妥善保存。 The token is shown this once; keep it safe.")
    ERRORS.print(f"有效期至 {absolute(ends)}。 It holds until then.")
    typer.echo(token)


def show_all() -> None:
    """Print all tokens ever made, without their text."""

    async def read(database: Database) -> list[TokenHolder]:
        async with database.session() as session:
            return list(await list_callers(session))

    table = Table(title="令牌 tokens", title_justify="left")
    for heading in (
        "标识 id",
        "人员 person",
        "角色 role",
        "单位 unit",
        "生成 made",
        "最近使用 last used",
        "到期 ends",
        "吊销 revoked",
    ):
        table.add_column(heading, overflow="fold")
    for caller in on_database(read_settings(), read, "token list"):
        who, dates = (
            caller.actor,
            (
                caller.created_at,
                caller.used_at,
                caller.expires_at,
                caller.revoked_at,
            ),
        )
        when = (absolute(at) if at is not None else "—" for at in dates)
        table.add_row(caller.id, plain(who.person), who.role, who.unit, *when)
    Console().print(table)


def revoke_token(token_id: str) -> None:
    """Revoke a token by its id."""

    async def end(database: Database) -> bool:
        async with database.writing() as session:
            is_known = await revoke(session, token_id)
            if is_known:
                await enter(session, _entry(BookDeed.TOKEN_END, token_id))
            return is_known

    if not on_database(read_settings(), end, "token revoke"):
        ERRORS.print(f"没有标识为“{plain(token_id)}”的令牌。 No token has this id.")
        raise typer.Exit(Exit.REFUSED)
    typer.echo("已吊销，最迟一分钟后失效。 Revoked; refused within a minute.")


def _entry(deed: BookDeed, token_id: str) -> BookEntry:
    return BookEntry(at=datetime.now(UTC), deed=deed, origin=machine_user(), subject=token_id)
