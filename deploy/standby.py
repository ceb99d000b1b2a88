"""Processes that stand by: made of the supervisor once it has loaded what they share, told later to begin.

A process that is made of another has what that one has loaded. It is only safe of one that has a single
thread, so that no other can hold what would then never be let go of: where there are more, or on a system
that does not tell, none stand by, and each is started by itself, as it is when it is started again.
"""

import asyncio
import ctypes
import gc
import importlib
import io
import os
import runpy
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Final, TextIO

from deploy.die_with_parent import PR_SET_PDEATHSIG

_BEGIN: Final = b"\n"
_COLLECTING: Final = (700, 10, 10)  # as the interpreter begins, whatever the supervisor does
_TASKS: Final = Path("/proc/self/task")
_STAT: Final = Path("/proc/self/stat")
_ARGUMENTS: Final = slice(
    45, 47
)  # after the name in brackets: from where to where the command line lies in memory


@dataclass(frozen=True, slots=True)
class Program:
    """What stands by: its command, `PYTHON -m MODULE …`, and the modules that it `loads` meanwhile."""

    command: tuple[str, ...]
    loads: tuple[str, ...] = ()


class Begun:
    """A process that stood by and was told to begin, as `asyncio.subprocess.Process` is one."""

    def __init__(self, process: ForkProcess, stdout: asyncio.StreamReader) -> None:
        assert process.pid is not None  # noqa: S101 - it was started
        self.pid = process.pid
        self.stdout = stdout
        self._process = process

    @property
    def returncode(self) -> int | None:
        """How it ended, below 0 by which signal; None while it runs."""
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    async def wait(self) -> int:
        """Wait until it has ended; tells how."""
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self._process.join()
        assert self.returncode is not None  # noqa: S101 - it was waited for
        return self.returncode


class Standby:
    """One process that stands by; begin it once, or dismiss it."""

    def __init__(self, program: Program, apart: Sequence[TextIO | int]) -> None:
        """Make the process, in which whatever is `apart` is closed. Raises OSError where none can be made."""
        heard, self._go = os.pipe()
        self._said, said = os.pipe()
        self.apart = (self._go, self._said)
        arguments = (program, os.getpid(), heard, said, (*apart, *self.apart))
        self._process = get_context("fork").Process(target=_stand_by, args=arguments, daemon=True)
        try:
            self._process.start()
        except OSError:
            os.close(self._go)
            os.close(self._said)
            raise
        finally:
            os.close(heard)
            os.close(said)

    async def begin(self) -> Begun | None:
        """Let it begin; None where it has ended meanwhile."""
        go, self._go = self._go, -1
        try:
            os.write(go, _BEGIN)
        except OSError:
            self.dismiss()
            return None
        finally:
            os.close(go)
        stdout = asyncio.StreamReader()
        said, self._said = os.fdopen(self._said, "rb", buffering=0), -1
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdout), said)
        return Begun(self._process, stdout)

    def dismiss(self) -> None:
        """End it, unless it was begun."""
        if self._said == -1:
            return
        self._process.kill()
        self._process.join()
        for descriptor in (self._go, self._said):
            if descriptor != -1:
                os.close(descriptor)
        self._go = self._said = -1


@contextmanager
def standing_by(
    programs: Mapping[str, Program], shared: Sequence[str], apart: TextIO
) -> Iterator[dict[str, Standby]]:
    """The programs, standing by under their names with the modules that they have in common.

    Outside of an event loop; those that were not begun are ended. `apart` is a file of this process alone.
    """
    gc.disable()  # what is loaded stays: to look through it takes long, and gives each a copy of its own
    for name in shared:
        importlib.import_module(name)
    gc.freeze()
    gc.enable()
    standbys: dict[str, Standby] = {}
    try:
        for name, program in programs.items() if is_alone() else ():
            others = [descriptor for other in standbys.values() for descriptor in other.apart]
            with suppress(OSError):
                standbys[name] = Standby(program, (apart, *others))
        yield standbys
    finally:
        for standby in standbys.values():
            standby.dismiss()


def is_alone() -> bool:
    """Whether this process has a single thread, those of libraries too; no where the system does not tell."""
    try:
        return len(list(_TASKS.iterdir())) == 1
    except OSError:
        return False


def _stand_by(program: Program, parent: int, heard: int, said: int, apart: Sequence[TextIO | int]) -> None:
    """What the process does: as `deploy.die_with_parent` and `python -m`, but for waiting before it runs."""
    os.setpgid(0, 0)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the tie was made
        os._exit(1)
    for other in apart:
        os.close(other) if isinstance(other, int) else other.close()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, number in ((nothing, 0), (said, 1), (said, 2)):
        os.dup2(descriptor, number)
    os.close(nothing)
    os.close(said)
    sys.stdout = io.TextIOWrapper(os.fdopen(1, "wb", 0), encoding="utf-8", write_through=True)
    sys.stderr = io.TextIOWrapper(os.fdopen(2, "wb", 0), "utf-8", "backslashreplace", write_through=True)
    os.chdir(Path(__file__).parent.parent)  # wherever the supervisor was called from, as each next process
    os.environ["PYTHONUNBUFFERED"] = "1"
    _, _, module, *words = program.command
    _call(program.command)
    gc.disable()
    for name in program.loads:
        importlib.import_module(name)
    gc.freeze()
    gc.set_threshold(*_COLLECTING)
    gc.enable()
    if os.read(heard, 1) != _BEGIN:  # nobody needs it any more
        os._exit(0)
    os.close(heard)
    sys.argv = [module, *words]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _call(command: Sequence[str]) -> None:
    """Show `command` as the command line of this process, as far as there is room, for lists of processes."""
    try:
        fields = _STAT.read_text(encoding="ascii", errors="replace").rsplit(")", 1)[1].split()
        start, end = (int(field) for field in fields[_ARGUMENTS])
    except (OSError, ValueError, IndexError):
        return
    room = end - start - 1  # the last byte stays 0: the kernel would else show what lies behind
    if start and room > 0:
        text = "\0".join(command).encode()[:room]
        ctypes.memset(start, 0, room)
        ctypes.memmove(start, text, len(text))
