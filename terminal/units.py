"""The registry of units in the terminal, on the database itself:
import a file, list who is in office, find the gaps.
"""

from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from domain.law.registry import Part, UnitReadiness, standings
from domain.law.regulation import Law
from domain.terms.workdays import SHANGHAI
from settings import Settings
from storage.database import Database
from storage.registry import channels, keep, persons
from storage.regulations import load_law
from storage.roster import BadRoster, read_roster
from terminal.database import at_the_terminal, on_database
from terminal.outcome import Exit, refuse_usage
from terminal.own_settings import read_settings
from terminal.wordings import plain, word
from words.platforms import platform_label


def import_file(file: Path) -> None:
    """Take a file in, all of it; a faulty one changes nothing."""
    settings = read_settings()
    try:
        roster = read_roster(file.expanduser(), _law(settings))
    except BadRoster as bad:
        raise refuse_usage(f"{bad.where}：{bad.zh}", f"{bad.where}: {bad.en}") from None

    async def work(database: Database) -> None:
        await keep(database, roster, at=datetime.now(UTC), author=at_the_terminal())

    on_database(settings, work, "units import")
    counts = len(roster.units), len(roster.persons), len(roster.channels)
    typer.echo("已导入：{} 个单位，{} 人次，{} 个渠道。".format(*counts), nl=False)
    typer.echo(" Imported: {} units, {} entries of persons, {} channels.".format(*counts))


def show_units() -> None:
    """Print every unit with the persons in office today."""
    table = Table(title="单位 units", title_justify="left")
    for heading in (
        "编码 code",
        "名称 name",
        "类型 type",
        "职责 duties",
        "在任 in office",
        "渠道 channels",
    ):
        table.add_column(heading, overflow="fold")
    law = _law(read_settings())
    for one in _standings():
        serving = "；".join(f"{word(person.part, english=False)} {person.name}" for person in one.persons)
        spoken = "、".join(f"{platform_label(law, item.platform).zh} {item.name}" for item in one.channels)
        vertical = "（垂直管理）" if one.unit.vertical_managed else ""
        kind = word(one.unit.type, english=False) + vertical
        duties = "、".join(one.unit.duties)
        table.add_row(
            *map(plain, (one.unit.code, one.unit.name, kind, duties, serving or "—", spoken or "—"))
        )
    Console().print(table)


def show_gaps() -> None:
    """Print what units lack; status 1 when one is not ready."""
    lacking = [one for one in _standings() if one.gaps]
    table = Table(title="缺口 gaps", title_justify="left")
    for heading in ("编码 code", "名称 name", "缺 lacks"):
        table.add_column(heading, overflow="fold")
    for one in lacking:
        gaps = "；".join(f"{word(gap, english=False)} {word(gap, english=True)}" for gap in one.gaps)
        table.add_row(*map(plain, (one.unit.code, one.unit.name, gaps)))
    Console().print(table)
    unready = sum(not one.is_ready for one in lacking)
    typer.echo(f"{unready} 个单位未就绪（须有 {len(Part) - 1} 类人员）。 {unready} units are not ready.")
    if unready:
        raise typer.Exit(Exit.REFUSED)


def _standings() -> tuple[UnitReadiness, ...]:
    settings = read_settings()
    law = _law(settings)
    today = datetime.now(UTC).astimezone(SHANGHAI).date()

    async def work(database: Database) -> tuple[UnitReadiness, ...]:
        async with database.session() as session:
            return standings(law, await persons(session), await channels(session), today)

    return on_database(settings, work, "units show")


def _law(settings: Settings) -> Law:
    return load_law(settings.regulation, datetime.now(UTC).astimezone(SHANGHAI).year)
