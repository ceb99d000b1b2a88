"""The keys that sign checkpoints under attack, and where their files are lost or cannot be
read for a moment.
"""

import errno
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.bundle.checking import checked
from audit.bundle.exporting import House, exported
from audit.sealed import sealed_report
from audit.sealing import seal, sealed_now
from storage.audit_book import BookDeed, BookEntry, append
from storage.checkpoint_keys import CheckpointKeys, KeyUnreadable
from storage.checkpoints import KeyLost, checkpoint, rotate
from storage.database import Database
from storage.signed_notes import (
    KeyAnnouncement,
    NoteUnreadable,
    announced,
    key_id,
    key_line,
    key_text,
    signed,
    vouched,
)
from tests.audit.conftest import ENDED
from tests.audit.forger import Forger
from tests.audit.sealed import LI, NOON, without_its_key

pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")
LOG = "huiying/1"
ONE, TWO, THREE = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2, 3))


def line(key: Ed25519PrivateKey, log: str = LOG) -> str:
    return key_line(log, key.public_key())


def note(key: Ed25519PrivateKey, before: str, *signers: Ed25519PrivateKey, log: str = LOG) -> str:
    announcement = KeyAnnouncement(origin=log, line=line(key, log), before=before, at=NOON)
    return signed(key_text(announcement), log, signers)


async def more(database: Database) -> None:
    """Something more to be sealed."""
    await database.write(partial(append, entries=[BookEntry(at=NOON, deed=BookDeed.EXPORT, origin=LI)]))


def test_keys_follow_each_other_by_name_and_under_both_signatures():
    notes = [note(ONE, "", ONE), note(TWO, line(ONE), TWO, ONE), note(THREE, line(TWO), TWO, THREE)]
    keys, wrong = vouched([*notes, notes[0]])
    assert (len(keys), wrong) == (3, {})


@pytest.mark.parametrize(
    ("content", "before"),
    [
        (note(TWO, "", TWO), line(ONE)),  # a further one that follows none
        (note(TWO, "", TWO, ONE), line(ONE)),  # and one to which a line was added
        (note(TWO, line(ONE), TWO, ONE), ""),
        (note(TWO, line(THREE), TWO, THREE), line(ONE)),
        (note(TWO, line(ONE), TWO, THREE), line(ONE)),
        (note(TWO, line(ONE), TWO), line(ONE)),
        (note(TWO, line(ONE), ONE), line(ONE)),
        (note(TWO, line(ONE), TWO, ONE, THREE), line(ONE)),
        (note(TWO, line(ONE), TWO, ONE, ONE), line(ONE)),
        (note(TWO, line(ONE), TWO, ONE).replace("time 2026", "time 2025"), line(ONE)),
        (note(ONE, line(ONE), ONE), line(ONE)),
        (note(ONE, "", ONE, ONE), ""),
        (note(TWO, line(ONE), TWO, ONE, log="huiying/2"), line(ONE)),
    ],
)
def test_what_is_signed_by_others_or_follows_another_is_no_successor(content: str, before: str):
    with pytest.raises(NoteUnreadable):
        announced(content, before)


async def _usurped(database: Database, forger: Forger, house: CheckpointKeys, folder: Path) -> CheckpointKeys:
    """What whoever has the database alone can do: a log sealed anew under a key of his own,
    and the house's own key after it.
    """
    ((original,),) = forger.run("SELECT note FROM checkpoint_key")
    ((name,),) = forger.run("SELECT key FROM checkpoint_key")
    forger.run("DELETE FROM sealed_leaf")
    forger.run("DELETE FROM sealed_subtree")
    forger.run("DELETE FROM checkpoint")
    forger.run("DELETE FROM checkpoint_key")
    own = CheckpointKeys(folder / "forged")
    await sealed_now(database, own, NOON)
    ((forged,),) = forger.run("SELECT key FROM checkpoint_key")
    private = own.private(forged)
    assert private is not None
    text = original.partition("\n\n")[0] + "\n"
    log = text.splitlines()[1]
    both = original + signed(text, log, [private]).partition("\n\n")[2]
    forger.run(
        "INSERT INTO checkpoint_key (at, key, note) VALUES (?, ?, ?)",
        "2026-09-30 04:00:00.000000",
        name,
        both,
    )
    await more(database)
    await sealed_now(database, house, NOON)
    return own


async def test_a_key_of_somebody_s_own_before_that_of_the_house_is_named(
    database: Database, kept_outside: tuple[CheckpointKeys, Path], forger: Forger, tmp_path: Path
):
    house, _ = kept_outside
    await _usurped(database, forger, house, tmp_path)
    said = [one.expected for one in (await sealed_report(database)).differences]
    assert said[0] == "key 2 signed by itself and by the one before"
    said = [one.expected for one in (await sealed_report(database, house)).differences]
    assert "key 1 as a file of this house" in said


async def test_a_key_that_never_was_a_file_of_this_house_is_named_and_one_that_is_announced_nowhere_told(
    database: Database, kept_outside: tuple[CheckpointKeys, Path], tmp_path: Path
):
    house, _ = kept_outside
    report = await sealed_report(database, house)
    assert (report.differences, report.notes) == ((), ())
    other = CheckpointKeys(tmp_path / "other")
    (report,) = [await sealed_report(database, other)]
    assert "folder of keys" in report.unproven[0]
    left = key_id(LOG, other.make(LOG).public_key())
    report = await sealed_report(database, other)
    assert [one.expected for one in report.differences] == ["key 1 as a file of this house"]
    assert left in report.notes[0]


async def test_a_bundle_follows_the_same_rule(
    database: Database, house: House, forger: Forger, tmp_path: Path
):
    await database.write(partial(rotate, keys=house.signing, at=NOON))
    (tmp_path / "good.zip").write_bytes((await exported(database, house, ENDED, LI, NOON)).content)
    assert checked(tmp_path / "good.zip", house.outside).holds
    ((position, whole),) = forger.run(
        "SELECT position, note FROM checkpoint_key ORDER BY position DESC LIMIT 1"
    )
    more_lines = signed("x\n", whole.splitlines()[1], [ONE]).partition("\n\n")[2]
    forger.run("UPDATE checkpoint_key SET note = ? WHERE position = ?", whole + more_lines, position)
    (tmp_path / "bad.zip").write_bytes((await exported(database, house, ENDED, LI, NOON)).content)
    assert "proof/keys.txt" in [one.place for one in checked(tmp_path / "bad.zip").wrong]


@pytest.mark.parametrize("number", [errno.EMFILE, errno.EACCES, errno.EIO])
async def test_a_key_that_cannot_be_read_for_a_moment_is_not_lost(
    database: Database,
    kept_outside: tuple[CheckpointKeys, Path],
    monkeypatch: pytest.MonkeyPatch,
    number: int,
):
    keys, _ = kept_outside

    def refused(*_: Any) -> bytes:
        raise OSError(number, "refused")

    await more(database)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", refused)
        with pytest.raises(KeyUnreadable):
            await sealed_now(database, keys, NOON)
        with pytest.raises(KeyUnreadable):
            await database.write(partial(checkpoint, keys=keys, at=NOON, replacing=True))
        with pytest.raises(KeyUnreadable):
            await database.write(partial(rotate, keys=keys, at=NOON))
    await sealed_now(database, keys, NOON)
    assert (await sealed_report(database, keys)).differences == ()


async def test_a_key_that_is_torn_or_whose_folder_is_away_is_not_lost(
    database: Database, kept_outside: tuple[CheckpointKeys, Path], tmp_path: Path
):
    await more(database)
    await seal(database)
    keys, away = CheckpointKeys(tmp_path / "keys"), CheckpointKeys(tmp_path / "away")
    with pytest.raises(KeyUnreadable):
        await database.write(partial(checkpoint, keys=away, at=NOON, replacing=True))
    (file,) = (tmp_path / "keys").glob("*.signing")
    file.write_bytes(file.read_bytes()[:40])
    with pytest.raises(KeyUnreadable):
        await database.write(partial(checkpoint, keys=keys, at=NOON, replacing=True))


async def test_nobody_but_the_worker_goes_on_without_the_key(
    database: Database, kept_outside: tuple[CheckpointKeys, Path], tmp_path: Path
):
    keys, _ = kept_outside
    (file,) = (tmp_path / "keys").glob("*.signing")
    file.unlink()
    await more(database)
    with pytest.raises(KeyLost):
        await sealed_now(database, keys, NOON)
    with pytest.raises(KeyLost):
        await database.write(partial(rotate, keys=keys, at=NOON))
    assert list((tmp_path / "keys").glob("*.signing")) == []
    await without_its_key(database, keys)
    assert (await sealed_report(database)).differences
