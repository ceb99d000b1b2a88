"""The sealed log under attack: every column that is audited, erased cases,
histories deleted and chains written anew.

S8 of `docs/quality.md` against the live database: what a checkpoint outside proves, and what none can.
"""

import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from audit.book import book_differences
from audit.files import file_differences
from audit.sealed import file_report, sealed_report
from audit.sealed_keys import LOG
from audit.sealing import carry_out, seal, sealed_now
from audit.stored import stored_log
from audit.verify import verify
from storage.audit_book import BookDeed, BookEntry, append
from storage.checkpoint_keys import CheckpointKeys
from storage.checkpoints import LogBroken, rotate
from storage.database import Database, open_database
from storage.ledger import rebuild
from storage.merkle import LogHash
from tests.audit.conftest import ENDED, SILENT
from tests.audit.forger import Forger
from tests.audit.sealed import LI, NOON, signed, without_its_key
from tests.keys import KEYS

pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")
AUDITED = ("event_log", "audit_entry", "attachment", "archived_history", "reduction")
OF_THE_LOG = ("sealed_leaf", "checkpoint", "checkpoint_key")
# For people, or an order that the signed texts have in themselves:
# the JSON beside the bytes that are hashed; places.
NOT_AUDITED = {
    ("archived_history", "history_json"),
    ("checkpoint", "position"),
    ("checkpoint_key", "position"),
}

FIRST = "SELECT rowid, {0} FROM {1} ORDER BY rowid LIMIT 1"
UPDATE = "UPDATE {0} SET {1} = ? WHERE rowid = ?"
DELETE = "DELETE FROM {0} WHERE {1} = ?"


@pytest.fixture
async def other(made: Path, tmp_path: Path) -> AsyncIterator[Database]:
    opened = open_database(f"sqlite+aiosqlite:///{shutil.copy(made, tmp_path / 'other.db')}")
    yield opened
    await opened.close()


async def differences(database: Database) -> list[str]:
    """All that the audit says without replaying a history."""
    report = await sealed_report(database)
    said = [*report.differences, *await file_differences(database), *await book_differences(database)]
    async with database.session() as session:
        for incident_id in (ENDED, SILENT):
            said += (await stored_log(session, incident_id)).differences
    return [str(one) for one in said]


def columns(made: Path, *names: str) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(made)) as connection:
        return [
            (name, column)
            for name in names
            for (column,) in connection.execute("SELECT name FROM pragma_table_info(?)", (name,))
        ]


def changed(value: Any) -> Any:
    match value:
        case None:
            return "changed"
        case bytes():
            return bytes([value[0] ^ 1]) + value[1:]
        case int():
            return value + 1_000
        case _:
            return f"{value[:-1]}{'0' if value[-1:] != '0' else '1'}" if value else "changed"


async def test_what_nobody_touched_agrees(database: Database, kept_outside: tuple[CheckpointKeys, Path]):
    report = await sealed_report(database)
    assert (report.differences, report.notes, report.checkpoints) == ((), (), 1)
    outside = await file_report(database, kept_outside[1])
    assert (outside.differences, outside.agrees_until) == ((), report.leaves)
    assert await differences(database) == []


async def test_the_whole_audit_looks_at_the_log(
    database: Database, kept_outside: tuple[CheckpointKeys, Path], forger: Forger
):
    assert (await verify(database, None, keys=KEYS)).exit_status == 0
    forger.run("UPDATE attachment SET name = 'another.txt'")
    report = await verify(database, None, keys=KEYS)
    assert [difference.incident_id for difference in report.differences] == [ENDED]


async def test_every_column_that_is_audited_is_missed_when_it_is_changed(
    database: Database, kept_outside: tuple[CheckpointKeys, Path], forger: Forger, made: Path
):
    unnoticed = []
    for name, column in columns(made, *AUDITED, *OF_THE_LOG):
        (rowid, value), *_ = forger.run(FIRST.format(column, name))
        forger.run(UPDATE.format(name, column), changed(value), rowid)
        said = await differences(database)
        if column == "history":  # the bytes are compared where histories are replayed
            said += [str(one) for one in (await verify(database, None, keys=KEYS)).differences]
        if not said:
            unnoticed.append((name, column))
        where = (value, rowid if column != "position" else changed(value))
        forger.run(UPDATE.format(name, column), *where)
        assert await differences(database) == [], (name, column)
    assert set(unnoticed) == NOT_AUDITED


async def test_a_file_whose_content_is_changed_is_named(
    database: Database, kept_outside: tuple[CheckpointKeys, Path], forger: Forger
):
    forger.run("UPDATE attachment_content SET content = ?", b"another")
    assert [(one.incident_id, one.actual) for one in await file_differences(database)] == [
        (ENDED, "another content or size")
    ]


async def test_an_erased_incident_is_named(
    database: Database, kept_outside: tuple[CheckpointKeys, Path], forger: Forger
):
    ((count,),) = forger.run("SELECT count(*) FROM sealed_leaf WHERE incident_id = ?", ENDED)
    for name, column in (
        ("event_log", "incident_id"),
        ("archived_history", "workflow_id"),
        ("attachment", "incident_id"),
        ("proof", "incident_id"),
        ("reduction", "incident_id"),
    ):
        forger.run(DELETE.format(name, column), ENDED)
    await rebuild(database)
    report = await sealed_report(database)
    erased = [one for one in report.differences if one.actual == "nothing: it was erased"]
    assert {one.incident_id for one in erased} == {ENDED}
    assert len(erased) == count  # its decisions, its history, its file and the act


async def test_a_chain_written_anew_with_its_history_deleted_is_named_by_number(
    database: Database, kept_outside: tuple[CheckpointKeys, Path], forger: Forger
):
    number = forger.number_of(SILENT, "judged")
    forger.edit(SILENT, number, lambda content: content["cause"]["actor"].update(person="nobody"))
    forger.seal_anew(SILENT)
    forger.run("DELETE FROM archived_history WHERE workflow_id = ?", SILENT)
    await rebuild(database)
    report = await sealed_report(database)
    resealed = [one.number for one in report.differences if one.actual == "a decision under another seal"]
    assert resealed == [one for one in forger.numbers(SILENT) if one >= number]


def reseal(forger: Forger) -> None:
    """Make every leaf what its record now is, and keep no subtree and no checkpoint:
    what who has the file can do.
    """
    forger.run("DELETE FROM sealed_subtree")
    forger.run("DELETE FROM sealed_leaf")
    forger.run("DELETE FROM checkpoint")


async def test_a_log_sealed_anew_agrees_with_itself_and_not_with_the_checkpoint_kept_outside(
    database: Database, kept_outside: tuple[CheckpointKeys, Path], forger: Forger
):
    keys, outside = kept_outside
    number = forger.number_of(SILENT, "judged")
    forger.edit(SILENT, number, lambda content: content["cause"]["actor"].update(person="nobody"))
    forger.seal_anew(SILENT)
    reseal(forger)
    await sealed_now(database, keys, NOON)  # with the house's own key in hand
    assert (await sealed_report(database)).differences == ()
    report = await file_report(database, outside)
    assert (report.agrees_until, len(report.differences)) == (0, 1)
    assert "another root" in report.differences[0].actual
    assert "line" in report.differences[0].expected


async def test_what_came_after_the_last_checkpoint_outside_can_be_rewritten_unseen(
    database: Database, kept_outside: tuple[CheckpointKeys, Path], forger: Forger
):
    """What no checkpoint can prove, said in docs/bundle.md:
    a rewrite of what none that left the house covers.
    """
    keys, outside = kept_outside
    before = (await sealed_report(database)).leaves
    later = BookEntry(at=NOON, deed=BookDeed.EXPORT, origin=LI, subject=ENDED)
    await database.write(partial(append, entries=[later]))
    await sealed_now(database, keys, NOON + timedelta(hours=1))
    forger.run("DELETE FROM audit_entry WHERE position = 3")
    forger.run("DELETE FROM sealed_leaf WHERE position >= ?", before)
    forger.run("DELETE FROM checkpoint WHERE size > ?", before)
    assert (await sealed_report(database)).differences == ()
    assert (await file_report(database, outside)).differences == ()


async def test_an_older_database_that_comes_back_is_named_with_what_is_missing(
    database: Database,
    kept_outside: tuple[CheckpointKeys, Path],
    forger: Forger,
    tmp_path: Path,
):
    keys, outside = kept_outside
    size = (await sealed_report(database)).leaves
    with (
        closing(sqlite3.connect(forger.file)) as live,
        closing(sqlite3.connect(tmp_path / "older.db")) as copy,
    ):
        live.backup(copy)
    await database.write(partial(append, entries=[BookEntry(at=NOON, deed=BookDeed.EXPORT, origin=LI)]))
    await sealed_now(database, keys, NOON + timedelta(hours=1))
    await carry_out(database, outside)
    older = open_database(f"sqlite+aiosqlite:///{tmp_path / 'older.db'}")
    try:
        assert (await sealed_report(older)).differences == ()
        report = await file_report(older, outside)
        assert report.agrees_until == size
        assert f"leaves {size} to {size} are missing" in report.differences[0].actual
        # It goes on, in another way than before: the file keeps both, and the place where they part.
        await older.write(partial(append, entries=[BookEntry(at=NOON, deed=BookDeed.BACKUP, origin=LI)]))
        await sealed_now(older, keys, NOON + timedelta(hours=2))
        await carry_out(older, outside)
        report = await file_report(older, outside)
        assert [difference.expected.split(":")[0] for difference in report.differences] != []
        assert (report.checkpoints, len(report.differences)) == (3, 1)
    finally:
        await older.close()


async def test_a_log_that_no_longer_holds_what_was_signed_is_signed_no_more(
    database: Database, kept_outside: tuple[CheckpointKeys, Path], forger: Forger
):
    forger.run("UPDATE sealed_leaf SET hash = ? WHERE position = 2", LogHash.SHA256.leaf(b"forged"))
    await database.write(partial(append, entries=[BookEntry(at=NOON, deed=BookDeed.EXPORT, origin=LI)]))
    with pytest.raises(LogBroken):
        await sealed_now(database, kept_outside[0], NOON)
    forger.run("DELETE FROM sealed_leaf WHERE position > 4")
    with pytest.raises(LogBroken):
        await sealed_now(database, kept_outside[0], NOON)


async def test_keys_follow_each_other_under_the_signatures_of_both(
    database: Database, kept_outside: tuple[CheckpointKeys, Path], tmp_path: Path
):
    keys, outside = kept_outside
    name = await database.write(partial(rotate, keys=keys, at=NOON))
    await database.write(partial(append, entries=[BookEntry(at=NOON, deed=BookDeed.EXPORT, origin=LI)]))
    stored = await sealed_now(database, keys, NOON)
    assert stored is not None
    assert stored.key == name
    await carry_out(database, outside)
    assert (await sealed_report(database)).differences == ()
    report = await file_report(database, outside)
    assert (report.checkpoints, report.differences) == (2, ())
    assert [file.stat().st_mode & 0o777 for file in (tmp_path / "keys").glob("*.signing")] == [0o600] * 2


async def test_a_key_that_the_one_before_does_not_vouch_for_is_named(
    database: Database, kept_outside: tuple[CheckpointKeys, Path], tmp_path: Path
):
    await without_its_key(database, CheckpointKeys(tmp_path / "other-keys"))
    said = [one.expected for one in (await sealed_report(database)).differences]
    assert said == [
        "key 2 signed by itself and by the one before",
        f"checkpoint 2 of {(await sealed_report(database)).leaves} leaves",
    ]


async def test_a_checkpoint_of_another_house_is_not_taken_for_ours(
    database: Database, kept_outside: tuple[CheckpointKeys, Path], other: Database, tmp_path: Path
):
    (tmp_path / "there").mkdir()
    _, outside = await signed(other, tmp_path / "there", ENDED)
    assert "no signature" not in str((await file_report(other, outside)).differences)
    text = outside.read_text(encoding="utf-8").replace("huiying/", "huiying/other")
    outside.write_text(text, encoding="utf-8")
    report = await file_report(database, outside)
    assert {one.incident_id for one in report.differences} == {LOG}
    assert report.agrees_until == 0


@pytest.mark.parametrize(
    "content", ["", "\n\n\n", "no checkpoint\n", "— x y\n", "a\n\n— huiying/ AAAA\n", "\x00\ufffd"]
)
async def test_a_file_that_holds_no_checkpoint_does_not_agree(
    database: Database, kept_outside: tuple[CheckpointKeys, Path], content: str
):
    kept_outside[1].write_text(content, encoding="utf-8")
    assert (await file_report(database, kept_outside[1])).differences


async def test_every_single_byte_of_the_file_outside_counts(
    database: Database, kept_outside: tuple[CheckpointKeys, Path]
):
    outside = kept_outside[1]
    whole = outside.read_bytes()
    unnoticed = []
    for place in range(len(whole)):
        outside.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        if not (await file_report(database, outside)).differences:
            unnoticed.append(place)
    assert unnoticed == []


@pytest.mark.parametrize("left", range(1, 160, 13))
async def test_a_checkpoint_that_was_broken_off_spoils_none_after_it(
    database: Database, kept_outside: tuple[CheckpointKeys, Path], left: int
):
    keys, outside = kept_outside
    whole = outside.read_text(encoding="utf-8")
    last = whole[whole.rindex("\nhuiying/\n") + 1 :]
    outside.write_text(whole + last[:left], encoding="utf-8")
    await database.write(partial(append, entries=[BookEntry(at=NOON, deed=BookDeed.EXPORT, origin=LI)]))
    await sealed_now(database, keys, NOON)
    await carry_out(database, outside)
    report = await file_report(database, outside)
    assert (report.checkpoints, len(report.differences)) == (2, 1)
    assert await carry_out(database, outside) == 0


async def test_what_is_not_sealed_yet_is_said_and_is_no_difference(database: Database):
    report = await sealed_report(database)
    assert (report.differences, len(report.notes)) == ((), 1)
    await seal(database)
    report = await sealed_report(database)
    assert report.differences == ()
    assert "under no checkpoint" in report.notes[0]
