"""Lists: what filters let through, what an actor may see, in order, page by page."""

import itertools
from collections.abc import Callable

import pytest

from domain.case.state import Incident
from domain.rules.milestones import Milestone, milestones
from domain.rules.permissions import may_see
from domain.rules.urgency import ranked
from domain.terms.roles import Role
from domain.terms.vocabulary import EmergencyGrade, KeyCategory, ResponseClass, Stage, WarningLevel
from storage import lists
from storage.cursors import BadCursor
from storage.database import Database
from storage.filters import IncidentFilter, Order
from storage.record import record
from tests.storage.cases import AUDITOR, Case, of_unit
from tests.storage.listing import ids, listed, of, owed

FILTERS: list[tuple[IncidentFilter, Callable[[Incident], bool]]] = [
    (IncidentFilter(), lambda _: True),
    (IncidentFilter(overdue=True), lambda state: state.is_supervised),
    (IncidentFilter(overdue=False), lambda state: not state.is_supervised),
    (IncidentFilter(drill=True), lambda state: state.drill is not None),
    (IncidentFilter(drill=False), lambda state: state.drill is None),
    (IncidentFilter(closed=True), lambda state: state.closed_at is not None),
    (IncidentFilter(closed=False), lambda state: state.closed_at is None),
    *((IncidentFilter(stage=stage), lambda state, stage=stage: state.stage is stage) for stage in Stage),
    *(
        (IncidentFilter(level=level), lambda state, level=level: state.level is level)
        for level in WarningLevel
    ),
    *(
        (IncidentFilter(grade=grade), lambda state, grade=grade: state.grade is grade)
        for grade in EmergencyGrade
    ),
    *(
        (IncidentFilter(response_class=kind), lambda state, kind=kind: state.response_class is kind)
        for kind in ResponseClass
    ),
    *(
        (IncidentFilter(unit=unit), lambda state, unit=unit: unit in state.concerned_units)
        for unit in ("qingxi", "shiqiao", "gov_office", "health", "unknown")
    ),
    *(
        (IncidentFilter(category=one), lambda state, one=one: one in state.key_categories)
        for one in KeyCategory
    ),
    *(
        (IncidentFilter(reached=one), lambda state, one=one: getattr(milestones(state), one) is not None)
        for one in Milestone
    ),
    *(
        (IncidentFilter(lacks=one), lambda state, one=one: getattr(milestones(state), one) is None)
        for one in Milestone
    ),
    (IncidentFilter(key=True), lambda state: bool(state.key_categories)),
    (IncidentFilter(key=False), lambda state: not state.key_categories),
    (IncidentFilter(text="饮水"), lambda state: "饮水" in state.title),
    (IncidentFilter(text="水"), lambda state: "水" in state.title),
    (IncidentFilter(text="〔2026〕7号"), lambda state: "〔2026〕7号" in state.number),
    (IncidentFilter(text="演"), lambda state: state.drill is not None),
    (IncidentFilter(text="%"), lambda state: "%" in state.title),
    (IncidentFilter(text="0%_真相\\"), lambda state: "真相" in state.title),
    (IncidentFilter(text="'; DROP TABLE incident; --"), lambda _: False),
    (IncidentFilter(text="水发饮"), lambda _: False),
    (IncidentFilter(text="饮水", closed=False), lambda state: "饮水" in state.title),
    (IncidentFilter(text='"*'), lambda _: False),
    (IncidentFilter(text="'"), lambda _: False),
    (IncidentFilter(text="abc water"), lambda state: "AbC" in state.title),
]


@pytest.mark.usefixtures("few")
async def test_each_filter_lets_through_what_it_says(database: Database, cases: list[Case]):
    for wanted, let_through in FILTERS:
        assert ids(await listed(database, wanted)) == of(cases, let_through), wanted


@pytest.mark.usefixtures("few")
async def test_filters_together_let_through_what_passes_each(database: Database, cases: list[Case]):
    singles = [index for index in range(len(FILTERS)) if index % 3 == 0]
    for one, other in itertools.combinations(singles, 2):
        (first, through_first), (second, through_second) = FILTERS[one], FILTERS[other]
        set_twice = {
            name
            for name in IncidentFilter.__dataclass_fields__
            if getattr(first, name) not in {None, ""} and getattr(second, name) not in {None, ""}
        }
        if set_twice:
            continue
        both = IncidentFilter(
            **{
                name: getattr(first, name)
                if getattr(first, name) not in {None, ""}
                else getattr(second, name)
                for name in IncidentFilter.__dataclass_fields__
            }
        )
        expected = of(cases, lambda state: through_first(state) and through_second(state))  # noqa: B023  asked before the next turn
        assert ids(await listed(database, both)) == expected, both


@pytest.mark.usefixtures("few")
async def test_an_actor_sees_in_lists_exactly_what_the_law_lets_be_seen(
    database: Database, cases: list[Case]
):
    actors = [of_unit("qingxi", role) for role in Role]
    actors += [of_unit(unit) for unit in ("shiqiao", "gov_office", "health", "unknown")]
    for actor in actors:
        visible = of(cases, lambda state: may_see(actor, state))  # noqa: B023  asked before the next turn
        assert ids(await listed(database, actor=actor, limit=100)) == visible
        assert set(ids(await owed(database, actor=actor, limit=100))) == set(visible)
        among = await listed(database, IncidentFilter(unit="qingxi", closed=False), actor=actor)
        assert set(ids(among)) == {
            case.incident_id
            for case in cases
            if case.incident_id in visible
            and "qingxi" in case.state.concerned_units
            and case.state.closed_at is None
        }


@pytest.mark.parametrize("limit", [1, 2, 8, 9, 100])
async def test_pages_hold_each_incident_once_in_order(database: Database, cases: list[Case], limit: int):
    assert ids(await listed(database, limit=limit)) == of(cases)


async def test_an_incident_registered_meanwhile_does_not_disturb_the_pages(
    database: Database, cases: list[Case]
):
    async with database.session() as session:
        first = await lists.incidents(session, IncidentFilter(), actor=AUDITOR, limit=5)
    newer = Case("10")
    await record(database, newer.incident_id, newer.decisions)
    async with database.session() as session:
        rest = await lists.incidents(session, IncidentFilter(), actor=AUDITOR, cursor=first.next_cursor)
    assert ids([*first.items, *rest.items]) == of(cases)


async def test_a_line_says_what_the_state_says(database: Database, cases: list[Case]):
    for line, case in zip(await listed(database), reversed(cases), strict=True):
        state = case.state
        assert line.stage is state.stage
        assert line.level is state.level
        assert line.grade is state.grade
        assert line.response_class is state.response_class
        assert line.first_responsible == state.first_responsible
        assert line.primary_status is state.primary_status
        assert (line.number, line.title, line.lead) == (state.number, state.title, state.lead)
        assert (line.overdue, line.drill) == (state.is_supervised, state.drill is not None)
        assert (line.next_due_at, line.closed_at) == (state.display_deadline, state.closed_at)
        assert line.event_number == state.event_number


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("limit", [1, 100])
async def test_by_the_most_urgent_obligation_the_most_overdue_come_first_and_who_owes_nothing_last(
    database: Database, cases: list[Case], limit: int
):
    idle = Case("nothing is owed", unit="qingxi").report()
    await record(database, idle.incident_id, idle.decisions)
    cases = [*cases, idle]
    lines = await listed(database, order=Order.DUE, limit=limit)
    assert sorted(ids(lines)) == sorted(of(cases, lambda state: state.closed_at is None))
    first = {case.incident_id: next(iter(ranked(case.state)), None) for case in cases}
    obligations = [first[line.incident_id] for line in lines]
    due = [obligation.due_at if obligation else None for obligation in obligations]
    known = [instant for instant in due if instant is not None]
    assert due == [*sorted(known), *([None] * (len(due) - len(known)))]
    assert None in due
    mine = await listed(database, order=Order.DUE, actor=of_unit("qingxi"), limit=limit)
    assert mine == [line for line in lines if line.incident_id in ids(mine)]
    assert mine


@pytest.mark.parametrize("limit", [-5, 0, 1])
async def test_a_page_has_at_least_one_line(database: Database, cases: list[Case], limit: int):
    async with database.session() as session:
        page = await lists.incidents(session, IncidentFilter(), actor=AUDITOR, limit=limit)
    assert len(page.items) == 1


async def test_a_cursor_of_another_order_is_refused(database: Database, cases: list[Case]):
    async with database.session() as session:
        by_age = await lists.incidents(session, IncidentFilter(), actor=AUDITOR, limit=1)
        with pytest.raises(BadCursor):
            await lists.incidents(
                session, IncidentFilter(), actor=AUDITOR, order=Order.DUE, cursor=by_age.next_cursor
            )


async def test_an_empty_ledger_has_empty_lists(database: Database):
    assert await listed(database) == []
    assert await listed(database, order=Order.DUE) == []
    assert await owed(database) == []


async def test_a_folder_holds_more_than_drills_once_an_incident_is_real(database: Database):
    for case, expected in ((Case("1", drill=True), False), (Case("2"), True), (Case("3", drill=True), True)):
        await record(database, case.incident_id, case.decisions)
        async with database.session() as session:
            assert await lists.holds_more_than_drills(session) is expected
