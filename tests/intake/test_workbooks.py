"""A workbook is read as an exported sheet is, and nothing in it is reckoned,
followed or unpacked without end.
"""

import io
import tracemalloc
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import PatternFill

from domain.terms.workdays import SHANGHAI
from intake.sheet_rows import NoSheet, SheetFault, SheetItem
from intake.sheets import LARGEST_SHEET, items_in
from intake.workbooks import NoWorkbook, table_of
from tests.intake.test_sheet_rows import PLATFORMS, SHEET, rows

HEAD = ("标题", "来源", "发布时间", "链接", "点赞数", "编号")
AT = datetime(2026, 11, 28, 21, 14, 5)  # noqa: DTZ001  a spreadsheet knows no zone


def workbook(*lines, head=HEAD, above=()):
    book = Workbook()
    for line in (*above, head, *lines):
        book.active.append(line)
    return saved(book)


def saved(book):
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def row(
    title="路灯不亮", platform="抖音", at=AT, url="https://tousu.example/view?id=7", likes=3, number="A-7"
):
    return (title, platform, at, url, likes, number)


def read(content):
    return items_in(content, PLATFORMS)


def repacked(content, **parts):
    """The same archive with parts changed or added, by name → bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.pop(name, old.read(name)))
        for name, part in parts.items():
            new.writestr(name, part)
    return file.getvalue()


def test_a_workbook_says_what_the_exported_sheet_says():
    book = Workbook()
    for line in SHEET.strip().splitlines():
        book.active.append(line.split(","))
    assert read(saved(book)) == rows(SHEET)


def test_a_cell_of_a_time_is_of_shanghai_to_the_second_and_a_number_is_a_count():
    (item,) = read(workbook(row(likes=12_000)))
    assert isinstance(item, SheetItem)
    assert (item.at, item.counts) == (datetime(2026, 11, 28, 21, 14, 5, tzinfo=SHANGHAI), (("点赞", 12_000),))


def test_lines_that_head_the_sheet_are_passed_over_and_rows_are_numbered_as_it_shows_them():
    content = workbook(row(), row(at="昨晚"), above=(("舆情监测日报",), (None,)))
    item, fault = read(content)
    assert (item.row, fault.row, fault.code) == (4, 5, "time")


def test_the_first_sheet_that_is_shown_is_read():
    book = Workbook()
    book.active.append(["说明"])
    book.active.sheet_state = "hidden"
    for line in (HEAD, row()):
        if "数据" not in book.sheetnames:
            book.create_sheet("数据")
        book["数据"].append(line)
    assert len(read(saved(book))) == 1


@pytest.mark.parametrize("title", ['=HYPERLINK("https://a.example","路灯")', "=1+1", "=cmd|'/C calc'!A0"])
def test_a_formula_is_not_reckoned_and_its_row_is_named(title):
    (fault,) = read(workbook(row(title=title)))
    assert isinstance(fault, SheetFault)
    assert (fault.row, fault.code) == (2, "formula")


def test_the_value_that_is_kept_beside_a_formula_is_not_believed():
    content = workbook(row(title="=A9"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<v />" in sheet or b"<v/>" in sheet or b"<v></v>" in sheet
    for empty in (b"<v />", b"<v/>", b"<v></v>"):
        sheet = sheet.replace(empty, b"<v>made up</v>")
    (fault,) = read(repacked(content, **{"xl/worksheets/sheet1.xml": sheet}))
    assert isinstance(fault, SheetFault)


def test_a_formula_in_a_column_that_nobody_reads_hurts_nobody():
    (item,) = read(workbook((*row(), "=1+1"), head=(*HEAD, "备注")))
    assert isinstance(item, SheetItem)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"at": datetime(2026, 11, 28).date()}, "time"),  # noqa: DTZ001
        ({"at": None}, "time"),
        ({"number": 202611281234567890}, "rounded"),
        ({"title": "#REF!"}, "broken"),
        ({"title": None}, "title"),
        ({"platform": "某某快报"}, "platform"),
        ({"likes": "很多"}, "number"),
        ({"url": "https://tousu.example/" + "a" * 2_000}, "text"),
        ({"title": "路灯\u202e不亮"}, "text"),
    ],
)
def test_what_is_wrong_with_a_row_has_a_word(cells, code):
    (fault,) = read(workbook(row(**cells)))
    assert isinstance(fault, SheetFault)
    assert (fault.row, fault.code) == (2, code)


def test_more_rows_than_a_case_holds_are_refused():
    assert len(read(workbook(*(row() for _ in range(150))))) == 150
    with pytest.raises(NoSheet, match="rows"):
        read(workbook(*(row() for _ in range(151))))


@pytest.mark.parametrize("line", [2_001, 40_000, 1_048_576])
def test_an_empty_row_far_down_that_was_but_coloured_says_nothing(line):
    book = load_workbook(io.BytesIO(workbook(row())))
    book.active.cell(line, 1).fill = PatternFill("solid", fgColor="FFFF00")
    book.active.cell(line, 2, "  ")
    (item,) = read(saved(book))
    assert isinstance(item, SheetItem)


def test_a_nought_far_down_says_something():
    book = load_workbook(io.BytesIO(workbook(row())))
    book.active.cell(2_500, 5, 0)
    with pytest.raises(NoSheet, match="rows"):
        read(saved(book))


def test_a_row_with_a_number_beyond_any_spreadsheet_is_not_waited_for():
    content = workbook(row())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    far = sheet.replace(b"</sheetData>", b'<row r="999999999"><c r="A999999999"/></row></sheetData>')
    with pytest.raises(NoSheet, match="rows"):
        read(repacked(content, **{"xl/worksheets/sheet1.xml": far}))


def test_a_row_at_the_far_end_of_a_sheet_is_refused_and_not_waited_for():
    book = load_workbook(io.BytesIO(workbook(row())))
    book.active.cell(1_048_576, 1, "远")
    with pytest.raises(NoSheet, match="rows"):
        read(saved(book))


def test_a_file_that_unpacks_to_more_than_a_sheet_is_refused_before_it_is_unpacked():
    bomb = repacked(workbook(row()), **{"xl/media/image1.png": b"\0" * 40 * 1024 * 1024})
    assert len(bomb) < 100_000
    with pytest.raises(NoSheet, match="size"):
        read(bomb)


def test_a_part_that_unpacks_to_more_than_it_says_is_refused_and_never_unpacked_whole():
    size = 300 * 1024 * 1024
    bomb = bytearray(repacked(workbook(row()), **{"xl/media.xml": b"<a>" + b" " * size}))
    says, truth = (12).to_bytes(4, "little"), (size + 3).to_bytes(4, "little")
    assert bomb.count(truth) == 2
    tracemalloc.start()
    try:
        with pytest.raises(NoSheet, match="archive"):
            read(bytes(bomb.replace(truth, says)))
        assert tracemalloc.get_traced_memory()[1] < 32 * 1024 * 1024
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_part_packed_as_no_spreadsheet_packs_is_refused_and_never_unpacked(packing):
    size = 200 * 1024 * 1024
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive, archive.open("xl/a.xml", "w") as part:
        for _ in range(200):
            part.write(b" " * (size // 200))
    bomb = file.getvalue().replace(size.to_bytes(4, "little"), (12).to_bytes(4, "little"))
    tracemalloc.start()
    try:
        with pytest.raises(NoSheet, match="archive"):
            read(bomb)
        assert tracemalloc.get_traced_memory()[1] < 32 * 1024 * 1024
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("part", "before", "count"),
    [
        ("xl/styles.xml", b"</cellXfs>", 60_000),
        ("xl/workbook.xml", b"</workbook>", 60_000),
        ("xl/worksheets/sheet1.xml", b"</sheetData>", 600_000),
    ],
)
def test_a_part_of_very_many_small_pieces_is_refused_before_it_is_read(part, before, count):
    content = workbook(row())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        markup = archive.read(part)
    assert before in markup
    with pytest.raises(NoSheet, match="size"):
        read(repacked(content, **{part: markup.replace(before, b"<xf/>" * count + before)}))


def test_a_workbook_as_full_as_may_be_is_read_whole():
    book = Workbook()
    book.active.append([*HEAD, *(f"列{number}" for number in range(54))])
    for _ in range(150):
        book.active.append([*row(), *(f"值{number}" for number in range(54))])
    assert len(read(saved(book))) == 150


def test_a_file_of_very_many_parts_is_refused():
    with pytest.raises(NoSheet, match="size"):
        read(repacked(workbook(row()), **{f"x{number}": b"" for number in range(300)}))


@pytest.mark.parametrize("width", ["utf-8", "utf-16"])
def test_a_part_that_declares_a_document_type_is_refused(width):
    words = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb">]><a>&b;</a>'.encode(width)
    with pytest.raises(NoSheet, match="doctype"):
        read(repacked(workbook(row()), **{"xl/sharedStrings.xml": words}))


def test_a_file_larger_than_any_sheet_is_refused_unread():
    with pytest.raises(NoSheet, match="size"):
        read(b"PK\x03\x04" + b"\0" * LARGEST_SHEET)


def test_a_file_cut_or_scrambled_anywhere_is_a_sheet_or_none_and_never_a_fault_of_the_program():
    content = workbook(row())
    for place in range(4, len(content), 97):
        for spoilt in (
            content[:place],
            content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :],
        ):
            try:
                read(spoilt)
            except NoSheet:
                continue


def test_another_archive_is_no_workbook():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "路灯")
    with pytest.raises(NoWorkbook):
        table_of(file.getvalue())
