"""SQLite for SQLAlchemy's asyncio with one change of thread for each statement.

SQLAlchemy's own adapter changes to the connection's thread and back for making a cursor, for executing, for
fetching and for closing it, some 0.1 ms of processor time each. Here a statement goes over whole and comes
back with its rows; the beginning of a transaction that reads goes with its first statement. What an answer
reads is bounded, so all rows fit in memory.
"""

import sqlite3
from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.util import EMPTY_DICT
from sqlalchemy.util.concurrency import await_

BEGIN_READING: Final = "BEGIN"


@dataclass(frozen=True, slots=True)
class _Done:
    """What came of a statement."""

    description: Any = None
    rowcount: int = -1
    lastrowid: int | None = None
    rows: tuple[Any, ...] = ()


_NOTHING: Final = _Done()


def _do(connection: aiosqlite.Connection, method: str, begin: str | None, *values: Any) -> _Done:
    """In the connection's thread: a statement from its cursor to its last row."""
    cursor = connection._conn.cursor()  # noqa: SLF001  as SQLAlchemy's adapter does; versions are pinned
    try:
        if begin is not None:
            cursor.execute(begin)
        getattr(cursor, method)(*values)
        rows = tuple(cursor.fetchall()) if cursor.description else ()
        return _Done(cursor.description, cursor.rowcount, cursor.lastrowid, rows)
    finally:
        cursor.close()


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    """The rows of one statement; the cursor that fetched them is closed."""

    __slots__ = ("_done",)
    _adapt_connection: "_Connection"

    def __init__(self, adapt_connection: "_Connection") -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection  # noqa: SLF001  as the class it stands in for
        self._soft_closed_memoized = EMPTY_DICT
        self._rows = deque()
        self._done = _NOTHING

    @property
    def description(self) -> Any:
        """The columns."""
        return self._done.description

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        return self._done.rowcount

    @property
    def lastrowid(self) -> Any:
        """The number of the row put in last."""
        return self._done.lastrowid

    async def _async_soft_close(self) -> None:
        """Nothing is left to close."""

    def close(self) -> None:
        """Forget rows that nobody fetched."""
        self._rows.clear()

    async def _execute_async(self, operation: Any, parameters: Any) -> Any:
        if operation == BEGIN_READING:
            self._adapt_connection.begins = operation
            return
        await self._over("execute", operation, parameters or ())

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> Any:
        await self._over("executemany", operation, seq_of_parameters)

    async def _over(self, *values: Any) -> None:
        adapted = self._adapt_connection
        async with adapted._execute_mutex:  # noqa: SLF001  as the class it stands in for
            method, *arguments = values
            begin, adapted.begins = adapted.begins, None
            driven: Any = self._connection
            work = partial(_do, driven, method, begin, *arguments)
            self._done = await driven._execute(work)  # noqa: SLF001  as the class it stands in for
        self._rows = deque(self._done.rows)


class _Connection(AsyncAdapt_aiosqlite_connection):
    """A connection; `begins` waits to go with the next statement."""

    __slots__ = ("begins",)
    _cursor_cls: type[AsyncAdapt_aiosqlite_cursor] = _Cursor

    def __init__(self, dbapi: Any, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self.begins: str | None = None

    def rollback(self) -> None:
        """End the transaction, if anything was asked in it."""
        self.begins = None
        if self._is_under_way:
            super().rollback()

    def commit(self) -> None:
        """End the transaction, if anything was asked in it."""
        self.begins = None
        if self._is_under_way:
            super().commit()

    @property
    def _is_under_way(self) -> bool:
        driven: Any = self._connection
        return driven._connection is not None and bool(driven.in_transaction)  # noqa: SLF001  None once closed


class Driver(AsyncAdapt_aiosqlite_dbapi):
    """The driver, to be given to `create_async_engine` as its module."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *values: Any, **named: Any) -> _Connection:
        """A connection with its thread, which keeps no process alive."""
        connection = aiosqlite.connect(*values, **named)
        connection._thread.daemon = True  # noqa: SLF001  as SQLAlchemy's adapter does
        return _Connection(self, await_(connection))
