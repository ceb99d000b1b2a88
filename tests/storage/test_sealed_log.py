"""The sealed log: what is durable enters once, in the order of its proof;
the tree is cheap to prove by at any size.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError

from audit.sealing import owes_signature, seal
from storage import merkle, sealed_log
from storage.database import Database
from storage.healings import continue_with
from storage.merkle import LogHash
from storage.proof import prove
from storage.record import record
from storage.sealed_log import Leaf, Tree, leaves
from storage.sealed_records import Sealed, SealedRecord, records
from tests.storage.cases import Case

T = TypeVar("T")


async def all_leaves(database: Database) -> list[Leaf]:
    return await read(database, lambda connection: [leaf for some in leaves(connection) for leaf in some])


async def read(database: Database, look: Callable[[Connection], T]) -> T:
    async with database.session() as session:
        return await (await session.connection()).run_sync(look)


async def test_each_durable_decision_of_every_case_enters_once(database: Database, cases: list[Case]):
    await seal(database)
    first = await all_leaves(database)
    assert len(first) == sum(len(case.decisions) for case in cases)
    assert [leaf.position for leaf in first] == list(range(len(first)))
    for case in cases:
        keys = [int(leaf.key.split("/")[0]) for leaf in first if leaf.incident_id == case.incident_id]
        assert keys == sorted(keys)
    await seal(database)
    assert await all_leaves(database) == first


async def test_what_may_still_be_withdrawn_is_not_sealed(database: Database):
    case = Case("1").judge()
    await record(database, case.incident_id, case.decisions[:1])
    await record(database, case.incident_id, case.decisions[1:], durable=False)
    reached = await seal(database)
    assert len(await all_leaves(database)) == 1
    number = case.decisions[-1].last_number
    await database.write(partial(prove, incident_id=case.incident_id, number=number))
    await seal(database, reached)
    assert len(await all_leaves(database)) == len(case.decisions)


async def test_decisions_stand_in_the_order_of_their_proof(database: Database):
    one, other = Case("1").judge(), Case("2").judge()
    reached = await seal(database)
    await record(database, one.incident_id, one.decisions, durable=False)
    await record(database, other.incident_id, other.decisions)
    await database.write(partial(prove, incident_id=one.incident_id, number=one.decisions[-1].last_number))
    await seal(database, reached)
    order = [leaf.incident_id for leaf in await all_leaves(database)]
    assert order == [other.incident_id] * len(other.decisions) + [one.incident_id] * len(one.decisions)


async def test_what_takes_the_place_of_the_log_of_the_case_that_was_proven_last_enters(database: Database):
    """Turns never come back: else whoever had looked that far would pass over what came
    in the place of a fork.
    """
    case, other = Case("1").judge(), Case("1")
    other.now += timedelta(hours=1)
    other.assign()
    await record(database, case.incident_id, case.decisions)
    reached = await seal(database)
    await continue_with(database, case.incident_id, case.decisions[1:], other.decisions[1:])
    before = len(await all_leaves(database))
    again = await seal(database, reached)
    added = [(leaf.kind, leaf.incident_id) for leaf in (await all_leaves(database))[before:]]
    decided = [one for one in added if one[0] == Sealed.DECISION]
    assert decided == [(Sealed.DECISION, case.incident_id)] * (len(other.decisions) - 1)
    assert again.turn > reached.turn


async def test_a_close_is_noticed(database: Database):
    open_case, closed_case = Case("1").assign(), Case("2").close()
    await record(database, open_case.incident_id, open_case.decisions)
    await seal(database)
    assert not await owes_signature(database)
    await record(database, closed_case.incident_id, closed_case.decisions)
    await seal(database)
    assert await owes_signature(database)


async def test_what_is_sealed_is_not_read_again(database: Database):
    """Neither with the next decision of its case, nor by looks at which nothing is new,
    nor after a restart.
    """
    case = Case("1").judge()
    await record(database, case.incident_id, case.decisions[:-1])
    reached = await seal(database)
    read_again: list[int] = []

    def look(connection: Connection) -> list[SealedRecord]:
        @event.listens_for(connection, "after_cursor_execute")
        def note(*arguments: Any) -> None:
            if "event_log" in arguments[2]:
                read_again.append(1)

        return sealed_log.unsealed(connection, reached)[0]

    assert await read(database, look) == []
    assert read_again == []
    await record(database, case.incident_id, case.decisions[-1:])
    for since in (reached, sealed_log.SealingProgress()):
        (fresh, _) = await read(database, partial(sealed_log.unsealed, reached=since))
        assert len(fresh) == 1


async def test_a_look_is_bounded_by_rows_and_all_enter_in_order(
    database: Database, cases: list[Case], monkeypatch: pytest.MonkeyPatch
):
    count = sum(len(case.decisions) for case in cases)
    assert await read(database, sealed_log.waiting) == count
    monkeypatch.setattr(sealed_log, "_CHANGED", sealed_log._CHANGED.limit(2))
    monkeypatch.setattr(sealed_log, "_ROWS", 2)
    await seal(database)
    stored = await all_leaves(database)
    assert len(stored) == count
    for case in cases:
        keys = [int(leaf.key.split("/")[0]) for leaf in stored if leaf.incident_id == case.incident_id]
        assert keys == sorted(keys)
    assert await read(database, sealed_log.waiting) == 0


async def test_a_snapshot_is_as_of_one_instant(database: Database, cases: list[Case]):
    async with database.snapshot() as session:
        connection = await session.connection()
        assert await connection.run_sync(sealed_log.size) == 0
        await seal(database)
        assert await connection.run_sync(sealed_log.size) == 0
    async with database.session() as session:
        assert await (await session.connection()).run_sync(sealed_log.size) > 0


async def test_a_leaf_is_the_hash_of_its_record_as_it_stands(database: Database, cases: list[Case]):
    await seal(database)
    stored = await all_leaves(database)
    rows = await read(
        database, lambda connection: records(connection, Sealed.DECISION, [leaf.key for leaf in stored])
    )
    assert all(LogHash.SHA256.leaf(rows[leaf.key].data) == leaf.hash for leaf in stored)
    assert b'"kind":"decision"' in rows[stored[0].key].data


@pytest.mark.parametrize("change", ["UPDATE sealed_leaf SET key = 'x'", "DELETE FROM sealed_leaf"])
async def test_leaves_take_no_change(database: Database, cases: list[Case], change: str):
    await seal(database)
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.writing() as session:
            await session.execute(text(change))


def invented(count: int, first: int = 0) -> list[SealedRecord]:
    return [
        SealedRecord(kind=Sealed.ENTRY, key=str(number), incident_id="", data=str(number).encode())
        for number in range(first, first + count)
    ]


async def test_roots_and_proofs_are_those_of_the_whole_tree(database: Database):
    sizes = (1, 255, 256, 257, 700)
    for before, after in zip((0, *sizes), sizes, strict=False):
        await database.write(partial(sealed_log.append, fresh=invented(after - before, before)))
    hashes = [LogHash.SHA256.leaf(one.data) for one in invented(sizes[-1])]

    def whole(level: int, index: int) -> bytes:
        return merkle.folded(hashes[index << level : (index + 1) << level], LogHash.SHA256)

    def check(connection: Connection) -> None:
        for size in sizes:
            top = Tree(connection).root(size)
            assert top == merkle.root(whole, size, LogHash.SHA256)
            for index in {0, size // 2, size - 1}:
                proof = Tree(connection).inclusion(index, size)
                assert merkle.is_included(hashes[index], index, size, proof, top, by=LogHash.SHA256)
            proof = Tree(connection).consistency(size, sizes[-1])
            assert merkle.is_consistent(
                size, sizes[-1], proof, top, Tree(connection).root(sizes[-1]), by=LogHash.SHA256
            )

    await read(database, check)


async def test_a_proof_reads_few_rows_however_many_leaves_there_are(database: Database):
    for first in range(0, 70_000, 5_000):
        await database.write(partial(sealed_log.append, fresh=invented(5_000, first)))
    fetched: list[int] = []

    def counted(connection: Connection) -> None:
        @event.listens_for(connection, "after_cursor_execute")
        def note(*arguments: Any) -> None:
            fetched.append(1)

        Tree(connection).inclusion(12_345, 70_000)

    await read(database, counted)
    assert len(fetched) < 40


async def test_two_who_seal_at_once_give_each_record_one_leaf(database: Database, cases: list[Case]):
    def candidates(connection: Connection) -> list[SealedRecord]:
        return sealed_log.unsealed(connection, sealed_log.SealingProgress())[0]

    fresh = await read(database, candidates)
    assert await database.write(partial(sealed_log.append, fresh=fresh)) == len(fresh)
    assert await database.write(partial(sealed_log.append, fresh=fresh)) == 0
