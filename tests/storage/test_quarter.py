"""Cards of a quarter: the second missed response of a unit is red, drills and other quarters aside (R443)."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.rules.cards import CardColour, quarter
from domain.terms.workdays import SHANGHAI
from storage.database import Database
from storage.filters import ObligationFilter
from storage.quarter import QuarterCard, colours, quarter_cards
from storage.record import record
from tests.storage.cases import START, Case
from tests.storage.listing import owed

OFFICE, DAY = "gov_office", timedelta(days=1)
YELLOW, RED = CardColour.YELLOW, CardColour.RED
BREACHED = START + 2 * DAY


async def kept(database: Database, *cases: Case) -> list[Case]:
    for case in cases:
        await record(database, case.incident_id, case.decisions)
    return list(cases)


async def cards_of(database: Database, unit: str, at: datetime) -> list[QuarterCard]:
    async with database.session() as session:
        return list(await quarter_cards(session, (unit,), office=OFFICE, at=at, red_after=DAY))


async def test_the_second_missed_response_of_a_unit_in_a_quarter_is_red_from_its_breach(database: Database):
    first, second = await kept(database, Case("a", unit="water").overdue(), Case("b", unit="water").overdue())
    found = await cards_of(database, "water", BREACHED + timedelta(hours=1))
    assert [(card.incident_id, card.colour, card.at, card.is_repeated) for card in found] == [
        (first.incident_id, YELLOW, BREACHED, False),
        (second.incident_id, RED, BREACHED, True),
    ]
    assert {card.unit for card in found} == {"water"}


async def test_a_day_without_an_answer_reddens_the_first(database: Database):
    await kept(database, Case("a", unit="water").overdue())
    (card,) = await cards_of(database, "water", BREACHED + DAY + timedelta(seconds=1))
    assert (card.colour, card.at, card.is_repeated) == (RED, BREACHED + DAY, False)


async def test_drills_other_units_and_other_quarters_do_not_count(database: Database):
    await kept(
        database,
        Case("a", unit="water", drill=True).overdue(),
        Case("b", unit="health").overdue(),
        Case("c", unit="water").overdue(),
        Case("d", unit="water").close(),
    )
    (card,) = await cards_of(database, "water", BREACHED + timedelta(hours=1))
    assert not card.is_repeated
    assert await cards_of(database, "water", BREACHED + 60 * DAY) == []
    assert await cards_of(database, "water", BREACHED - timedelta(seconds=1)) == []


async def test_what_nobody_was_assigned_to_is_the_office_s(database: Database):
    case = Case("a").judge()
    case.wait(3 * DAY)
    await kept(database, case)
    (card,) = await cards_of(database, OFFICE, BREACHED + timedelta(hours=1))
    assert (card.unit, card.colour) == (OFFICE, YELLOW)


async def test_a_list_of_obligations_shows_each_card(database: Database):
    first, second, drill = await kept(
        database,
        Case("a", unit="water").overdue(),
        Case("b", unit="water").overdue(),
        Case("c", unit="water", drill=True).overdue(),
    )
    lines = await owed(database, ObligationFilter(unit="water"))
    clocks = {case.incident_id: BREACHED + timedelta(hours=1) for case in (first, second, drill)}
    async with database.session() as session:
        found = await colours(session, lines, clocks, office=OFFICE, red_after=DAY)
    assert {incident_id: colour for (incident_id, _), colour in found.items()} == {
        first.incident_id: YELLOW,
        second.incident_id: RED,
        drill.incident_id: YELLOW,
    }


@pytest.mark.parametrize(
    ("day", "first", "following"),
    [
        ((2026, 9, 30), (2026, 7, 1), (2026, 10, 1)),
        ((2026, 10, 1), (2026, 10, 1), (2027, 1, 1)),
        ((2026, 12, 31), (2026, 10, 1), (2027, 1, 1)),
        ((2027, 1, 1), (2027, 1, 1), (2027, 4, 1)),
    ],
)
def test_a_quarter_begins_at_midnight_in_shanghai(
    day: tuple[int, int, int], first: tuple[int, int, int], following: tuple[int, int, int]
):
    local = datetime(*day, 0, 0, 1, tzinfo=SHANGHAI)
    expected = tuple(datetime(*bound, tzinfo=SHANGHAI).astimezone(UTC) for bound in (first, following))
    assert quarter(local.astimezone(UTC)) == expected
