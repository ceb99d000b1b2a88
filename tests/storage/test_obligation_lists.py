"""Lists of obligations: what is owed first, and to whom it may be shown."""

from collections.abc import Callable

import pytest

from domain.case.obligations import Status
from domain.terms.vocabulary import ObligationKind
from storage import lists
from storage.cursors import BadCursor
from storage.database import Database
from storage.filters import ObligationFilter, ObligationLine
from tests.storage.cases import AUDITOR, Case, of_unit
from tests.storage.listing import owed


async def test_a_unit_cannot_look_at_the_obligations_of_an_incident_that_is_not_its_own(
    database: Database, cases: list[Case]
):
    wanted = ObligationFilter(incident_id=cases[3].incident_id)
    assert await owed(database, wanted)
    assert await owed(database, wanted, actor=of_unit("qingxi")) == []
    assert await owed(database, ObligationFilter(unit="urban_management"), actor=of_unit("qingxi")) == []


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("limit", [1, 100])
async def test_obligations_come_unsettled_first_and_by_due_instant(
    database: Database, cases: list[Case], limit: int
):
    lines = await owed(database, limit=limit)
    assert len(lines) == sum(len(case.state.obligations) for case in cases)
    keys = [(line.settled, line.obligation.due_at) for line in lines]
    assert keys == sorted(keys)
    expected = {
        (case.incident_id, obligation.id): obligation
        for case in cases
        for obligation in case.state.obligations
    }
    assert {(line.incident_id, line.obligation.id): line.obligation for line in lines} == expected
    numbers = {case.incident_id: (case.state.number, case.state.title) for case in cases}
    assert all((line.number, line.title) == numbers[line.incident_id] for line in lines)


OBLIGATION_FILTERS: list[tuple[ObligationFilter, Callable[[ObligationLine], bool]]] = [
    (ObligationFilter(unit="qingxi"), lambda line: line.obligation.unit == "qingxi"),
    (ObligationFilter(settled=True), lambda line: line.settled),
    (ObligationFilter(settled=False), lambda line: not line.settled),
    (ObligationFilter(drill=True), lambda line: line.drill),
    (ObligationFilter(drill=False), lambda line: not line.drill),
    *(
        (ObligationFilter(kind=kind), lambda line, kind=kind: line.obligation.kind is kind)
        for kind in ObligationKind
    ),
    *(
        (ObligationFilter(status=status), lambda line, status=status: line.obligation.status is status)
        for status in Status
    ),
    (
        ObligationFilter(unit="qingxi", kind=ObligationKind.SIGN, settled=False, drill=False),
        lambda line: (
            (line.obligation.unit, line.obligation.kind, line.settled, line.drill)
            == ("qingxi", ObligationKind.SIGN, False, False)
        ),
    ),
]


@pytest.mark.usefixtures("few")
async def test_each_filter_of_obligations_lets_through_what_it_says(database: Database, cases: list[Case]):
    for actor in (AUDITOR, of_unit("qingxi")):
        everything = await owed(database, actor=actor)
        for wanted, let_through in OBLIGATION_FILTERS:
            expected = [line for line in everything if let_through(line)]
            assert await owed(database, wanted, actor=actor) == expected, wanted
        first = cases[6].incident_id
        expected = [line for line in everything if line.incident_id == first]
        assert await owed(database, ObligationFilter(incident_id=first), actor=actor) == expected


async def test_a_cursor_of_the_other_part_is_refused(database: Database, cases: list[Case]):
    async with database.session() as session:
        page = await lists.obligations(session, ObligationFilter(settled=True), actor=AUDITOR, limit=1)
        with pytest.raises(BadCursor):
            await lists.obligations(
                session, ObligationFilter(settled=False), actor=AUDITOR, cursor=page.next_cursor
            )


async def test_an_empty_ledger_owes_nothing(database: Database):
    assert await owed(database) == []
