"""The keys of a folder: for their owner alone, several with one current,
and found when another process made one.
"""

from pathlib import Path

import pytest

from workflows.keys import BYTES, Keyring, NoKey


def test_the_first_use_makes_a_key_that_its_owner_alone_reads(tmp_path: Path):
    keys = Keyring(tmp_path / "keys")
    name, _ = keys.current()
    assert keys.names == {name}
    assert keys.folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in keys.folder.iterdir()} == {0o600}
    assert (keys.folder / f"{name}.key").stat().st_size == BYTES


def test_two_who_come_at_once_take_the_same_key(tmp_path: Path):
    assert Keyring(tmp_path / "keys").current()[0] == Keyring(tmp_path / "keys").current()[0]


def test_a_further_key_is_current_and_the_older_one_stays(tmp_path: Path):
    keys = Keyring(tmp_path / "keys")
    first, _ = keys.current()
    keys.use(second := keys.make())
    assert keys.current()[0] == second
    assert keys.names == {first, second}
    assert keys.cipher(first) is not None


def test_a_key_that_another_process_made_is_found_by_its_name(tmp_path: Path):
    ours, theirs = Keyring(tmp_path / "keys"), Keyring(tmp_path / "keys")
    ours.current()
    theirs.use(name := theirs.make())
    assert ours.cipher(name) is not None
    assert ours.cipher("../current") is None


def test_a_folder_whose_current_key_is_lost_makes_no_other(tmp_path: Path):
    keys = Keyring(tmp_path / "keys")
    keys.current()
    (keys.folder / "current").unlink()
    with pytest.raises(NoKey):
        Keyring(keys.folder).current()


def test_a_key_that_is_given_up_makes_way_for_another(tmp_path: Path):
    keys = Keyring(tmp_path / "keys")
    name, _ = keys.current()
    with pytest.raises(NoKey):
        keys.give_up(name)
    (keys.folder / f"{name}.key").unlink()
    again = Keyring(keys.folder)
    again.give_up(name)
    assert again.lost == {name}
    assert again.current()[0] not in {"", name}
