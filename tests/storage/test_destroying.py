"""Destroying a case on either database: under a list that two approved with the archive's consent, whole, and
nothing else.
"""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from storage.audit_book import Means, Origin
from storage.database import Database
from storage.destroying import destroy, is_last, large_of, named_contents, standing
from storage.destruction import (
    CameBetween,
    DestructionList,
    ListEntry,
    Said,
    Word,
    draw_up,
    is_destroyed,
    lists,
    say_of,
)
from storage.event_log import rows
from storage.proof import prove_whole
from storage.record import record
from tests.storage.cases import Case

AT = datetime(2070, 1, 2, tzinfo=UTC)
MACHINE = Origin(means=Means.MACHINE, person="root", post="machine", unit="")


@pytest.fixture
async def entry(database: Database) -> ListEntry:
    """An archived case as a list has it; something later is there."""
    old, later = Case("old").archive(), Case("later")
    for case in (old, later):
        await record(database, case.incident_id, case.decisions)
        await database.write(partial(prove_whole, incident_id=case.incident_id))
    async with database.session() as session:
        log = await rows(session, old.incident_id)
    return ListEntry(
        incident_id=old.incident_id,
        number=old.state.number,
        retention="short",
        closed_at=AT,
        due_at=AT,
        decisions=len(log),
        seal=log[-1].hash,
    )


async def drawn(database: Database, entry: ListEntry) -> DestructionList:
    position = await database.write(partial(draw_up, entries=[entry], origin=MACHINE, at=AT))
    async with database.session() as session:
        return next(one for one in await lists(session) if one.position == position)


async def say(database: Database, one: DestructionList, kind: Word, person: str) -> None:
    said = Said(kind=kind, person=person, post="p", unit="u", at=AT, reference="r")
    await database.write(partial(say_of, one=one, said=said, origin=MACHINE))


async def test_a_case_goes_whole_once_two_approved_and_no_sooner(database: Database, entry: ListEntry):
    one = await drawn(database, entry)
    work = partial(destroy, of=one, entry=entry, at=AT, certificates=(), origin=MACHINE)
    await say(database, one, Word.APPROVED, "zhou")
    await say(database, one, Word.ARCHIVE_CONSENTED, "zhou")
    with pytest.raises(DatabaseError, match="append-only"):
        await database.write(work)
    await say(database, one, Word.APPROVED, "qian")
    async with database.session() as session:
        connection = await session.connection()
        assert not await connection.run_sync(is_last, entry.incident_id)
        assert {"event_log", "incident", "proof"} <= set(
            await connection.run_sync(standing, entry.incident_id)
        )
        assert await connection.run_sync(large_of, entry.incident_id) == []
        assert await connection.run_sync(named_contents, ["0" * 64]) == frozenset()
    await database.write(work)
    async with database.session() as session:
        connection = await session.connection()
        assert await is_destroyed(session, entry.incident_id)
        assert await connection.run_sync(standing, entry.incident_id) == []
        assert (await session.execute(text("SELECT count(*) FROM incident"))).scalar_one() == 1
    with pytest.raises(CameBetween, match="done"):
        await say(database, one, Word.DECLINED, "wu")


@pytest.mark.parametrize("changed", [{"decisions": 1}, {"seal": "0" * 64}])
async def test_a_case_that_is_not_as_the_list_has_it_stays(
    database: Database, entry: ListEntry, changed: dict[str, Any]
):
    listed = replace(entry, **changed)
    one = await drawn(database, listed)
    for person, word in (("zhou", Word.APPROVED), ("qian", Word.APPROVED), ("qian", Word.ARCHIVE_CONSENTED)):
        await say(database, one, word, person)
    with pytest.raises(CameBetween, match="changed"):
        await database.write(partial(destroy, of=one, entry=listed, at=AT, certificates=(), origin=MACHINE))
    async with database.session() as session:
        assert not await is_destroyed(session, entry.incident_id)
