"""The worker's sealing: each hour and at each close, going on whatever fails;
what one reads by hand of a checkpoint.
"""

import asyncio
import subprocess
from base64 import b64decode
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from audit import sealing
from audit.sealed import file_report, sealed_report
from audit.sealing import carry_out, keep_sealing, sealed_now
from storage.checkpoint_keys import CheckpointKeys
from storage.checkpoints import StoredCheckpoint, checkpoint, checkpoints
from storage.database import Database, open_database
from storage.record import record
from storage.sealed_log import size
from storage.signed_notes import NoteUnreadable, key_line, key_of, note_of, notes_in, signed
from tests.ledgers import empty_ledger
from tests.storage.cases import Case

START = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
SOON = timedelta(milliseconds=20)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'huiying.db'}"
    empty_ledger(url)
    opened = open_database(url)
    yield opened
    await opened.close()


class Clock:
    """Tells the time that a test sets, and the seconds that it lets go by."""

    def __init__(self) -> None:
        self.now = START
        self.passed = 0.0

    def __call__(self) -> datetime:
        return self.now

    def ticks(self) -> float:
        return monotonic() + self.passed

    def let_pass(self, some: timedelta) -> None:
        self.now += some
        self.passed += some.total_seconds()


async def stored(database: Database) -> list[StoredCheckpoint]:
    async with database.session() as session:
        return await (await session.connection()).run_sync(checkpoints)


async def until(condition: Callable[[list[StoredCheckpoint]], bool], database: Database) -> None:
    async with asyncio.timeout(60):
        while not condition(await stored(database)):
            await asyncio.sleep(0.02)


async def sealed(database: Database, count: int) -> None:
    """Wait until the log has so many leaves."""
    async with asyncio.timeout(60):
        while True:
            async with database.session() as session:
                if await (await session.connection()).run_sync(size) == count:
                    return
            await asyncio.sleep(0.02)


async def test_checkpoints_are_signed_each_hour_and_when_a_closed_case_grows_and_leave_the_house(
    database: Database, tmp_path: Path
):
    clock, outside = Clock(), tmp_path / "outside.txt"
    opened, closed = Case("1").judge(), Case("2").close()
    await record(database, opened.incident_id, opened.decisions[:1])
    task = asyncio.create_task(
        keep_sealing(database, CheckpointKeys(tmp_path / "keys"), clock, SOON, outside, ticks=clock.ticks)
    )
    try:
        await until(lambda ours: [one.size for one in ours] == [1], database)
        await record(database, closed.incident_id, closed.decisions)
        sizes = [1, 1 + len(closed.decisions), len(closed.decisions) + len(opened.decisions)]
        await until(lambda ours: [one.size for one in ours] == sizes[:2], database)
        await record(database, opened.incident_id, opened.decisions[1:])
        await sealed(database, sizes[2])
        clock.let_pass(timedelta(hours=1))
        await until(lambda ours: [one.size for one in ours] == sizes, database)
        assert [one.at for one in await stored(database)] == [START, START, START + timedelta(hours=1)]
        async with asyncio.timeout(60):
            while len([*notes_in(outside.read_text(encoding="utf-8"))]) < 4:
                await asyncio.sleep(0.02)
    finally:
        task.cancel()
    assert [text for _, text in notes_in(outside.read_text(encoding="utf-8"))][1:] == [
        one.note for one in await stored(database)
    ]


async def test_a_file_that_cannot_be_written_stops_nothing_and_is_brought_up_to_date_later(
    database: Database, tmp_path: Path
):
    outside, case, clock = tmp_path / "away" / "outside.txt", Case("1").judge(), Clock()
    await record(database, case.incident_id, case.decisions[:1])
    task = asyncio.create_task(
        keep_sealing(database, CheckpointKeys(tmp_path / "keys"), clock, SOON, outside, ticks=clock.ticks)
    )
    try:
        await until(lambda ours: len(ours) == 1, database)
        await record(database, case.incident_id, case.decisions[1:])
        await sealed(database, len(case.decisions))
        clock.let_pass(timedelta(hours=1))
        await until(lambda ours: len(ours) == 2, database)
        outside.parent.mkdir()
        clock.let_pass(timedelta(hours=1))
        async with asyncio.timeout(60):
            while not outside.exists() or len([*notes_in(outside.read_text(encoding="utf-8"))]) < 3:
                await asyncio.sleep(0.02)
    finally:
        task.cancel()


async def test_what_failed_once_is_owed_until_it_has_succeeded(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A close that grew the log is signed though the first write failed,
    and carried out within the hour though the disk was away.
    """
    outside, closed, clock = tmp_path / "away" / "outside.txt", Case("1").close(), Clock()
    opened = Case("2")
    await record(database, opened.incident_id, opened.decisions)
    task = asyncio.create_task(
        keep_sealing(database, CheckpointKeys(tmp_path / "keys"), clock, SOON, outside, ticks=clock.ticks)
    )
    failures: list[str] = []

    def failing(*given: Any, **named: Any) -> StoredCheckpoint | None:
        if len(failures) < 3:
            failures.append("locked")
            raise OSError("locked")
        return checkpoint(*given, **named)

    try:
        await until(lambda ours: len(ours) == 1, database)
        monkeypatch.setattr(sealing, "checkpoint", failing)
        await record(database, closed.incident_id, closed.decisions)
        await until(lambda ours: len(ours) == 2, database)
        outside.parent.mkdir()
        async with asyncio.timeout(60):
            while not outside.exists() or len([*notes_in(outside.read_text(encoding="utf-8"))]) < 3:
                clock.let_pass(timedelta(seconds=1))
                await asyncio.sleep(0.02)
        assert clock.passed < timedelta(minutes=30).total_seconds()
    finally:
        task.cancel()
    assert failures == ["locked"] * 3


async def test_a_clock_that_was_ahead_stops_no_checkpoint(database: Database, tmp_path: Path):
    case, clock = Case("1").judge(), Clock()
    clock.now += timedelta(days=300)
    await record(database, case.incident_id, case.decisions[:1])
    task = asyncio.create_task(
        keep_sealing(database, CheckpointKeys(tmp_path / "keys"), clock, SOON, ticks=clock.ticks)
    )
    try:
        await until(lambda ours: len(ours) == 1, database)
        await record(database, case.incident_id, case.decisions[1:])
        await sealed(database, len(case.decisions))
        clock.now = START
        clock.let_pass(timedelta(hours=1))
        await until(lambda ours: len(ours) == 2, database)
    finally:
        task.cancel()
    report = await sealed_report(database)
    assert report.differences == ()
    assert ["dated before" in note for note in report.notes] == [True]


async def test_an_announcement_that_was_torn_is_added_again_whole(database: Database, tmp_path: Path):
    outside, keys, case = tmp_path / "outside.txt", CheckpointKeys(tmp_path / "keys"), Case("1")
    await record(database, case.incident_id, case.decisions)
    await sealed_now(database, keys, START)
    await carry_out(database, outside)
    (_, announcement), _ = notes_in(outside.read_text(encoding="utf-8"))
    for cut in (len(announcement) // 2, len(announcement) - 20, announcement.index("time")):
        outside.write_text(announcement[:cut], encoding="utf-8")
        await carry_out(database, outside)
        assert announcement in [note for _, note in notes_in(outside.read_text(encoding="utf-8"))]
        report = await file_report(database, outside)
        assert [(one.expected.split(":")[0], report.checkpoints) for one in report.differences] == [
            ("line 1", 1)
        ]


async def test_two_who_carry_out_at_once_write_each_note_once(database: Database, tmp_path: Path):
    outside, keys, case = tmp_path / "outside.txt", CheckpointKeys(tmp_path / "keys"), Case("1").judge()
    for decided in case.decisions:
        await record(database, case.incident_id, (decided,))
        await sealed_now(database, keys, START)
    await asyncio.gather(*(carry_out(database, outside) for _ in range(8)))
    notes = [note for _, note in notes_in(outside.read_text(encoding="utf-8"))]
    assert len(notes) == len(set(notes)) == 1 + len(case.decisions)


async def test_openssl_alone_checks_the_signature(database: Database, tmp_path: Path):
    case = Case("1")
    await record(database, case.incident_id, case.decisions)
    keys = CheckpointKeys(tmp_path / "keys")
    task = asyncio.create_task(keep_sealing(database, keys, Clock(), SOON))
    await until(lambda ours: len(ours) == 1, database)
    task.cancel()
    (one,) = await stored(database)
    text, _, line = one.note.partition("\n\n")
    (tmp_path / "body").write_text(f"{text}\n", encoding="utf-8")
    (tmp_path / "sig").write_bytes(b64decode(line.split()[2])[4:])
    private = keys.private(one.key)
    assert private is not None
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pem").write_bytes(pem)
    command = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in body -sigfile sig"
    process = await asyncio.to_thread(
        subprocess.run, command.split(), cwd=tmp_path, capture_output=True, check=False
    )
    assert process.returncode == 0, process.stderr


def test_a_key_is_named_by_the_first_bytes_of_its_hash_and_by_no_other_name():
    public = Ed25519PrivateKey.generate().public_key()
    line = key_line("huiying/1", public)
    assert key_of(line)[0] == line.split("+")[1]
    with pytest.raises(NoteUnreadable):
        key_of(line.replace("huiying/1", "huiying/2"))


@pytest.mark.parametrize(
    "content", ["", "x", "x\n\n", "x\n\n— a b\n", "x\n— a b\n", "x\n\n— huiying/1 AAAA\n", "— a b\n"]
)
def test_what_is_no_note_is_refused(content: str):
    with pytest.raises(NoteUnreadable):
        note_of(content)


def test_a_note_with_its_last_line_feed_missing_is_none():
    note = signed("text\n", "huiying/1", [Ed25519PrivateKey.generate()])
    assert note_of(note).text == "text\n"
    with pytest.raises(NoteUnreadable):
        note_of(note.rstrip("\n"))
