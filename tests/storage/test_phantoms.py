"""What a lost workflow task left in the log gives way to what Temporal holds,
in whatever order that is handed over.
"""

from collections.abc import Iterator, Sequence
from itertools import permutations
from random import Random

import pytest

from domain.catalogue import Decision
from domain.lineage import lineage
from storage.database import Database
from storage.event_log import EventLogGap, check_chain, decisions
from storage.queries import incident as ledger_row
from storage.record import record
from tests.storage.cases import Case, tampered

CASE = Case().publish()
INCIDENT = CASE.incident_id
LOST = 3  # the first decision that the lost task had taken, and another one then took otherwise


def lineages(case: Sequence[Decision]) -> list[str]:
    """What each decision follows: the name of the one before it."""
    names = [""]
    for decision in case:
        names.append(lineage(names[-1], decision))
    return names


def phantoms(case: Sequence[Decision]) -> tuple[Decision, ...]:
    """As many decisions as the lost task may have recorded, none of which Temporal holds."""
    return tuple(tampered(decision) for decision in case[LOST:])


async def handed_over(database: Database, case: Sequence[Decision], order: Sequence[int]) -> int:
    """The fall-backs of single decisions in an order, each tried again while it finds a gap;
    the number of tries.
    """
    after, waiting, tries = lineages(case), list(order), 0
    while waiting:
        left = []
        for place in waiting:
            tries += 1
            try:
                await record(database, INCIDENT, (case[place],), after=after[place], durable=True)
            except EventLogGap:
                left.append(place)
        assert len(left) < len(waiting), "a hole for ever"
        waiting = left
    return tries


def orders() -> Iterator[list[int]]:
    """Reversed, and some others."""
    places = [*range(LOST, len(CASE.decisions))]
    yield places[::-1]
    yield from ([*order, *places[4:]] for order in [*permutations(places[:4])][1::8])
    for seed in range(2):
        yield Random(seed).sample(places, len(places))


@pytest.mark.parametrize("order", [*orders()])
async def test_the_log_ends_whole_however_fall_backs_arrive(database: Database, order: list[int]):
    case = CASE.decisions
    await record(database, INCIDENT, case[:LOST], after="", durable=True)
    lost = phantoms(case)
    await record(database, INCIDENT, lost, after=lineages(case)[LOST], durable=False)
    await handed_over(database, case, order)
    async with database.session() as session:
        stored = [row.decision for row in await decisions(session, INCIDENT)]
        row = await ledger_row(session, INCIDENT)
        assert await check_chain(session, INCIDENT) == []
    assert tuple(stored) == case
    assert row is not None
    assert row.state == CASE.state


async def test_a_later_phantom_of_the_same_cause_is_no_predecessor(database: Database):
    """The same command, decided by the lost task a second earlier:
    what follows it is not what follows the true one.
    """
    case = CASE.decisions
    await record(database, INCIDENT, case[:LOST], after="", durable=True)
    await record(database, INCIDENT, phantoms(case), after=lineages(case)[LOST], durable=False)
    for place in (LOST + 1, LOST + 2):
        with pytest.raises(EventLogGap):
            await record(database, INCIDENT, (case[place],), after=lineages(case)[place], durable=True)


async def test_what_follows_a_phantom_by_a_local_try_is_a_gap_as_well(database: Database):
    case = CASE.decisions
    await record(database, INCIDENT, case[:LOST], after="", durable=True)
    await record(database, INCIDENT, (tampered(case[LOST]),), after=lineages(case)[LOST], durable=False)
    with pytest.raises(EventLogGap):
        await record(database, INCIDENT, (case[LOST + 1],), after=lineages(case)[LOST + 1], durable=False)
