"""A sheet as DOCX, to be worked on: the same places as in the PDF,
told by what Word knows (decision 0113).
"""

from datetime import UTC, datetime, time
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_BREAK
from docx.oxml.ns import qn
from docx.section import Section, _Footer
from docx.shared import Length, Mm, Pt, Twips
from docx.text.paragraph import Paragraph as Block

from papers import layout
from papers.sheet import PaperForm, Paragraph, Sheet, codes_on, in_chinese, number_on
from papers.typesetting import printable
from papers.word_type import (
    CHARACTER,
    FONTS,
    FOUR,
    LINE,
    NINE,
    RED,
    THREE,
    TWO,
    Face,
    characters,
    element,
    float_to_the_foot,
    line,
    lined,
    number_of_page,
    press,
    rule_along,
    stop_at,
    write,
)

_BOTTOM: Final = Twips(1978)  # 35 mm, less what 22 lines of 580 twips are longer than 225 mm
_SQUEEZE: Final = -850  # of a character of 16 pt, in 4096ths of a point, for 28 of them on 156 mm
_TIGHT: Final = -5  # twips between characters of 16 pt: 28 on a line, drawn out to its ends
_WIDTH: Final = Mm(156)
_BEYOND: Final = (Mm(-8), Mm(-6))  # the margins: the double rules of a letter are 170 mm long
_MARK: Final = Pt(20)  # height of the line that says that it is a drill
_DOUBLE: Final = 18  # eighths of a point, a double rule of one thick and one thin
_LABEL: Final = Pt(105)  # of a table: seven characters and a half
_SHORT: Final = 200  # characters of a row that stays on one page
_ROW, _LAST_ROW = Pt(20), Mm(8)  # a line in tables, and in the last lines of a paper
_BY_LEVEL: Final[tuple[Face, ...]] = ("fangsong", "hei", "kai", "fangsong", "fangsong")
_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)  # of zip: no part of the file tells when it was made
_UNDATED: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LONGEST_PROPERTY: Final = 255  # characters, of what the library lets stand among the properties


def written(sheet: Sheet) -> bytes:
    """The file; the same sheet gives the same bytes."""
    word = docx.Document()
    _lay_out(word, sheet)
    match sheet.form:
        case PaperForm.OFFICIAL | PaperForm.UPWARD:
            _red_head(word, sheet)
        case PaperForm.LETTER:
            _letter_head(word, sheet)
        case PaperForm.INTERNAL:
            _plain_head(word, sheet)
    _title_and_text(word, sheet)
    _table(word, sheet)
    _attachments(word, sheet)
    _signature(word, sheet)
    _last_lines(word, sheet)
    _describe(word, sheet)
    return _packed(word)


# --- the sheet of paper ---


def _lay_out(word: Document, sheet: Sheet) -> None:
    normal: Any = word.styles["Normal"]
    normal.font.name, normal.font.size = FONTS["fangsong"], THREE
    properties = normal.element.get_or_add_rPr()
    properties.rFonts.set(qn("w:eastAsia"), FONTS["fangsong"])
    properties.find(qn("w:sz")).addprevious(element("spacing", val=_TIGHT))
    properties.append(element("lang", val="zh-CN", eastAsia="zh-CN"))
    spacing = normal.element.get_or_add_pPr()
    for name in (
        "autoSpaceDE",
        "autoSpaceDN",
        "snapToGrid",
    ):  # 28 on a line by the type alone (decision 0113)
        spacing.append(element(name, val=0))
    for size in ("sz", "szCs"):  # readers differ in whose size the grid of characters is told by
        default = word.styles.element.find(f".//{qn('w:rPrDefault')}//{qn(f'w:{size}')}")
        default.set(qn("w:val"), str(round(THREE.pt * 2)))
    (section,) = word.sections
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.left_margin, section.right_margin = Mm(37), Mm(28), Mm(26)
    section.bottom_margin = _BOTTOM
    section.header_distance, section.footer_distance = Mm(12), Mm(20)
    grid = section._sectPr.find(qn("w:docGrid"))  # noqa: SLF001  the library has no grid
    for name, value in (("type", "linesAndChars"), ("linePitch", LINE.twips), ("charSpace", _SQUEEZE)):
        grid.set(qn(f"w:{name}"), str(value))
    word.settings.odd_and_even_pages_header_footer = True
    section.different_first_page_header_footer = sheet.form is PaperForm.LETTER
    _headers_and_footers(section, sheet)


def _headers_and_footers(section: Section, sheet: Sheet) -> None:
    _mark(section.header, sheet)
    _mark(section.even_page_header, sheet)
    if sheet.form is PaperForm.LETTER:
        _first_top(section.first_page_header, sheet)
        _first_foot(section.first_page_footer, sheet)
    code = codes_on(sheet)
    odd, even = _only(section.footer, FOUR), _only(section.even_page_footer, FOUR)
    odd.paragraph_format.space_after = even.paragraph_format.space_after = Mm(3)
    stop_at(odd, Length(_WIDTH - FOUR))
    write(odd, code, "song", NINE)
    odd.add_run("\t")
    number_of_page(odd)
    even.paragraph_format.left_indent = FOUR
    stop_at(even, _WIDTH)
    number_of_page(even)
    even.add_run("\t")
    write(even, code, "song", NINE)


def _only(place: Any, height: Length) -> Block:
    """The paragraph that a header, a footer or a cell begins with, put onto the grid."""
    paragraph: Block = place.paragraphs[0]
    paragraph.style = "Normal"
    lined(paragraph, height=height)
    return paragraph


def _mark(top: Any, sheet: Sheet) -> None:
    paragraph = _only(top, _MARK)
    paragraph.alignment = ALIGN.CENTER
    if sheet.is_drill:
        write(paragraph, "【演　练】", "hei", color=RED)
        write(paragraph, layout.DRILL, "hei", Pt(10), color=RED)


def _first_top(top: Any, sheet: Sheet) -> None:
    """Of a letter: the head 30 mm below the edge of the sheet,
    and 4 mm under it a double rule of 170 mm (10.1).
    """
    _mark(top, sheet)
    top.paragraphs[0].paragraph_format.space_after = Length(Mm(18) - _MARK)
    paragraph = _head(top, sheet, Pt(0))
    paragraph.paragraph_format.left_indent, paragraph.paragraph_format.right_indent = _BEYOND
    rule_along(paragraph, ("bottom", "thickThinSmallGap", _DOUBLE, 11))


def _first_foot(foot: _Footer, sheet: Sheet) -> None:
    """Of a letter: the second double rule, thin above thick, and no number (10.1)."""
    paragraph = _only(foot, FOUR)
    paragraph.paragraph_format.left_indent, paragraph.paragraph_format.right_indent = _BEYOND
    paragraph.paragraph_format.first_line_indent = Length(-_BEYOND[0])
    rule_along(paragraph, ("bottom", "thinThickSmallGap", _DOUBLE, 8))
    write(paragraph, codes_on(sheet), "song", NINE)


# --- the heads ---


def _head(place: Any, sheet: Sheet, before: Length) -> Block:
    """The head of the paper on one line, pressed together where it is long."""
    size, share = layout.head_size(sheet)
    paragraph = line(place, align=ALIGN.CENTER, height=Pt(size))
    paragraph.paragraph_format.space_before = before
    press(write(paragraph, sheet.head, "title", Pt(size), color=RED), share)
    return paragraph


def _red_head(word: Document, sheet: Sheet) -> None:
    """The head 35 mm below the upper edge, the number two lines under it, the rule 4 mm under that,
    two lines to the title (7.2).
    """
    write(line(word), sheet.urgency, "hei")
    _head(word, sheet, Length(Mm(35) - LINE))
    size = Pt(layout.head_size(sheet)[0])
    line(word).paragraph_format.space_before = Length(max(5 * LINE - Mm(35) - size, 0))
    line(word)
    upward = sheet.form is PaperForm.UPWARD
    number = line(word, align=None if upward else ALIGN.CENTER)
    write(number, ("　" if upward else "") + number_on(sheet))
    if upward and sheet.signer:
        stop_at(number, Length(_WIDTH - CHARACTER))
        number.add_run("\t")
        write(number, "签发人：")
        write(number, sheet.signer, "kai")
    rule_along(number, ("bottom", "single", 16, 5))
    line(word, height=Length(LINE - Pt(7)))
    line(word)


def _letter_head(word: Document, sheet: Sheet) -> None:
    """The number and the urgency beneath the double rule;
    the head stands above the type area, with the first page's header (10.1).
    """
    number = line(word)
    number.paragraph_format.space_before = Pt(8)
    stop_at(number, _WIDTH)
    write(number, sheet.urgency, "hei")
    number.add_run("\t")
    write(number, number_on(sheet))
    line(word)
    line(word)


def _plain_head(word: Document, sheet: Sheet) -> None:
    _head(word, sheet, Mm(2))
    size = Pt(layout.head_size(sheet)[0])
    number = line(word)
    number.paragraph_format.space_before = Length(max(2 * LINE - Mm(2) - size, 0))
    stop_at(number, _WIDTH)
    write(number, number_on(sheet))
    if sheet.urgency:
        number.add_run("\t")
        write(number, "紧急程度：")
        write(number, sheet.urgency, "hei")
    rule_along(number, ("bottom", "single", 12, 3))
    line(word, height=Length(LINE - Pt(3)))


# --- the text ---


def _title_and_text(word: Document, sheet: Sheet) -> None:
    title = line(word, align=ALIGN.CENTER)
    for place, part in enumerate(layout.title_lines(sheet.title)):
        if place:
            title.add_run().add_break(WD_BREAK.LINE)
        write(title, part, "title", TWO)
    line(word, height=Length(LINE // 2) if sheet.form is PaperForm.INTERNAL else LINE)
    if sheet.addressee:
        write(line(word), layout.addressed(sheet.addressee))
    for place, one in enumerate(sheet.body, start=1):
        _paragraph(word, one, keeps=place == len(sheet.body))


def _paragraph(word: Document, one: Paragraph, *, keeps: bool) -> None:
    lead, rest = layout.lead_and_rest(one)
    paragraph = line(word, align=ALIGN.JUSTIFY, indent=2)
    paragraph.paragraph_format.keep_with_next = keeps or layout.heads(one)
    if lead:
        write(paragraph, lead, _BY_LEVEL[one.level])
    if rest:
        write(paragraph, rest)


def _table(word: Document, sheet: Sheet) -> None:
    if not sheet.rows:
        return
    line(word, height=Pt(9))
    table = word.add_table(rows=0, cols=2, style="Table Grid")
    table.alignment = (
        WD_TABLE_ALIGNMENT.CENTER
    )  # else it would begin left of the text by the margin of its cells
    table.autofit = False
    for column, width in zip(table.columns, (_LABEL, Length(_WIDTH - _LABEL)), strict=True):
        column.width = width
    for row in sheet.rows:
        line_of_it = table.add_row()
        if len(row.value) < _SHORT:
            line_of_it._tr.get_or_add_trPr().append(element("cantSplit"))  # noqa: SLF001  as below
        if not row.value:  # room to write by hand
            line_of_it.height = Length(2 * _ROW)
        label, value = line_of_it.cells
        label.width, value.width = _LABEL, Length(_WIDTH - _LABEL)
        faces: tuple[Face, Face] = ("hei", "fangsong")
        for cell, text, face in zip((label, value), (row.label, row.value), faces, strict=True):
            cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
            write(_only(cell, _ROW), text, face, FOUR)
        label.paragraphs[0].alignment = ALIGN.CENTER


def _attachments(word: Document, sheet: Sheet) -> None:
    """One line under the text, two characters in, each name hanging;
    numbers where there are several, no full stop (7.3.4).
    """
    for place, name in enumerate(sheet.attachments, start=1):
        count = f"{place}." if len(sheet.attachments) > 1 else ""
        start = "附件：" if place == 1 else ""
        paragraph = line(word)
        form = paragraph.paragraph_format
        form.left_indent = characters(5 + layout.columns(count))
        form.first_line_indent = characters(-layout.columns(start + count))
        form.keep_with_next = True
        if place == 1:
            form.space_before = LINE
        write(paragraph, start + count + name)


# --- who, when, and for whom ---


def _signature(word: Document, sheet: Sheet) -> None:
    day = in_chinese(sheet.dated) if sheet.dated else ""
    gap = Length(2 * LINE)
    if sheet.form is PaperForm.INTERNAL:
        gap = Pt(12) if sheet.rows else LINE
    inset = layout.signature_in(sheet.signature, day)
    lines = [(text, right) for text, right in ((sheet.signature, inset), (day, layout.DATE_IN)) if text]
    for place, (text, right) in enumerate(lines, start=1):
        paragraph = line(word, align=ALIGN.RIGHT)
        form = paragraph.paragraph_format
        form.right_indent = characters(right)
        form.keep_with_next = place < len(lines) or bool(sheet.note)
        form.space_before = gap if place == 1 else Pt(0)
        write(paragraph, text)
    if sheet.note:
        write(line(word, indent=2), layout.bracketed(sheet.note))


def _last_lines(word: Document, sheet: Sheet) -> None:
    """The copies and the printing at the foot of the last page,
    between rules of 0.35 mm with 0.25 mm between (7.4).
    """
    bare = sheet.form is PaperForm.LETTER
    printing = not bare and (sheet.printed_by or sheet.printed_on)
    if not (sheet.copies or printing):
        return
    table = word.add_table(rows=0, cols=1)
    if sheet.copies:
        paragraph = _last_line(table)
        paragraph.paragraph_format.left_indent = Length(4 * FOUR)
        paragraph.paragraph_format.first_line_indent = Length(-3 * FOUR)
        write(paragraph, f"抄送：{layout.copied(sheet.copies)}", size=FOUR)
    if printing:
        paragraph = _last_line(table)
        stop_at(paragraph, Length(_WIDTH - FOUR))
        write(paragraph, sheet.printed_by, size=FOUR)
        paragraph.add_run("\t")
        write(paragraph, f"{in_chinese(sheet.printed_on)}印发" if sheet.printed_on else "", size=FOUR)
    float_to_the_foot(table, _WIDTH, ruled=not bare)
    line(word, height=Pt(1))  # what floats is anchored to the paragraph after it


def _last_line(table: Any) -> Block:
    row = table.add_row()
    row._tr.get_or_add_trPr().append(element("cantSplit"))  # noqa: SLF001  the library has no name for it
    paragraph = _only(row.cells[0], _LAST_ROW)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = FOUR
    return paragraph


# --- the file ---


def _describe(word: Document, sheet: Sheet) -> None:
    at = datetime.combine(sheet.dated, time(), UTC) if sheet.dated else _UNDATED
    about = word.core_properties
    about.title, about.author = (
        printable(text)[:_LONGEST_PROPERTY] for text in (sheet.title, sheet.signature)
    )
    about.comments = about.last_modified_by = ""
    about.created = about.modified = at.replace(tzinfo=None)


def _packed(word: Document) -> bytes:
    """The parts in one order with one date, so that the same sheet is the same file."""
    written_by_library, packed = BytesIO(), BytesIO()
    word.save(written_by_library)
    with ZipFile(written_by_library) as parts, ZipFile(packed, "w", ZIP_DEFLATED) as file:
        for name in parts.namelist():
            part = ZipInfo(name, _FIRST_DAY)
            part.compress_type = ZIP_DEFLATED
            file.writestr(part, parts.read(name))
    return packed.getvalue()
