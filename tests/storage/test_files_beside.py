"""Large files beside the database: whole or not there, and nothing else is ever read by their names."""

from hashlib import sha256
from pathlib import Path

import pytest

from deploy.large_files import FOLDER as IN_BACKUPS
from storage import attachments as files
from storage.attachments import CheckedFile, attach, let_wait, waiting
from storage.database import Database
from storage.files_beside import FOLDER, ContentGone, FilesBeside
from tests.domain.cast import ALICE, h

CONTENT = b"abc" * 1000
DIGEST = sha256(CONTENT).hexdigest()


@pytest.fixture
def beside(tmp_path: Path) -> FilesBeside:
    return FilesBeside(tmp_path / "attachments")


def test_what_is_kept_is_read_again_and_kept_once(beside: FilesBeside):
    for _ in range(2):
        beside.keep(DIGEST, CONTENT)
    assert beside.read(DIGEST) == CONTENT
    assert [file.name for file in beside.folder.iterdir()] == [DIGEST]


@pytest.mark.parametrize("there", [b"", CONTENT[:-1], CONTENT[:-1] + b"x"])
def test_what_was_cut_off_or_changed_is_not_handed_out_and_is_mended_by_who_has_it(
    beside: FilesBeside, there: bytes
):
    beside.keep(DIGEST, CONTENT)
    (beside.folder / DIGEST).write_bytes(there)
    assert not beside.is_whole(DIGEST, len(CONTENT))
    with pytest.raises(ContentGone):
        beside.read(DIGEST)
    beside.keep(DIGEST, CONTENT)
    assert beside.read(DIGEST) == CONTENT


@pytest.mark.parametrize("name", ["../secret", "", DIGEST[:-1], DIGEST.upper()])
def test_a_name_that_is_no_digest_reads_nothing(beside: FilesBeside, name: str):
    beside.keep(DIGEST, CONTENT)
    (beside.folder.parent / "secret").write_bytes(CONTENT)
    assert not beside.is_whole(name, len(CONTENT))
    with pytest.raises(ContentGone):
        beside.read(name)


def test_a_file_that_cannot_be_put_in_place_leaves_nothing(beside: FilesBeside):
    (beside.folder / DIGEST).mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        beside.keep(DIGEST, CONTENT)
    assert [file.name for file in beside.folder.iterdir()] == [DIGEST]


def test_a_backup_looks_in_the_same_folder():
    assert IN_BACKUPS == FOLDER


def a_file(number: int, size: int = 10) -> CheckedFile:
    content = number.to_bytes(2, "big") * (size // 2)
    return CheckedFile(
        name=f"{number}.mp4",
        media_type="video/mp4",
        sha256=sha256(content).hexdigest(),
        width=None,
        height=None,
        content=content,
        thumbnail=None,
    )


async def test_a_case_holds_so_many_bytes(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(files, "MOST_BYTES_OF_CASE", 25)
    numbers = []
    for number in (1, 2, 3, 2):
        async with database.writing() as session:
            numbers.append(await attach(session, "inc-1", a_file(number), by=ALICE, at=h()))
    assert numbers == [1, 2, None, 2]


async def test_of_what_waits_for_one_person_the_oldest_goes_beyond_so_many_bytes(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(files, "MOST_BYTES_WAITING", 25)
    async with database.writing() as session:
        ids = [await let_wait(session, "p-1", a_file(number), h(number)) for number in (1, 2, 3)]
    async with database.session() as session:
        assert [one.id for one in await waiting(session, "p-1", ids)] == ids[1:]


async def test_what_the_same_form_names_outlives_a_clock_that_steps_back(database: Database):
    ids: list[str] = []
    async with database.writing() as session:
        await let_wait(session, "p-1", a_file(0), h(2))
        for number in range(1, files.MOST + 1):
            ids.append(await let_wait(session, "p-1", a_file(number), h(1), beside=ids))
    async with database.session() as session:
        assert len(await waiting(session, "p-1", ids)) == files.MOST
