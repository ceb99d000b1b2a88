"""One search finds a case by number, title and what it published, among what the actor may see,
along the index of words.
"""

from typing import Any

import pytest
from sqlalchemy import event, select
from sqlmodel import col

from domain.steps.mark import NameReaders
from domain.terms.roles import Actor, Role
from storage import scope
from storage.database import Database
from storage.found import found_cases
from storage.ledger import rebuild
from storage.record import record
from storage.tables import IncidentTextRow
from tests.storage.cases import AUDITOR, OFFICE, Case, of_unit

TOWN = of_unit("qingxi")


async def found(database: Database, text: str, actor: Actor = AUDITOR, limit: int = 10) -> list[str]:
    async with database.session() as session:
        cases, _ = await found_cases(session, text, actor=actor, limit=limit)
        return [case.line.number for case in cases]


async def told(database: Database) -> None:
    cases = (
        Case("1", title="饮水异味").publish(),
        Case("2", title="广场噪声", unit="qingxi"),
        Case("3", title="饮水 Wi-Fi 收费", unit="qingxi"),
    )
    for case in cases:
        await record(database, case.incident_id, case.decisions)


async def test_a_case_is_found_by_title_number_and_the_title_of_what_it_published(database: Database):
    await told(database)
    assert await found(database, "饮水") == ["舆〔2026〕3号", "舆〔2026〕1号"]
    assert await found(database, "〔2026〕2号") == ["舆〔2026〕2号"]
    assert await found(database, "wi-fi") == ["舆〔2026〕3号"]
    assert await found(database, "水") == ["舆〔2026〕3号", "舆〔2026〕1号"]
    assert await found(database, "情况通报") == ["舆〔2026〕1号"]
    for nothing in ("没有", "%", "_水", "号\n饮", "水异味\n"):
        assert await found(database, nothing) == []
    async with database.session() as session:
        cases, has_more = await found_cases(session, "水", actor=AUDITOR, limit=1)
        assert ([case.line.number for case in cases], has_more) == (["舆〔2026〕3号"], True)
        ((case,), _) = await found_cases(session, "通报", actor=AUDITOR, limit=1)
        assert case.words == ("情况通报",)


@pytest.mark.parametrize("few", [2000, -1])
async def test_nobody_finds_or_counts_a_case_of_another_unit_or_one_that_is_closed_to_them(
    database: Database, monkeypatch: pytest.MonkeyPatch, few: int
):
    monkeypatch.setattr(scope, "_FEW", few)
    await told(database)
    closed = Case("4", title="饮水投诉人", unit="qingxi").assign()
    closed.submit(NameReaders(readers=("dora",), reason="涉及未成年人"))
    await record(database, closed.incident_id, closed.decisions)
    assert await found(database, "饮水", TOWN) == ["舆〔2026〕3号"]
    assert await found(database, "投诉人", AUDITOR) == []
    dora = of_unit("qingxi", Role.HANDLER, "dora")
    assert await found(database, "饮水", dora) == ["舆〔2026〕4号", "舆〔2026〕3号"]
    async with database.session() as session:
        _, has_more = await found_cases(session, "饮水", actor=TOWN, limit=1)
        assert not has_more
    assert await found(database, "饮水", of_unit("agriculture")) == []


async def test_what_a_case_publishes_later_is_found_and_stands_so_when_the_ledger_is_derived_anew(
    database: Database,
):
    case = Case("1", title="饮水异味").publish()
    await record(database, case.incident_id, case.decisions[:1])
    assert await found(database, "情况通报") == []
    await record(database, case.incident_id, case.decisions[1:])
    assert await found(database, "情况通报") == await found(database, "饮水") == ["舆〔2026〕1号"]

    async def words() -> list[tuple[str, str]]:
        async with database.session() as session:
            rows = await session.execute(select(col(IncidentTextRow.words), col(IncidentTextRow.grams)))
            return [(row[0], row[1]) for row in rows]

    before = await words()
    assert await rebuild(database) == 1
    assert await words() == before
    assert await found(database, "情况通报") == ["舆〔2026〕1号"]


async def test_the_search_walks_along_the_words_and_sorts_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(scope, "_FEW", -1)
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(database._readers.sync_engine, "before_cursor_execute", note)
    for actor in (AUDITOR, OFFICE, TOWN):
        asked.clear()
        async with database.session() as session:
            await found_cases(session, "饮水", actor=actor, limit=10)
            assert len([one for one, _ in asked if one.startswith("SELECT")]) <= 2
            if session.get_bind().dialect.name == "sqlite":
                statement, parameters = asked[-1]
                connection = await session.connection()
                rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                plan = " | ".join(row.detail for row in rows)
                assert "incident_grams VIRTUAL TABLE" in plan.split(" | ")[0], plan
                assert "TEMP B-TREE" not in plan
