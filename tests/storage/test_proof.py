"""What readers see ends where Temporal is known to hold a case,
and the log continues nothing but what it holds.
"""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlmodel import col

from domain.catalogue import Decision
from domain.lineage import lineage
from storage import event_log, proof
from storage.changes import mark
from storage.database import Database
from storage.event_log import EventLogGap, check_chain, decisions, events, row_of_command
from storage.ledger import rebuild
from storage.queries import incident as snapshot_of
from storage.queries import state_at
from storage.record import record
from storage.tables import WithdrawnDecisionRow
from tests.storage.cases import Case


def names(made: tuple[Decision, ...]) -> list[str]:
    """The lineage before each decision, and after the last."""
    found = [""]
    for decided in made:
        found.append(lineage(found[-1], decided))
    return found


def another(decided: Decision) -> Decision:
    """What a lost task decided in its place, a second later."""
    return replace(decided, now=decided.now + timedelta(seconds=1))


async def prove(database: Database, incident_id: str, number: int, name: str | None = None) -> bool:
    work = partial(proof.prove, incident_id=incident_id, number=number, lineage=name)
    return await database.write(work)


async def test_no_reader_sees_what_nobody_proved(database: Database):
    case = Case().assign()
    made = case.decisions
    await record(database, case.incident_id, made[:2])
    await record(database, case.incident_id, made[2:], durable=False)
    command_id = getattr(made[-1].cause, "command_id", "")
    for _ in range(2):
        async with database.session() as session:
            stored = await decisions(session, case.incident_id)
            assert [one.decision for one in stored] == list(made[:2])
            assert (await events(session, case.incident_id))[-1].number == made[1].last_number
            assert await row_of_command(session, case.incident_id, command_id) is None
            assert await state_at(session, case.incident_id, made[-1].last_number) is None
            held = await snapshot_of(session, case.incident_id)
            assert held is not None
            assert held.event_number == made[1].last_number
            assert len(await decisions(session, case.incident_id, unproven=True)) == len(made)
        await rebuild(database)  # a ledger derived anew stops there too


async def test_a_proof_brings_the_ledger_to_where_a_whole_record_would(database: Database):
    case, other = Case("1").supervised(), Case("2").supervised()
    await record(database, case.incident_id, case.decisions, durable=False)
    await record(database, other.incident_id, other.decisions)
    name = names(case.decisions)[-1]
    async with database.session() as session:
        before = await mark(session)
        assert await snapshot_of(session, case.incident_id) is None
    assert await prove(database, case.incident_id, case.state.event_number, name)
    async with database.session() as session:
        held = await snapshot_of(session, case.incident_id)
        assert await mark(session) > before
    assert held is not None
    assert held.state == case.state


async def test_what_the_log_does_not_hold_is_not_proven(database: Database):
    case = Case().assign()
    made = case.decisions
    await record(database, case.incident_id, made[:-1])
    assert not await prove(database, case.incident_id, made[-1].last_number)
    await record(database, case.incident_id, made[-1:], durable=False)
    assert not await prove(database, case.incident_id, made[-1].last_number, "0" * 32)
    assert await prove(database, case.incident_id, made[-1].last_number, names(made)[-1])


async def test_a_decision_of_a_release_without_names_is_proven_by_the_beginning_of_its_seal(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    case = Case().assign()
    monkeypatch.setattr(event_log, "lineage", lambda _before, _decided: None)
    await record(database, case.incident_id, case.decisions, durable=False)
    async with database.session() as session:
        last = (await decisions(session, case.incident_id, unproven=True))[-1]
    assert last.lineage == last.hash[:32]
    assert not await prove(database, case.incident_id, last.decision.last_number, "0" * 32)
    assert await prove(database, case.incident_id, last.decision.last_number, last.lineage)


async def test_a_case_that_shows_a_name_proves_the_decision_of_that_name(database: Database):
    case = Case().assign()
    await record(database, case.incident_id, case.decisions, durable=False)
    async with database.session() as session:
        ids, end = await proof.unproven(session)
        assert ids == {case.incident_id}
        assert end == len(case.decisions)
    work = partial(proof.prove_named, incident_id=case.incident_id, lineage=names(case.decisions)[-1])
    assert await database.write(work)
    async with database.session() as session:
        assert await proof.still_unproven(session, ids) == set()


async def test_what_follows_another_decision_than_the_log_holds_is_a_gap(database: Database):
    case = Case().publish()
    made, name = case.decisions, names(case.decisions)
    await record(database, case.incident_id, (*made[:2], another(made[2])), durable=False)
    with pytest.raises(EventLogGap):
        await record(database, case.incident_id, made[3:], after=name[3])
    await record(database, case.incident_id, made[2:3], after=name[2])
    await record(database, case.incident_id, made[3:], after=name[3])
    async with database.session() as session:
        assert [one.decision for one in await decisions(session, case.incident_id)] == list(made)


async def test_falling_back_in_reverse_order_over_what_a_lost_task_left_ends_whole(database: Database):
    case = Case().supervised()
    made, name = case.decisions, names(case.decisions)
    place = 3
    await record(database, case.incident_id, made[:place], after="")
    lost = (another(made[place]), *made[place + 1 : place + 3])
    await record(database, case.incident_id, lost, durable=False)
    waiting = list(range(place, len(made)))
    tries = 0
    while waiting:
        for number in reversed(waiting):
            tries += 1
            try:
                await record(database, case.incident_id, made[number : number + 1], after=name[number])
            except EventLogGap:
                continue
            waiting.remove(number)
            break
        assert tries < len(made) ** 2
    async with database.session() as session:
        assert [one.decision for one in await decisions(session, case.incident_id)] == list(made)
        assert await check_chain(session, case.incident_id) == []
        struck = (await session.execute(select(col(WithdrawnDecisionRow.first_number)))).scalars().all()
        held = await snapshot_of(session, case.incident_id)
    assert struck == [decided.first_number for decided in lost]
    assert held is not None
    assert held.state == case.state
