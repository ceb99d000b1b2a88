"""Searching title and number for a text: by pairs of characters,
since Chinese has no spaces between words.
"""

from itertools import pairwise
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, column, func, literal_column, table
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.tables import IncidentTextRow

_GRAMS: Final = table("incident_grams", column("rowid"), column("incident_grams"))
_SIMPLE: Final[ColumnElement[Any]] = literal_column("'simple'::regconfig")
_END: Final = "\0"
_OTHER_CASE: Final = str.maketrans(
    {chr(letter): chr(letter).lower() for letter in range(ord("A"), ord("Z") + 1)}
)


def grams(*texts: str) -> str:
    """The pairs of neighbouring characters in texts, each once, as words of hexadecimal digits.

    The last character of a text makes a pair with its end, so that every character begins one.
    """
    pairs = {
        _word(first) + _word(second)
        for text in texts
        for first, second in zip(
            text.translate(_OTHER_CASE), [*text.translate(_OTHER_CASE)[1:], _END], strict=True
        )
    }
    return " ".join(sorted(pairs))


def _word(character: str) -> str:
    return f"{ord(character):04x}"


def _wanted(text: str) -> list[str]:
    """The words that a text's finds all hold; of a single character, the beginning of one."""
    plain = text.translate(_OTHER_CASE)
    return list(dict.fromkeys(_word(first) + _word(second) for first, second in pairwise(plain)))


def holding(
    session: AsyncSession, statement: Select[Any], text: str, position: Any
) -> tuple[Select[Any], Any]:
    """The statement confined to incidents, named by `position`, that may hold the text,
    and along what it is walked.

    All that hold it are among them; since every pair of the text may also stand elsewhere in what is found,
    the caller looks again.
    """
    words, more = (_wanted(text), False) if len(text) > 1 else ([_word(text.translate(_OTHER_CASE))], True)
    if session.get_bind().dialect.name == "sqlite":
        query = " AND ".join(f'"{word}"*' if more else f'"{word}"' for word in words)
        statement = statement.join(_GRAMS, _GRAMS.c.rowid == position)
        return statement.where(_GRAMS.c.incident_grams.op("MATCH")(query)), _GRAMS.c.rowid
    query = " & ".join(f"{word}:*" if more else word for word in words)
    vector = func.to_tsvector(_SIMPLE, col(IncidentTextRow.grams))
    statement = statement.join(IncidentTextRow, col(IncidentTextRow.position) == position)
    return statement.where(vector.op("@@")(func.to_tsquery(_SIMPLE, query))), position
