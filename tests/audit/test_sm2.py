"""Checkpoints signed by SM2: the standard's own example, openssl, both verifiers,
and how a house comes to it.
"""

import os
import random
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature

from audit.bundle.container import packed, unpacked
from audit.bundle.exporting import Bundle, House, exported
from audit.sealed import file_report, sealed_report
from audit.sealing import carry_out, sealed_now
from audit.witnessing import to_hand_over, witnessed
from storage.checkpoint_keys import CheckpointKeys, KeyUnreadable
from storage.checkpoints import key_notes, rotate
from storage.database import Database
from storage.merkle import LogHash
from storage.signed_notes import NoteUnreadable, is_signature, key_line, key_of, note_of, vouched
from storage.sm2_keys import Sm2PrivateKey, Sm2PublicKey, sm2_of
from tests.audit.forging import faults, fitted
from tests.audit.national import CASE, OTHER_CASE, a_database, a_house, chosen, keys_of
from tests.audit.sealed import LI, NOON
from tests.audit.second_verifier import verify

# GB/T 32918.5-2017, annex A.2: the key, the message and its signature; r and s are those of the standard.
SECRET = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"
POINT = (
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
MESSAGE = b"message digest"
R = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
S = "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
SIGNATURE = bytes.fromhex(f"3046022100{R}022100{S}")
DISTID = ["-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]


def openssl(folder: Path, *words: str) -> int:
    return subprocess.run(["openssl", *words], cwd=folder, check=False, capture_output=True).returncode


def is_verified(folder: Path, key: str, body: str, signature: str) -> bool:
    words = ["-inkey", key, "-rawin", "-in", body, "-sigfile", signature]
    return openssl(folder, "pkeyutl", "-verify", "-pubin", *words, *DISTID) == 0


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Two cases, of which nothing is sealed."""
    made, _ = await a_database(tmp_path)
    yield made
    await made.close()


@pytest.fixture
async def sm2_house(database: Database, tmp_path: Path) -> House:
    """A house by the national algorithms alone: SM3 and SM2 from the first leaf."""
    await chosen(database, LogHash.SM3)
    return await a_house(database, tmp_path, "sm2")


@pytest.fixture
async def small(database: Database, sm2_house: House) -> Bundle:
    """A bundle of that house."""
    return await exported(database, sm2_house, CASE.incident_id, LI, NOON)


def test_the_example_of_the_standard_holds_and_nothing_else():
    key = Sm2PrivateKey(bytes.fromhex(SECRET))
    assert key.public_key().point.hex() == POINT
    public = Sm2PublicKey(bytes.fromhex(POINT))
    public.verify(SIGNATURE, MESSAGE)
    for signature, message in ((SIGNATURE, MESSAGE + b"."), (SIGNATURE[:-1] + b"\0", MESSAGE)):
        with pytest.raises(InvalidSignature):
            public.verify(signature, message)


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        b"0",
        SIGNATURE + b"\0",
        SIGNATURE[:-1],
        bytes.fromhex("30480222" + f"0000{R}022100{S}"),
        bytes.fromhex(f"308146022100{R}022100{S}"),
        bytes.fromhex("3006020100020100"),
        bytes.fromhex(f"3044020020{R}0220{S}"),
        bytes(72),
        bytes([255]) * 72,
        bytes([48]) * 300,
    ],
)
def test_a_signature_that_is_written_otherwise_is_none(signature: bytes):
    with pytest.raises(InvalidSignature):
        Sm2PublicKey(bytes.fromhex(POINT)).verify(signature, MESSAGE)


@pytest.mark.parametrize(
    "point",
    [
        b"",
        bytes(65),
        b"\4" + bytes(64),
        bytes.fromhex(POINT)[:-1],
        bytes.fromhex(POINT)[:-1] + b"\0",
        b"\6" + bytes.fromhex(POINT)[1:],
        b"\4" + b"\xff" * 64,
    ],
)
def test_what_is_no_point_of_the_curve_is_no_key(point: bytes):
    with pytest.raises(ValueError, match="no key of SM2"):
        Sm2PublicKey(point)
    assert not is_signature(MESSAGE, SIGNATURE, point)


def test_openssl_takes_our_keys_and_signatures_and_we_take_its(tmp_path: Path):
    (tmp_path / "body").write_bytes(MESSAGE)
    for _ in range(2):
        ours = Sm2PrivateKey.generate()
        (tmp_path / "ours.pem").write_bytes(ours.pem())
        (tmp_path / "sig").write_bytes(ours.sign(MESSAGE))
        assert openssl(tmp_path, *["pkey", "-in", "ours.pem", "-pubout", "-out", "public.pem"]) == 0
        assert is_verified(tmp_path, "public.pem", "body", "sig")
        assert openssl(tmp_path, *["genpkey", "-algorithm", "SM2", "-out", "theirs.pem"]) == 0
        theirs = sm2_of((tmp_path / "theirs.pem").read_bytes())
        words = ["pkeyutl", "-sign", "-inkey", "theirs.pem", "-rawin", "-in", "body", "-out", "sig"]
        assert openssl(tmp_path, *words, *DISTID) == 0
        theirs.public_key().verify((tmp_path / "sig").read_bytes(), MESSAGE)
        with pytest.raises(InvalidSignature):
            ours.public_key().verify((tmp_path / "sig").read_bytes(), MESSAGE)


def test_a_key_in_a_line_is_read_again_and_never_as_one_of_another_kind():
    public = Sm2PrivateKey(bytes.fromhex(SECRET)).public_key()
    line = key_line("huiying/1", public)
    name, again = key_of(line)
    assert (name, again.point) == (line.split("+")[1], public.point)
    content = b64decode(line.split("+", 2)[2])
    assert content[:4] == b"\xffSM2"
    for other in (b"\1" + content[4:], content[:4] + bytes(32), b"\xffSM4" + content[4:], content[4:]):
        with pytest.raises(NoteUnreadable):
            key_of(f"huiying/1+{name}+{b64encode(other).decode()}")


def test_a_key_file_that_is_not_whole_cannot_be_read(tmp_path: Path):
    keys = CheckpointKeys(tmp_path, "sm2")
    keys.make("huiying/1")
    (name,) = keys.names()
    file = tmp_path / f"{name}.signing"
    assert (file.stat().st_mode & 0o777, keys.private(name) is not None) == (0o600, True)
    content = file.read_bytes()
    for changed in (
        content[:80],
        content.replace(b"BG0wawIBAQQg", b"BG0wawIBAQQh"),
        content[:-60] + content[-50:],
    ):
        file.write_bytes(changed)
        with pytest.raises(KeyUnreadable):
            keys.private(name)


ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123


@pytest.mark.parametrize("number", [0, ORDER - 1, ORDER, ORDER + 1, (1 << 256) - 1])
def test_a_key_file_whose_number_is_out_of_range_is_refused_in_words(tmp_path: Path, number: int):
    keys = CheckpointKeys(tmp_path, "sm2")
    made = keys.make("huiying/1")
    assert isinstance(made, Sm2PrivateKey)
    secret = made.pem()
    (name,) = keys.names()
    lines = secret.decode().splitlines()
    content = bytearray(b64decode("".join(lines[1:-1])))
    at = content.index(bytes.fromhex("020101 0420")) + 5
    content[at : at + 32] = number.to_bytes(32)
    forged = f"{lines[0]}\n{b64encode(bytes(content)).decode()}\n{lines[-1]}\n"
    (tmp_path / f"{name}.signing").write_text(forged)
    with pytest.raises(KeyUnreadable, match=r"超出 SM2 的范围 the number is out of range"):
        keys.private(name)


def test_the_largest_number_that_is_a_key_signs():
    key = Sm2PrivateKey((ORDER - 2).to_bytes(32))
    key.public_key().verify(key.sign(b"x"), b"x")


async def test_a_house_by_sm3_and_sm2_agrees_and_so_do_all_verifiers(
    database: Database, sm2_house: House, small: Bundle, tmp_path: Path
):
    report = await sealed_report(database, sm2_house.signing)
    assert report.differences == ()
    assert sm2_house.outside is not None
    assert (await file_report(database, sm2_house.outside)).differences == ()
    other = await exported(database, sm2_house, OTHER_CASE.incident_id, LI, NOON)
    for bundle in (small, other):
        assert faults(bundle.content) == []
        verify(bundle.content)
    async with database.session() as session:
        handed = await (await session.connection()).run_sync(partial(to_hand_over, since=0))
    assert witnessed(handed, "").checkpoint.log_hash is LogHash.SM3


def test_the_program_in_it_and_openssl_by_hand_accept_it(small: Bundle, sm2_house: House, tmp_path: Path):
    files = unpacked(small.content)
    (tmp_path / "case.zip").write_bytes(small.content)
    for name in ("verify.py", "proof/checkpoint.body", "proof/checkpoint.sig", "proof/key.pem"):
        (tmp_path / Path(name).name).write_bytes(files[name])
    (tmp_path / "certificate.json").write_bytes(files["certificates/0001.json"])
    assert is_verified(tmp_path, "key.pem", "checkpoint.body", "checkpoint.sig")
    for name in ("case.zip", "certificate.json"):
        done = program(tmp_path, name, os.environ["PATH"], "--checkpoints", str(sm2_house.outside))
        assert (done.returncode, done.stderr) == (0, "")
        assert "All of it holds." in done.stdout


def test_an_openssl_without_sm2_leaves_the_signature_unproven(small: Bundle, tmp_path: Path):
    (tmp_path / "case.zip").write_bytes(small.content)
    (tmp_path / "verify.py").write_bytes(unpacked(small.content)["verify.py"])
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "openssl").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    (tmp_path / "bin" / "openssl").chmod(0o755)
    done = program(tmp_path, "case.zip", str(tmp_path / "bin"))
    assert (done.returncode, done.stderr) == (2, "")
    assert "UNPROVEN: no openssl, or one without SM2" in done.stdout


def program(folder: Path, name: str, path: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "verify.py", name, *words]
    env = {"PATH": path, "PYTHONUTF8": "1"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_every_byte_of_what_is_signed_counts(small: Bundle):
    """Bytes of checkpoint, signature and key, and some of the announcements."""
    files, chance = unpacked(small.content), random.Random(20261201)
    names = ("proof/checkpoint.body", "proof/checkpoint.sig", "proof/key.pem")
    places = [(name, at) for name in names for at in range(0, len(files[name]), 3)]
    places += [("proof/keys.txt", at) for at in range(0, len(files["proof/keys.txt"]), 17)]
    for name, at in places:
        changed = bytearray(files[name])
        changed[at] ^= 1 << chance.randrange(8)
        assert faults(packed(fitted({**files, name: bytes(changed)}))), (name, at)


async def test_a_house_goes_over_to_sm2_and_back_each_key_under_both_signatures(
    database: Database, tmp_path: Path
):
    house = await a_house(database, tmp_path)
    before = await exported(database, house, CASE.incident_id, LI, NOON)
    for signature in ("sm2", "ed25519"):
        keys = keys_of(house, signature)
        name = await database.write(partial(rotate, keys=keys, at=NOON))
        bundle = await exported(database, house, CASE.incident_id, LI, NOON)
        assert (
            name in unpacked(bundle.content)["proof/checkpoint.txt"].decode() or faults(bundle.content) == []
        )
        verify(bundle.content)
    assert house.outside is not None
    await carry_out(database, house.outside)
    async with database.session() as session:
        notes = await (await session.connection()).run_sync(key_notes)
    assert [len(note_of(note).signatures) for note in notes] == [1, 2, 2]
    assert [type(key).__name__ for key in vouched(notes)[0].values()].count("Sm2PublicKey") == 1
    assert (await sealed_report(database, house.signing)).differences == ()
    assert (await file_report(database, house.outside)).differences == ()
    assert faults(before.content) == []


async def test_a_key_by_sm2_that_the_one_before_did_not_sign_is_nobodys(database: Database, tmp_path: Path):
    house = await a_house(database, tmp_path)
    await database.write(partial(rotate, keys=keys_of(house, "sm2"), at=NOON))
    async with database.session() as session:
        first, second = await (await session.connection()).run_sync(key_notes)
    alone = second.rpartition("— ")[0]
    assert list(vouched([first, alone])[1]) == [1]
    assert await sealed_now(database, house.signing, NOON) is not None
