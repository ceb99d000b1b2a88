"""Time stamps on checkpoints: asked of an authority, verified by its certificates alone, kept,
and verified anew by each audit.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from audit.sealed import sealed_report
from audit.sealing import carry_out, sealed_now
from audit.stamping import NoStamp, kept_stamps, request_for, stamp_of_one, stamp_on
from storage.audit_book import BookDeed, BookEntry, append
from storage.checkpoint_keys import CheckpointKeys
from storage.checkpoints import StoredCheckpoint, checkpoints
from storage.database import Database, open_database
from storage.stamps import add_stamp
from terminal import checkpoints as terminal_checkpoints
from terminal import stamps as terminal_stamps
from tests.audit.authority import Authority, authority
from tests.audit.forger import Forger
from tests.audit.sealed import LI, NOON
from tests.ledgers import empty_ledger


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an installation, for the terminal too."""
    monkeypatch.setenv("HUIYING_VAR_DIR", str(tmp_path / "var"))
    (tmp_path / "var").mkdir()
    empty_ledger(f"sqlite+aiosqlite:///{tmp_path / 'var' / 'huiying.db'}")
    return tmp_path / "var"


@pytest.fixture
async def database(var: Path) -> AsyncIterator[Database]:
    """Two entries of the book, each under a checkpoint of its own."""
    opened = open_database(f"sqlite+aiosqlite:///{var / 'huiying.db'}")
    for _ in range(2):
        await opened.write(partial(append, entries=[BookEntry(at=NOON, deed=BookDeed.EXPORT, origin=LI)]))
        await sealed_now(opened, CheckpointKeys(var / "keys"), NOON)
    yield opened
    await opened.close()


@pytest.fixture
def stamper(tmp_path: Path) -> Authority:
    return authority(tmp_path / "authority")


async def stored(database: Database) -> list[StoredCheckpoint]:
    async with database.session() as session:
        return await (await session.connection()).run_sync(checkpoints)


async def answered(database: Database, stamper: Authority, folder: Path, place: int = 0) -> bytes:
    """The authority's response on a checkpoint."""
    request = folder / f"{place}.tsq"
    request.write_bytes(request_for((await stored(database))[place].note))
    return stamper.answer(request).read_bytes()


async def keep(database: Database, response: bytes, stamper: Authority) -> None:
    _, stamp = stamp_of_one(await stored(database), response, stamper.root.read_text())
    assert await database.write(partial(add_stamp, stamp=stamp, at=NOON))
    assert not await database.write(partial(add_stamp, stamp=stamp, at=NOON))


async def test_a_stamp_is_kept_and_holds_for_us_and_for_openssl(
    database: Database, stamper: Authority, tmp_path: Path
):
    begun = datetime.now(UTC).replace(microsecond=0)
    response = await answered(database, stamper, tmp_path)
    first, second = await stored(database)
    await keep(database, response, stamper)
    (one,) = await kept_stamps(database)
    assert (one.size, one.wrong, one.stamp.authority) == (first.size, "", "CN=时间戳服务")
    assert begun <= one.stamp.stamped_at <= datetime.now(UTC)
    assert (await sealed_report(database)).differences == ()
    assert stamper.accepts(first.note.encode(), tmp_path / "0.tsr")
    assert not stamper.accepts(second.note.encode(), tmp_path / "0.tsr")


async def test_what_the_certificates_do_not_bear_out_is_refused(
    database: Database, stamper: Authority, tmp_path: Path
):
    response, all_of_them = await answered(database, stamper, tmp_path), await stored(database)
    other, root = authority(tmp_path / "other"), stamper.root.read_text()
    with pytest.raises(NoStamp, match="pkcs7"):
        stamp_of_one(all_of_them, response, other.root.read_text())
    with pytest.raises(NoStamp, match="Mismatch"):
        stamp_on(all_of_them[1].note, response, root)
    with pytest.raises(NoStamp, match="stamps no checkpoint"):
        stamp_of_one(all_of_them[1:], response, root)
    for content, certificates in (
        (b"", root),
        (b"x" * 200_000, root),
        (response[:-9], root),
        (response, ""),
        (response, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        (response, (stamper.folder / "stamper.pem").read_text()),  # itself vouched for by nobody
    ):
        with pytest.raises(NoStamp):
            stamp_of_one(all_of_them, content, certificates)


async def test_a_byte_that_is_changed_is_refused_or_changes_nothing(
    database: Database, stamper: Authority, tmp_path: Path
):
    response, (first, _) = await answered(database, stamper, tmp_path), await stored(database)
    root = stamper.root.read_text()
    says, refused = stamp_on(first.note, response, root), 0
    for place in range(len(response)):
        changed = bytearray(response)
        changed[place] ^= 1
        try:
            assert stamp_on(first.note, bytes(changed), root) == says
        except NoStamp:
            refused += 1
    assert refused > len(response) * 0.9


async def test_a_certificate_that_ran_out_since_holds_and_one_that_had_run_out_does_not(
    database: Database, tmp_path: Path
):
    (first, _), seconds, response = await stored(database), 2, b""
    while not response:  # a machine that is slow to answer is given longer
        until = (datetime.now(UTC) + timedelta(seconds=seconds)).replace(microsecond=0)
        short = authority(tmp_path / f"short-{seconds}", until=until)
        answer = await answered(database, short, tmp_path)
        response = answer if datetime.now(UTC) < until else b""
        seconds *= 2
    while datetime.now(UTC) <= until + timedelta(seconds=1):
        await asyncio.sleep(0.2)
    assert not short.accepts(first.note.encode(), tmp_path / "0.tsr")  # which judges by today
    assert stamp_on(first.note, response, short.root.read_text()).at <= until
    late = authority(tmp_path / "late", until=datetime.now(UTC) - timedelta(hours=1))
    response = await answered(database, late, tmp_path)
    with pytest.raises(NoStamp, match="pkcs7"):
        stamp_on(first.note, response, late.root.read_text())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE checkpoint_stamp SET stamped_at = '2020-01-01 00:00:00.000000'",
        "UPDATE checkpoint_stamp SET authority = 'CN=x'",
        "UPDATE checkpoint_stamp SET checkpoint = 2",
        "UPDATE checkpoint_stamp SET checkpoint = 9",
        "UPDATE checkpoint_stamp SET response = x'3000'",
        "UPDATE checkpoint_stamp SET certificates = ''",
        "UPDATE checkpoint SET note = replace(note, 'time 2026', 'time 2025') WHERE position = 1",
    ],
)
async def test_a_stamp_that_was_changed_behind_the_programs_back_is_a_difference(
    database: Database, stamper: Authority, tmp_path: Path, var: Path, statement: str
):
    await keep(database, await answered(database, stamper, tmp_path), stamper)
    Forger(var / "huiying.db").run(statement)
    assert any("stamp on checkpoint" in str(one) for one in (await sealed_report(database)).differences)


async def test_another_hash_of_the_authoritys_is_read_too(
    database: Database, stamper: Authority, tmp_path: Path
):
    request, (first, *_) = tmp_path / "q.tsq", await stored(database)
    builder = TimestampRequestBuilder(data=first.note.encode(), hash_algorithm=HashAlgorithm.SHA512)
    request.write_bytes(builder.build().as_bytes())
    await keep(database, stamper.answer(request).read_bytes(), stamper)


async def test_at_the_terminal(
    database: Database, stamper: Authority, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    request, outside = tmp_path / "last.tsq", tmp_path / "checkpoints.txt"
    await carry_out(database, outside)
    assert await terminal_stamps.write_request(request) == 0
    assert await terminal_stamps.write_request(request) == 1  # which is there
    response = stamper.answer(request)
    assert await terminal_stamps.add_response(tmp_path / "none", stamper.root) == 1
    assert await terminal_stamps.add_response(response, request) == 1
    assert await kept_stamps(database) == ()
    assert await terminal_stamps.add_response(response, stamper.root) == 0
    capsys.readouterr()
    assert await terminal_checkpoints.verify_files([outside]) == 0
    assert "CN=时间戳服务 加盖时间戳，核验属实" in capsys.readouterr().out
