"""The lock on var/: two copies on one Temporal file would both start, and spoil it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from deploy.private_files import keep_private, make_private
from deploy.startup_errors import StartupError


@contextmanager
def hold(var_dir: Path) -> Iterator[TextIO]:
    """Make `var_dir` and hold its lock, the file that is told.

    The kernel lets go of it however the process ends.

    What this process and its children write from now on is for their owner alone.

    Raises StartupError when the folder cannot be written or another copy holds the lock.
    """
    keep_private()
    try:
        make_private(var_dir)
        (var_dir / "logs").mkdir(exist_ok=True)
        # Opened for appending: the number of the holder must still stand there when we are refused.
        file = (var_dir / "lock").open("a+", encoding="ascii")
    except OSError as error:
        raise StartupError(
            f"无法写入 {var_dir}（{error.strerror}）；请修正权限，或用 HUIYING_VAR_DIR 另指目录。",
            f"{var_dir} cannot be written: mend its permissions, or name another folder in HUIYING_VAR_DIR.",
        ) from error
    with file:
        _take(file, var_dir)
        yield file


def _take(file: TextIO, var_dir: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.seek(0)
        holder = file.read().strip() or "?"
        raise StartupError(
            f"系统已在运行（进程 {holder}，目录 {var_dir}）；请先停止它。",
            f"It is already running (process {holder}, folder {var_dir}): stop it first.",
        ) from error
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
