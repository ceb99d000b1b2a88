"""What was destroyed, under audit: under a list that two approved with the archive's consent, as the audit
book has it; nothing of the case left but its leaves and its certificates, and these hold.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from audit.bundle.certificate import CertificateCheck
from audit.bundle.core import sha256
from audit.differences import CaseReport, Difference, DifferenceKind
from domain.terms.workdays import SHANGHAI
from storage.audit_book import BookDeed
from storage.audit_book_tables import AuditEntryRow
from storage.database import Database
from storage.destroying import standing
from storage.destruction import (
    APPROVALS,
    Destroyed,
    DestructionList,
    KeptCertificate,
    Word,
    destroyed_cases,
    digest_of,
    kept_certificates,
    lists,
)
from storage.sealed_log import leaves_of
from storage.signed_notes import is_signature

LISTS: Final = "destruction-lists"
_NOTE: Final = (
    "销毁清单 {0} 已于 {1} 销毁本件：存证叶 {2} 片、时限凭证 {3} 份留存。"
    " Destroyed under list {0} on {1}: {2} leaves and {3} certificates remain."
)
_ALL: Final = (
    "依销毁清单已销毁 {0} 件，其记录只余存证叶和时限凭证。"
    " {0} cases were destroyed at the end of retention: leaves and certificates remain."
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """What the audit book has about a list."""

    word: str
    person: str
    subject: str
    sha256: str


async def destroyed_case(session: AsyncSession, incident_id: str) -> CaseReport | None:
    """The audit of a case that was destroyed; None for one that was not."""
    case = (await destroyed_cases(session, incident_id)).get(incident_id)
    if case is None:
        return None
    certificates = await kept_certificates(session, incident_id)
    connection = await session.connection()
    leaves = await connection.run_sync(leaves_of, incident_id)
    left = await connection.run_sync(standing, incident_id)
    differences = [
        *_of_certificates(case, certificates),
        *([_wrong(case, "no record", ", ".join(left))] if left else []),
    ]
    if len(leaves) != case.leaves:
        differences.append(_wrong(case, f"{case.leaves} leaves", str(len(leaves))))
    day = f"{case.at.astimezone(SHANGHAI):%Y-%m-%d}"
    note = _NOTE.format(case.list_position, day, case.leaves, len(certificates))
    return CaseReport(
        incident_id=incident_id,
        events=0,
        runs=0,
        covered_from=None,
        withdrawn=0,
        differences=tuple(differences),
        notes=(note,),
    )


def _of_certificates(case: Destroyed, certificates: Sequence[KeptCertificate]) -> Iterator[Difference]:
    for one in certificates:
        place = f"certificate {one.place} as it was kept"
        check = CertificateCheck(one.content)
        check.run(is_signature)
        if sha256(one.content) != one.sha256:
            yield _wrong(case, place, "another content")
        elif broken := [wrong for wrong in check.wrong if wrong.place != "keys"]:
            yield _wrong(case, place, str(broken[0]))


def _wrong(case: Destroyed, expected: str, there: str) -> Difference:
    return Difference(
        incident_id=case.incident_id,
        number=None,
        kind=DifferenceKind.SEALED,
        expected=expected,
        actual=there,
    )


async def destruction_differences(database: Database) -> tuple[tuple[Difference, ...], tuple[str, ...]]:
    """Each list against its digest and the audit book, and each destroyed case against its list; and what
    ought to be known.
    """
    async with database.snapshot() as session:
        every, cases = await lists(session), await destroyed_cases(session)
        book = await (await session.connection()).run_sync(_book)
    differences = [
        Difference(
            incident_id=subject or LISTS,
            number=None,
            kind=DifferenceKind.SEALED,
            expected=expected,
            actual=there,
        )
        for subject, expected, there in _compared(every, cases, book)
    ]
    return tuple(differences), (_ALL.format(len(cases)),) if cases else ()


async def is_as_booked(session: AsyncSession, one: DestructionList) -> bool:
    """Whether a list has the entries that it was drawn with, and the audit book each word that was said."""
    book = await (await session.connection()).run_sync(_book)
    return not list(_of_list(one, _said(book)))


def _book(connection: Connection) -> list[_Entry]:
    entry: Any = AuditEntryRow
    statement = select(col(entry.person), col(entry.subject), col(entry.detail)).where(
        col(entry.deed) == BookDeed.DESTRUCTION.value
    )
    entries = []
    for row in connection.execute(statement):
        detail = json.loads(row.detail)
        entries.append(_Entry(detail.get("word", ""), row.person, row.subject, detail.get("sha256", "")))
    return entries


def _compared(
    every: Sequence[DestructionList], cases: dict[str, Destroyed], book: Sequence[_Entry]
) -> Iterator[tuple[str, str, str]]:
    said = _said(book)
    for one in every:
        yield from _of_list(one, said)
    by_position = {one.position: one for one in every}
    in_book = {(one.subject, one.sha256) for one in book if one.word == "destroyed"}
    for case in cases.values():
        of = by_position.get(case.list_position)
        if of is None or case.incident_id not in {entry.incident_id for entry in of.entries}:
            yield case.incident_id, "a list that names it", "none"
            continue
        if len(of.approvals) < APPROVALS or not _consented(of) or of.is_declined:
            yield case.incident_id, "two approvals and the archive's consent", "less"
        if (case.incident_id, of.sha256) not in in_book:
            yield case.incident_id, "its destruction in the audit book", "no entry"


def _said(book: Sequence[_Entry]) -> set[tuple[str, str, str]]:
    return {(one.word, one.person, one.sha256) for one in book}


def _of_list(one: DestructionList, said: set[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    place = f"list {one.position}"
    if digest_of(one.entries) != one.sha256:
        yield "", f"{place} as it was drawn", "other entries"
    if ("drawn", one.person, one.sha256) not in said:
        yield "", f"{place} in the audit book", "no entry of its drawing"
    for word in one.words:
        if (word.kind.value, word.person, one.sha256) not in said:
            yield "", f"{place}: {word.kind.value} by {word.person} in the audit book", "no entry"


def _consented(one: DestructionList) -> bool:
    return any(word.kind is Word.ARCHIVE_CONSENTED and word.reference for word in one.words)
