"""Figures of a span as the ledger has them, on both databases."""

from datetime import timedelta

from domain.steps.mark import SetMarking
from domain.terms.vocabulary import Marking
from storage.database import Database
from storage.digests import figures
from storage.record import record
from tests.storage.cases import OFFICE, START, Case


async def test_what_is_open_late_and_marked_is_counted_once(database: Database):
    late, marked, closed = Case("1", unit="qingxi").overdue(), Case("2"), Case("3", unit="shiqiao").close()
    marked.submit(SetMarking(marking=Marking.WORK_SECRET, reason="定密"))
    for case in (late, marked, closed, Case("4", drill=True)):
        await record(database, case.incident_id, case.decisions)
    async with database.session() as session:
        none = await figures(session, OFFICE, START - timedelta(days=2), START - timedelta(days=1))
        counts = await figures(session, OFFICE, START, START + timedelta(days=1))
        breached_at = START + timedelta(days=2)
        later = await figures(session, OFFICE, breached_at, breached_at + timedelta(days=1))
    assert (none.registered, none.answered, none.missed, none.closed) == (0, 0, 0, 0)
    assert (counts.registered, counts.answered, counts.missed, counts.closed) == (3, 1, 0, 1)
    assert (later.registered, later.answered, later.missed, later.closed) == (0, 0, 1, 0)
    for figure in (none, counts, later):
        assert (figure.open, figure.overdue, figure.marked) == (2, 1, 1)
        assert [case.number for case in figure.cases] == ["舆〔2026〕1号"]


async def test_of_an_empty_ledger_all_figures_are_naught(database: Database):
    async with database.session() as session:
        counts = await figures(session, OFFICE, START, START + timedelta(days=1))
    assert (counts.registered, counts.open, counts.overdue, counts.marked, counts.cases) == (0, 0, 0, 0, ())
