"""A log made by SM3: what it is made of, that everybody verifies it, and that it is never another's."""

import hashlib
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from audit.apart import Apart
from audit.bundle.container import packed, unpacked
from audit.bundle.exporting import Bundle, House, exported
from audit.bundle.hashes import sm3
from audit.sealed import file_report, sealed_report
from audit.sealing import carry_out, seal, sealed_now
from audit.witnessing import Parted, to_hand_over, witnessed
from settings import Settings
from storage.database import Database, open_database
from storage.log_hash import OtherHash, log_hash
from storage.merkle import LogHash
from storage.signed_notes import NoteUnreadable, checkpoint_of, note_of
from terminal.starting import prepare_database
from tests.audit.forger import Forger
from tests.audit.forging import faults, fitted
from tests.audit.national import CASE, OTHER_CASE, a_database, a_house, chosen, keys_of
from tests.audit.sealed import LI, NOON
from tests.audit.second_verifier import verify

# GB/T 32905-2016, annex A: "abc", and sixteen times "abcd".
VECTORS = (
    (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
    (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
)


@pytest.fixture
async def of_two(tmp_path: Path) -> AsyncIterator[tuple[Database, Forger]]:
    """A database of two cases, and whoever has its file in hand."""
    database, forger = await a_database(tmp_path)
    yield database, forger
    await database.close()


@pytest.fixture
def database(of_two: tuple[Database, Forger]) -> Database:
    """The database alone."""
    return of_two[0]


@pytest.fixture
def forger(of_two: tuple[Database, Forger]) -> Forger:
    """Who has the file in hand."""
    return of_two[1]


@pytest.fixture
async def sm3_house(database: Database, tmp_path: Path) -> House:
    """A house whose log has been made by SM3 from its first leaf."""
    await chosen(database, LogHash.SM3)
    return await a_house(database, tmp_path)


@pytest.fixture
async def small(database: Database, sm3_house: House) -> Bundle:
    """A bundle of that house."""
    return await exported(database, sm3_house, CASE.incident_id, LI, NOON)


@pytest.mark.parametrize(("data", "digest"), VECTORS)
def test_sm3_is_that_of_the_standard(data: bytes, digest: str):
    assert (sm3(data).hex(), LogHash.SM3.of(data).hex()) == (digest, digest)


def test_our_sm3_for_a_python_without_it_is_that_of_openssl_at_every_length():
    chance = random.Random(32905)
    for length in range(200):
        data = chance.randbytes(length)
        assert sm3(data) == hashlib.new("sm3", data).digest()


async def test_a_log_by_sm3_says_so_in_each_checkpoint_and_agrees(database: Database, sm3_house: House):
    report = await sealed_report(database, sm3_house.signing)
    assert (report.differences, report.checkpoints) == ((), 1)
    assert sm3_house.outside is not None
    assert (await file_report(database, sm3_house.outside)).differences == ()
    last = sm3_house.outside.read_text(encoding="utf-8").rstrip("\n").split("\n\n")[-2]
    assert last.splitlines()[4] == "hash sm3"

    async with database.session() as session:
        assert await (await session.connection()).run_sync(log_hash) is LogHash.SM3


async def test_a_leaf_that_is_changed_or_a_hash_that_is_exchanged_is_told(
    database: Database, sm3_house: House, forger: Forger
):
    forger.run("UPDATE log_hash SET name = 'sha256'")
    report = await sealed_report(database, sm3_house.signing)
    told = [str(one) for one in report.differences]
    assert len([line for line in told if "another content" in line]) == report.leaves
    assert any("under another hash, sm3: the one here has sha256" in line for line in told)
    forger.run("UPDATE log_hash SET name = 'md5'")
    assert len((await sealed_report(database, sm3_house.signing)).differences) > report.leaves
    forger.run("UPDATE log_hash SET name = 'sm3'")
    forger.run("UPDATE sealed_leaf SET hash = ? WHERE position = 2", LogHash.SM3.leaf(b"forged"))
    (leaf, root) = (await sealed_report(database, sm3_house.signing)).differences
    assert "leaf 2" in str(leaf)
    assert "another root" in str(root)


async def test_both_verifiers_accept_its_bundles(database: Database, sm3_house: House):
    for incident_id in (CASE.incident_id, OTHER_CASE.incident_id):
        bundle = await exported(database, sm3_house, incident_id, LI, NOON)
        assert faults(bundle.content) == []
        verify(bundle.content)


@pytest.mark.parametrize("has_sm3", [True, False])
def test_the_program_in_it_accepts_bundle_and_certificate_with_and_without_sm3_of_pythons_own(
    small: Bundle, sm3_house: House, tmp_path: Path, *, has_sm3: bool
):
    files = unpacked(small.content)
    assert files["proof/checkpoint.body"].decode().splitlines()[4] == "hash sm3"
    (tmp_path / "case.zip").write_bytes(small.content)
    (tmp_path / "certificate.json").write_bytes(files["certificates/0001.json"])
    script = files["verify.py"].decode()
    without = script.replace("hashlib.new(by, data)", 'hashlib.new(by + "-none", data)')
    (tmp_path / "verify.py").write_text(script if has_sm3 else without, encoding="utf-8")
    for name in ("case.zip", "certificate.json"):
        command = [sys.executable, "-I", "verify.py", name, "--checkpoints", str(sm3_house.outside)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert "All of it holds." in done.stdout


def test_every_byte_of_a_small_bundle_counts(small: Bundle):
    """Each byte of what is signed, and one by seed in each four thousand of the rest, packed anew with a
    manifest that fits; and in the file as it is.
    """
    files, chance = unpacked(small.content), random.Random(20261201)
    verify(small.content)
    places = [("proof/checkpoint.body", at) for at in range(len(files["proof/checkpoint.body"]))]
    for name, content in files.items():
        places += [(name, chance.randrange(len(content))) for _ in range(len(content) // 4000)]
    for name, at in places:
        changed = bytearray(files[name])
        changed[at] ^= 1 << chance.randrange(8)
        forged = {**files, name: bytes(changed)}
        assert faults(packed(forged if name == "manifest.json" else fitted(forged))), (name, at)
    for _ in range(60):
        whole = bytearray(small.content)
        whole[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        assert faults(bytes(whole))


@pytest.mark.parametrize("line", ["hash md5", "hash sha256", "hash sm3\nhash sm3", "hash SM3"])
def test_a_checkpoint_under_a_hash_that_nobody_knows_is_none(small: Bundle, line: str):
    files = unpacked(small.content)
    body = files["proof/checkpoint.body"].replace(b"hash sm3", line.encode())
    note = files["proof/checkpoint.txt"].replace(b"hash sm3", line.encode())
    told = faults(packed({**files, "proof/checkpoint.body": body, "proof/checkpoint.txt": note}))
    assert any("under a hash that this program does not know" in one for one in told)
    with pytest.raises(NoteUnreadable):
        checkpoint_of(note_of(note.decode()))


async def test_a_bundle_of_sha256_is_as_it_was(database: Database, tmp_path: Path):
    bundle = await exported(database, await a_house(database, tmp_path), CASE.incident_id, LI, NOON)
    body = unpacked(bundle.content)["proof/checkpoint.body"].decode()
    assert len(body.splitlines()) == 4
    assert faults(bundle.content) == []


async def test_the_hash_is_chosen_once_and_before_the_first_leaf(database: Database):
    assert await chosen(database, None) is LogHash.SHA256
    with pytest.raises(OtherHash, match="sha256"):
        await chosen(database, LogHash.SM3)
    assert await chosen(database, LogHash.SHA256) is LogHash.SHA256


async def test_a_log_that_has_leaves_keeps_sha256(database: Database):
    await seal(database)
    with pytest.raises(OtherHash, match="sha256"):
        await chosen(database, LogHash.SM3)
    assert await chosen(database, None) is LogHash.SHA256


async def test_a_start_with_the_setting_has_it_and_one_with_another_is_refused_in_words(tmp_path: Path):
    settings = Settings(var_dir=tmp_path / "var", log_hash="sm3")
    await prepare_database(settings)
    await prepare_database(settings.model_copy(update={"log_hash": ""}))
    with pytest.raises(Apart, match=r"首次启动时选定.*The sealed log has been made by sm3"):
        await prepare_database(settings.model_copy(update={"log_hash": "sha256"}))
    database = open_database(settings.database_url)
    assert await chosen(database, None) is LogHash.SM3
    await database.close()


async def test_a_file_and_a_hand_over_of_a_log_under_the_other_hash_are_refused_in_words(
    database: Database, sm3_house: House, forger: Forger
):
    """As of a log that somebody made anew under another hash, with the key of the house."""
    assert sm3_house.outside is not None
    async with database.session() as session:
        handed = await (await session.connection()).run_sync(partial(to_hand_over, since=0))
    size = witnessed(handed, "").checkpoint.size
    for statement in ("DELETE FROM sealed_leaf", "DELETE FROM sealed_subtree", "DELETE FROM checkpoint"):
        forger.run(statement)
    forger.run("UPDATE log_hash SET name = 'sha256'")
    other = keys_of(sm3_house, "ed25519")
    assert await sealed_now(database, other, NOON) is not None
    (difference,) = (await file_report(database, sm3_house.outside)).differences
    assert "a log under another hash, sm3: the one here has sha256" in str(difference)
    async with database.session() as session:
        anew = await (await session.connection()).run_sync(partial(to_hand_over, since=size))
    with pytest.raises(Parted, match="another hash, sha256 for sm3"):
        witnessed(anew, handed)
    await carry_out(database, sm3_house.outside)
