"""The three administrators of the desk's tests, and what the record says that was done."""

from http import HTTPStatus
from itertools import count

import pytest_asyncio

from domain.terms.roles import Role
from storage.accounts import Administrator, row_of
from storage.acts import Act, acts
from tests.desk.conftest import Office
from tests.desk.seat import Seat

_numbers = count(1)
ADMINISTRATORS = {
    "security.one": Administrator.SECURITY,
    "security.two": Administrator.SECURITY,
    "system.one": Administrator.SYSTEM,
    "audit.one": Administrator.AUDIT,
}


@pytest_asyncio.fixture(scope="session", loop_scope="session", autouse=True)
async def administrators(office: Office) -> None:
    """Two security administrators, one for system and one for audit."""
    async with office.database.session() as session:
        held = [login for login in ADMINISTRATORS if await row_of(session, login) is not None]
    for login, post in ADMINISTRATORS.items():
        if login not in held:
            await office.account(login, post, "gov_office")


_seats: dict[str, Seat] = {}


async def sits(office: Office, login: str) -> Seat:
    """A browser in which somebody is signed in, the same as before while its session holds."""
    seat = _seats.get(login)
    if seat is None or (await seat.open("/me")).status_code != HTTPStatus.OK:
        seat = _seats[login] = await office.sits(login)
    return seat


async def someone(office: Office) -> str:
    """The login of a fresh handler of 青溪镇."""
    login = f"someone{next(_numbers)}"
    await office.account(login, Role.HANDLER, "qingxi")
    return login


async def id_of(office: Office, login: str) -> str:
    async with office.database.session() as session:
        row = await row_of(session, login)
    assert row is not None
    return row.id


async def recorded(office: Office, subject: str) -> list[Act]:
    """What was done with an account or a unit, the earliest first."""
    async with office.database.session() as session:
        found = await acts(session, limit=400)
    return [act for act in reversed(found.items) if act.subject == subject]


async def deed(office: Office, seat: Seat, login: str, name: str) -> str:
    """A deed by its form on the page of an account; the text of the answer, or of the page it leads to."""
    path = f"/people/{await id_of(office, login)}"
    answer = await seat.fill_in(path, {}, f"{path}/{name}")
    if answer.status_code == 303:
        answer = await seat.open(answer.headers["location"])
    return answer.text
