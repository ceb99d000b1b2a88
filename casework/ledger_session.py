"""Reading the ledger within bounds: a database that is down, locked or slow is one outcome."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncSession

from casework.outcomes import Unavailable
from storage.database import Database
from storage.files_beside import ContentGone

T = TypeVar("T")

READ_SECONDS: Final = 2.0
_DOWN = (OSError, TimeoutError, OperationalError, InterfaceError, PoolTimeoutError)


@asynccontextmanager
async def reading(database: Database, seconds: float = READ_SECONDS) -> AsyncIterator[AsyncSession]:
    """A session that reads, for `seconds` at most; raises Unavailable when the database does not answer."""
    with answering():
        async with asyncio.timeout(seconds), database.session() as session:
            yield session


async def read(database: Database, work: Callable[[Connection], T], seconds: float = READ_SECONDS) -> T:
    """What a work of few statements reads, as `Database.read`;
    raises Unavailable when the database does not answer.
    """
    with answering():
        async with asyncio.timeout(seconds):
            return await database.read(work)


@asynccontextmanager
async def writing(database: Database, seconds: float = READ_SECONDS) -> AsyncIterator[AsyncSession]:
    """A session whose work is committed at the end; raises Unavailable when the database does not answer."""
    with answering():
        async with asyncio.timeout(seconds), database.writing() as session:
            yield session


@contextmanager
def answering() -> Iterator[None]:
    """Raises Unavailable for what a database that is down, locked or slow raises;
    a defect stays what it is.
    """
    try:
        yield
    except ContentGone as error:
        raise Unavailable("content") from error
    except _DOWN as error:
        raise Unavailable("database") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Unavailable("database") from error
        raise
