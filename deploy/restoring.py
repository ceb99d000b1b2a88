"""The way of a backup back into the folder of an installation that stands still."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from deploy import lock
from deploy.backup import ENGINE, LEDGER, VERSION, Manifest, opened, verify
from deploy.obstacles import Obstacle

_NOTE: Final = "installation"
_IN_THE_WAY: Final = (ENGINE, VERSION, _NOTE)


def restore(backup: Path, ledger: Path, var_dir: Path, *, replace: bool) -> tuple[Manifest, Path | None]:
    """Put a verified backup into a folder whose system does not run; gives its manifest, and where older files were moved.

    Nothing is ever deleted: with `replace` what is in the way is moved into a folder beside. The next start brings
    log and workflows together. Raises Obstacle.
    """
    with opened(backup) as folder, lock.hold(var_dir):
        manifest = verify(folder)
        aside = _clear(ledger, var_dir, replace=replace)
        for name in manifest.files:
            _put(folder / name, ledger if name == LEDGER else var_dir / name)
        lines = (
            manifest.installation,
            f"position {manifest.position}",
            f"decisions {manifest.decisions}",
            f"release {manifest.release}",
        )
        if manifest.installation:
            (var_dir / _NOTE).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return manifest, aside


def _clear(ledger: Path, var_dir: Path, *, replace: bool) -> Path | None:
    """Move what is in the way aside, with what SQLite keeps beside each file; None where nothing was."""
    names = (ledger, *(var_dir / name for name in _IN_THE_WAY))
    there = sorted({file for name in names for file in name.parent.glob(f"{name.name}*")})
    if not there:
        return None
    if not replace:
        raise Obstacle(
            f"{there[0].parent} 中已有 {there[0].name}；恢复到空目录（HUIYING_VAR_DIR），或加 --replace 把现有文件移到一旁。",
            f"{there[0].name} is in {there[0].parent}: restore into an empty folder (HUIYING_VAR_DIR), or move what is"
            " there aside with --replace.",
        )
    aside = var_dir / f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    aside.mkdir(mode=0o700)
    for file in there:
        shutil.move(file, aside / file.name)
    return aside


def _put(source: Path, target: Path) -> None:
    """Copy a file into place, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f"{target.name}.new")
    shutil.copyfile(source, new)
    new.chmod(0o600)
    with new.open("rb") as content:
        os.fsync(content.fileno())
    new.replace(target)
