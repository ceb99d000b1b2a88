"""What a list costs does not grow with the number of incidents: the same statements at a few and at many."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI
from sqlalchemy import event

from domain.catalogue import Submission
from domain.notices import Notice
from domain.purposes import Purpose
from domain.terms.drill import DrillClock
from domain.terms.roles import Role
from storage.account_tables import AccountRow
from storage.accounts import create_account
from storage.api_tokens import create_token
from storage.inbox import deliver
from storage.sign_ins import create_session
from tests.pages import stories
from tests.pages.serving import application
from tests.pages.telling import OFFICE, Story

NOW = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)
UNIT, AUDITOR = "urban_management", "an-auditor"
FEW, MANY = 1, 3
LISTS = (
    "/",
    "/?closed=true",
    "/?drill=true",
    "/?mine=true",
    "/?text=城管",
    "/search?q=城管",
    "/wall",
    "/wall?drill=true",
    "/ledger",
    "/ledger?drill=true",
    "/ledger.xlsx",
    "/papers",
    "/papers/digests/weekly",
    "/papers?standing=signed&kind=flash_report",
    "/desk",
    "/notices",
    "/clauses",
    "/clauses/三(三)-4",
    "/performance",
    f"/performance/{UNIT}",
    f"/performance/{UNIT}?drill=true",
)
FEEDS = (
    "/api/v1/incidents",
    "/api/v1/incidents?order=due",
    "/api/v1/incidents/similar?title=城管执法暂扣摊贩商品引发争议",
    "/api/v1/obligations",
    "/api/v1/obligations?drill=true",
    "/api/v1/inbox",
    f"/api/v1/units/{UNIT}/cards",
)


def again(told: Story, name: str) -> Story:
    """The same story about another incident."""
    copy = Story(name, told.start, told.drill)
    for decided in told.decisions:
        if isinstance(step := decided.cause, Submission):
            opening = step.opening and replace(step.opening, incident_id=copy.incident_id, number=name)
            copy.does((decided.now - told.start) / timedelta(hours=1), step.actor, step.command, opening)
    return copy.clock(told.decisions[-1].now)


def cast(each: int) -> Iterator[Story]:
    """So many missed, closed and quite new incidents, and so many in a drill."""
    missed = stories.city_management(NOW - timedelta(hours=70), until_hours=70)
    closed = stories.city_management(NOW - timedelta(hours=430))
    drill = DrillClock(epoch=NOW - timedelta(hours=1), origin=NOW - timedelta(hours=1), scale=1.0)
    fresh = stories.school(NOW - timedelta(hours=1))
    practised = stories.school(NOW - timedelta(hours=1), drill=drill)
    for number in range(each):
        for told in (missed, closed, fresh, practised):
            yield again(told, f"{told.name}-{told.start:%d%H}-{number}")


class Asked:
    """The application over so many incidents, asked as a person of a unit or of the office."""

    def __init__(self, app: FastAPI, cookies: dict[str, str], tokens: dict[str, str]) -> None:
        self.app, self._cookies, self._tokens = app, cookies, tokens

    async def counted(self, path: str, who: str) -> tuple[int, int]:
        """How many statements a page took, and its bytes."""
        is_api = path.startswith("/api/")
        headers = {"Authorization": f"Bearer {self._tokens[who]}"} if is_api else {"Accept": "text/html"}
        transport = httpx2.ASGITransport(app=self.app, client=("127.0.0.1", 50000))
        cookies = {} if is_api else {"huiying_session": self._cookies[who]}
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://127.0.0.1", headers=headers, cookies=cookies
        ) as http:
            await http.get(path)  # what is remembered from now on is no statement of the page
            await self.app.state.watching.now()  # nor what the pages are told of the watch, every few seconds
            with statements(self.app) as found:
                answer = await http.get(path)
        assert answer.status_code == 200, (path, answer.text)
        return len(found), len(answer.content)


@contextmanager
def statements(app: FastAPI) -> Iterator[list[str]]:
    """The statements that the application gives its database meanwhile."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    readers = (
        app.state.database._readers.sync_engine
    )  # what is noted now and then, of tokens and sessions, is no list's
    event.listen(readers, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(readers, "before_cursor_execute", note)


@asynccontextmanager
async def over(folder: Path, each: int) -> AsyncIterator[Asked]:
    """The application over `each` incidents of every sort, and as many notices."""
    told = list(cast(each))
    async with application(folder, told, lambda: NOW) as app:
        for story in told:
            told_of = [
                Notice(event_number=1, purpose=Purpose.REMINDER, unit=unit) for unit in (UNIT, OFFICE.unit)
            ]
            await deliver(app.state.database, story.incident_id, told_of, drill=False, at=NOW)
        cookies, tokens = {}, {}
        async with app.state.database.writing() as session:
            for login, unit, role in (
                (UNIT, UNIT, Role.HANDLER),
                (OFFICE.unit, OFFICE.unit, Role.PRINCIPAL_LEADER),
                (AUDITOR, OFFICE.unit, Role.AUDITOR),
            ):
                made = await create_account(
                    session, login=login, name="某", post=role, unit=unit, password_hash="-", at=NOW
                )
                row = await session.get(AccountRow, made.id)
                assert row is not None
                row.must_change = False
                cookies[login] = await create_session(session, made.id, browser="", at=NOW)
                tokens[login] = await create_token(session, login, role, unit)
        yield Asked(app, cookies, tokens)


async def test_no_list_asks_a_statement_per_incident(tmp_path: Path):
    async with over(tmp_path / "few", FEW) as few, over(tmp_path / "many", MANY) as many:
        for who in (UNIT, OFFICE.unit):
            asked = {
                path: (await few.counted(path, who), await many.counted(path, who))
                for path in (*LISTS, *FEEDS)
            }
            grown = {path: (at[0], then[0]) for path, (at, then) in asked.items() if at[0] != then[0]}
            assert grown == {}, who
            longer = {path for path, (at, then) in asked.items() if then[1] > at[1]}
            assert longer >= {"/", "/wall", "/ledger", "/desk", "/notices", "/api/v1/obligations"}, who


async def test_the_desk_of_auditors_asks_no_statement_per_incident(tmp_path: Path):
    desk = ("/auditor", "/auditor?risk=breach", "/auditor?seed=x&size=100&first=2026-01-01&last=2026-12-31")
    async with over(tmp_path / "few", FEW) as few, over(tmp_path / "many", MANY) as many:
        for path in desk:
            at, then = await few.counted(path, AUDITOR), await many.counted(path, AUDITOR)
            assert at[0] == then[0], path
            assert then[1] > at[1], path
