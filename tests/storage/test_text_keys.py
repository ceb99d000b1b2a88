"""A text travels under a key of its own: it opens for its case alone,
and for nobody once that key is destroyed.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from activities.bodies import is_same_body
from domain.catalogue import Submission
from domain.steps.register import RecordConcern
from domain.terms.free_texts import referred
from storage import text_keys
from storage.codec import command_digest
from storage.text_keys import TextKeys
from tests.domain.cast import ALICE
from workflows.keys import Keyring

CASE, OTHER = "inc-a", "inc-b"
AT = datetime(2026, 11, 29, 8, tzinfo=UTC)
WORDS = "居民反映夜间停水三小时"


@pytest.fixture
def keys(tmp_path: Path) -> TextKeys:
    return TextKeys(Keyring(tmp_path / "keys"))


def written(text: str = WORDS, salt: str = "s1") -> Submission:
    command, texts = referred(RecordConcern(text=text), salt)
    digest = command_digest(command)
    return Submission(
        command=command, actor=ALICE, received_at=AT, command_id="c", digest=digest, texts=texts
    )


def everything(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_a_text_on_its_way_says_nothing_and_opens_for_its_case(keys: TextKeys):
    closed = keys.closed(CASE, written())
    (text,) = closed.texts
    assert text.is_closed
    assert WORDS not in text.text
    assert keys.opened(CASE, closed.texts) == written().texts
    assert keys.opened(OTHER, closed.texts) == ()
    assert keys.closed(CASE, closed) == closed
    assert keys.opened(CASE, written().texts) == written().texts


def test_what_was_changed_does_not_open(keys: TextKeys):
    (text,) = keys.closed(CASE, written()).texts
    keys.closed(CASE, written("别的", "s2"))
    (other,) = referred(RecordConcern(text="别的"), "s2")[1]
    for strange in (
        replace(text, text=text.text[:-8] + "AAAAAAA="),
        replace(text, text="no base64"),
        replace(text, text=""),
        replace(text, reference=other.reference),
    ):
        assert keys.opened(CASE, [strange]) == ()


def test_a_body_is_known_again_by_its_case_alone(keys: TextKeys):
    first = keys.closed(CASE, written())
    again, another = written(salt="s2"), written("何时赔偿", "s3")
    for submission, is_same in ((again, True), (another, False)):
        marked = replace(submission, body=keys.body(CASE, submission))
        assert is_same_body(marked, first.digest, first.body) is is_same
    assert first.body != keys.closed(OTHER, written()).body


def test_a_key_that_was_destroyed_opens_nothing_and_others_still_open(keys: TextKeys, tmp_path: Path):
    first, second = keys.closed(CASE, written()), keys.closed(CASE, written("别的", "s2"))
    before = everything(tmp_path)
    keys.destroy(CASE, [first.texts[0].reference], AT, "retention")
    assert keys.opened(CASE, first.texts) == ()
    assert len(keys.opened(CASE, second.texts)) == 1
    assert keys.gone(CASE).keys() == {first.texts[0].reference}
    assert keys.standing(CASE, [text.reference for text in (*first.texts, *second.texts)]) == [
        second.texts[0].reference
    ]
    lost = [line for line in before.splitlines() if first.texts[0].reference.encode() in line]
    assert not any(line in everything(tmp_path) for line in lost)
    assert [file.suffix for file in (tmp_path / "keys" / "texts").iterdir()] == [".texts"]


def test_after_a_destruction_bodies_are_compared_under_another_key(keys: TextKeys):
    first = keys.closed(CASE, written())
    keys.destroy(CASE, [first.texts[0].reference], AT, "retention")
    again = written("别的", "s2")
    marked = replace(again, body=keys.body(CASE, again))
    assert is_same_body(
        marked, first.digest, first.body
    )  # nobody can tell any more: whoever reads the log does


@contextmanager
def killed_at(step: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """A process that ends before the so-many-th change of a file."""
    done: list[int] = []

    def counted(deed):
        def do(*arguments, **named):
            if len(done) == step:
                raise KeyboardInterrupt
            done.append(1)
            return deed(*arguments, **named)

        return do

    with monkeypatch.context() as patch:
        for owner, name in (
            *((os, name) for name in ("link", "write", "fsync")),
            *((Path, name) for name in ("replace", "unlink")),
        ):
            patch.setattr(owner, name, counted(getattr(owner, name)))
        yield done


def test_killed_at_any_step_no_key_is_lost_and_the_next_call_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for step in range(40):
        keys = TextKeys(Keyring(tmp_path / f"keys-{step}"))
        first, second = keys.closed(CASE, written()), keys.closed(CASE, written("别的", "s2"))
        reference = first.texts[0].reference
        is_killed = True
        with killed_at(step, monkeypatch):
            try:
                keys.destroy(CASE, [reference], AT, "retention")
                is_killed = False
            except KeyboardInterrupt:
                pass
        assert len(keys.opened(CASE, second.texts)) == 1
        keys.destroy(CASE, [reference], AT, "retention")
        assert keys.standing(CASE, [reference]) == []
        assert keys.opened(CASE, first.texts) == ()
        assert len(keys.opened(CASE, second.texts)) == 1
        assert len(list((tmp_path / f"keys-{step}" / "texts").iterdir())) == 1
        if not is_killed:
            return
    pytest.fail("never came to its end")


def test_a_line_that_was_not_written_to_its_end_costs_no_other(keys: TextKeys, tmp_path: Path):
    first = keys.closed(CASE, written())
    (file,) = (tmp_path / "keys" / "texts").iterdir()
    with file.open("ab") as torn:
        torn.write(b'{"ref": "text:half')
    second = keys.closed(CASE, written("别的", "s2"))
    for submission in (first, second):
        assert len(keys.opened(CASE, submission.texts)) == 1


def test_keys_made_while_others_are_destroyed_are_not_lost(keys: TextKeys):
    first = [keys.closed(CASE, written(salt=f"a{number}")) for number in range(20)]
    fresh: list[Submission] = []

    def write() -> None:
        fresh.extend(keys.closed(CASE, written(salt=f"b{number}")) for number in range(20))

    writing = Thread(target=write)
    writing.start()
    for submission in first:
        keys.destroy(CASE, [submission.texts[0].reference], AT, "retention")
    writing.join()
    assert all(len(keys.opened(CASE, submission.texts)) == 1 for submission in fresh)
    assert not any(keys.opened(CASE, submission.texts) for submission in first)


def test_keys_of_texts_are_their_owners_alone(keys: TextKeys, tmp_path: Path):
    keys.closed(CASE, written())
    keys.destroy(CASE, [keys.closed(CASE, written(salt="s2")).texts[0].reference], AT, "retention")
    folder = tmp_path / "keys" / text_keys.FOLDER
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


def test_a_case_goes_on_when_the_key_of_the_house_that_wrapped_its_own_was_given_up(tmp_path: Path):
    house = Keyring(tmp_path / "keys")
    lost = TextKeys(house).closed(CASE, written())
    (name,) = house.names
    house.use(house.make())
    (house.folder / f"{name}.key").unlink()
    keys = TextKeys(Keyring(house.folder))
    assert keys.opened(CASE, lost.texts) == ()
    fresh = keys.closed(CASE, written("别的", "s2"))
    assert len(keys.opened(CASE, fresh.texts)) == 1
    assert keys.closed(CASE, written("别的", "s2")).body == fresh.body


def test_after_the_key_of_the_house_is_turned_older_texts_open_and_can_be_destroyed(tmp_path: Path):
    house = Keyring(tmp_path / "keys")
    keys = TextKeys(house)
    first = keys.closed(CASE, written())
    house.use(house.make())
    second = keys.closed(CASE, written("别的", "s2"))
    assert len(keys.opened(CASE, (*first.texts, *second.texts))) == 2
    keys.destroy(CASE, [first.texts[0].reference], AT, "retention")
    assert [one.reference for one in keys.opened(CASE, (*first.texts, *second.texts))] == [
        second.texts[0].reference
    ]
