"""Runs a module as `python -m` does and writes down where its processor time goes (Linux alone).

Called as `python -m bench.sampled RESULT MODULE ARGUMENT…`. A thread looks at all others every few
milliseconds and books the processor time that each has taken since onto the functions then on its stack.
SIGUSR1 begins the account anew; the result, a JSON object, is written when the module ends.
"""

import json
import runpy
import signal
import sys
import threading
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Final

from settings import CHECKOUT

NATIVE: Final = "native threads"
STANDARD: Final = "standard library"
_PERIOD: Final = 0.003
# A look waits for the interpreter: were others not made to let go of it soon,
# all looks would fall where they do so anyway.
_LET_GO: Final = 0.00005
_THREAD_CLOCK: Final = 6  # the kernel's number of the scheduler's clock of one thread


class SampledAccount:
    """Processor seconds by package and by function: `own` on top of the stack, `within` anywhere on it."""

    def __init__(self) -> None:
        self._before: dict[int, float] = {}
        self.begin()

    def begin(self) -> None:
        """Forget what was booked."""
        self._packages: defaultdict[str, float] = defaultdict(float)
        self._own: defaultdict[str, float] = defaultdict(float)
        self._within: defaultdict[str, float] = defaultdict(float)
        self._process_began = time.process_time()
        self._looking_began = time.thread_time()

    def look(self) -> None:
        """Book what each thread has taken since the last look."""
        frames = sys._current_frames()  # noqa: SLF001  documented for this purpose
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and thread.native_id is not None:
                self._book(frames.get(thread.ident or 0), self._taken(thread.native_id))

    def _taken(self, thread: int) -> float:
        try:
            # What pthread_getcpuclockid tells, which is unsafe for a thread that has just ended.
            now = time.clock_gettime((~thread << 3) | _THREAD_CLOCK)
        except OSError:
            return 0.0
        before = self._before.get(thread, now)
        self._before[thread] = now
        return now - before

    def _book(self, frame: FrameType | None, seconds: float) -> None:
        if seconds <= 0.0 or frame is None:
            return
        self._own[_name(frame)] += seconds
        self._packages[_package(frame)] += seconds
        on_stack = set()
        while frame is not None:
            on_stack.add(_name(frame))
            frame = frame.f_back
        for name in on_stack:
            self._within[name] += seconds

    def told(self) -> dict[str, dict[str, float]]:
        """The account; what the process took beyond its Python threads is booked onto the native ones.

        To be called by the thread that looks, whose own time is left out.
        """
        whole = time.process_time() - self._process_began - (time.thread_time() - self._looking_began)
        native = max(whole - sum(self._packages.values()), 0.0)
        return {
            "packages": _largest({**self._packages, NATIVE: native}),
            "own": _largest(self._own),
            "within": _largest(self._within),
        }


def _largest(account: dict[str, float], count: int = 200) -> dict[str, float]:
    entries = sorted(account.items(), key=lambda entry: -entry[1])
    return {name: round(seconds, 4) for name, seconds in entries[:count]}


def _name(frame: FrameType) -> str:
    return f"{_place(frame)}:{frame.f_code.co_qualname}"


def _place(frame: FrameType) -> str:
    """The file, told from the root of its package."""
    path = Path(frame.f_code.co_filename)
    parts = path.parts
    if "site-packages" in parts:
        return "/".join(parts[parts.index("site-packages") + 1 :])
    return str(path.relative_to(CHECKOUT)) if path.is_relative_to(CHECKOUT) else path.name


def _package(frame: FrameType) -> str:
    """The package whose function runs; the standard library counts as one."""
    path = Path(frame.f_code.co_filename)
    if "site-packages" in path.parts or path.is_relative_to(CHECKOUT):
        return _place(frame).split("/", maxsplit=1)[0]
    return STANDARD


def main() -> None:
    """Run the module named by the arguments, and write the account down however it ends."""
    result, module, *arguments = sys.argv[1:]
    anew, ended = threading.Event(), threading.Event()
    signal.signal(signal.SIGUSR1, lambda _number, _frame: anew.set())

    def watch() -> None:
        account = SampledAccount()
        while not ended.wait(_PERIOD):
            if anew.is_set():
                anew.clear()
                account.begin()
            account.look()
        Path(result).write_text(json.dumps(account.told(), ensure_ascii=False, indent=1), encoding="utf-8")

    sys.setswitchinterval(_LET_GO)
    watcher = threading.Thread(target=watch, name="watcher", daemon=True)
    watcher.start()
    sys.argv = [module, *arguments]
    try:
        # A web server ends itself with the signal that it was asked with.
        with suppress(KeyboardInterrupt, SystemExit):
            runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        ended.set()
        watcher.join()


if __name__ == "__main__":
    main()
