"""Opens the database: SQLite in a file or PostgreSQL, told apart by the address alone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple, TypeVar
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from storage.aiosqlite_driver import Driver
from storage.files_beside import FOLDER, FilesBeside
from storage.reading_threads import ReadingThreads
from storage.revisions import head
from storage.sqlite import BEGIN_READING, BEGIN_WRITING, prepare
from storage.writing_thread import WritingThread

T = TypeVar("T")

SQLITE: Final = "sqlite+aiosqlite"
POSTGRESQL: Final = "postgresql+psycopg"
KEYS: Final = "keys"  # under which a session has the keys of its database, for `storage.at_rest`
FILES: Final = "files"  # under which it has what lies beside the database, None where nothing does
_ALIVE_SECONDS: Final = 1.0
_READERS: Final = 16  # connections at most; each is kept, since one costs a thread and a millisecond to open
_READING_THREADS: Final = 2  # for what every request asks first
_NOT_AT_ONCE: Final = text("SET LOCAL synchronous_commit = off")


class SqliteThreads(NamedTuple):
    """The threads of a process over a SQLite file."""

    writer: WritingThread
    reader: ReadingThreads


class Database:
    """The connections of one process to event log and ledger; `close` it on every way out."""

    def __init__(
        self,
        engine: AsyncEngine,
        readers: AsyncEngine,
        threads: "SqliteThreads | None",
        keys: object | None = None,
        files: FilesBeside | None = None,
    ) -> None:
        self.files = files
        self._info = {KEYS: keys, FILES: files}
        self.engine = engine
        self._readers = readers
        self._writer = threads.writer if threads is not None else None
        self._reader = threads.reader if threads is not None else None

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A session that reads, in one transaction; the database refuses what it would write."""
        async with AsyncSession(self._readers, expire_on_commit=False, info=self._info) as session:
            yield session

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """As `session`, and all that it reads is as of one instant, whatever others commit meanwhile."""
        async with self.session() as session:
            if self._writer is None:  # SQLite reads so by itself
                await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A session whose work is committed at the end,
        or rolled back when an error or cancellation leaves it.
        """
        opened = AsyncSession(self.engine, expire_on_commit=False, info=self._info)
        async with opened as session, session.begin():
            yield session

    async def write(self, work: Callable[[Connection], T], *, derived: bool = False) -> T:
        """Do work of many statements in one transaction,
        committed when it returns and rolled back when it raises.

        On SQLite it runs in the one thread that writes; it is finished even where its caller has given up,
        and may run again after a rollback, so it must be idempotent. What is `derived` alone from what is
        durable elsewhere (the ledger, and how far it is proven) need not be on the disk when it returns: lost
        with the power, it is derived again.
        """
        if self._writer is not None:
            return await self._writer.do(work, derived=derived)
        async with self.engine.begin() as connection:
            if derived:
                await connection.execute(_NOT_AT_ONCE)
            return await connection.run_sync(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """What a work of few statements reads, in one transaction that the database lets write nothing.

        On SQLite it is handed to a thread whole, which takes a third of a session's processor time.
        """
        if self._reader is not None:
            return await self._reader.do(work)
        async with self._readers.connect() as connection:
            return await connection.run_sync(work)

    async def close(self) -> None:
        """Close all connections; an open one would keep the process alive."""
        if self._writer is not None:
            await self._writer.close()
        if self._reader is not None:
            self._reader.close()
        await self._readers.dispose()
        await self.engine.dispose()


def open_database(url: str, keys: object | None = None) -> Database:
    """Prepare connections to a database that `migrate` has made; nothing is connected until it is used.

    Large files lie beside a SQLite file, in `attachments`; with PostgreSQL in the database, whose own backup
    holds them and which several machines share. `keys` are those by which secrets are sealed at rest
    (`storage.at_rest.Keys`), for who reads or writes such. Raises ValueError for an address that is neither
    `sqlite+aiosqlite:///FILE` nor `postgresql+psycopg://…`.
    """
    address = make_url(url)
    if address.drivername == POSTGRESQL:
        engine = create_async_engine(address, pool_pre_ping=True)
        return Database(engine, engine.execution_options(postgresql_readonly=True), None, keys)
    if address.drivername != SQLITE or address.database in {None, "", ":memory:"}:
        raise ValueError(f"neither a SQLite file nor PostgreSQL: {address.render_as_string()}")
    files = FilesBeside(Path(address.database or "").parent / FOLDER)
    address = _existing_file(address)
    engine = create_async_engine(address, pool_size=1, max_overflow=0, module=Driver())
    prepare(engine.sync_engine, BEGIN_WRITING, foreign_keys="ON")
    readers = create_async_engine(address, pool_size=_READERS, max_overflow=0, module=Driver())
    prepare(readers.sync_engine, BEGIN_READING, query_only="ON")
    writer = WritingThread(_in_one_thread(address), _in_one_thread(address, synchronous="NORMAL"))
    return Database(engine, readers, SqliteThreads(writer, _in_few_threads(address)), keys, files)


def _in_one_thread(address: URL, **pragmas: str) -> Engine:
    engine = create_engine(address.set(drivername="sqlite+pysqlite"), pool_size=1, max_overflow=0)
    prepare(engine, BEGIN_WRITING, foreign_keys="ON", **pragmas)
    return engine


def _in_few_threads(address: URL) -> ReadingThreads:
    plain = address.set(drivername="sqlite+pysqlite").update_query_dict({"check_same_thread": "false"})
    engine = create_engine(plain, pool_size=_READING_THREADS, max_overflow=0)
    prepare(engine, BEGIN_READING, query_only="ON")
    return ReadingThreads(engine, _READING_THREADS)


def _existing_file(address: URL) -> URL:
    """The same file, but never made anew: an empty database in place of a lost one would look like
    a fresh start.
    """
    return address.set(database=f"file:{quote(address.database or '')}", query={"mode": "rw", "uri": "true"})


async def alive(database: Database) -> bool:
    """Whether the database answers within a second and holds the tables of this release."""
    try:
        async with asyncio.timeout(_ALIVE_SECONDS), database.session() as session:
            version = await session.scalar(text("SELECT version_num FROM alembic_version"))
    except (OSError, SQLAlchemyError, TimeoutError):
        return False
    return bool(version == head())
