"""What the audit book has of each word on a change of the law:
its digest and its key, by which an altered row is found.

Changes stand in no chain of their own; the book's entry of each is sealed (decision 0053).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.audit_book import BookDeed, DeedOutcome
from storage.audit_book_tables import AuditEntryRow
from storage.codec import digest, named_by_key
from storage.law_tables import LawChangeAnswerRow, LawChangeRow
from storage.tables import table

PROPOSED: Final = "proposed"
_CHANGE, _ANSWER, _ENTRY = table(LawChangeRow), table(LawChangeAnswerRow), table(AuditEntryRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class LawWord:
    """A proposal or an answer as its row holds it: the number of the change,
    and by which word it is known in the book.
    """

    number: int
    word: str
    person: str
    unit: str
    at: datetime
    command_id: str
    content: str

    def id_under(self, key: str) -> str:
        """The command id that whoever said it must have under a key."""
        route = (
            "law/changes" if self.word == PROPOSED else f"law/changes/{self.number}/{self.word}"
        )  # as the web's
        return named_by_key(self.person, self.unit, route, key)


def proposal(row: Mapping[str, Any]) -> LawWord:
    """A proposal by the columns of its row."""
    return _word(row, PROPOSED, row["proposed_at"], [column.name for column in _CHANGE.c])


def answer_to(row: Mapping[str, Any]) -> LawWord:
    """An answer by the columns of its row."""
    return _word(row, row["outcome"], row["answered_at"], [column.name for column in _ANSWER.c])


def _word(row: Mapping[str, Any], word: str, at: datetime, columns: Sequence[str]) -> LawWord:
    return LawWord(
        number=row["number"],
        word=word,
        person=row["person"],
        unit=row["unit"],
        at=at,
        command_id=row["command_id"],
        content=digest({name: _told(row[name]) for name in columns}),
    )


def _told(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


async def law_words(session: AsyncSession) -> list[LawWord]:
    """Every proposal and every answer that stands in the ledger, of whichever regulation."""
    changes = (await session.execute(select(_CHANGE).order_by(_CHANGE.c.number))).mappings()
    words = [proposal(dict(row)) for row in changes]
    answers = (await session.execute(select(_ANSWER).order_by(_ANSWER.c.number))).mappings()
    return words + [answer_to(dict(row)) for row in answers]


async def entries_of_the_law(session: AsyncSession) -> Sequence[tuple[str, str]]:
    """Subject and detail, as JSON, of each entry of the book that says that the law was changed,
    or somebody wished so.
    """
    done = select(_ENTRY.c.subject, _ENTRY.c.detail).where(
        _ENTRY.c.deed == BookDeed.LAW_CHANGE.value, _ENTRY.c.outcome == DeedOutcome.DONE.value
    )
    rows = (await session.execute(done.order_by(_ENTRY.c.position))).all()
    return [(row.subject, row.detail) for row in rows]


async def book_began(session: AsyncSession) -> datetime | None:
    """When the first entry of the book was written; None for an empty one."""
    first = select(_ENTRY.c.at).order_by(_ENTRY.c.position).limit(1)
    at: datetime | None = (await session.execute(first)).scalar_one_or_none()
    return at
