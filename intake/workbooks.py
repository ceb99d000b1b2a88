"""A workbook (XLSX) read as a table of texts, within bounds: nothing in it is reckoned or followed (R302)."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import islice
from typing import Any, Final

from openpyxl import load_workbook

from intake.table import Table

MAGIC: Final = b"PK\x03\x04"
_MOST_PARTS: Final = 200  # files within the archive
_LARGEST_UNPACKED: Final = 16 * 1024 * 1024  # bytes of all of them
MOST_LINES: Final = 2_000  # that are looked at, empty ones counted in
_LAST_LINE: Final = 1_048_576  # of any spreadsheet
MOST_COLUMNS: Final = 60
_MOST_TAGS: Final = 500_000  # of all parts: what is short and many costs more than what is long
_MOST_TAGS_BESIDE: Final = 50_000  # of the parts that hold no cells: styles are read into objects, one by one
_CELLS: Final = ("xl/worksheets/", "xl/sharedstrings")
# Others unpack what they hold at once, however little of it is asked for.
_PACKED: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_UNPACKABLE: Final = "archive"  # what is wrong with one that no spreadsheet wrote
_EXACT_DIGITS: Final = 15  # a spreadsheet keeps no more of a number
_PIECE: Final = 64 * 1024  # bytes that are unpacked at a time
_MARKUP: Final = (".xml", ".rels")
_DECLARATION: Final = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_HALF_A_SECOND: Final = timedelta(microseconds=500_000)
_FORMULA, _ERROR = "f", "e"  # the types of a cell


class NoWorkbook(ValueError):  # noqa: N818  named for what it is
    """A file that is no workbook, or one beyond the bounds: what of it is wrong, in a word."""


def table_of(content: bytes) -> Table:
    """The first sheet that is shown, from its first row on; raises NoWorkbook.

    1. Refused before anything is unpacked: more parts or bytes than a sheet has, and what is encrypted.
    2. Refused before it is read: a part that declares a document type, which multiplies or draws in others.
    3. A formula is not reckoned, nor is the value beside it believed: its cell is spoilt.
    """
    plain = _unpacked(content)
    try:
        book = load_workbook(plain, read_only=True, data_only=False, keep_links=False)
        try:
            sheet = next((one for one in book.worksheets if one.sheet_state == "visible"), None)
            if sheet is None:
                raise NoWorkbook("sheet")
            sheet.reset_dimensions()  # what it says of its size may be wrong
            return _table(sheet.iter_rows(max_col=MOST_COLUMNS))
        finally:
            book.close()
    except NoWorkbook:
        raise
    except Exception as error:  # noqa: BLE001  whatever a file made by somebody else does to the library
        raise NoWorkbook(type(error).__name__) from None


def _unpacked(content: bytes) -> BytesIO:
    """The same archive of its parts in markup alone, each unpacked within the bounds and as long as it says.

    A part that says it is small may unpack to any size, so it is unpacked piece by piece, and only here.
    """
    plain = BytesIO()
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive, zipfile.ZipFile(plain, "w") as own:
            if fault := _fault(archive.infolist()):
                raise NoWorkbook(fault)  # noqa: TRY301  the archive is closed on the way out
            for name, markup in _markup(archive):
                own.writestr(name, markup)
    except NoWorkbook:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        raise NoWorkbook(_UNPACKABLE) from None
    return plain


def _fault(parts: list[zipfile.ZipInfo]) -> str:
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST_UNPACKED:
        return "size"
    if any(part.compress_type not in _PACKED for part in parts):
        return _UNPACKABLE
    return "encrypted" if any(part.flag_bits & 1 for part in parts) else ""


def _markup(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    names = {name: None for name in archive.namelist() if name.lower().endswith(_MARKUP)}
    tags = beside = 0
    for name in names:
        pieces: list[bytes] = []
        with archive.open(name) as packed:
            while piece := packed.read(_PIECE):
                pieces.append(piece)
        markup = b"".join(pieces)
        if _declares(markup):
            raise NoWorkbook("doctype")
        opened = markup.count(b"<")
        tags += opened
        beside += 0 if name.lower().startswith(_CELLS) else opened
        if tags > _MOST_TAGS or beside > _MOST_TAGS_BESIDE:
            raise NoWorkbook("size")
        yield name, markup


def _declares(markup: bytes) -> bool:
    """Whether a part declares a document type, in whatever width its characters are written."""
    return _DECLARATION.search(markup.replace(b"\0", b"")) is not None


def _table(lines: Iterator[tuple[Any, ...]]) -> Table:
    rows: list[list[str]] = []
    spoilt: dict[tuple[int, int], str] = {}
    for number, cells in enumerate(islice(lines, MOST_LINES)):
        texts: list[str] = []
        for place, cell in enumerate(cells):
            text, fault = _cell(cell)
            texts.append(text)
            if fault:
                spoilt[number, place] = fault
        rows.append(texts)
    _check_nothing_follows(lines)
    while rows and not any(rows[-1]):
        rows.pop()
    return Table(rows, spoilt)


def _check_nothing_follows(lines: Iterator[tuple[Any, ...]]) -> None:
    """Refuses what is said beyond the lines that are read; rows that were but coloured say nothing.

    The rows of a gap are one and the same, which is looked at once.
    """
    before: tuple[Any, ...] | None = None
    for number, cells in enumerate(lines, start=MOST_LINES):
        says = cells is not before and any(one.value is not None and str(one.value).strip() for one in cells)
        if says or number >= _LAST_LINE:
            raise NoWorkbook("rows")
        before = cells


def _cell(cell: Any) -> tuple[str, str]:
    """What a cell says, and what is wrong with it."""
    value = cell.value
    if value is None:
        return "", ""
    if cell.data_type == _FORMULA or not isinstance(
        value, str | bool | int | float | date | time | timedelta
    ):
        return "", "formula"
    if cell.data_type == _ERROR:
        return str(value), "broken"
    if isinstance(value, datetime):
        return _instant(value, str(cell.number_format)), ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return text, "rounded" if is_number and len(text.lstrip("-")) > _EXACT_DIGITS else ""


def _instant(value: datetime, form: str) -> str:
    """A day with its time to the whole second, or the day alone where the cell shows no hour."""
    if "h" not in form.lower():
        return f"{value:%Y-%m-%d}"
    return f"{value + _HALF_A_SECOND:%Y-%m-%d %H:%M:%S}"
