"""A backup of both stores of one machine, taken while they are in use; and its way back into a folder."""

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from deploy import checkpoint_file, key_file
from deploy.large_files import FOLDER, copy_large, flush, is_large, keep_to_owner, large_files
from deploy.startup_errors import StartupError
from deploy.witness_files import FOLDER as WITNESS
from deploy.witness_files import copy_witness, is_witness

LEDGER: Final = "huiying.db"
ENGINE: Final = "temporal.db"
VERSION: Final = "temporal.version"
MANIFEST: Final = "manifest.json"
_FORMAT: Final = 1
_PREFIX: Final = ".huiying-"
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds: of which installation and release, how far its log had come,
    each file with its SHA-256, and the keys it needs.

    `lacking` names large attachments that lay not whole beside the ledger, so that they are not in it.
    """

    installation: str
    release: str
    revision: str
    taken_at: str
    decisions: int
    position: int
    files: Mapping[str, str]
    keys: Sequence[str] = field(default_factory=list)
    lacking: Sequence[str] = field(default_factory=list)
    format: int = _FORMAT


def back_up(
    ledger: Path, var_dir: Path, release: str, into: Path, *, keys_dir: Path | None = None
) -> Manifest:
    """Copy ledger and engine into a new folder, or a new file that ends in `.tar`, and verify the copies.

    The ledger is copied first: what is decided meanwhile stands in the engine's copy, from which the ledger
    is healed at the first start; the large attachments that the copy names lay beside it before. What is kept
    for other houses goes along. The keys are no part of it: they are written into a file of their own beside.
    Nor are other settings of the machine. Raises StartupError.
    """
    if into.exists():
        raise StartupError(f"{into} 已存在；请另给名称。", f"{into} exists: give another name.")
    if not ledger.exists():
        raise StartupError(
            f"没有台账 {ledger}；请先启动过一次系统。", f"There is no ledger {ledger}: start once first."
        )
    into.parent.mkdir(parents=True, exist_ok=True)
    with _beside(into) as folder:
        names = [LEDGER]
        _copy(ledger, folder / LEDGER)
        if (var_dir / ENGINE).exists():
            _copy(var_dir / ENGINE, folder / ENGINE)
            names.append(ENGINE)
        if (var_dir / VERSION).exists():
            shutil.copyfile(var_dir / VERSION, folder / VERSION)
            names.append(VERSION)
        names += copy_witness(var_dir, folder)
        attached, lacking = copy_large(folder / LEDGER, ledger.parent)
        keys = key_file.names(keys_dir) if keys_dir else ()
        manifest = _described(folder, [*names, *attached], release, keys, lacking)
        (folder / MANIFEST).write_text(
            json.dumps(asdict(manifest), ensure_ascii=False, indent=1), encoding="utf-8"
        )
        verify(folder)
        keep_to_owner(folder)
        if keys_dir is not None and manifest.keys:
            key_file.pack(keys_dir, key_file.beside(into))
            checkpoint_file.write(folder / LEDGER, checkpoint_file.beside(into))
        _hand_out(folder, into)
    return manifest


@contextmanager
def _beside(into: Path) -> Iterator[Path]:
    """A folder on the same disk, which nobody else may read, taken away at the end;
    those of backups that were killed, too.
    """
    for left in into.parent.glob(f"{_PREFIX}*"):
        with _held(left) as is_ours:
            if is_ours:
                shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=into.parent))
    try:
        with _held(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Whether nobody else holds the folder, which is held until the end;
    the kernel lets go of it however a process ends.
    """
    try:
        place = os.open(folder, os.O_RDONLY)
    except OSError:
        yield False
        return
    try:
        yield _is_free(place)
    finally:
        os.close(place)


def _is_free(place: int) -> bool:
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _copy(source: Path, target: Path) -> None:
    """Copy a SQLite file as it stands at one instant, whoever writes to it, and check the copy."""
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)) as read,
        closing(sqlite3.connect(target)) as written,
    ):
        read.backup(written)
        written.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
    _require_whole(target)


def _require_whole(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            faults = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
    except sqlite3.DatabaseError as error:
        faults = [str(error)]
    if faults != ["ok"]:
        raise StartupError(
            f"{file.name} 不完整（{faults[0]}）；请换一份备份。",
            f"{file.name} is not whole: use another backup.",
        )


def _described(
    folder: Path, names: list[str], release: str, keys: Collection[str], lacking: Sequence[str]
) -> Manifest:
    with closing(sqlite3.connect(f"file:{folder / LEDGER}?mode=ro", uri=True)) as connection:
        installation = _value(connection, "SELECT id FROM installation") or ""
        position = _value(connection, "SELECT max(position) FROM event_log") or 0
        decisions = _value(connection, "SELECT count(*) FROM event_log") or 0
        revision = _value(connection, "SELECT version_num FROM alembic_version") or ""
    return Manifest(
        installation=installation,
        release=release,
        revision=revision,
        taken_at=datetime.now(UTC).isoformat(timespec="seconds"),
        decisions=decisions,
        position=position,
        files={name: _sha256(folder / name) for name in names},
        keys=list(keys),
        lacking=list(lacking),
    )


def _value(connection: sqlite3.Connection, statement: str) -> Any:
    row = connection.execute(statement).fetchone()
    return row[0] if row else None


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while read := content.read(_CHUNK):
            digest.update(read)
    return digest.hexdigest()


def _hand_out(folder: Path, into: Path) -> None:
    if into.suffix != ".tar":
        folder.rename(into)
        into.chmod(0o700)
        return
    packed = folder / "packed"
    with tarfile.open(packed, "w") as archive:
        for name in sorted(file.name for file in folder.iterdir() if file != packed):
            archive.add(folder / name, arcname=name)
    packed.chmod(0o600)
    flush(packed)
    packed.rename(into)


def in_words(manifest: Manifest, into: Path) -> Iterator[str]:
    """What was backed up, in both languages, a line each."""
    yield (
        f"已备份到 {into}：{manifest.decisions} 条记录，{len(manifest.files)} 个文件，已校验。"
        f" Backed up and verified: {manifest.decisions} decisions, {len(manifest.files)} files."
    )
    if manifest.lacking:
        yield (
            f"有 {len(manifest.lacking)} 个大附件不在 attachments 目录或已损坏，没有备份进去；"
            "请运行 huiying audit verify 查明。"
            f" {len(manifest.lacking)} large attachments are missing or damaged and not in it:"
            " run huiying audit verify."
        )
    if manifest.keys:
        keys = key_file.beside(into)
        yield (
            f"密钥另存于 {keys}，不在备份之内；请与备份分开保管，恢复时要用。"
            f" The keys are in {keys} and not in the backup: keep them apart; restoring needs them."
        )
    signed = checkpoint_file.beside(into)
    if signed.exists():
        yield (
            f"最近的存证点另存于 {signed}，请交别处保管；核对用 huiying audit checkpoint verify。"
            f" The last checkpoint is in {signed}: keep it elsewhere; huiying audit checkpoint verify"
            " compares it."
        )


def verify(folder: Path) -> Manifest:
    """Read a backup through: its manifest, each file against its SHA-256, both databases whole.

    Raises StartupError.
    """
    try:
        written_manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        manifest = Manifest(**written_manifest)
    except (OSError, ValueError, TypeError) as error:
        raise StartupError(
            f"{folder} 不是回应的备份（缺少或读不了 {MANIFEST}）。",
            f"{folder} is no backup of Huiying: no {MANIFEST}.",
        ) from error
    names = {name for name in manifest.files if not is_large(name) and not is_witness(name)}
    if manifest.format != _FORMAT or not {LEDGER} <= names <= {LEDGER, ENGINE, VERSION}:
        raise StartupError(
            "备份的格式不认识；请用写它的版本恢复。",
            "The format is unknown: restore with the release that wrote it.",
        )
    for name, digest in manifest.files.items():
        if not (folder / name).is_file() or _sha256(folder / name) != digest:
            raise StartupError(
                f"备份中的 {name} 缺失或被改动；请换一份备份。",
                f"{name} is missing or changed: use another backup.",
            )
    for name in {LEDGER, ENGINE} & names:
        _require_whole(folder / name)
    if not large_files(folder / LEDGER) <= {*manifest.files, *manifest.lacking}:
        raise StartupError(
            "备份缺少大附件；请换一份备份。", "Large attachments are not in the backup: use another backup."
        )
    return manifest


def unpack(backup: Path, into: Path) -> None:
    """Copy the files of a backup, a folder or a `.tar` file, into a new folder that nobody else may read.

    Raises StartupError.
    """
    into.mkdir(mode=0o700, parents=True)
    try:
        if backup.is_dir():
            for name in (MANIFEST, LEDGER, ENGINE, VERSION):
                if (backup / name).is_file():
                    shutil.copyfile(backup / name, into / name)
            for part in (FOLDER, WITNESS):
                if (backup / part).is_dir():
                    shutil.copytree(backup / part, into / part)
        else:
            with tarfile.open(backup) as archive:
                archive.extractall(into, filter="data")
    except (OSError, tarfile.TarError) as error:
        shutil.rmtree(into, ignore_errors=True)
        raise StartupError(f"读不了备份 {backup}。", f"The backup {backup} cannot be read.") from error
