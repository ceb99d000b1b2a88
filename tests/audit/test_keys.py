"""Whether the keys are at hand is asked at every start:
a missing one stops it, a start that was killed does not stop the next.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from audit.apart import Apart
from audit.keys import require_keys
from storage.database import Database, open_database
from storage.sealing_keys import key_names
from tests.ledgers import empty_ledger, sqlite_url
from workflows.keys import Keyring


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Database]:
    url = sqlite_url(tmp_path / "huiying.db")
    empty_ledger(url)
    database = open_database(url)
    yield database
    await database.close()


async def names(ledger: Database) -> frozenset[str]:
    async with ledger.session() as session:
        return await key_names(session)


async def test_the_first_start_makes_a_key_and_enters_it(ledger: Database, tmp_path: Path):
    await require_keys(ledger, keys := Keyring(tmp_path / "keys"))
    assert await names(ledger) == keys.names == {keys.current()[0]}


async def test_a_key_that_histories_may_name_and_the_folder_lacks_stops_the_start(
    ledger: Database, tmp_path: Path
):
    await require_keys(ledger, keys := Keyring(tmp_path / "keys"))
    (name,) = keys.names
    (keys.folder / f"{name}.key").rename(tmp_path / "elsewhere")
    with pytest.raises(Apart, match=name):
        await require_keys(ledger, Keyring(keys.folder))
    (tmp_path / "elsewhere").rename(keys.folder / f"{name}.key")
    await require_keys(ledger, Keyring(keys.folder))


async def test_a_start_that_was_killed_before_its_key_was_current_is_done_by_the_next(
    ledger: Database, tmp_path: Path
):
    name = Keyring(tmp_path / "keys").make()
    await require_keys(ledger, keys := Keyring(tmp_path / "keys"))
    assert keys.current()[0] == name
    assert await names(ledger) == {name}


async def test_a_folder_whose_current_key_is_not_named_goes_on_with_the_latest(
    ledger: Database, tmp_path: Path
):
    await require_keys(ledger, keys := Keyring(tmp_path / "keys"))
    keys.use(later := keys.make())
    await require_keys(ledger, keys)
    (keys.folder / "current").unlink()
    await require_keys(ledger, again := Keyring(keys.folder))
    assert again.names == keys.names
    assert again.current()[0] in keys.names
    assert again.cipher(later) is not None


async def test_a_folder_of_which_no_key_can_be_read_stops_the_start(ledger: Database, tmp_path: Path):
    await require_keys(ledger, keys := Keyring(tmp_path / "keys"))
    for file in keys.folder.iterdir():
        file.write_bytes(b"")
    with pytest.raises(Apart):
        await require_keys(ledger, Keyring(keys.folder))
