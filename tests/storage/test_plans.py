"""On SQLite, which keeps no statistics, each list is walked along the index that leaves the fewest
rows, unsorted.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import event

from domain.catalogue import Decision
from domain.terms.roles import Actor, Role
from domain.terms.vocabulary import EmergencyGrade, ObligationKind, ResponseClass, Stage, WarningLevel
from storage import lists, scope
from storage.cursors import written
from storage.database import Database, open_database
from storage.filters import IncidentFilter, ObligationFilter, Order
from storage.timelines import that_moved_limits
from tests.storage.cases import AUDITOR, START, Case, of_unit

OFFICE = of_unit("gov_office", Role.PRINCIPAL_LEADER)
ALL = IncidentFilter()
SORTED = "TEMP B-TREE"


class Plans:
    """Asks lists, and tells how SQLite walks for each."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asked: list[tuple[str, Any]] = []
        event.listen(database._readers.sync_engine, "before_cursor_execute", self._note)

    def _note(self, _connection, _cursor, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            self._asked.append((statement, parameters))

    async def incidents(self, wanted: IncidentFilter, *, actor: Actor = AUDITOR, **more: Any) -> str:
        async with self._database.session() as session:
            await lists.incidents(session, wanted, actor=actor, **more)
            return await self._plan(session)

    async def obligations(self, wanted: ObligationFilter, *, actor: Actor = AUDITOR, **more: Any) -> str:
        async with self._database.session() as session:
            await lists.obligations(session, wanted, actor=actor, **more)
            return await self._plan(session)

    async def moved(self, incident_id: str, known: list[Decision]) -> str:
        async with self._database.session() as session:
            await that_moved_limits(session, incident_id, known)
            return await self._plan(session)

    async def _plan(self, session: Any) -> str:
        statement, parameters = self._asked[-1]
        connection = await session.connection()
        rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return " | ".join(row.detail for row in rows)


@pytest.fixture
async def plans(sqlite: str) -> AsyncIterator[Plans]:
    """On a database of its own."""
    database = open_database(sqlite)
    yield Plans(database)
    await database.close()


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every unit has a part in many incidents."""
    monkeypatch.setattr(scope, "_FEW", -1)


LED_BY = [
    (IncidentFilter(overdue=True, drill=False, closed=False), "incident_overdue"),
    (IncidentFilter(closed=False, drill=False), "incident_open"),
    (IncidentFilter(closed=False, level=WarningLevel.MAJOR_SITUATION), "incident_open"),
    (IncidentFilter(stage=Stage.JUDGED, response_class=ResponseClass.H48), "incident_stage"),
    (IncidentFilter(drill=True, closed=True), "incident_drill"),
    (IncidentFilter(grade=EmergencyGrade.MAJOR, level=WarningLevel.GENERAL_MATTER), "incident_grade"),
    (IncidentFilter(response_class=ResponseClass.H24, grade=EmergencyGrade.NONE), "incident_class"),
    (IncidentFilter(level=WarningLevel.MAJOR_SITUATION, stage=Stage.ARCHIVED), "incident_level"),
    (IncidentFilter(text="饮水", level=WarningLevel.MAJOR_SITUATION), "incident_grams VIRTUAL TABLE"),
    (IncidentFilter(text="水"), "incident_grams VIRTUAL TABLE"),
    (IncidentFilter(text="饮水", closed=False), "incident_open"),
]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("actor", [AUDITOR, OFFICE], ids=["auditor", "office"])
async def test_the_rarest_condition_leads_and_nothing_is_sorted(plans: Plans, actor: Actor):
    for wanted, index in LED_BY:
        for cursor in (None, written("newest", (7,))):
            plan = await plans.incidents(wanted, actor=actor, cursor=cursor)
            assert index in plan.split(" | ")[0], (wanted, plan)
            assert SORTED not in plan, (wanted, plan)


@pytest.mark.usefixtures("many")
async def test_conditions_that_most_pass_lead_nothing(plans: Plans):
    most = IncidentFilter(
        closed=True,
        drill=False,
        overdue=False,
        stage=Stage.ARCHIVED,
        level=WarningLevel.GENERAL_MATTER,
        grade=EmergencyGrade.NONE,
        response_class=ResponseClass.H48,
    )
    for wanted in (ALL, most):
        plan = await plans.incidents(wanted)
        assert "INDEX" not in plan.replace("INTEGER PRIMARY KEY", "")
        assert SORTED not in plan
    plan = await plans.incidents(most, actor=OFFICE)
    assert plan.startswith("SEARCH incident_unit USING PRIMARY KEY (unit=?)")
    assert SORTED not in plan


async def test_a_unit_with_few_incidents_leads_whatever_else_is_asked(plans: Plans):
    for wanted, _ in LED_BY:
        plan = await plans.incidents(wanted, actor=of_unit("qingxi"))
        assert plan.startswith("SEARCH incident_unit USING PRIMARY KEY (unit=?)"), (wanted, plan)
        assert SORTED not in plan
    plan = await plans.obligations(ObligationFilter(settled=False, unit="qingxi"), actor=of_unit("qingxi"))
    assert plan.startswith("SEARCH incident_unit USING PRIMARY KEY (unit=?)")


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("actor", [AUDITOR, OFFICE], ids=["auditor", "office"])
async def test_open_incidents_by_due_instant_are_not_sorted(plans: Plans, actor: Actor):
    for wanted in (ALL, IncidentFilter(drill=False, level=WarningLevel.MAJOR_SITUATION, closed=False)):
        for cursor in (None, written("due", (7, 7))):
            plan = await plans.incidents(wanted, actor=actor, order=Order.DUE, cursor=cursor)
            assert "incident_due" in plan.split(" | ")[0], plan
            assert SORTED not in plan, plan


OBLIGATIONS_LED_BY = [
    (ObligationFilter(), "obligation_due"),
    (ObligationFilter(settled=False, drill=False), "obligation_due (settled=?"),
    (ObligationFilter(settled=True, unit="qingxi"), "obligation_unit (unit=? AND settled=?"),
    (ObligationFilter(kind=ObligationKind.RESP48), "obligation_kind (kind=?"),
    (
        ObligationFilter(unit="qingxi", kind=ObligationKind.RESP48, settled=False),
        "obligation_unit (unit=? AND settled=?",
    ),
]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("actor", [AUDITOR, OFFICE], ids=["auditor", "office"])
async def test_obligations_are_walked_in_their_order(plans: Plans, actor: Actor):
    for wanted, index in OBLIGATIONS_LED_BY:
        for cursor in (None, written("obligations", (int(wanted.settled or False), START, 7, 0))):
            plan = await plans.obligations(wanted, actor=actor, cursor=cursor)
            assert index.split(" (")[0] in plan.split(" | ")[0], (wanted, plan)
            assert SORTED not in plan, (wanted, plan)
            if cursor is None:
                assert index in plan, (wanted, plan)


async def test_what_moved_a_limit_is_found_without_the_rest_of_the_log(plans: Plans):
    case = Case("1").judge()
    assert "event_log_moved" in await plans.moved(case.incident_id, [case.decisions[-1]])
