"""The rota in the terminal, on the database itself: import a file, list who is and will be on duty."""

from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from domain.law.registry import DutyShift
from domain.terms.workdays import SHANGHAI
from storage.database import Database
from storage.regulations import load_law
from storage.roster import BadRoster, read_rota
from storage.rota import keep, shifts_from
from terminal.database import at_the_terminal, on_database
from terminal.outcome import refuse_usage
from terminal.own_settings import read_settings
from terminal.wordings import plain


def import_rota(file: Path) -> None:
    """Take a rota in, all of it; a faulty file changes nothing."""
    settings = read_settings()
    law = load_law(settings.regulation, datetime.now(UTC).astimezone(SHANGHAI).year)
    try:
        shifts = read_rota(file.expanduser(), law)
    except BadRoster as bad:
        raise refuse_usage(f"{bad.where}：{bad.zh}", f"{bad.where}: {bad.en}") from None

    async def work(database: Database) -> None:
        await keep(database, shifts, at=datetime.now(UTC), author=at_the_terminal())

    on_database(settings, work, "units rota")
    typer.echo(f"已导入：{len(shifts)} 个班次。 Imported: {len(shifts)} shifts.")


def show_rota() -> None:
    """Print the shifts that are not over, of every unit that has a rota."""
    settings = read_settings()
    now = datetime.now(UTC)
    law = load_law(settings.regulation, now.astimezone(SHANGHAI).year)

    async def work(database: Database) -> list[DutyShift]:
        async with database.session() as session:
            return [one for unit in law.units for one in await shifts_from(session, unit.code, now)]

    table = Table(title="值班表 rota", title_justify="left")
    for heading in ("单位 unit", "账号 person", "自 from", "至 until", "在班 on duty"):
        table.add_column(heading, overflow="fold")
    for one in on_database(settings, work, "units rota"):
        since, until = (
            instant.astimezone(SHANGHAI).isoformat(timespec="minutes") for instant in (one.since, one.until)
        )
        table.add_row(*map(plain, (one.unit, one.person, since, until, "✓" if one.covers(now) else "")))
    Console().print(table)
