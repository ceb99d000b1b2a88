"""Which law registrations came under, and since when: written down at first use, for the audit to ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.law.enactment import enacted
from domain.law.regulation import Law
from domain.terms.instants import whole
from domain.terms.workdays import SHANGHAI
from storage.codec import canonical
from storage.database import Database
from storage.law_changes import law_changes
from storage.law_tables import LawVersionRow
from storage.regulations import load_law
from storage.tables import table


@dataclass(frozen=True, slots=True, kw_only=True)
class LawVersion:
    """A law as registrations of a year came under it, since an instant,
    until the next version of that year.
    """

    year: int
    version: str
    digest: str
    edition: int
    since: datetime


_LATEST = (
    select(col(LawVersionRow.digest), col(LawVersionRow.edition))
    .where(
        col(LawVersionRow.regulation) == bindparam("wanted"), col(LawVersionRow.year) == bindparam("of_year")
    )
    .order_by(col(LawVersionRow.position).desc())
    .limit(1)
)


async def law_for_registration(
    database: Database, session: AsyncSession, regulation: str, at: datetime
) -> Law:
    """The law for what is registered now, noted as in force from now on where it was not the one before."""
    versions = enacted(await law_changes(session, regulation), at)
    year = at.astimezone(SHANGHAI).year
    law = load_law(regulation, year, versions)
    latest = (await session.execute(_LATEST, {"wanted": regulation, "of_year": year})).first()
    if latest is None or (latest.digest, latest.edition) != (law.digest, law.edition):
        numbers = [change.number for change in versions]
        await database.write(partial(_note, law=law, year=year, numbers=numbers, at=at))
    return law


def _note(connection: Connection, law: Law, year: int, numbers: list[int], at: datetime) -> None:
    latest = connection.execute(_LATEST, {"wanted": law.regulation, "of_year": year}).first()
    if latest is not None and (latest.digest, latest.edition) == (law.digest, law.edition):
        return
    row = {
        "regulation": law.regulation,
        "year": year,
        "version": law.version,
        "digest": law.digest,
        "edition": law.edition,
        "changes": canonical(numbers).decode(),
        "since": whole(at),  # as instants of cases are
    }
    connection.execute(insert(table(LawVersionRow)), row)


async def law_versions(session: AsyncSession, regulation: str) -> Sequence[LawVersion]:
    """All versions of a regulation that registrations came under, the oldest first."""
    of_regulation = col(LawVersionRow.regulation) == regulation
    rows = await session.execute(
        select(LawVersionRow).where(of_regulation).order_by(col(LawVersionRow.position))
    )
    return [
        LawVersion(
            year=row.year, version=row.version, digest=row.digest, edition=row.edition, since=row.since
        )
        for row in rows.scalars()
    ]
