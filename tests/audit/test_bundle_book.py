"""The extract of the audit book in a bundle: as many entries as there are, and in words where too many."""

import json
from functools import partial

import pytest

from audit.bundle import contents, core
from audit.bundle.container import packed, unpacked
from audit.bundle.exporting import House, exported
from audit.bundle.verify import verified
from storage.audit_book import BookDeed, BookEntry, append
from storage.database import Database
from storage.signed_notes import is_signature
from tests.audit.conftest import ENDED
from tests.audit.forging import faults, fitted
from tests.audit.sealed import LI, NOON
from tests.audit.second_verifier import verify

pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")


async def looked_at(database: Database, often: int) -> None:
    entry = BookEntry(at=NOON, deed=BookDeed.INCIDENT_READ, origin=LI, subject=ENDED)
    await database.write(partial(append, entries=[entry] * often))


def positions(whole: bytes) -> list[int]:
    entries = unpacked(whole)["book/entries.jsonl"].splitlines()
    return [json.loads(line)["sealed"]["position"] for line in entries]


async def test_many_entries_lie_in_it_and_hold(database: Database, house: House):
    """More than one statement names, and more than one block of the tree."""
    await looked_at(database, 1300)
    whole = (await exported(database, house, ENDED, LI, NOON)).content
    assert len(positions(whole)) > 1300
    assert positions(whole) == sorted(positions(whole))
    assert faults(whole) == []
    verify(whole)


async def test_of_more_entries_than_a_bundle_holds_the_last_go_along_and_it_says_so(
    database: Database, house: House, monkeypatch: pytest.MonkeyPatch
):
    await looked_at(database, 12)
    whole = (await exported(database, house, ENDED, LI, NOON)).content
    all_of_them = positions(whole)
    assert "left_out" not in json.loads(unpacked(whole)["manifest.json"])
    monkeypatch.setattr(contents, "MOST_ENTRIES", 10)
    few = (await exported(database, house, ENDED, LI, NOON)).content
    assert positions(few) == [*all_of_them, positions(few)[-1]][-10:]
    verifier, _ = verified(few, is_signature)
    assert verifier.wrong == []
    count = json.loads(unpacked(few)["manifest.json"])["left_out"]
    assert f"{count} earlier entries of the audit book are left out" in [said for _, said in verifier.notes]
    verify(few)


async def test_a_file_of_records_or_a_line_that_is_larger_than_any_gets_a_verdict(
    database: Database, house: House, monkeypatch: pytest.MonkeyPatch
):
    files = unpacked((await exported(database, house, ENDED, LI, NOON)).content)
    for name in ("LARGEST_LINES", "LARGEST_JSON"):
        with monkeypatch.context() as smaller:
            smaller.setattr(core, name, 100)
            assert any("larger than any" in one for one in faults(packed(files)))


async def test_a_line_that_is_broken_off_is_refused(database: Database, house: House):
    files = dict(unpacked((await exported(database, house, ENDED, LI, NOON)).content))
    files["book/entries.jsonl"] = files["book/entries.jsonl"][:-1]
    assert any(one.startswith("book/entries.jsonl") for one in faults(packed(fitted(files))))
