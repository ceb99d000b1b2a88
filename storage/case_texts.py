"""The texts of cases, beside their log: kept in the transaction that records,
found by the references that cases hold.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.terms.free_texts import CaseText
from storage.case_text_tables import CaseTextRow
from storage.tables import table

_TABLE = table(CaseTextRow)
_INSERT: dict[str, Any] = {
    "sqlite": sqlite.insert(_TABLE).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_TABLE).on_conflict_do_nothing(),
}
_OF_CASE = col(CaseTextRow.incident_id) == bindparam("incident_id")
_NAMED = select(col(CaseTextRow.reference), col(CaseTextRow.text)).where(
    _OF_CASE, col(CaseTextRow.reference).in_(bindparam("references", expanding=True))
)
_OF_SEVERAL = select(col(CaseTextRow.reference), col(CaseTextRow.text)).where(
    col(CaseTextRow.incident_id).in_(bindparam("incident_ids", expanding=True)),
    col(CaseTextRow.reference).in_(bindparam("references", expanding=True)),
)
_SALT = (
    select(col(CaseTextRow.salt))
    .where(_OF_CASE, col(CaseTextRow.reference).in_(bindparam("references", expanding=True)))
    .limit(1)
)
_AT_ONE_TIME: Final = 5_000  # SQLite takes 32,766 variables in a statement


def keep(connection: Connection, incident_id: str, texts: Sequence[CaseText]) -> None:
    """Keep the texts of a case in clear, passing over those that are there, and those that did not open."""
    texts = [item for item in texts if not item.is_closed]
    if texts:
        rows = [
            {"incident_id": incident_id, "reference": item.reference, "salt": item.salt, "text": item.text}
            for item in texts
        ]
        connection.execute(_INSERT[connection.dialect.name], rows)


def texts_in(connection: Connection, incident_id: str, references: Collection[str]) -> dict[str, str]:
    """The texts of a case by their references, as far as they are there."""
    wanted = list(dict.fromkeys(references))
    texts: dict[str, str] = {}
    for first in range(0, len(wanted), _AT_ONE_TIME):
        named = {"incident_id": incident_id, "references": wanted[first : first + _AT_ONE_TIME]}
        texts.update((row.reference, row.text) for row in connection.execute(_NAMED, named))
    return texts


def salt_in(connection: Connection, incident_id: str, references: Sequence[str]) -> str:
    """The salt of texts that came together; empty where none of them is there."""
    if not references:
        return ""
    named = {"incident_id": incident_id, "references": list(references[:10])}
    return str(connection.execute(_SALT, named).scalar() or "")


async def salted_texts(session: AsyncSession, incident_id: str) -> dict[str, CaseText]:
    """All texts of a case by their references."""
    statement = select(CaseTextRow).where(_OF_CASE)
    rows = (await session.execute(statement, {"incident_id": incident_id})).scalars()
    return {row.reference: CaseText(reference=row.reference, salt=row.salt, text=row.text) for row in rows}


async def texts_of(session: AsyncSession, incident_id: str, references: Collection[str]) -> dict[str, str]:
    """As `texts_in`, over a session."""
    return await session.run_sync(lambda inner: texts_in(inner.connection(), incident_id, references))


async def texts_of_cases(
    session: AsyncSession, incident_ids: Sequence[str], references: Collection[str]
) -> dict[str, str]:
    """The texts of several cases by their references, as far as they are there."""
    named = {"incident_ids": list(incident_ids), "references": list(references)[:_AT_ONE_TIME]}
    return {row.reference: row.text for row in await session.execute(_OF_SEVERAL, named)}
