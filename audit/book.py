"""The audit book under audit: whether its entries follow each other, and each is what its seal says."""

from typing import Final

from audit.differences import Difference, DifferenceKind
from storage.audit_book import FIRST_SEAL, sealed
from storage.audit_book_pages import rows
from storage.database import Database

BOOK: Final = "audit-book"
_MOST: Final = 100  # differences told; a book written anew from somewhere on would name every entry


async def book_differences(database: Database) -> tuple[Difference, ...]:
    """Where the book's chain breaks: an entry that was altered, taken out or put in;
    its end cut off shows nothing here.
    """
    differences: list[Difference] = []
    position, seal = 0, FIRST_SEAL
    async for row in rows(database):
        if row["position"] != position + 1:
            differences.append(_difference(position + 1, f"entry {position + 1}", f"entry {row['position']}"))
        expected = sealed(seal, row)
        if row["seal"] != expected:
            differences.append(_difference(row["position"], f"seal {expected}", str(row["seal"])))
        position, seal = row["position"], row["seal"]
        if len(differences) >= _MOST:
            break
    return tuple(differences)


def _difference(number: int, expected: str, actual: str) -> Difference:
    return Difference(
        incident_id=BOOK, number=number, kind=DifferenceKind.BOOK, expected=expected, actual=actual
    )
