"""The answers of units as the ledger counts them by day are those that stand among its obligations,
whatever happens to them.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from domain.case.obligations import Status
from domain.terms.drill import DrillClock
from domain.terms.workdays import SHANGHAI
from storage import ledger
from storage.database import Database
from storage.performance import AnswerQuery, answers, tallied, tallies
from storage.record import record
from storage.tables import ObligationRow
from tests.pages import stories
from tests.pages.telling import Story

BEGAN = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
OFFICE = "gov_office"


def cast() -> Iterator[Story]:
    """Missed, given in time, due within 24 h, not assigned to anybody, and in a drill;
    over some days and nights.
    """
    clock = DrillClock(epoch=BEGAN, origin=BEGAN, scale=1.0)
    yield stories.city_management(BEGAN, until_hours=80)
    yield stories.tap_water(BEGAN + timedelta(hours=9), until_hours=60)
    yield stories.explosion(BEGAN + timedelta(hours=15), until_hours=30)
    yield stories.school(BEGAN + timedelta(hours=30), until_hours=60)
    yield stories.school(BEGAN, until_hours=60, drill=clock)


def spans() -> Iterator[AnswerQuery]:
    for units in (None, (OFFICE,), ("urban_management",), ("qingxi", "water", OFFICE)):
        for drill in (False, True):
            for first in (datetime(2026, 9, 1, tzinfo=SHANGHAI), datetime(2026, 9, 9, tzinfo=SHANGHAI)):
                for hours in (0, 24, 25.5, 40, 24 * 30, 24 * 365):
                    yield AnswerQuery(
                        first=first,
                        end=first + timedelta(hours=hours),
                        units=units,
                        office=OFFICE,
                        drill=drill,
                    )


async def agree(database: Database) -> int:
    """Compare both ways over every span; how many answers there are in all."""
    found = 0
    async with database.session() as session:
        for asked in spans():
            one_by_one = tallied(await answers(session, asked))
            assert await tallies(session, asked) == one_by_one, asked
            found = max(found, sum(tally.due for tally in one_by_one.values()))
    return found


@pytest.fixture
async def told(database: Database) -> list[Story]:
    made = list(cast())
    for story in made:
        for decided in story.decisions:
            await record(database, story.incident_id, (decided,))
    return made


@pytest.mark.usefixtures("told")
async def test_the_days_hold_what_the_obligations_say(database: Database):
    assert await agree(database) >= 4


async def test_the_days_follow_what_is_taken_out_put_back_and_derived_anew(
    database: Database, told: list[Story]
):
    before = await agree(database)
    await database.write(partial(ledger.forget, incident_id=told[0].incident_id))
    assert await agree(database) == before - 1
    await ledger.rebuild(database)
    assert await agree(database) == before


@pytest.mark.usefixtures("told")
async def test_the_days_follow_an_obligation_that_changes_its_unit_its_day_or_its_outcome(database: Database):
    before = await agree(database)
    theirs = col(ObligationRow.unit).in_(["urban_management", "water"])
    changes: list[dict[str, Any]] = [
        {"unit": "water"},
        {"due_at": datetime(2026, 9, 8, 16, tzinfo=UTC)},
        {"status": Status.ON_TIME},
        {"status": Status.VOID},
    ]
    for change in changes:
        async with database.writing() as session:
            await session.execute(update(ObligationRow).where(theirs).values(**change))
        await agree(database)
    assert await agree(database) < before
