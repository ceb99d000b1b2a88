"""An office with people who can sign in, over a whole system."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from temporalio.testing import WorkflowEnvironment

from domain.terms.roles import Role
from storage.account_tables import AccountRow
from storage.accounts import Administrator, Post, create_account
from storage.database import Database
from tests.api.office import System, address, start_temporal
from tests.api.office import system as make_system
from tests.desk.seat import PASSWORD, Seat

HERE = Path(__file__).parent
PEOPLE: dict[str, tuple[Post, str]] = {
    "office.leader": (Role.PRINCIPAL_LEADER, "gov_office"),
    "office.clerk": (Role.HANDLER, "gov_office"),
    "town.handler": (Role.HANDLER, "qingxi"),
    "town.second": (Role.HANDLER, "qingxi"),
    "town.deputy": (Role.DEPUTY_LEADER, "qingxi"),
    "town.leader": (Role.PRINCIPAL_LEADER, "qingxi"),
    "police.handler": (Role.HANDLER, "public_security"),
    "stranger": (Role.PRINCIPAL_LEADER, "health"),
    "auditor": (Role.AUDITOR, "discipline"),
    "sys.admin": (Administrator.SYSTEM, "gov_office"),
}


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """All asynchronous tests of this folder share one loop, and so one server."""
    for item in items:
        if HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


class Office:
    """The system, its people, a clock that a test may move, and a browser for each who sits down."""

    def __init__(self, system: System, stack: AsyncExitStack) -> None:
        self.system, self._stack = system, stack
        self.ahead = timedelta(0)
        self.stands_at: datetime | None = None
        self._seats = 0
        system.app.state.clock = self.now

    @property
    def database(self) -> Database:
        return self.system.database

    def now(self) -> datetime:
        return (self.stands_at or datetime.now(UTC)) + self.ahead

    async def seat(self) -> Seat:
        """A browser in which nobody is signed in, at an address of its own:
        failures of one do not slow the others down.
        """
        self._seats += 1
        came_from = (f"2001:db8:1:{self._seats:x}::1", 1)
        http = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self.system.app, raise_app_exceptions=False, client=came_from),
            base_url="http://huiying.test",
            timeout=60,
        )
        return Seat(await self._stack.enter_async_context(http))

    async def sits(self, login: str) -> Seat:
        """A browser in which somebody is signed in."""
        seat = await self.seat()
        answer = await seat.sign_in(login)
        assert answer.status_code == 303, answer.text
        return seat

    async def account(
        self, login: str, post: Post, unit: str, *, must_change: bool = False, password_hash: str = ""
    ) -> None:
        """Another account; its password is quick to check unless a hash of it is given."""
        async with self.database.writing() as session:
            made = await create_account(
                session,
                login=login,
                name=login,
                post=post,
                unit=unit,
                password_hash=password_hash or HASH,
                at=self.now(),
            )
            row = await session.get(AccountRow, made.id)
            assert row is not None
            row.must_change = must_change


# By argon2 at its least: checking it takes no time, and the check itself is the product's.
HASH = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)).hash(PASSWORD)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def desk_temporal() -> AsyncIterator[WorkflowEnvironment]:
    async with await start_temporal() as environment:
        yield environment


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def office(
    desk_temporal: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    """One office for all tests of this folder."""
    folder = tmp_path_factory.mktemp("desk")
    async with (
        make_system(folder, address(desk_temporal)) as system,
        await system.worker(),
        AsyncExitStack() as stack,
    ):
        made = Office(system, stack)
        for login, (post, unit) in PEOPLE.items():
            await made.account(login, post, unit)
        yield made


@pytest.fixture
def clock(office: Office) -> Iterable[Office]:
    """The office with a clock that the test alone moves, however long its steps take; put back afterwards."""
    office.stands_at = office.now()
    yield office
    office.stands_at, office.ahead = None, timedelta(0)
