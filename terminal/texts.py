"""`huiying texts reduce`: the words of the public whose months are over, counted or reduced."""

from datetime import UTC, datetime
from typing import Final

from rich.console import Console
from rich.progress import Progress

from audit.keys import require_keys
from audit.reducing import due, sweep_texts
from audit.reducing_rows import due_rows
from settings import Settings
from storage.audit_book import BookDeed
from storage.database import open_database
from storage.text_keys import TextKeys
from terminal.own_tables import require_own_tables
from terminal.upkeep import client_of
from terminal.writing_down import write_down
from workflows.keys import keyring

_MOST: Final = 20
out = Console(highlight=False)


async def reduce_texts(settings: Settings, *, dry_run: bool, now: datetime | None = None) -> int:
    """Reduce what is due, or say what would be; 0 when all of it went, 1 when not.

    Raises Apart without the keys.

    Records of 0.3 and before go where Temporal answers, which forgets them first.
    """
    client = await client_of(settings)
    database = open_database(settings.database_url)
    try:
        await require_own_tables(database)
        await require_keys(database, keyring(settings.keys_dir))
        now = now or datetime.now(UTC)
        if dry_run:
            async with database.session() as session:
                cases, older = await due(session, now), await due_rows(session, now)
            for one in cases[:_MOST]:
                out.print(f"{one.number}  {len(one.references)}", markup=False)
            count = sum(len(one.references) for one in cases)
            out.print(f"到期可删减：{len(cases)} 件，{count} 段文字；本次未作改动。", end=" ")
            out.print(f"Due: {len(cases)} incidents, {count} texts; nothing was changed.")
            if older:
                out.print(f"另有 {len(older)} 件含 0.3 及以前的记录。", end=" ")
                out.print(f"{len(older)} incidents with records of 0.3 and before are due as well.")
            return 0
        await write_down(database, "texts reduce", deed=BookDeed.TEXT_REDUCE)
        with Progress(console=out, transient=True) as progress:
            bar = progress.add_task("删减 reduce", total=None)
            swept = await sweep_texts(
                database,
                TextKeys(keyring(settings.keys_dir)),
                now,
                lambda done, total: progress.update(bar, completed=done, total=total),
                client,
            )
        async with database.session() as session:
            left = () if client else await due_rows(session, now)
    finally:
        await database.close()
    if left:  # whose histories the engine may have as well
        out.print(f"Temporal 没有应答：{len(left)} 件含 0.3 及以前记录的，留待系统运行时删减。", end=" ")
        out.print(f"Temporal does not answer: {len(left)} incidents with records of 0.3 wait until it does.")
    for incident_id, failure in swept.failed.items():
        out.print(f"{incident_id}: {failure}", markup=False)
    counts = swept.cases, swept.texts, swept.ended, len(swept.failed)
    out.print("已删减 {} 件的 {} 段文字，补完上次中断的 {} 次，失败 {} 件。".format(*counts), end=" ")
    out.print("{} incidents, {} texts reduced; {} broken-off acts ended; {} failed.".format(*counts))
    return 1 if swept.failed or left else 0
