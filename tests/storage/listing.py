"""Reading whole lists, page by page, for the tests of lists."""

from collections.abc import Callable
from typing import Any

from domain.case.state import Incident
from domain.terms.roles import Actor
from storage import lists
from storage.cursors import Page
from storage.database import Database
from storage.filters import IncidentFilter, IncidentLine, ObligationFilter, ObligationLine, Order
from tests.storage.cases import AUDITOR, Case


async def all_pages(ask: Callable[[str | None], Any]) -> list[Any]:
    found: list[Any] = []
    cursor = None
    while True:
        page: Page[Any] = await ask(cursor)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


async def listed(
    database: Database,
    wanted: IncidentFilter | None = None,
    *,
    actor: Actor = AUDITOR,
    order: Order = Order.NEWEST,
    limit: int = 4,
) -> list[IncidentLine]:
    """All lines, page by page."""
    async with database.session() as session:
        return await all_pages(
            lambda cursor: lists.incidents(
                session, wanted or IncidentFilter(), actor=actor, order=order, cursor=cursor, limit=limit
            )
        )


async def owed(
    database: Database, wanted: ObligationFilter | None = None, *, actor: Actor = AUDITOR, limit: int = 4
) -> list[ObligationLine]:
    """All obligations, page by page."""
    async with database.session() as session:
        return await all_pages(
            lambda cursor: lists.obligations(
                session, wanted or ObligationFilter(), actor=actor, cursor=cursor, limit=limit
            )
        )


def ids(lines: list[Any]) -> list[str]:
    return [line.incident_id for line in lines]


def of(cases: list[Case], let_through: Callable[[Incident], bool] = lambda _: True) -> list[str]:
    """The ids of those cases, the last registered first."""
    return [case.incident_id for case in reversed(cases) if let_through(case.state)]
