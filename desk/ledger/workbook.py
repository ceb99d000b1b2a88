"""台账 as a sheet for WPS and Excel: true dates, Chinese headings that stay in sight,
and no cell that could be a formula.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Final

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from desk.ledger.view import COLUMNS, Value
from domain.terms.workdays import SHANGHAI
from words.language import say

_OPTIONS: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_LONGEST_CELL: Final = 32_767  # characters; more makes Excel refuse the whole file
_A4: Final = 9  # the number of the paper in the format
_HOUR: Final = timedelta(hours=1)


def book(rows: Iterable[Sequence[Value]], about: Sequence[tuple[str, str]], watermark: str = "") -> bytes:
    """The workbook (XLSX): `rows` in the order of COLUMNS on the first sheet, what it covers (`about`)
    on the second.

    A `watermark` stands at the head of each sheet as it is printed, and in its first note.
    """
    written = BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True, **_OPTIONS}) as workbook:
        heading = workbook.add_format({"bold": True, "bg_color": "#E7EFF8", "border": 1, "text_wrap": True})
        sheet = workbook.add_worksheet(say("台账"))
        for place, column in enumerate(COLUMNS):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, say(column.sheet_heading or column.heading), heading)
        last = _write(workbook, sheet, rows)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
        _for_print(sheet, watermark)
        notes = workbook.add_worksheet(say("说明"))
        notes.set_column(0, 0, 16)
        notes.set_column(1, 1, 70)
        for place, (name, text) in enumerate(about):
            notes.write_string(place, 0, name, heading)
            notes.write_string(place, 1, text)
    return written.getvalue()


def _write(workbook: Workbook, sheet: Worksheet, rows: Iterable[Sequence[Value]]) -> int:
    """Each value by its own kind, so that nothing is guessed at; gives the number of the last row."""
    plain = workbook.add_format({"text_wrap": True, "valign": "top"})
    dated = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top"})
    hours = workbook.add_format({"num_format": "0.0", "valign": "top"})
    last = 0
    for last, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(last, place, value.astimezone(SHANGHAI).replace(tzinfo=None), dated)
            elif isinstance(value, timedelta):
                sheet.write_number(last, place, value / _HOUR, hours)
            elif value is not None:
                sheet.write_string(last, place, value[:_LONGEST_CELL], plain)
    return last


def _for_print(sheet: Worksheet, watermark: str) -> None:
    if watermark:
        sheet.set_header(f"&R{watermark.replace('&', '&&')}")
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
