"""Who is called: the persons of a unit, an office or the city's leaders,
as they stand when the message goes out.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.deputies import deputy_of
from domain.hearing import Hearer
from domain.law.hearing_table import Recipient
from domain.law.registry import Part
from domain.law.regulation import Offices
from domain.terms.roles import Role
from domain.terms.workdays import SHANGHAI
from storage.absences import deputies_at
from storage.account_tables import AccountRow
from storage.rota import shifts_from
from storage.tables import IncidentReaderRow, IncidentRow
from storage.unit_tables import UnitPersonRow

# Who stands for a part where the registry names nobody:
# whoever has such an account, the first role that anybody has.
_ROLES: Final = {
    Part.MONITOR: (Role.MONITOR, Role.HANDLER, Role.DEPUTY_LEADER),
    Part.BACKUP_MONITOR: (Role.MONITOR,),
    Part.DEPUTY_LEADER: (Role.DEPUTY_LEADER,),
    Part.PRINCIPAL_LEADER: (Role.PRINCIPAL_LEADER,),
}
_PARTS: Final = {
    Recipient.UNIT.value: Part.MONITOR,
    Hearer.DUTY_PERSON.value: Part.MONITOR,
    Hearer.BACKUP.value: Part.BACKUP_MONITOR,
    Hearer.DEPUTY_LEADER.value: Part.DEPUTY_LEADER,
    Hearer.PRINCIPAL_LEADER.value: Part.PRINCIPAL_LEADER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledPerson:
    """Somebody who is to be called, as what; `login` names the person in receipts.

    Of a deputy `absent` is who would be called.
    """

    hearer: str
    login: str
    account_id: str
    absent: "CalledPerson | None" = None


async def persons_of(
    session: AsyncSession, hearer: str, unit: str, offices: Offices, at: datetime
) -> tuple[CalledPerson, ...]:
    """Who is called as a hearer of a notice to a unit, at an instant; nobody whose account is disabled.

    On duty is whom the rota names, else the registry's monitor; in the place of who is away
    stands the deputy.
    """
    return await _with_deputies(session, await _named(session, hearer, unit, offices, at), at)


async def _with_deputies(
    session: AsyncSession, persons: tuple[CalledPerson, ...], at: datetime
) -> tuple[CalledPerson, ...]:
    accounts = await deputies_at(session, at) if persons else {}
    if not accounts:
        return persons
    logins = {person: row.login for person, row in accounts.items()}
    ids = {row.login: row.id for row in accounts.values()}
    return tuple(
        person
        if (login := deputy_of(person.login, logins)) == person.login
        else CalledPerson(hearer=person.hearer, login=login, account_id=ids[login], absent=person)
        for person in persons
    )


async def _named(
    session: AsyncSession, hearer: str, unit: str, offices: Offices, at: datetime
) -> tuple[CalledPerson, ...]:
    if hearer in _PARTS:
        return await _of_part(session, hearer, unit, _PARTS[hearer], at)
    places = {
        Recipient.OFFICE.value: offices.office,
        Recipient.CYBERSPACE_OFFICE.value: offices.cyberspace_office,
        Recipient.PUBLICITY_DEPARTMENT.value: offices.publicity_department,
    }
    if hearer in places:
        return await _of_part(session, hearer, places[hearer], Part.MONITOR, at)
    leader = offices.mayor if hearer == Recipient.MAYOR.value else offices.deputy_mayor
    return await _by_role(session, hearer, leader, Role.CITY_LEADER) if leader else ()


async def _of_part(
    session: AsyncSession, hearer: str, unit: str, part: Part, at: datetime
) -> tuple[CalledPerson, ...]:
    if part is Part.MONITOR:
        on_duty = [one.person for one in await shifts_from(session, unit, at) if one.covers(at)]
        statement = select(AccountRow).where(col(AccountRow.login).in_(on_duty), col(AccountRow.unit) == unit)
        if on_duty and (named := await _active(session, hearer, statement)):
            return named
    day = at.astimezone(SHANGHAI).date()
    serving = select(col(UnitPersonRow.person)).where(
        col(UnitPersonRow.unit) == unit,
        col(UnitPersonRow.part) == part.value,
        col(UnitPersonRow.since) <= day,
        col(UnitPersonRow.until).is_(None) | (col(UnitPersonRow.until) >= day),
    )
    statement = select(AccountRow).where(col(AccountRow.login).in_(serving))
    if named := await _active(session, hearer, statement):
        return named
    for role in _ROLES[part]:
        if staff := await _by_role(session, hearer, unit, role):
            return staff
    return ()


async def _by_role(session: AsyncSession, hearer: str, unit: str, role: Role) -> tuple[CalledPerson, ...]:
    statement = select(AccountRow).where(col(AccountRow.unit) == unit, col(AccountRow.role) == role.value)
    return await _active(session, hearer, statement)


async def _active(
    session: AsyncSession, hearer: str, statement: Select[AccountRow]
) -> tuple[CalledPerson, ...]:
    active = statement.where(col(AccountRow.disabled_at).is_(None)).order_by(col(AccountRow.login))
    rows = (await session.execute(active)).scalars()
    return tuple(CalledPerson(hearer=hearer, login=row.login, account_id=row.id) for row in rows)


async def may_hear(session: AsyncSession, incident_id: str, logins: Collection[str]) -> frozenset[str]:
    """Those of these persons to whom an incident is not closed."""
    position = select(col(IncidentRow.position)).where(col(IncidentRow.incident_id) == incident_id)
    of_incident = col(IncidentReaderRow.position).in_(position)
    if not (await session.execute(select(exists().where(of_incident)))).scalar_one():
        return frozenset(logins)
    readers = (await session.execute(select(col(IncidentReaderRow.person)).where(of_incident))).scalars()
    return frozenset(readers) & frozenset(logins)
