"""A sheet whose columns are known by their names, read row by row:
every cell that is missing or spoilt is named by its row and its column.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from domain.terms.plain_text import folded
from intake.sheet_rows import NoSheet
from intake.sheets import table_in
from intake.table import Table

_HEADINGS: Final = 5  # rows in which the names of the columns may stand
_LETTERS: Final = 26
LONGEST_CELL: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFault:
    """What is wrong with a cell: its column as spreadsheets letter it, the name that heads it, a code and the
    words that stand there.
    """

    column: str
    heading: str
    code: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRow:
    """A row as spreadsheets number it: its cells by the names of the columns, and what is wrong with them."""

    row: int
    cells: Mapping[str, str]
    places: Mapping[str, tuple[str, str]]
    faults: tuple[CellFault, ...] = ()

    def fault(self, column: str, code: str, words: str = "") -> CellFault:
        """Something wrong with a cell of this row."""
        letter, heading = self.places[column]
        return CellFault(column=letter, heading=heading, code=code, words=words[:LONGEST_CELL])


def named_rows(
    content: bytes, columns: Mapping[str, frozenset[str]], needed: frozenset[str], most: int
) -> Iterator[NamedRow]:
    """The rows of a file that are not empty; raises NoSheet, for columns that are lacking with their names.

    `columns`: each by the headings that it goes by; `most`: rows that a sheet may have.
    """
    table = table_in(content)
    first, places = _places(table.rows, columns, needed)
    headed = {name: (_letter(place), table.rows[first][place].strip()) for name, place in places.items()}
    spoilt = {row for row, _ in table.spoilt}
    filled = [
        (number, cells)
        for number, cells in enumerate(table.rows[first + 1 :], start=first + 1)
        if number in spoilt or any(cell.strip() for cell in cells)
    ]
    if len(filled) > most:
        raise NoSheet("rows")
    if not filled:
        raise NoSheet("empty")
    for number, cells in filled:
        yield _row(number, cells, places, headed, table)


def _row(
    number: int,
    cells: list[str],
    places: Mapping[str, int],
    headed: Mapping[str, tuple[str, str]],
    table: Table,
) -> NamedRow:
    texts = {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}
    row = NamedRow(row=number + 1, cells=texts, places=headed)
    faults = [
        row.fault(name, code, texts[name])
        for name, place in places.items()
        if (code := table.spoilt.get((number, place))) or (code := _text_fault(texts[name]))
    ]
    return NamedRow(row=row.row, cells=texts, places=headed, faults=tuple(faults))


def _text_fault(text: str) -> str:
    return "" if len(text) <= LONGEST_CELL and (not text or text.isprintable()) else "text"


def _places(
    rows: list[list[str]], columns: Mapping[str, frozenset[str]], needed: frozenset[str]
) -> tuple[int, dict[str, int]]:
    """Which row names the columns, and where each stands; raises NoSheet with those that are lacking."""
    lacking = needed
    for number, cells in enumerate(rows[:_HEADINGS]):
        head = [folded(name).strip().lower() for name in cells]
        places = {
            name: next(place for place, heading in enumerate(head) if heading in headings)
            for name, headings in columns.items()
            if headings & set(head)
        }
        if not (missing := needed - places.keys()):
            return number, places
        lacking = min(lacking, missing, key=len)
    raise NoSheet(",".join(sorted(lacking)))


def _letter(place: int) -> str:
    """A column as spreadsheets letter it: A, B … Z, AA."""
    before, here = divmod(place, _LETTERS)
    return (_letter(before - 1) if before else "") + chr(ord("A") + here)
