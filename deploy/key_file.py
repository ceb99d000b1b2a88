"""The keys of a backup: in a file of its own, since whoever has both reads what the engine holds."""

import io
import os
import sqlite3
import tarfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from deploy.startup_errors import StartupError

CURRENT: Final = "current"
_SUFFIX: Final = ".key"
_LOST: Final = ".lost"
_SIGNING: Final = ".signing"  # those that sign checkpoints
_OF_TEXTS: Final = (
    ".texts"  # of one case each, in a folder of their own, and in being written while cases are
)
_TEXTS: Final = "texts"
_LAST_SIGNING: Final = "SELECT key FROM checkpoint_key ORDER BY position DESC LIMIT 1"


def beside(backup: Path) -> Path:
    """Where the key file of a backup stands, unless somebody puts it elsewhere, as they ought to."""
    return backup.with_name(f"{backup.stem if backup.suffix == '.tar' else backup.name}.keys.tar")


def names(folder: Path) -> tuple[str, ...]:
    """The names of the keys in a folder."""
    return tuple(sorted(file.stem for file in folder.glob(f"*{_SUFFIX}")))


def pack(folder: Path, into: Path) -> None:
    """Write all keys of a folder, those of texts among them, into a file that nobody else may read.

    One that holds the same keys of the house is written anew, as that of a backup that was killed.
    Raises StartupError where it holds others.
    """
    files = {
        file.name: file
        for file in sorted((*folder.iterdir(), *folder.glob(f"{_TEXTS}/*")))
        if _is_kept(file.name)
    }
    if into.exists():
        there = {name: key for name, (key, _) in _read(into).items() if not name.endswith(_OF_TEXTS)}
        if there != {name: file.read_bytes() for name, file in files.items() if not name.endswith(_OF_TEXTS)}:
            raise StartupError(f"{into} 已存在；请另给名称。", f"{into} exists: give another name.")
    with _whole(into) as written, tarfile.open(fileobj=written, mode="w") as archive:
        for name, file in files.items():
            # Read at once: keys of texts may be added meanwhile, and a line that is torn says nothing.
            described, content = archive.gettarinfo(file, arcname=name), file.read_bytes()
            described.size = len(content)
            archive.addfile(described, io.BytesIO(content))


def bring(needed: Collection[str], folder: Path, file: Path | None, backup: Path) -> None:
    """Put the keys that a backup needs and the folder lacks into it, from the key file;
    none that is there is changed.

    Those that sign checkpoints come along in any case, where there is a key file that can be read:
    which of them the ledger needs stands in it. Raises StartupError where no file has what histories need.
    """
    missing = set(needed) - set(names(folder))
    source = file or beside(backup)
    if not missing and (not needed or (folder / CURRENT).exists()):
        with suppress(StartupError):  # nothing that the backup cannot do without is wanted of it
            signing = _read(source) if source.is_file() else {}
            _put({name: one for name, one in signing.items() if name.endswith(_SIGNING)}, folder)
        return
    content = _read(source) if source.is_file() else {}
    if lacking := missing - {Path(name).stem for name in content}:
        raise StartupError(
            (
                f"这份备份要用密钥 {'、'.join(sorted(lacking))}，{folder} 和 {source} 里都没有；"
                "请用 --keys 指明备份时写下的密钥文件。"
            ),
            f"The backup needs the key {', '.join(sorted(lacking))}, which is neither in {folder} nor in"
            f" {source}: name the key"
            " file that was written with the backup by --keys.",
        )
    _put(content, folder)


def _put(content: Mapping[str, tuple[bytes, float]], folder: Path) -> None:
    for name, (key, at) in content.items():
        place = folder / _TEXTS if name.endswith(_OF_TEXTS) else folder
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (place / name).exists():
            _write(place / name, key, at)


def lost_signing_key(ledger: Path, folder: Path) -> str:
    """The id of the key that signed checkpoints last, by a ledger in SQLite,
    where the folder lacks it; else empty.
    """
    try:
        with closing(sqlite3.connect(f"{ledger.as_uri()}?mode=ro", uri=True)) as connection:
            row = connection.execute(_LAST_SIGNING).fetchone()
    except sqlite3.Error:  # of a release that did not sign
        return ""
    return row[0] if row and not (folder / f"{row[0]}{_SIGNING}").exists() else ""


def of_lost_key(ledger: Path, folder: Path) -> str:
    """What to say where `lost_signing_key` names one; else empty."""
    lost = lost_signing_key(ledger, folder)
    return lost and (
        f"签署存证点的密钥 {lost} 不在 {folder}，密钥文件里也没有：请在启动前找回，否则另起的密钥无人担保。"
        f" The key {lost} that signs checkpoints is neither there nor in the key file:"
        " bring it before the start."
    )


def _read(file: Path) -> dict[str, tuple[bytes, float]]:
    """The files in a key file, each with when it was written."""
    contents: dict[str, tuple[bytes, float]] = {}
    try:
        with tarfile.open(file) as archive:
            for member in archive:
                content = archive.extractfile(member) or io.BytesIO()
                name = Path(member.name).name
                if _is_kept(name):
                    contents[name] = content.read(), member.mtime
    except (OSError, tarfile.TarError) as error:
        raise StartupError(f"读不了密钥文件 {file}。", f"The key file {file} cannot be read.") from error
    return contents


def _is_kept(name: str) -> bool:
    return name == CURRENT or name.endswith((_SUFFIX, _LOST, _SIGNING, _OF_TEXTS))


def _write(file: Path, content: bytes, at: float) -> None:
    with _whole(file) as written:
        written.write(content)
        written.flush()
        os.utime(written.fileno(), (at, at))  # since when histories may be sealed by it


@contextmanager
def _whole(file: Path) -> Iterator[BinaryIO]:
    """A new file for its owner alone, which bears its name once the disk holds the whole of it."""
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)  # of a process that was killed
    place = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(place, "wb") as written:
        yield written
        written.flush()
        os.fsync(written.fileno())
    part.replace(file)
