"""The way of a backup back into the folder of an installation that stands still."""

import errno
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from deploy import key_file, lock
from deploy.backup import ENGINE, LEDGER, VERSION, Manifest, unpack, verify
from deploy.large_files import flush, is_large, keep_to_owner
from deploy.startup_errors import StartupError
from deploy.witness_files import FOLDER as WITNESS
from deploy.witness_files import goes_on_from

_READY: Final = "restoring"
"""The folder in which a backup is got ready before anything is touched."""
_BEGUN: Final = "restore-begun"
"""The file that stands while files are moved and put in place;
it names the folder in which older ones are kept.
"""
_NOTE: Final = "installation"
_IN_THE_WAY: Final = (ENGINE, VERSION, _NOTE)


def restore(
    backup: Path,
    ledger: Path,
    var_dir: Path,
    *,
    replace: bool,
    keys_dir: Path | None = None,
    keys: Path | None = None,
) -> tuple[Manifest, Path | None]:
    """Put a verified backup into a folder whose system does not run;
    gives its manifest, and where older files were moved.

    1. The backup is copied beside and verified there, before anything is touched, and the keys that it needs
       are put into `keys_dir` where they are not there, from the file `keys` or the one beside the backup.
    2. What is in the way is moved into a folder beside, which only `replace` allows.
    3. The files are put in place, the note of the installation last.

    No file that was there before is ever deleted. Broken off at any moment, it is done by calling it again,
    and until then nothing starts (`require_whole`). The next start brings log and workflows together. Raises
    StartupError.
    """
    with lock.hold(var_dir):
        begun = var_dir / _BEGUN
        there = _in_the_way(ledger, var_dir)
        if not begun.exists():
            _require_leave(there, replace=replace)
        ready = var_dir / _READY
        manifest = _got_ready(backup, ready)
        if keys_dir is not None:
            _bring_keys(manifest, keys_dir, keys, backup, ready)
        if not begun.exists():
            begun.write_text(f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S%f}", encoding="ascii")
            flush(begun)
            _flush_folder(var_dir)
        aside = var_dir / (begun.read_text(encoding="ascii") or "before-restore")
        _move(there, aside)
        for name in manifest.files:
            _bring(ready / name, _place(name, ledger, var_dir), aside / name)
        if manifest.installation:
            _put(ready / _NOTE, var_dir / _NOTE)
        shutil.rmtree(ready)
        begun.unlink()  # last of all: until then it is to be called again
    return manifest, aside if aside.exists() else None


def _bring(source: Path, target: Path, aside: Path) -> None:
    """Put a file into place.

    One kept for another house that holds more by now stays; one that does not go on from it is moved aside.
    """
    if aside.parent.name == WITNESS and target.exists():
        if goes_on_from(target, source):
            return
        aside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _put(target, aside)
    _put(source, target)


def _place(name: str, ledger: Path, var_dir: Path) -> Path:
    """Where a file of a backup belongs; a large attachment, which bears its SHA-256, is in no other's way."""
    if is_large(name):
        return ledger.parent / name
    return ledger if name == LEDGER else var_dir / name


def require_whole(var_dir: Path) -> None:
    """Raises StartupError where a restore was broken off,
    so that some files are of the backup and some of before.
    """
    if (var_dir / _BEGUN).exists():
        raise StartupError(
            f"上次恢复在 {var_dir} 中途停下；请先再执行一次 huiying restore。",
            f"A restore into {var_dir} was broken off: run huiying restore once more first.",
        )


def _got_ready(backup: Path, ready: Path) -> Manifest:
    """Copy a backup into a folder, with the note of its installation, and verify what was copied."""
    shutil.rmtree(ready, ignore_errors=True)  # of a restore that was broken off
    unpack(backup, ready)
    try:
        manifest = verify(ready)
    except StartupError:
        shutil.rmtree(ready)
        raise
    _write_note(ready / _NOTE, manifest)
    keep_to_owner(ready)
    return manifest


def _bring_keys(manifest: Manifest, keys_dir: Path, keys: Path | None, backup: Path, ready: Path) -> None:
    try:
        key_file.bring(manifest.keys, keys_dir, keys, backup)
    except StartupError:
        shutil.rmtree(ready)
        raise


def _write_note(note: Path, manifest: Manifest) -> None:
    lines = (
        manifest.installation,
        f"position {manifest.position}",
        f"decisions {manifest.decisions}",
        f"release {manifest.release}",
    )
    note.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _in_the_way(ledger: Path, var_dir: Path) -> list[Path]:
    """The files whose places are needed, with what SQLite keeps beside each."""
    names = (ledger, *(var_dir / name for name in _IN_THE_WAY))
    return sorted({file for name in names for file in name.parent.glob(f"{name.name}*")})


def _require_leave(there: list[Path], *, replace: bool) -> None:
    if there and not replace:
        raise StartupError(
            (
                f"{there[0].parent} 中已有 {there[0].name}；恢复到空目录（HUIYING_VAR_DIR），"
                "或加 --replace 把现有文件移到一旁。"
            ),
            f"{there[0].name} is in {there[0].parent}: restore into an empty folder (HUIYING_VAR_DIR),"
            " or move what is"
            " there aside with --replace.",
        )


def _move(there: list[Path], aside: Path) -> None:
    """Move files aside; one that stands there already was moved before a restore broke off,
    which put this one in its place.
    """
    if there:
        aside.mkdir(mode=0o700, exist_ok=True)
    for file in there:
        if (aside / file.name).exists():
            file.unlink()
        else:
            _put(file, aside / file.name)


def _put(source: Path, target: Path) -> None:
    """Move a file into place, whole or not at all, from another disk too."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        new = target.with_name(f"{target.name}.new")
        shutil.copyfile(source, new)
        new.chmod(0o600)
        flush(new)
        new.replace(target)
        source.unlink()
    _flush_folder(target.parent)


def _flush_folder(folder: Path) -> None:
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
