"""Work straight on the database, for those who keep the system: whoever can write there needs no token."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn, TypeVar

import typer
from sqlalchemy.exc import SQLAlchemyError

from settings import Settings
from storage.acts import Author, Via
from storage.database import Database, open_database
from terminal.machine_user import machine_user
from terminal.outcome import ERRORS, Exit
from terminal.wordings import plain
from terminal.writing_down import write_down

T = TypeVar("T")


def at_the_terminal() -> Author:
    """Who does an act here, for its record: this machine's user."""
    origin = machine_user()
    return Author(via=Via.TERMINAL, login=origin.person, origin=origin)


def on_database(settings: Settings, work: Callable[[Database], Awaitable[T]], command: str) -> T:
    """What work on the database gives, once its command stands in the audit book;
    one that cannot be used ends the program.
    """

    async def whole() -> T:
        database = open_database(settings.database_url)
        try:
            await write_down(database, command)
            return await work(database)
        finally:
            await database.close()

    try:
        return asyncio.run(whole())
    except (OSError, SQLAlchemyError) as error:
        _unreachable(error)


def _unreachable(error: Exception) -> NoReturn:
    ERRORS.print(
        "用不了数据库：请先启动过一次系统（make run），并核对 HUIYING_DATABASE_URL。\n"
        "The database cannot be used: start the system once, and check HUIYING_DATABASE_URL."
    )
    ERRORS.print(plain(str(error).splitlines()[0]))
    raise typer.Exit(Exit.UNREACHABLE)
