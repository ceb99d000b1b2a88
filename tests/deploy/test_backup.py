"""A backup is whole or refused, never overwrites,
and goes back only where nothing runs and nothing is lost.
"""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from deploy import lock
from deploy.backup import MANIFEST, back_up, in_words, unpack, verify
from deploy.key_file import beside, lost_signing_key, of_lost_key
from deploy.restoring import restore
from deploy.startup_errors import StartupError
from storage.files_beside import FilesBeside
from storage.installation import read_note
from storage.signed_notes import notes_in
from tests.ledgers import empty_ledger, sqlite_url
from workflows.keys import Keyring

ID = "1f" * 16


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """A folder as a system leaves it: a ledger of this release, and an engine's file."""
    folder = tmp_path / "var"
    folder.mkdir()
    empty_ledger(sqlite_url(folder / "huiying.db"))
    with closing(sqlite3.connect(folder / "huiying.db")) as connection:
        connection.execute("INSERT INTO installation VALUES (1, ?, '2026-03-02 00:00:00')", (ID,))
        connection.commit()
    with closing(sqlite3.connect(folder / "temporal.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE step (number INTEGER PRIMARY KEY, content TEXT)")
        connection.commit()
    (folder / "temporal.version").write_text("temporal version 1\n", encoding="utf-8")
    return folder


@pytest.fixture
def under_load(var: Path) -> Iterator[None]:
    """Somebody who writes to the engine's file all the while."""
    stop = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(var / "temporal.db", timeout=10)) as connection:
            while not stop.is_set():
                connection.execute("INSERT INTO step (content) VALUES (?)", ("步" * 2000,))
                connection.commit()
                stop.wait(0.001)

    writer = threading.Thread(target=write)
    writer.start()
    yield
    stop.set()
    writer.join()


@pytest.mark.usefixtures("under_load")
@pytest.mark.parametrize("name", ["copy", "copy.tar"])
def test_a_backup_taken_while_files_are_written_is_whole(var: Path, tmp_path: Path, name: str):
    taken = back_up(var / "huiying.db", var, "0.4.0", tmp_path / "kept" / name)
    unpack(tmp_path / "kept" / name, tmp_path / "unpacked")
    assert verify(tmp_path / "unpacked") == taken
    assert taken.installation == ID
    assert set(taken.files) == {"huiying.db", "temporal.db", "temporal.version"}
    assert [file.name for file in (tmp_path / "kept").iterdir()] == [name]


def test_a_backup_is_for_its_owner_alone(var: Path, tmp_path: Path):
    back_up(var / "huiying.db", var, "0.4.0", tmp_path / "copy")
    back_up(var / "huiying.db", var, "0.4.0", tmp_path / "copy.tar")
    modes = {
        file.name: file.stat().st_mode & 0o077
        for file in ((tmp_path / "copy"), *(tmp_path / "copy").iterdir())
    }
    assert set(modes.values()) == {0}
    assert (tmp_path / "copy.tar").stat().st_mode & 0o077 == 0


def test_what_is_there_is_never_overwritten(var: Path, tmp_path: Path):
    (tmp_path / "copy.tar").write_text("mine", encoding="utf-8")
    with pytest.raises(StartupError, match="exists"):
        back_up(var / "huiying.db", var, "0.4.0", tmp_path / "copy.tar")
    assert (tmp_path / "copy.tar").read_text(encoding="utf-8") == "mine"


def test_it_comes_back_into_an_empty_folder(var: Path, tmp_path: Path):
    taken = back_up(var / "huiying.db", var, "0.4.0", tmp_path / "copy.tar")
    new = tmp_path / "new"
    manifest, aside = restore(tmp_path / "copy.tar", new / "huiying.db", new, replace=False)
    assert (manifest, aside) == (taken, None)
    assert {name: (new / name).is_file() for name in taken.files} == dict.fromkeys(taken.files, True)
    note = read_note(new)
    assert note is not None
    assert (note.id, note.marks.decisions) == (ID, 0)


NEIGHBOURS = f"witness/{'2e' * 16}.txt"


@pytest.mark.parametrize("name", ["copy", "copy.tar"])
def test_what_is_kept_for_other_houses_goes_along_and_comes_back(var: Path, tmp_path: Path, name: str):
    (var / "witness").mkdir()
    (var / NEIGHBOURS).write_text("one\n", encoding="utf-8")
    (var / "witness" / "notes of mine.txt").write_text("no file of checkpoints", encoding="utf-8")
    taken = back_up(var / "huiying.db", var, "0.4.0", tmp_path / name)
    assert [one for one in taken.files if one.startswith("witness/")] == [NEIGHBOURS]
    new = tmp_path / "new"
    restore(tmp_path / name, new / "huiying.db", new, replace=False)
    assert (new / NEIGHBOURS).read_text(encoding="utf-8") == "one\n"
    assert {file.stat().st_mode & 0o077 for file in (new / NEIGHBOURS, new / "witness")} == {0}


@pytest.mark.parametrize(
    ("there", "after", "aside"), [("one\ntwo\n", "one\ntwo\n", None), ("other\n", "one\n", "other\n")]
)
def test_an_older_copy_takes_nothing_from_what_is_kept_for_other_houses(
    var: Path, tmp_path: Path, there: str, after: str, aside: str | None
):
    """What was taken in since stays; what does not go on from the copy is moved aside."""
    (var / "witness").mkdir()
    (var / NEIGHBOURS).write_text("one\n", encoding="utf-8")
    back_up(var / "huiying.db", var, "0.4.0", tmp_path / "copy")
    (var / NEIGHBOURS).write_text(there, encoding="utf-8")
    for _ in range(2):
        _, moved = restore(tmp_path / "copy", var / "huiying.db", var, replace=True)
        assert (var / NEIGHBOURS).read_text(encoding="utf-8") == after
        if aside is not None:
            assert moved is not None
            assert (moved / NEIGHBOURS).read_text(encoding="utf-8") == aside
            aside = None


def test_a_backup_whose_kept_checkpoints_were_changed_is_refused(var: Path, tmp_path: Path):
    (var / "witness").mkdir()
    (var / NEIGHBOURS).write_text("one\n", encoding="utf-8")
    back_up(var / "huiying.db", var, "0.4.0", tmp_path / "copy")
    (tmp_path / "copy" / NEIGHBOURS).write_text("two\n", encoding="utf-8")
    with pytest.raises(StartupError, match="missing or changed"):
        verify(tmp_path / "copy")


FILM = b"film" * 2_000_000
FILM_NAME = f"attachments/{hashlib.sha256(FILM).hexdigest()}"


def with_film(var: Path) -> Path:
    """The folder, with a large attachment beside its ledger, and one that no row names."""
    sha256 = FILM_NAME.removeprefix("attachments/")
    with closing(sqlite3.connect(var / "huiying.db")) as connection:
        connection.execute(
            (
                "INSERT INTO attachment_content (sha256, media_type, size, content) VALUES (?,"
                " 'video/mp4', ?, x'')"
            ),
            (sha256, len(FILM)),
        )
        connection.commit()
    FilesBeside(var / "attachments").keep(sha256, FILM)
    (var / "attachments" / ("0" * 64)).write_bytes(b"of a step that was never taken")
    return var / FILM_NAME


@pytest.mark.parametrize("name", ["copy", "copy.tar"])
def test_large_attachments_go_into_a_backup_and_come_back(var: Path, tmp_path: Path, name: str):
    with_film(var)
    taken = back_up(var / "huiying.db", var, "0.4.0", tmp_path / name)
    assert set(taken.files) == {"huiying.db", "temporal.db", "temporal.version", FILM_NAME}
    new = tmp_path / "new"
    manifest, _ = restore(tmp_path / name, new / "huiying.db", new, replace=False)
    assert (manifest, manifest.lacking) == (taken, [])
    assert (new / FILM_NAME).read_bytes() == FILM
    modes = {file.stat().st_mode & 0o077 for file in (new / FILM_NAME, new / "attachments")}
    assert modes == {0}


def test_a_backup_whose_large_attachment_was_changed_or_taken_away_is_refused(var: Path, tmp_path: Path):
    with_film(var)
    back_up(var / "huiying.db", var, "0.4.0", tmp_path / "copy")
    file = tmp_path / "copy" / FILM_NAME
    for content in (FILM[:-1] + b"x", None):
        if content is None:
            file.unlink()
        else:
            file.write_bytes(content)
        with pytest.raises(StartupError, match="missing or changed"):
            restore(tmp_path / "copy", tmp_path / "new" / "huiying.db", tmp_path / "new", replace=False)
    manifest = json.loads((tmp_path / "copy" / MANIFEST).read_text(encoding="utf-8"))
    del manifest["files"][FILM_NAME]
    (tmp_path / "copy" / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(StartupError, match="not in the backup"):
        verify(tmp_path / "copy")


def test_what_lay_damaged_beside_the_ledger_is_named_and_stops_no_backup(var: Path, tmp_path: Path):
    with_film(var).write_bytes(FILM[:-1])
    taken = back_up(var / "huiying.db", var, "0.4.0", tmp_path / "copy")
    assert taken.lacking == [FILM_NAME]
    assert any("audit verify" in line for line in in_words(taken, tmp_path / "copy"))
    manifest, _ = restore(tmp_path / "copy", tmp_path / "new" / "huiying.db", tmp_path / "new", replace=False)
    assert manifest == taken


def test_what_is_in_the_way_is_moved_aside_when_asked_and_else_refused(var: Path, tmp_path: Path):
    back_up(var / "huiying.db", var, "0.4.0", tmp_path / "copy")
    before = (var / "temporal.db").read_bytes()
    with pytest.raises(StartupError, match="--replace"):
        restore(tmp_path / "copy", var / "huiying.db", var, replace=False)
    assert (var / "temporal.db").read_bytes() == before
    _, aside = restore(tmp_path / "copy", var / "huiying.db", var, replace=True)
    assert aside is not None
    assert (aside / "temporal.db").read_bytes() == before


def test_nothing_is_put_back_under_a_system_that_runs(var: Path, tmp_path: Path):
    back_up(var / "huiying.db", var, "0.4.0", tmp_path / "copy")
    with lock.hold(var), pytest.raises(StartupError, match="already running"):
        restore(tmp_path / "copy", var / "huiying.db", var, replace=True)


@pytest.mark.parametrize("name", ["huiying.db", "temporal.db", "temporal.version", MANIFEST])
def test_a_backup_that_was_changed_is_refused(var: Path, tmp_path: Path, name: str):
    back_up(var / "huiying.db", var, "0.4.0", tmp_path / "copy")
    file = tmp_path / "copy" / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    new = tmp_path / "new"
    with pytest.raises(StartupError):
        restore(tmp_path / "copy", new / "huiying.db", new, replace=False)
    assert not (new / "huiying.db").exists()


def test_a_damaged_database_is_not_backed_up(var: Path, tmp_path: Path):
    with closing(sqlite3.connect(var / "temporal.db")) as connection:
        connection.executemany("INSERT INTO step (content) VALUES (?)", [("步" * 2000,)] * 50)
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray((var / "temporal.db").read_bytes())
    content[8192:24576] = b"\xff" * 16384
    (var / "temporal.db").write_bytes(content)
    with pytest.raises((StartupError, sqlite3.DatabaseError)):
        back_up(var / "huiying.db", var, "0.4.0", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_something_else_is_no_backup(tmp_path: Path):
    (tmp_path / "file.tar").write_bytes(b"nothing")
    with pytest.raises(StartupError, match="cannot be read"):
        unpack(tmp_path / "file.tar", tmp_path / "unpacked")
    assert not (tmp_path / "unpacked").exists()
    with pytest.raises(StartupError, match="no backup"):
        verify(tmp_path)


def _with_keys(var: Path) -> Path:
    keys = Keyring(var / "keys")
    keys.current()
    keys.use(keys.make())
    return keys.folder


@pytest.mark.parametrize("name", ["copy", "copy.tar"])
def test_the_keys_are_in_a_file_of_their_own_and_come_back_from_it(var: Path, tmp_path: Path, name: str):
    folder = _with_keys(var)
    taken = back_up(var / "huiying.db", var, "0.4.0", tmp_path / name, keys_dir=folder)
    secrets = [file.read_bytes() for file in folder.glob("*.key")]
    assert len(taken.keys) == len(secrets) == 2
    unpack(tmp_path / name, tmp_path / "unpacked")
    assert not any(key in file.read_bytes() for file in (tmp_path / "unpacked").iterdir() for key in secrets)
    apart = beside(tmp_path / name)
    assert apart.stat().st_mode & 0o077 == 0
    new = tmp_path / "new"
    restore(tmp_path / name, new / "huiying.db", new, replace=False, keys_dir=new / "keys")
    assert Keyring(new / "keys").current()[0] == Keyring(folder).current()[0]
    assert {file.stat().st_mode & 0o777 for file in (new / "keys").iterdir()} == {0o600}
    assert (new / "keys").stat().st_mode & 0o777 == 0o700


def test_the_keys_of_texts_go_with_those_of_the_house_and_none_that_was_destroyed_comes_back(
    var: Path, tmp_path: Path
):
    folder = _with_keys(var)
    texts = folder / "texts"
    texts.mkdir(mode=0o700)
    (texts / "0a.texts").write_text("a case's\n")
    back_up(var / "huiying.db", var, "0.4.0", tmp_path / "copy", keys_dir=folder)
    new = tmp_path / "new"
    restore(tmp_path / "copy", new / "huiying.db", new, replace=False, keys_dir=new / "keys")
    assert (new / "keys" / "texts" / "0a.texts").read_text() == "a case's\n"
    assert (new / "keys" / "texts").stat().st_mode & 0o777 == 0o700
    (texts / "0a.texts").write_text("with a key destroyed since\n")
    restore(tmp_path / "copy", var / "huiying.db", var, replace=True, keys_dir=folder)
    assert (texts / "0a.texts").read_text() == "with a key destroyed since\n"


@pytest.mark.parametrize("name", ["copy", "copy.tar"])
def test_the_last_checkpoint_stands_beside_the_keys_and_stamps_come_back(
    var: Path, tmp_path: Path, name: str
):
    folder, kept = _with_keys(var), tmp_path / "copy.checkpoint.txt"
    kept.write_text("of a backup that was killed", encoding="utf-8")
    with closing(sqlite3.connect(var / "huiying.db")) as connection:
        connection.execute(
            "INSERT INTO checkpoint_key (at, key, note) VALUES ('2026-03-02', 'k', 'key\n\n— k\n')"
        )
        for size in (1, 2):
            connection.execute(
                "INSERT INTO checkpoint (at, size, root, key, note) VALUES ('2026-03-02', ?, x'', 'k', ?)",
                (size, f"checkpoint {size}\n\n— k\n"),
            )
        connection.execute(
            "INSERT INTO checkpoint_stamp"
            " (at, checkpoint, stamped_at, authority, sha256, response, certificates)"
            " VALUES ('2026-03-02', 2, '2026-03-02', 'CN=x', 'aa', x'3000', 'pem')"
        )
        connection.commit()
    taken = back_up(var / "huiying.db", var, "0.4.0", tmp_path / name, keys_dir=folder)
    assert [text for _, text in notes_in(kept.read_text(encoding="utf-8"))] == [
        "of a backup that was killed\n\n",
        "key\n\n— k\n",
        "checkpoint 2\n\n— k\n",
    ]
    assert any("copy.checkpoint.txt" in line for line in in_words(taken, tmp_path / name))
    new = tmp_path / "new"
    restore(tmp_path / name, new / "huiying.db", new, replace=False, keys_dir=new / "keys")
    with closing(sqlite3.connect(new / "huiying.db")) as connection:
        assert connection.execute("SELECT response FROM checkpoint_stamp").fetchall() == [(b"0\0",)]


def test_keys_that_sign_come_back_though_those_of_histories_are_there(var: Path, tmp_path: Path):
    folder = _with_keys(var)
    (folder / "0badcafe.signing").write_bytes(b"private")
    back_up(var / "huiying.db", var, "0.4.0", tmp_path / "copy", keys_dir=folder)
    (folder / "0badcafe.signing").unlink()
    restore(tmp_path / "copy", var / "huiying.db", var, replace=True, keys_dir=folder)
    assert (folder / "0badcafe.signing").read_bytes() == b"private"
    beside(tmp_path / "copy").write_bytes(b"torn")
    restore(tmp_path / "copy", var / "huiying.db", var, replace=True, keys_dir=folder)


def test_a_key_that_signed_last_and_is_nowhere_is_named(tmp_path: Path):
    ledger = tmp_path / "ledger.db"
    assert not lost_signing_key(ledger, tmp_path)
    with closing(sqlite3.connect(ledger)) as connection:
        assert not lost_signing_key(ledger, tmp_path)
        connection.execute("CREATE TABLE checkpoint_key (position INTEGER, key TEXT)")
        connection.execute("INSERT INTO checkpoint_key VALUES (1, 'first'), (2, 'last')")
        connection.commit()
    assert lost_signing_key(ledger, tmp_path) == "last"
    assert "last" in of_lost_key(ledger, tmp_path)
    (tmp_path / "last.signing").touch()
    assert not lost_signing_key(ledger, tmp_path)


def test_a_backup_without_its_keys_asks_for_their_file_and_touches_nothing(var: Path, tmp_path: Path):
    folder = _with_keys(var)
    taken = back_up(var / "huiying.db", var, "0.4.0", tmp_path / "copy.tar", keys_dir=folder)
    apart = beside(tmp_path / "copy.tar").rename(tmp_path / "safe")
    new = tmp_path / "new"
    with pytest.raises(StartupError, match=f"{taken.keys[0]}.*--keys"):
        restore(tmp_path / "copy.tar", new / "huiying.db", new, replace=False, keys_dir=new / "keys")
    assert not (new / "huiying.db").exists()
    restore(tmp_path / "copy.tar", new / "huiying.db", new, replace=False, keys_dir=new / "keys", keys=apart)
    assert Keyring(new / "keys").names == set(taken.keys)
