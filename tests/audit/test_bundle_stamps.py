"""Time stamps in a bundle: which of them, what they prove by openssl, and what is refused of forged ones."""

import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from audit.bundle.checking import checked
from audit.bundle.container import packed, unpacked
from audit.bundle.core import begins
from audit.bundle.exporting import Bundle, House, exported
from audit.bundle.stamps import openssl_stamps
from audit.bundle.verify import verified
from audit.sealing import sealed_now
from audit.stamping import request_answered, request_for, stamp_of_one, stamped_by_library
from storage import merkle
from storage.audit_book import BookDeed, BookEntry, append
from storage.checkpoints import StoredCheckpoint, checkpoints
from storage.database import Database
from storage.signed_notes import is_signature
from storage.stamps import add_stamp
from tests.audit.authority import Authority, authority
from tests.audit.conftest import ENDED
from tests.audit.forging import Files, fitted
from tests.audit.sealed import LI, NOON
from tests.audit.second_verifier import verify

pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")


@pytest.fixture
def stamper(tmp_path: Path) -> Authority:
    return authority(tmp_path / "authority")


async def last(database: Database) -> StoredCheckpoint:
    async with database.session() as session:
        return (await (await session.connection()).run_sync(checkpoints))[-1]


async def stamped(database: Database, stamper: Authority, folder: Path) -> bytes:
    """Have the last checkpoint stamped, and keep that; gives the request."""
    checkpoint = await last(database)
    request = folder / f"{checkpoint.size}.tsq"
    request.write_bytes(request_for(checkpoint.note))
    response = stamper.answer(request).read_bytes()
    _, stamp = stamp_of_one([checkpoint], response, stamper.root.read_text())
    assert await database.write(partial(add_stamp, stamp=stamp, at=NOON))
    return request.read_bytes()


@pytest.fixture
async def dated(database: Database, house: House, stamper: Authority, tmp_path: Path) -> Bundle:
    """The bundle of a case whose records stand under a stamped checkpoint."""
    await stamped(database, stamper, tmp_path)
    return await exported(database, house, ENDED, LI, NOON)


def said(whole: bytes, by: Any = openssl_stamps) -> tuple[list[str], str]:
    verifier, _ = verified(whole, is_signature, stamped=by)
    return [str(wrong) for wrong in verifier.wrong], " ".join(english for _, english in verifier.notes)


async def test_request_response_and_certificates_lie_in_it_and_hold(
    database: Database, house: House, stamper: Authority, tmp_path: Path
):
    request = await stamped(database, stamper, tmp_path)
    bundle = await exported(database, house, ENDED, LI, NOON)
    files = unpacked(bundle.content)
    assert [name for name in files if name.startswith("stamps/")] == [
        f"stamps/0001.{part}" for part in ("note", "pem", "tsq", "tsr")
    ]
    assert files["stamps/0001.tsq"] == request
    leaves = [json.loads(line) for line in files["proof/leaves.jsonl"].splitlines()]
    size = int(files["stamps/0001.note"].split(b"\n")[1])
    covered = sum(leaf["index"] < size for leaf in leaves)
    assert 0 < covered < len(leaves)
    for by in (openssl_stamps, stamped_by_library):
        wrong, notes = said(bundle.content, by)
        assert wrong == []
        assert f"{covered} of the {len(leaves)} records were sealed by then" in notes
    verify(bundle.content)


def test_each_way_of_the_readme_holds(dated: Bundle, house: House, tmp_path: Path):
    files = unpacked(dated.content)
    for name in ("note", "pem", "tsq", "tsr"):
        (tmp_path / f"0001.{name}").write_bytes(files[f"stamps/0001.{name}"])
    command = "openssl ts -verify -data 0001.note -in 0001.tsr -CAfile 0001.pem"
    assert command in files["README.txt"].decode()
    assert subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False).returncode == 0
    file = tmp_path / "dated.zip"
    file.write_bytes(dated.content)
    (tmp_path / "verify.py").write_bytes(files["verify.py"])
    words = [sys.executable, "-I", "verify.py", str(file), "--checkpoints", str(house.outside)]
    process = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (process.returncode, process.stderr) == (0, "")
    assert "records were sealed by then" in process.stdout
    assert "sealed by then" in " ".join(english for _, english in checked(file, house.outside).notes)


async def test_where_openssl_is_missing_a_stamp_is_unproven(dated: Bundle, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")
    wrong, notes = said(dated.content)
    assert wrong == []
    assert "stamps/0001 is unproven" in notes


async def test_only_the_first_stamp_that_covers_a_record_goes_along(
    database: Database, house: House, stamper: Authority, tmp_path: Path
):
    first = await last(database)
    await stamped(database, stamper, tmp_path)
    await database.write(partial(append, entries=[BookEntry(at=NOON, deed=BookDeed.EXPORT, origin=LI)]))
    await sealed_now(database, house.signing, NOON)
    await stamped(database, stamper, tmp_path)
    files = unpacked((await exported(database, house, ENDED, LI, NOON)).content)
    notes = [content.decode() for name, content in files.items() if name.endswith(".note")]
    assert notes == [first.note]


def _replaced(part: str, content: bytes) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        files[f"stamps/0001.{part}"] = content

    return change


def _proof(text: bytes) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        files["proof/stamps.jsonl"] = text

    return change


@pytest.mark.parametrize(
    "change",
    [
        _replaced("tsr", b""),
        _replaced("tsr", b"\x30\x84\xff\xff\xff\xff"),
        _replaced("tsq", b"\x30\x00"),
        _replaced("pem", b""),
        _replaced("note", b""),
        _replaced("note", b"huiying/x\n-1\nAAAA\ntime\n\n"),
        _replaced("more", b"x"),
        _proof(b""),
        _proof(b'{"path":[],"stamp":"stamps/0001"}\n'),
        _proof(b'{"path":["' + b"00" * 32 + b'"],"stamp":"stamps/0001"}\n'),
        _proof(b'{"path":"00","stamp":"stamps/0001"}\n'),
        _proof(b'{"path":[],"stamp":"../0001"}\n'),
        lambda files: files.pop("stamps/0001.tsq"),
        lambda files: files.pop("proof/stamps.jsonl"),
        lambda files: files.update({"proof/stamps.jsonl": files["proof/stamps.jsonl"] * 2}),
        lambda files: files.update({"stamps/0001.note": files["proof/checkpoint.txt"]}),
        lambda files: files.update({"proof/stamps.jsonl": files["proof/stamps.jsonl"].upper()}),
    ],
)
def test_a_forged_stamp_is_refused(dated: Bundle, change: Callable[[Files], object]):
    """Packed anew, with the manifest made to fit: the stamp is told not to hold."""
    files = dict(unpacked(dated.content))
    change(files)
    for by in (openssl_stamps, stamped_by_library):
        wrong, _ = said(packed(fitted(files)), by)
        assert any(one.startswith(("stamps/", "proof/stamps.jsonl")) for one in wrong), wrong
    with pytest.raises(Exception):  # noqa: B017, PT011  it asserts and reads what may be anything
        verify(packed(fitted(files)))


async def test_a_stamp_by_somebody_else_is_refused(dated: Bundle, tmp_path: Path):
    files = dict(unpacked(dated.content))
    files["stamps/0001.pem"] = authority(tmp_path / "other").root.read_bytes()
    for by in (openssl_stamps, stamped_by_library):
        wrong, _ = said(packed(fitted(files)), by)
        assert "stamps/0001: the stamp does not hold" in wrong


def test_the_request_is_rebuilt_from_its_answer_whatever_its_nonce(stamper: Authority, tmp_path: Path):
    for _ in range(12):
        request = tmp_path / "q.tsq"
        request.write_bytes(request_for("存证点"))
        assert request_answered(stamper.answer(request).read_bytes()) == request.read_bytes()


@pytest.mark.parametrize("by", merkle.LogHash)
def test_one_log_begins_another_as_the_tree_itself_has_it(by: merkle.LogHash):
    hashes = [by.leaf(bytes([place])) for place in range(21)]

    def subtree(level: int, index: int) -> bytes:
        return merkle.folded(hashes[index << level : (index + 1) << level], by)

    for second in range(1, 22):
        for first in range(1, second + 1):
            path = [one.hex() for one in merkle.consistency(subtree, first, second, by)]
            roots = merkle.root(subtree, first, by), merkle.root(subtree, second, by)
            assert begins(first, second, path, roots, by)
            assert not begins(first, second, [*path, "00" * 32], roots, by)
            assert not begins(first, second, path[:-1], roots, by) or not path
            assert not begins(first, second, path, (bytes(32), roots[1]), by)
            assert not begins(first, second, path, (roots[0], bytes(32)), by)
