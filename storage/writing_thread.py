"""The one thread of a process that writes to a SQLite file; what waits together is committed together."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine

T = TypeVar("T")
Work = Callable[[Connection], Any]

_TOGETHER: Final = 32  # so that the first does not wait too long for the last


class WritingThread:
    """Does works of many statements whole, since each statement handed over to a thread would cost some 0.3 ms.

    Making a commit durable takes longer than most works: works that came while one was under way share the next.
    When one of them fails, all are rolled back and each is done again alone, so that it fails by itself. So a work
    must be able to run again after a rollback.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._waiting: deque[tuple[Work, Future[Any]]] = deque()
        self._closed = False

    async def do(self, work: Callable[[Connection], T]) -> T:
        """The result of the work, after its transaction was committed; a caller that gives up may find it done."""
        future: Future[T] = Future()
        self._waiting.append((work, future))
        self._thread.submit(self._do_waiting)
        return await asyncio.wrap_future(future)

    async def close(self) -> None:
        """Finish what is waiting, and close the connection where it was opened; later works are refused."""
        if not self._closed:
            self._closed = True
            await asyncio.wrap_future(self._thread.submit(self._engine.dispose))
            self._thread.shutdown()

    def _do_waiting(self) -> None:
        works = list(self._take())
        if len(works) > 1 and self._done_together(works):
            return
        for work, future in works:
            self._do_alone(work, future)

    def _take(self) -> Iterator[tuple[Work, "Future[Any]"]]:
        for _ in range(min(len(self._waiting), _TOGETHER)):
            work, future = self._waiting.popleft()
            if future.set_running_or_notify_cancel():
                yield work, future

    def _done_together(self, works: list[tuple[Work, "Future[Any]"]]) -> bool:
        try:
            with self._engine.begin() as connection:
                results = [work(connection) for work, _ in works]
        except Exception:  # noqa: BLE001  whose error it is shows when each is done alone
            return False
        for (_, future), result in zip(works, results, strict=True):
            future.set_result(result)
        return True

    def _do_alone(self, work: Work, future: "Future[Any]") -> None:
        try:
            with self._engine.begin() as connection:
                result = work(connection)
        except BaseException as error:  # noqa: BLE001  handed to whoever waits for the work
            future.set_exception(error)
        else:
            future.set_result(result)
