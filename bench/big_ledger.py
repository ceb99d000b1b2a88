"""A ledger of as many incidents as wanted, made by copying some that were recorded;
and what its pages then take.
"""

import asyncio
import gzip
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any

import httpx2
from fastapi import FastAPI
from sqlalchemy import event

from bench.cases import course
from domain import incident as rules
from domain.case.state import Incident
from domain.catalogue import Decision
from settings import Settings
from storage.database import open_database
from storage.migrations import migrate
from storage.record import record
from web import create_app

_NOBODY = "127.0.0.1:1"  # where no Temporal server answers: pages are made of the ledger alone
_RECORDED = 8
_OPEN = 300  # incidents that are not closed, whatever the size
_COPIED = ("incident", "snapshot", "incident_unit", "obligation")
LISTS = ("/ledger", "/ledger?text=城管", "/", "/wall")
STATISTICS = "/performance?first={year}-01-01&last={year}-12-31"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedPage:
    """What one page took: milliseconds within which 95 % came, statements, and bytes as they travel."""

    p95_milliseconds: float
    statements: int
    size: int


async def fill(folder: Path, incidents: int) -> Settings:
    """A ledger of that many incidents, all but _OPEN closed, their answers due throughout the last year."""
    await asyncio.to_thread(folder.mkdir, parents=True)
    settings = Settings(
        var_dir=folder, temporal_address=_NOBODY, pages_open=True, log_level="error", demonstration=False
    )
    await migrate(settings.database_url)
    database = open_database(settings.database_url)
    try:
        for number in range(_RECORDED):
            name = f"inc-{number:024x}"
            decisions = _told(name)
            await record(database, name, decisions)
    finally:
        await database.close()
    await asyncio.to_thread(_grow, folder / "huiying.db", incidents)
    return settings


def _grow(file: Path, incidents: int) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        _multiply(connection, _OPEN)
        connection.execute(
            "UPDATE incident SET closed_at = registered_at, stage = 'closed', owed_due_at = NULL"
        )
        connection.execute("UPDATE obligation SET settled = 1")
        _multiply(connection, incidents)
        position = "SELECT position FROM incident ORDER BY position DESC LIMIT ?"
        connection.execute(
            f"UPDATE incident SET closed_at = NULL, stage = 'handling' WHERE position IN ({position})",
            (_OPEN,),
        )
        connection.execute("ANALYZE")
        connection.commit()


def _told(name: str) -> tuple[Decision, ...]:
    incident: Incident | None = None
    decisions: list[Decision] = []
    for submission in course(datetime.now(UTC).replace(microsecond=0) - timedelta(hours=20), name, 6):
        if (decided := rules.decision(incident, submission, submission.received_at)) is not None:
            incident = rules.apply(incident, decided)
            decisions.append(decided)
    return tuple(decisions)


def _multiply(connection: sqlite3.Connection, wanted: int) -> None:
    """Copy all incidents until there are so many;
    each copy has a number, an id and a due instant of its own.
    """
    while (count := connection.execute("SELECT count(*) FROM incident").fetchone()[0]) < wanted:
        more = min(count, wanted - count)
        last = connection.execute("SELECT max(position) FROM incident").fetchone()[0]
        for table in _COPIED:
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            columns = ", ".join(_copied(name) for name in names)
            connection.execute(
                (
                    f"INSERT INTO {table} ({', '.join(names)}) SELECT {columns} FROM {table} WHERE"
                    " position <= :more"
                ),
                {"last": last, "more": more},
            )
        grams = "SELECT position + :last, grams FROM incident_text WHERE position <= :more"
        connection.execute(
            f"INSERT INTO incident_text (position, grams) {grams}", {"last": last, "more": more}
        )


def _copied(name: str) -> str:
    match name:
        case "position":
            return "position + :last"
        case "incident_id":
            return "'inc-' || printf('%024x', position + :last)"
        case "due_at":
            return (
                "strftime('%Y-%m-%d %H:%M:%S.000000', due_at, '-' || ((position + :last) * 7919 % 8760) ||"
                " ' hours')"
            )
        case _:
            return name


Look = Callable[[Sequence[str], int], Awaitable[dict[str, TimedPage]]]


async def pages(settings: Settings, paths: Sequence[str], repeats: int) -> dict[str, TimedPage]:
    """Ask each page so many times, in this process, after once that is not measured."""
    async with looking(settings) as look:
        return await look(paths, repeats)


@asynccontextmanager
async def looking(settings: Settings) -> AsyncIterator[Look]:
    """An application in this process, whose pages may be asked for again and again,
    as `pages` does it once.
    """
    app = create_app(settings)
    transport = httpx2.ASGITransport(app=app, client=("127.0.0.1", 50000))
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(
            transport=transport, base_url="http://127.0.0.1", headers={"Accept": "text/html"}, timeout=120
        ) as http,
    ):

        async def look(paths: Sequence[str], repeats: int) -> dict[str, TimedPage]:
            return {path: await _page(app, http, path, repeats) for path in paths}

        yield look


async def _page(app: FastAPI, http: httpx2.AsyncClient, path: str, repeats: int) -> TimedPage:
    await _asked(http, path)
    taken: list[float] = []
    for _ in range(repeats):
        began = perf_counter()
        with _statements(app) as statements:
            size = await _asked(http, path)
        taken.append((perf_counter() - began) * 1e3)
    return TimedPage(p95_milliseconds=quantiles(taken, n=20)[-1], statements=len(statements), size=size)


async def _asked(http: httpx2.AsyncClient, path: str) -> int:
    answer = await http.get(path)
    answer.raise_for_status()
    return len(gzip.compress(answer.content, 5))


@contextmanager
def _statements(app: FastAPI) -> Iterator[list[str]]:
    paths: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        paths.append(statement)

    readers = app.state.database._readers.sync_engine  # noqa: SLF001  the engine below is what is counted
    event.listen(readers, "before_cursor_execute", note)
    try:
        yield paths
    finally:
        event.remove(readers, "before_cursor_execute", note)


def forget(folder: Path) -> None:
    """Take the ledger away, which may be large."""
    shutil.rmtree(folder, ignore_errors=True)
