"""Who may read what a system keeps: the account of the machine that runs it, and no other."""

import os
import shlex
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from stat import S_ISLNK
from typing import Final

from deploy.startup_errors import StartupError

OTHERS: Final = 0o077
"""The rights of everybody but the owner."""
_OWNERS: Final = 0o700


def keep_private() -> None:
    """Make whatever this process and its children write from now on readable by their owner alone."""
    os.umask(OTHERS)


def make_private(var_dir: Path) -> None:
    """Make the folder for its owner alone; one that is there and empty, which gives nothing away, becomes so.

    Raises OSError.
    """
    var_dir.mkdir(parents=True, exist_ok=True)
    if not any(var_dir.iterdir()):
        var_dir.chmod(_OWNERS)


def require_private(var_dir: Path) -> None:
    """Raises StartupError, with the command that mends it,
    where others of this machine may enter the folder or read in it.
    """
    loose = next(_open_to_others(var_dir), None)
    if loose is None:
        return
    command = f"chmod -R go-rwx {shlex.quote(str(var_dir))}"
    raise StartupError(
        f"{loose} 对本机其他用户开放；请执行：{command} ，再启动。",
        f"Other users of this machine can get at {loose}: run the command {command} and start again.",
    )


def _open_to_others(var_dir: Path) -> Iterator[Path]:
    """The folder and all in it that others have a right to; a link has the rights of what it leads to."""
    yield from _if_open(var_dir)
    for folder, folders, files in os.walk(var_dir):
        for name in (*folders, *files):
            yield from _if_open(Path(folder, name))


def _if_open(place: Path) -> Iterator[Path]:
    with suppress(FileNotFoundError):  # gone meanwhile, as files beside a database are
        mode = place.lstat().st_mode
        if mode & OTHERS and not S_ISLNK(mode):
            yield place
