"""Two houses keep each other's checkpoints: what goes on is kept,
and a log that was changed is found by who kept it.
"""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from audit.sealed import file_report
from audit.sealing import sealed_now
from storage.audit_book import BookDeed, BookEntry, append
from storage.checkpoint_keys import CheckpointKeys
from storage.checkpoints import rotate
from storage.database import open_database
from terminal.witnesses import FOLDER, hand_over, take_in
from tests.audit.sealed import LI, NOON
from tests.ledgers import empty_ledger


class House:
    """A house with its folder; `act` lets it do something by the terminal."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._monkeypatch = folder, monkeypatch
        folder.mkdir()
        empty_ledger(self.url)
        with closing(sqlite3.connect(folder / "huiying.db")) as connection, connection:
            row = (folder.name * 8, "2026-09-30 04:00:00.000000")
            connection.execute("INSERT INTO installation (ordinal, id, made_at) VALUES (1, ?, ?)", row)

    @property
    def url(self) -> str:
        return f"sqlite+aiosqlite:///{self.folder / 'huiying.db'}"

    @property
    def kept(self) -> list[Path]:
        """Of each log what was kept."""
        return sorted(file for file in (self.folder / FOLDER).glob("*") if ".parted" not in file.name)

    @property
    def parted(self) -> list[Path]:
        """What did not follow."""
        return list((self.folder / FOLDER).glob("*.parted.txt"))

    async def grow(self, times: int = 1, *, with_another_key: bool = False) -> int:
        """Write down so much, seal and sign it; the size of the log."""
        database, keys = open_database(self.url), CheckpointKeys(self.folder / "keys")
        for _ in range(times):
            await database.write(
                partial(append, entries=[BookEntry(at=NOON, deed=BookDeed.EXPORT, origin=LI)])
            )
        if with_another_key:
            await database.write(partial(rotate, keys=keys, at=NOON))
        made = await sealed_now(database, keys, NOON)
        await database.close()
        return made.size if made else 0

    async def hand_over(self, file: Path, since: int = 0) -> Path:
        self._monkeypatch.setenv("HUIYING_VAR_DIR", str(self.folder))
        await asyncio.to_thread(file.unlink, missing_ok=True)
        assert await hand_over(file, since) == 0
        return file

    async def take_in(self, file: Path, *, keep: bool = True) -> int:
        self._monkeypatch.setenv("HUIYING_VAR_DIR", str(self.folder))
        return await take_in(file, keep=keep)


@pytest.fixture
def one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    return House(tmp_path / "one", monkeypatch)


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    return House(tmp_path / "other", monkeypatch)


async def test_what_goes_on_is_kept_and_compared_by_the_house_itself(
    one: House, other: House, tmp_path: Path
):
    file = tmp_path / "handed"
    first = await one.grow(3)
    assert await other.take_in(await one.hand_over(file)) == 0
    await one.grow(4)
    assert await other.take_in(await one.hand_over(file, first), keep=False) == 0
    second = await one.grow(1, with_another_key=True)
    assert await other.take_in(await one.hand_over(file, first)) == 0
    assert await other.take_in(file) == 0  # which is kept already
    (kept,) = other.kept
    assert kept.stat().st_mode & 0o777 == 0o600
    database = open_database(one.url)
    report = await file_report(database, kept)
    await database.close()
    assert (report.checkpoints, report.agrees_until, report.differences) == (2, second, ())


async def test_without_the_proof_from_where_it_was_kept_nothing_is_kept(
    one: House, other: House, tmp_path: Path
):
    file, first = tmp_path / "handed", await one.grow(3)
    await other.take_in(await one.hand_over(file))
    await one.grow(3)
    text = other.kept[0].read_text()
    for since in (0, first - 1):
        assert await other.take_in(await one.hand_over(file, since)) == 1
    whole = (await one.hand_over(file, first)).read_text()
    for broken in (
        "",
        whole[:-65],
        whole.replace("time 2026", "time 2025"),
        whole + "00\n",
        f"{whole}{'0' * 64}\n",
    ):
        file.write_text(broken)
        assert await other.take_in(file) == 1
    assert other.kept[0].read_text() == text


async def test_a_log_that_was_changed_and_signed_anew_is_found_and_what_proves_it_kept(
    one: House, other: House, tmp_path: Path
):
    file = tmp_path / "handed"
    await one.grow(3)
    shutil.copytree(one.folder, tmp_path / "older")
    first = await one.grow(4)
    assert await other.take_in(await one.hand_over(file)) == 0
    shutil.rmtree(one.folder)
    shutil.copytree(tmp_path / "older", one.folder)  # an older database, with its own keys
    assert await other.take_in(await one.hand_over(file)) == 1  # the log went back
    await one.grow(9)  # other entries than those that were kept
    assert await other.take_in(await one.hand_over(file, first)) == 1
    (kept,), (parted,) = other.kept, other.parted
    assert kept.read_text().count(f"\n{first}\n") == 1
    assert parted.read_text().count("— huiying/") == 2


async def test_a_house_never_takes_anothers_place(
    one: House, other: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "handed"
    await one.grow(2)
    await other.grow(2)
    await other.take_in(await one.hand_over(file))
    await other.take_in(await other.hand_over(file))
    assert len(other.kept) == 2
    strangers = House(tmp_path / "stranger", monkeypatch)
    with closing(sqlite3.connect(strangers.folder / "huiying.db")) as connection, connection:
        connection.execute("UPDATE installation SET id = ?", (one.folder.name * 8,))
    await strangers.grow(5)  # under the name of a house that is known, by a key of its own
    text = other.kept[0].read_text()
    assert await other.take_in(await strangers.hand_over(file, 2)) == 1
    assert (other.kept[0].read_text(), other.parted) == (text, [])
