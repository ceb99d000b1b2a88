"""A sheet of posts, an exported CSV or a workbook (XLSX), read into items (R302, R119)."""

import csv
import io
from collections.abc import Mapping
from itertools import islice
from typing import Final

from domain.terms.vocabulary import PlatformCode
from intake.sheet_rows import NoSheet, SheetFault, SheetItem, items_of, text_of
from intake.table import Table
from intake.workbooks import MAGIC, MOST_COLUMNS, MOST_LINES, NoWorkbook, table_of

LARGEST_SHEET: Final = 5 * 1024 * 1024  # bytes


def items_in(content: bytes, platforms: Mapping[str, PlatformCode]) -> list[SheetItem | SheetFault]:
    """The rows of a file as items, or what is wrong with each; raises NoSheet for another file."""
    return list(items_of(table_in(content), platforms))


def table_in(content: bytes) -> Table:
    """A file, whichever of the two it is, as a table of texts; raises NoSheet for another file."""
    if len(content) > LARGEST_SHEET:
        raise NoSheet("size")
    if not content.startswith(MAGIC):
        return _table(text_of(content))
    try:
        return table_of(content)
    except NoWorkbook as why:
        raise NoSheet(str(why)) from None


def _table(text: str) -> Table:
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [cells[:MOST_COLUMNS] for cells in islice(lines, MOST_LINES + 1)]
    except csv.Error:
        raise NoSheet("csv") from None
    if len(rows) > MOST_LINES:
        raise NoSheet("rows")
    return Table(rows, {})
