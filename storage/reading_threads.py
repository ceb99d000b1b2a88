"""The few threads of a process that read a SQLite file for what every request asks first."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine

T = TypeVar("T")


class ReadingThreads:
    """Does a work of few statements whole, as `WritingThread` does those that write.

    A session of SQLAlchemy's asyncio takes three times the processor time for one statement: a greenlet, a
    change of thread for the statement and another to end its transaction.
    """

    def __init__(self, engine: Engine, count: int) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(max_workers=count, thread_name_prefix="reader")

    async def do(self, work: Callable[[Connection], T]) -> T:
        """What the work read; whoever gives up does not wait for the thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._done, work)

    def _done(self, work: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection:
            return work(connection)

    def close(self) -> None:
        """Let go of the connections once what is under way has ended; later works are refused."""
        self._threads.shutdown()
        self._engine.dispose()
