"""Evidence bundles: handed out, checked without this system,
and attacked byte by byte and file by file (S8).
"""

import asyncio
import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from audit.bundle.checking import checked
from audit.bundle.container import packed, unpacked
from audit.bundle.contents import NoCase
from audit.bundle.core import sha256
from audit.bundle.exporting import Bundle, House, exported
from audit.bundle.verify import verified
from audit.files import file_differences
from storage.attachments import attach
from storage.checkpoint_keys import CheckpointKeys
from storage.database import Database, open_database
from storage.files_beside import ContentGone
from storage.reductions import Reduction, ReductionCause, enter_act
from storage.signed_notes import is_signature
from tests.audit.conftest import ENDED
from tests.audit.forging import Files, faults, repacked
from tests.audit.sealed import CLERK, LI, NOON, PICTURE, without_its_key
from tests.desk.pictures import LARGE_MP4
from tests.keys import KEYS

pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")


@pytest.fixture
def file(bundle: Bundle, tmp_path: Path) -> Path:
    place = tmp_path / bundle.name
    place.write_bytes(bundle.content)
    return place


async def test_a_bundle_holds_without_server_and_database(file: Path, house: House):
    verdict = checked(file, house.outside)
    assert (verdict.wrong, verdict.incident_id) == ((), ENDED)
    assert verdict.notes == ()
    assert "compared" in checked(file).notes[0][1]


def test_the_program_in_it_says_the_same_with_openssl(file: Path, house: House, tmp_path: Path):
    place = tmp_path / "elsewhere"
    place.mkdir()
    (place / "verify.py").write_bytes(zipfile.ZipFile(file).read("verify.py"))
    command = [sys.executable, "-I", "verify.py", str(file), "--checkpoints", str(house.outside)]
    process = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    assert (process.returncode, process.stderr) == (0, "")
    assert "All of it holds." in process.stdout
    assert sorted(one.name for one in place.iterdir()) == ["verify.py"]
    content = file.read_bytes()
    file.write_bytes(content.replace(b"huiying-bundle/1", b"huiying-bundle/2", 1))
    process = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    assert process.returncode == 1
    assert "NOT hold" in process.stdout


def test_any_zip_program_opens_it(bundle: Bundle):
    with zipfile.ZipFile(BytesIO(bundle.content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names == sorted(names)
        words = archive.read("case/events.txt").decode()
    assert "登记" in words
    assert "来文" not in words.splitlines()[0]


async def test_what_it_holds(bundle: Bundle):
    files = unpacked(bundle.content)
    assert {name.split("/")[0] for name in files} == {
        *("README.txt", "book", "case", "certificates", "files", "histories", "manifest.json", "proof"),
        "verify.py",
    }
    assert files["files/0001"].decode() == "现场照片"
    decisions = [json.loads(line) for line in files["case/decisions.jsonl"].splitlines()]
    assert decisions[0]["sealed"]["first_number"] == 1
    opened = json.loads(files["histories/0001.json"])
    assert opened["events"]
    assert json.loads(files["case/law.json"])[0]["regulation"] == "gaoan-2020"


def test_texts_lie_in_it_with_their_salts_and_in_words(worded: Bundle):
    files = unpacked(worded.content)
    texts = {one["text"]: one["salt"] for one in map(json.loads, files["case/texts.jsonl"].splitlines())}
    assert texts["视频"] == "salt"
    assert '"gist\\":\\"视频' not in files["case/decisions.jsonl"].decode()
    assert faults(worded.content) == []


async def test_a_text_that_was_reduced_is_said_to_be_gone(database: Database, house: House, worded: Bundle):
    texts = [json.loads(line) for line in unpacked(worded.content)["case/texts.jsonl"].splitlines()]
    act = Reduction(at=NOON, incident_id=worded.incident.incident_id, why=ReductionCause.RETENTION)
    name = next(one["reference"] for one in texts if one["text"] == "视频")
    await database.write(partial(enter_act, act=act, references=[name]))
    bundle = await exported(database, house, worded.incident.incident_id, LI, NOON)
    files = unpacked(bundle.content)
    assert '"text":"视频"'.encode() not in bundle.content
    line = next(one for one in map(json.loads, files["case/texts.jsonl"].splitlines()) if "gone" in one)
    assert line == {"reference": name, "gone": {"at": "2026-09-30T04:00:00+00:00", "why": "retention"}}
    verifier, _ = verified(bundle.content, is_signature)
    assert (verifier.wrong, len(verifier.notes)) == ([], 1)


async def test_the_same_state_gives_the_same_bytes(bundle: Bundle):
    assert packed(unpacked(bundle.content)) == bundle.content


async def test_two_exports_of_one_case_differ_in_what_the_book_says_between_them_alone(
    database: Database, house: House, bundle: Bundle
):
    again = await exported(database, house, ENDED, LI, NOON)
    one, other = unpacked(bundle.content), unpacked(again.content)
    differing = {name for name in one if one[name] != other[name]}
    outside_proof = {name for name in differing if not name.startswith("proof/")}
    assert outside_proof == {"README.txt", "book/entries.jsonl", "manifest.json"}  # with the code before


async def test_a_case_that_is_not_there_has_no_bundle(database: Database, house: House):
    with pytest.raises(NoCase):
        await exported(database, house, "inc-unknown", LI, NOON)


async def test_files_may_be_left_out_and_are_known_by_their_digests(
    database: Database, house: House, tmp_path: Path
):
    bare = await exported(database, house, ENDED, LI, NOON, with_files=False)
    assert not any(name.startswith("files/") for name in unpacked(bare.content))
    (tmp_path / "bare.zip").write_bytes(bare.content)
    verdict = checked(tmp_path / "bare.zip")
    assert verdict.holds
    assert "left out" in verdict.notes[0][1]


# --- S8: every single byte, deletion, swap, truncation ------------------------------------------------------


def begun(content: bytes) -> bytes:
    """A bundle of the same files under the same names, of each the beginning:
    a sum is taken over long and short ones alike.
    """
    return packed({name: part[:200] for name, part in unpacked(content).items()})


async def test_every_single_byte_of_a_bundle_counts(worded: Bundle):
    whole = begun(worded.content)
    unnoticed, unnamed = [], []

    def attack() -> None:
        for place in range(len(whole)):
            changed = bytearray(whole)
            changed[place] ^= 1 << place % 8
            try:
                unpacked(bytes(changed))
            except Exception as wrong:  # noqa: BLE001  whatever is raised but Wrong is told below
                if not str(wrong).startswith(("byte ", "bytes ")):
                    unnamed.append((place, wrong))
            else:
                unnoticed.append(place)

    await asyncio.to_thread(attack)
    assert (unnoticed, unnamed) == ([], [])


def test_a_byte_of_each_file_of_a_whole_bundle_counts(bundle: Bundle):
    whole = bundle.content
    for name, content in unpacked(whole).items():
        for place in {0, len(content) // 2, len(content) - 1} if content else set():
            changed = bytearray(whole)
            changed[whole.index(content) + place] ^= 1
            assert name in faults(bytes(changed))[0], (name, place)


def test_a_bundle_that_is_cut_off_anywhere_is_refused_with_the_place(bundle: Bundle):
    for length in [*range(0, 2000, 7), *range(2000, len(bundle.content), 997), len(bundle.content) - 1]:
        said = faults(bundle.content[:length])
        assert said, length
        assert said[0].startswith(("byte ", "bytes ")), length


def test_what_is_put_before_after_or_between_is_refused(bundle: Bundle):
    whole = bundle.content
    for forged in (b"x" + whole, whole + b"x", whole + whole, whole[:100] + b"x" + whole[100:]):
        assert faults(forged)


def with_one_more(name: str, files: Files) -> None:
    files[name] += b"\n"


def without(name: str, files: Files) -> None:
    del files[name]


def emptied(name: str, files: Files) -> None:
    files[name] = b""


def test_each_file_that_is_changed_taken_out_or_emptied_is_named(bundle: Bundle):
    for name in unpacked(bundle.content):
        for change in (with_one_more, without, emptied):
            said = repacked(bundle, partial(change, name), manifest=False)
            # An empty line more between announcements of keys says nothing else.
            assert said or unpacked(bundle.content)[name] == b"" or name == "proof/keys.txt", name


def test_each_file_that_is_changed_with_the_manifest_made_to_fit_is_caught_by_the_entry_of_the_export(
    bundle: Bundle,
):
    for name in unpacked(bundle.content):
        if name.startswith("proof/") or name == "manifest.json":
            continue
        said = repacked(bundle, partial(with_one_more, name))
        assert any("entry of the export" in one for one in said), name


def edited(name: str, number: int, change: Callable[[dict[str, Any]], Any]) -> Callable[[Files], None]:
    """Changes a record in a file of records."""

    def do(files: Files) -> None:
        lines = files[name].splitlines()
        record = json.loads(lines[number])
        change(record)
        lines[number] = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        files[name] = b"".join(line + b"\n" for line in lines)

    return do


def _set(field: str, value: object, line: dict[str, Any]) -> None:
    line["sealed"][field] = value


RECORDS = (
    *("case/decisions.jsonl", "case/attachments.jsonl", "case/histories.jsonl", "case/reductions.jsonl"),
    *("book/entries.jsonl", "proof/export.jsonl"),
)


@pytest.mark.parametrize("name", RECORDS)
def test_each_field_of_what_was_sealed_is_missed_when_it_is_changed(bundle: Bundle, name: str):
    sealed = json.loads(unpacked(bundle.content)[name].splitlines()[0])["sealed"]
    for field, value in sealed.items():
        other = value + 1 if isinstance(value, int) else f"{value}x"
        said = repacked(bundle, edited(name, 0, partial(_set, field, other)))
        assert any(one.startswith(name) for one in said) or any("leaves" in one for one in said), field


def _forge(text: str) -> str:
    return text.replace('"person":"', '"person":"x', 1)


def test_a_decision_that_is_changed_is_named_by_its_line_and_events(bundle: Bundle):
    said = repacked(
        bundle, edited("case/decisions.jsonl", 1, lambda one: one.update(text=_forge(one["text"])))
    )
    assert said[0].startswith("case/decisions.jsonl line 2 (events ")


def test_a_chain_that_is_written_anew_is_in_no_sealed_log(bundle: Bundle):
    def rewrite(files: Files) -> None:
        records = [json.loads(line) for line in files["case/decisions.jsonl"].splitlines()]
        records[1]["text"] = _forge(records[1]["text"])
        before = "0" * 64
        for one in records:
            one["sealed"]["previous_hash"] = before
            before = one["sealed"]["hash"] = sha256(f"{before}{one['text']}".encode())
        texts = (
            json.dumps(one, ensure_ascii=False, sort_keys=True, separators=(",", ":")) for one in records
        )
        files["case/decisions.jsonl"] = "".join(f"{text}\n" for text in texts).encode()

    said = repacked(bundle, rewrite)
    assert any("case/decisions.jsonl line 2: not in the sealed log" in one for one in said)


def _swap(files: Files) -> None:
    lines = files["case/decisions.jsonl"].splitlines(keepends=True)
    lines[2], lines[3] = lines[3], lines[2]
    files["case/decisions.jsonl"] = b"".join(lines)


def _drop_last(name: str) -> Callable[[Files], None]:
    def do(files: Files) -> None:
        files[name] = b"".join(files[name].splitlines(keepends=True)[:-1])

    return do


@pytest.mark.parametrize(
    "change",
    [
        _swap,
        _drop_last("case/decisions.jsonl"),
        _drop_last("proof/leaves.jsonl"),
        _drop_last("book/entries.jsonl"),
        edited("proof/leaves.jsonl", 0, lambda one: one.update(index=one["index"] + 1)),
        edited("proof/leaves.jsonl", 0, lambda one: one.update(path=one["path"][1:])),
        edited("proof/leaves.jsonl", 0, lambda one: one.update(path="x")),
        lambda files: files.update({"proof/checkpoint.sig": bytes(64)}),
        lambda files: files.update({"proof/checkpoint.body": files["proof/checkpoint.body"] + b"x\n"}),
        lambda files: files.update({"case/more.txt": b"x"}),
        lambda files: files.update({"files/0001": b"another"}),
        lambda files: files.update({"histories/0001.bin": b"another"}),
    ],
)
def test_swaps_deletions_and_forged_proofs_are_caught(bundle: Bundle, change: Callable[[Files], None]):
    assert repacked(bundle, change)


@pytest.mark.parametrize(
    "change",
    [
        _drop_last("case/texts.jsonl"),
        edited("case/texts.jsonl", 0, lambda one: one.update(text="x" * len(one["text"]))),
        edited("case/texts.jsonl", 0, lambda one: one.update(salt="x")),
        lambda files: files.update({"case/texts.jsonl": files["case/texts.jsonl"] * 2}),
    ],
)
def test_texts_that_are_changed_or_missing_are_caught(worded: Bundle, change: Callable[[Files], None]):
    assert any(one.startswith("case/texts.jsonl") for one in repacked(worded, change))


async def test_a_bundle_of_a_house_of_somebody_s_own_is_caught_by_the_checkpoints_outside_alone(
    made: Path, kept_outside: tuple[CheckpointKeys, Path], tmp_path: Path
):
    """What a bundle cannot prove by itself: whose key it is."""
    forger = open_database(f"sqlite+aiosqlite:///{shutil.copy(made, tmp_path / 'forged.db')}")
    try:
        own = House(release="0.4.0", signing=CheckpointKeys(tmp_path / "own"))
        forged = await exported(forger, own, ENDED, LI, NOON)
    finally:
        await forger.close()
    (tmp_path / "forged.zip").write_bytes(forged.content)
    assert checked(tmp_path / "forged.zip").holds
    verdict = checked(tmp_path / "forged.zip", kept_outside[1])
    assert [wrong.place for wrong in verdict.wrong] == ["proof/checkpoint.txt"]
    assert not checked(tmp_path / "forged.zip", tmp_path / "missing").holds


async def test_a_key_that_the_one_before_does_not_vouch_for_is_caught(
    database: Database, house: House, tmp_path: Path
):
    other = replace(house, signing=CheckpointKeys(tmp_path / "other"), outside=None)
    await without_its_key(database, other.signing)
    (tmp_path / "forged.zip").write_bytes((await exported(database, other, ENDED, LI, NOON)).content)
    places = [wrong.place for wrong in checked(tmp_path / "forged.zip").wrong]
    assert places[-1] == "proof/keys.txt"
    assert {place.partition("/")[0] for place in places[:-1]} == {"certificates"}  # each has the keys in it


async def test_no_key_of_a_text_and_no_key_of_the_house_lies_in_a_bundle(
    database: Database, house: House, bundle: Bundle, worded: Bundle, tmp_path: Path
):
    folders = (tmp_path / "keys", KEYS.folder)
    private = [
        file.read_bytes()
        for folder in folders
        for file in folder.iterdir()
        if file.suffix in {".key", ".signing"}
    ]
    assert private
    for content in (bundle.content, worded.content):
        assert b"PRIVATE KEY" not in content
        for key in private:
            assert key not in content


async def test_a_file_that_lies_beside_the_database_is_in_the_bundle_or_none_is_handed_out(
    database: Database, house: House
):
    assert database.files is not None
    large = replace(PICTURE, name="现场.mp4", sha256=hashlib.sha256(LARGE_MP4).hexdigest(), content=LARGE_MP4)
    database.files.keep(large.sha256, LARGE_MP4)
    async with database.writing() as session:
        await attach(session, ENDED, large, by=CLERK, at=NOON, lies_beside=True)
    files = unpacked((await exported(database, house, ENDED, LI, NOON)).content)
    assert files["files/0002"] == LARGE_MP4
    assert await file_differences(database) == ()
    (database.files.folder / large.sha256).write_bytes(LARGE_MP4[:-1] + b"x")
    with pytest.raises(ContentGone):
        await exported(database, house, ENDED, LI, NOON)
    (difference,) = await file_differences(database)
    assert (difference.incident_id, difference.actual) == (ENDED, "another content or size")
