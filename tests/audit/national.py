"""A small database of cases without an engine, for logs and keys by the national algorithms (SM3, SM2)."""

from functools import partial
from pathlib import Path

from audit.bundle.exporting import House
from storage.checkpoint_keys import CheckpointKeys, Signature
from storage.database import Database, open_database
from storage.log_hash import choose_log_hash
from storage.merkle import LogHash
from storage.migrations import migrate
from storage.record import record
from tests.audit.conftest import Worded
from tests.audit.forger import Forger
from tests.audit.sealed import NOON, signed
from tests.keys import KEYS

CASE, OTHER_CASE = Worded("worded"), Worded("other")
for one in (CASE, OTHER_CASE):
    one.assign()


async def a_database(folder: Path) -> tuple[Database, Forger]:
    """Two cases with texts, and whoever has the file in hand."""
    file = folder / "huiying.db"
    url = f"sqlite+aiosqlite:///{file}"
    await migrate(url)
    database = open_database(url)
    for case in (CASE, OTHER_CASE):
        await record(database, case.incident_id, case.decisions, texts=case.texts)
    return database, Forger(file)


async def chosen(database: Database, by: LogHash | None) -> LogHash:
    """The hash of a log for which one is wanted."""
    return await database.write(partial(choose_log_hash, wanted=by, at=NOON))


async def a_house(database: Database, folder: Path, signature: Signature = "ed25519") -> House:
    """A house that has sealed and signed, with what left it."""
    made = await signed(database, folder, CASE.incident_id, signature)
    return House(release="0.4.0", signing=made[0], keys=KEYS, outside=made[1])


def keys_of(house: House, signature: Signature) -> CheckpointKeys:
    """Its folder of keys, where further ones are made for another kind of signature."""
    assert house.outside is not None
    return CheckpointKeys(house.outside.parent / "keys", signature)
