"""The one thread of a process that writes to a SQLite file; what waits together is committed together."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine

T = TypeVar("T")
Work = Callable[[Connection], Any]

_TOGETHER: Final = 32  # so that the first does not wait too long for the last


class WritingThread:
    """Does works of many statements whole, since each statement handed over to a thread would
    cost some 0.3 ms.

    Making a commit durable takes longer than most works: works that came while one was under way share the
    next. When one of them fails, all are rolled back and each is done again alone, so that it fails by
    itself. So a work must be able to run again after a rollback. Works that write nothing but what is derived
    go by `derived`, whose commits do not wait for the disk, unless others share theirs.
    """

    def __init__(self, engine: Engine, derived: Engine) -> None:
        self._engine = engine
        self._derived = derived
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._waiting: deque[_Waiting] = deque()
        self._closed = False

    async def do(self, work: Callable[[Connection], T], *, derived: bool = False) -> T:
        """The result of the work, after its transaction was committed;
        a caller that gives up may find it done.
        """
        future: Future[T] = Future()
        self._waiting.append(_Waiting(work, future, derived))
        self._thread.submit(self._do_waiting)
        return await asyncio.wrap_future(future)

    async def close(self) -> None:
        """Finish what is waiting, and close the connection where it was opened; later works are refused."""
        if not self._closed:
            self._closed = True
            for engine in (self._engine, self._derived):
                await asyncio.wrap_future(self._thread.submit(engine.dispose))
            self._thread.shutdown()

    def _do_waiting(self) -> None:
        works = list(self._take())
        if len(works) > 1 and self._done_together(works):
            return
        for one in works:
            self._do_alone(one)

    def _take(self) -> "Iterator[_Waiting]":
        for _ in range(min(len(self._waiting), _TOGETHER)):
            one = self._waiting.popleft()
            if one.future.set_running_or_notify_cancel():
                yield one

    def _done_together(self, works: "list[_Waiting]") -> bool:
        try:
            with self._engine_of(*works).begin() as connection:
                results = [one.work(connection) for one in works]
        except Exception:  # noqa: BLE001  whose error it is shows when each is done alone
            return False
        for one, result in zip(works, results, strict=True):
            one.future.set_result(result)
        return True

    def _do_alone(self, one: "_Waiting") -> None:
        try:
            with self._engine_of(one).begin() as connection:
                result = one.work(connection)
        except BaseException as error:  # noqa: BLE001  handed to whoever waits for the work
            one.future.set_exception(error)
        else:
            one.future.set_result(result)

    def _engine_of(self, *works: "_Waiting") -> Engine:
        return self._derived if all(one.derived for one in works) else self._engine


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A work, whose result is awaited."""

    work: Work
    future: "Future[Any]"
    derived: bool
