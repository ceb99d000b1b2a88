"""Changes of the law under audit: each word on one against the entry that the audit book has of it (R007)."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from audit.differences import Difference, DifferenceKind
from storage.database import Database
from storage.law_records import PROPOSED, LawWord, book_began, entries_of_the_law, law_words

LAW: Final = "law-changes"


async def law_word_differences(database: Database) -> tuple[Difference, ...]:
    """Where proposals and answers are not what was entered when they were made.

    1. Each stands in the book, with the digest of its row;
       what was said before the book began, of changes before the first that it has, is not judged.
    2. Its command id follows from who said it, the route and the key.
    3. None that the book has was struck out.
    """
    async with database.session() as session:
        words, began = await law_words(session), await book_began(session)
        entries = dict(_read(subject, detail) for subject, detail in await entries_of_the_law(session))
    proposals = (int(number) for number, word in entries if word == PROPOSED and number.isdecimal())
    first = min(proposals, default=None)
    differences: list[Difference] = []
    for word in words:
        entry = entries.pop((str(word.number), word.word), None)
        is_older = (began is None or word.at < began) and (first is None or word.number < first)
        if entry is not None or not is_older:
            differences += _differs(word, entry or {})
    return (*differences, *(_gone(number, word) for number, word in entries))


def _read(subject: str, detail: str) -> tuple[tuple[str, str], Mapping[str, str]]:
    entry: dict[str, str] = json.loads(detail)
    return (subject, entry.get("change", "")), entry


def _differs(word: LawWord, entry: Mapping[str, str]) -> Iterator[Difference]:
    if (content := entry.get("content")) != word.content:
        yield _difference(
            word,
            DifferenceKind.LAW,
            f"{word.word} as entered in the book: {content or 'no entry'}",
            word.content,
        )
    if (expected := word.id_under(entry.get("key", ""))) != word.command_id:
        yield _difference(word, DifferenceKind.SUBMISSION, f"command id {expected}", word.command_id)


def _difference(word: LawWord, kind: DifferenceKind, expected: str, row: str) -> Difference:
    return Difference(incident_id=LAW, number=word.number, kind=kind, expected=expected, actual=row)


def _gone(number: str, word: str) -> Difference:
    return Difference(
        incident_id=LAW,
        number=int(number) if number.isdecimal() else None,
        kind=DifferenceKind.LAW,
        expected=f"a change {word}, as entered in the book",
        actual="none",
    )
