"""A backup or restore that is killed at any of its steps is done by calling it again:
nothing is lost, and nothing mixed is started.
"""

import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from deploy.backup import back_up, verify
from deploy.key_file import beside
from deploy.restoring import require_whole
from deploy.startup_errors import StartupError
from storage.installation import read_note
from tests.ledgers import empty_ledger, sqlite_url
from workflows.keys import Keyring

CHECKOUT = Path(__file__).parents[2]
MOST = 300  # steps; a sweep that comes so far kills nothing any more
# The program ends itself with SIGKILL at the n-th thing that it does to a file.
KILLED = """
import os, signal, sys
turn, deed, source, ledger, target = int(sys.argv[1]), *sys.argv[2:]
from pathlib import Path
from deploy.backup import back_up
from deploy.restoring import restore
DEEDS = {
    "open", "os.rename", "os.remove", "os.mkdir", "os.chmod", "os.rmdir",
    "shutil.copyfile", "sqlite3.connect",
}
seen, kept = 0, os.path.dirname(target)
def strike(event, arguments):
    global seen
    if event in DEEDS and any(kept in str(one) for one in arguments[:2]):
        seen += 1
        if seen == turn:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(strike)
if deed == "backup":
    back_up(Path(ledger), Path(source), "0.4.0", Path(target), keys_dir=Path(source, "keys"))
else:
    keys = Path(target, "keys")
    restore(Path(source), Path(ledger), Path(target), replace=deed == "replace", keys_dir=keys)
"""


def installation(folder: Path, name: str) -> Path:
    """A folder as a system leaves it, told from others by `name`."""
    folder.mkdir()
    empty_ledger(sqlite_url(folder / "huiying.db"))
    with closing(sqlite3.connect(folder / "huiying.db")) as connection:
        connection.execute("INSERT INTO installation VALUES (1, ?, '2026-03-02 00:00:00')", (name,))
        connection.commit()
    with closing(sqlite3.connect(folder / "temporal.db")) as connection:
        connection.execute("CREATE TABLE step (name TEXT)")
        connection.execute("INSERT INTO step VALUES (?)", (name,))
        connection.commit()
    (folder / "temporal.version").write_text("temporal version 1\n", encoding="utf-8")
    (folder / "installation").write_text(f"{name}\n", encoding="utf-8")
    keys = Keyring(folder / "keys")
    keys.current()
    keys.use(keys.make())
    return folder


def back_up_all(var: Path, into: Path) -> None:
    """A backup with its keys."""
    back_up(var / "huiying.db", var, "0.4.0", into, keys_dir=var / "keys")


def names(folder: Path) -> tuple[str, str, str]:
    """What ledger, engine and note of a folder say, empty where there is none."""
    note = read_note(folder)
    return (
        _said(folder / "huiying.db", "SELECT id FROM installation"),
        _said(folder / "temporal.db", "SELECT name FROM step"),
        note.id if note else "",
    )


def _said(file: Path, statement: str) -> str:
    if not file.exists():
        return ""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return str(connection.execute(statement).fetchone()[0])


def run(turn: int, deed: str, source: Path, ledger: Path, target: Path) -> bool:
    """Whether it came to its end; else it was killed."""
    arguments = (str(turn), deed, str(source), str(ledger), str(target))
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *arguments], cwd=CHECKOUT, capture_output=True, timeout=60, check=False
    )
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr.decode()
    return done.returncode == 0


def is_mixed(folder: Path) -> bool:
    """Whether a start would find files of both, and nothing would stop it."""
    try:
        require_whole(folder)
    except StartupError:
        return False
    return len(set(names(folder))) > 1


@pytest.mark.timeout(300)
def test_a_backup_that_is_killed_leaves_nothing_behind_that_the_next_does_not_clear(tmp_path: Path):
    var = installation(tmp_path / "var", "new")
    for turn in range(1, MOST, 2):
        kept = tmp_path / f"kept-{turn}"
        kept.mkdir()
        into = kept / ("copy.tar" if turn % 4 == 1 else "copy")
        done = run(turn, "backup", var, var / "huiying.db", into)
        if not done and not into.exists():
            assert run(0, "backup", var, var / "huiying.db", into)
        else:  # what bears its name is whole
            back_up_all(var, kept / "another")
            shutil.rmtree(kept / "another")
            beside(kept / "another").unlink()
        assert {file.name for file in kept.iterdir()} == {into.name, beside(into).name}
        if into.is_dir():
            verify(into)
        if done:
            return
    pytest.fail("it was killed at every step")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("deed", ["restore", "replace"])
def test_a_restore_that_is_killed_is_done_by_the_next_and_loses_nothing(tmp_path: Path, deed: str):
    source = installation(tmp_path / "source", "new")
    back_up_all(source, tmp_path / "copy")
    before = installation(tmp_path / "before", "old")
    for turn in range(1, MOST):
        var = tmp_path / f"var-{turn}"
        if deed == "replace":
            shutil.copytree(before, var)
        done = run(turn, deed, tmp_path / "copy", var / "huiying.db", var)
        assert not is_mixed(var), turn
        if not done:
            assert run(0, deed, tmp_path / "copy", var / "huiying.db", var)
        require_whole(var)
        assert names(var) == ("new", "new", "new")
        assert not (var / "restoring").exists()
        theirs, ours = Keyring(source / "keys"), Keyring(var / "keys")
        assert all(ours.cipher(key) is not None for key in theirs.names)
        assert ours.current()[0] in ours.names
        if deed == "replace":
            older = [names(folder) for folder in var.glob("before-restore-*")]
            assert ("old", "old", "old") in older, turn
        if done:
            return
    pytest.fail("it was killed at every step")
