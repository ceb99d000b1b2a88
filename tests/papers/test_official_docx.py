"""The file for Word: opened again and measured, and the same texts in it as text."""

from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import docx
import pytest
import typst
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Pt

from papers import typesetting
from papers.official import as_docx
from papers.sheet import PaperForm, Paragraph, Sheet
from tests.papers.measured import near
from tests.papers.sheets import FORMS, LETTER, OFFICIAL, ORDER, STRANGE, UPWARD, with_everywhere

each_form = pytest.mark.parametrize("sheet", FORMS, ids=lambda sheet: sheet.form)


def opened(sheet: Sheet) -> Any:
    return docx.Document(BytesIO(as_docx(sheet)))


def paragraph(word: Any, text: str) -> Any:
    (one,) = [paragraph for paragraph in word.paragraphs if text in paragraph.text]
    return one


def texts(word: Any) -> str:
    """All that stands anywhere in the file, headers, footers and tables among it."""
    (section,) = word.sections
    places = [word, section.header, section.even_page_header, section.first_page_header]
    places += [section.footer, section.even_page_footer, section.first_page_footer]
    return "\n".join(
        node.text or ""
        for place in places
        for node in (place.element if place is word else place._element).iter(qn("w:t"))
    )


@each_form
def test_the_sheet_is_a4_with_the_margins_and_the_grid_of_the_standard(sheet: Sheet):
    (section,) = opened(sheet).sections
    assert (section.page_width.mm, section.page_height.mm) == (
        near(210, 0.1),
        near(297, 0.1),
    )
    margins = [section.top_margin, section.left_margin, section.right_margin, section.bottom_margin]
    assert [margin.mm for margin in margins] == [near(wish, 0.15) for wish in (37, 28, 26, 35)]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "linesAndChars"
    assert grid.get(qn("w:linePitch")) == "580"
    character = 16 + int(grid.get(qn("w:charSpace"))) / 4096
    assert 28 * character == near(156 / 25.4 * 72, 0.1)
    room = section.page_height - section.top_margin - section.bottom_margin
    assert room / Pt(29) >= 22


@each_form
def test_every_line_of_the_text_is_a_line_of_the_grid_and_28_characters_fit(sheet: Sheet):
    word = opened(replace(sheet, body=(Paragraph(text="国" * 100),)))
    line = paragraph(word, "国国").paragraph_format
    assert line.line_spacing.pt == 29
    assert (line.space_before, line.space_after) == (0, 0)
    assert line.first_line_indent.pt == near(2 * 15.79, 0.1)
    spacing = word.styles["Normal"].element.rPr.find(qn("w:spacing"))
    assert 28 * (16 + int(spacing.get(qn("w:val"))) / 20) < 156 / 25.4 * 72


def test_each_part_is_set_in_the_font_that_offices_have():
    word = opened(OFFICIAL)
    wish = {
        OFFICIAL.head: ("方正小标宋简体", 46),
        OFFICIAL.title: ("方正小标宋简体", 22),
        OFFICIAL.number: ("仿宋_GB2312", 16),
        "特急": ("黑体", 16),
        "一、舆情概况": ("黑体", 16),
        "（一）传播情况。": ("楷体_GB2312", 16),
        "2026年9月9日": ("仿宋_GB2312", 16),
    }
    for text, (font, size) in wish.items():
        runs = [run for one in word.paragraphs for run in one.runs if run.text == text]
        assert len(runs) == 1, text
        fonts = runs[0]._element.rPr.rFonts
        assert (fonts.get(qn("w:eastAsia")), fonts.get(qn("w:ascii"))) == (font, font), text
        assert runs[0].font.size.pt == size
    _, rest = paragraph(word, "（一）").runs
    assert rest.font.name == "仿宋_GB2312"
    assert str(paragraph(word, OFFICIAL.head).runs[0].font.color.rgb) == "E60012"


@each_form
def test_what_has_no_number_yet_says_so_and_what_bears_none_says_nothing(sheet: Sheet):
    assert "待编号" in texts(opened(replace(sheet, number=None)))
    assert "待编号" not in texts(opened(replace(sheet, number="")))


def test_the_red_rule_lies_under_the_number_and_the_signer_beside_it():
    word = opened(UPWARD)
    number = paragraph(word, "高府办报〔2026〕7号")
    rule = number._p.pPr.find(qn("w:pBdr")).find(qn("w:bottom"))
    assert rule.get(qn("w:color")) == "E60012"
    assert number.text == f"　{UPWARD.number}\t签发人：张明远"
    assert number.runs[-1].font.name == "楷体_GB2312"


def test_the_addressee_attachments_date_and_note_stand_as_the_standard_has_them():
    word = opened(OFFICIAL)
    assert paragraph(word, "各乡镇（街道），市政府各部门：").paragraph_format.first_line_indent is None
    assert paragraph(word, "附件：1.责任清单")
    assert paragraph(word, "2.联络员名册")
    date, name = paragraph(word, "2026年9月9日"), word.paragraphs[-4]
    assert name.text == OFFICIAL.signature
    assert date.paragraph_format.right_indent.pt == near(4 * 15.79, 0.1)
    assert name.paragraph_format.right_indent < date.paragraph_format.right_indent
    assert paragraph(word, "（此件主动公开）").paragraph_format.first_line_indent.pt == near(31.6, 0.1)


def test_page_numbers_are_fields_right_on_odd_pages_and_left_on_even_ones():
    word = opened(OFFICIAL)
    (section,) = word.sections
    assert word.settings.odd_and_even_pages_header_footer
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    for foot in (odd, even):
        assert [node.text for node in foot._p.iter(qn("w:instrText"))] == [" PAGE "]
        assert "— 1 —" in foot.text
    assert odd.text.endswith("\t— 1 —")
    assert even.text.startswith("— 1 —\t")
    assert even.paragraph_format.left_indent.pt == 14


def test_a_letter_has_double_rules_of_170_mm_and_no_number_on_its_first_page():
    (section,) = opened(LETTER).sections
    assert section.different_first_page_header_footer
    head, foot = section.first_page_header.paragraphs[-1], section.first_page_footer.paragraphs[0]
    assert head.text == LETTER.head
    for one, kind in ((head, "thickThinSmallGap"), (foot, "thinThickSmallGap")):
        assert one._p.pPr.find(qn("w:pBdr")).find(qn("w:bottom")).get(qn("w:val")) == kind
        form = one.paragraph_format
        assert 156 - form.left_indent.mm - form.right_indent.mm == near(170, 0.2)
    assert "—" not in foot.text


def test_the_last_lines_float_at_the_foot_between_rules():
    word = opened(OFFICIAL)
    (table,) = word.tables
    assert [cell.text for cell in table.columns[0].cells] == [
        "抄送：市委宣传部，市委网信办。",
        "高安市人民政府办公室\t2026年9月10日印发",
    ]
    properties = table._tbl.tblPr
    assert properties.find(qn("w:tblpPr")).get(qn("w:tblpYSpec")) == "bottom"
    borders = properties.find(qn("w:tblBorders"))
    thickness = [borders.find(qn(f"w:{side}")).get(qn("w:sz")) for side in ("top", "insideH", "bottom")]
    assert thickness == ["8", "6", "8"]  # eighths of a point: 0.35, 0.26 and 0.35 mm


def test_an_order_has_its_table():
    (table,) = opened(ORDER).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["法定时限", "2026年9月9日21时15分"],
        ["办结意见", ""],
    ]
    assert table.rows[0].height is None
    assert table.rows[1].height.pt == 40
    assert {
        cell.paragraphs[0].paragraph_format.line_spacing.pt for row in table.rows for cell in row.cells
    } == {20}


@each_form
def test_the_code_and_the_mark_of_a_drill_stand_on_every_page(sheet: Sheet):
    (section,) = opened(replace(sheet, is_drill=True)).sections
    tops, feet = [section.header, section.even_page_header], [section.footer, section.even_page_footer]
    if sheet.form is PaperForm.LETTER:
        tops.append(section.first_page_header)
        feet.append(section.first_page_footer)
    assert all("演　练" in top.paragraphs[0].text for top in tops)
    assert all(sheet.code in foot.paragraphs[0].text for foot in feet)
    assert "演" not in opened(sheet).sections[0].header.paragraphs[0].text


@each_form
def test_the_same_sheet_is_the_same_file_and_says_nothing_of_when_it_was_made(sheet: Sheet):
    file = as_docx(sheet)
    assert as_docx(sheet) == file
    with ZipFile(BytesIO(file)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    about = opened(sheet).core_properties
    assert (about.title, about.author, about.comments) == (sheet.title, sheet.signature, "")
    assert about.created.date() == sheet.dated


@each_form
def test_hostile_texts_are_text(sheet: Sheet):
    for text in (*STRANGE, "<w:p/>&amp;", "国" * 20_000):
        shape = typesetting.printable(text)
        standing = texts(opened(with_everywhere(sheet, text)))
        assert standing.count(shape) >= 10, text[:40]


@each_form
def test_texts_that_are_not_there_leave_a_file_all_the_same(sheet: Sheet):
    assert opened(Sheet(form=sheet.form, head="", title="")).paragraphs


def test_it_needs_no_font(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(typst, "Fonts", None)
    assert paragraph(opened(OFFICIAL), OFFICIAL.title)


ORDER_OF: dict[
    str, str
] = {  # ISO/IEC 29500-1, 17.3 and 17.4: Word calls a file damaged whose properties stand otherwise
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr"
    " shd tabs"
    " suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi"
    " adjustRightInd"
    " snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment"
    " textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof"
    " snapToGrid"
    " vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign"
    " rtl cs em"
    " lang eastAsianLayout specVanish oMath",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc"
    " tblCellSpacing"
    " tblInd tblBorders shd tblLayout tblCellMar tblLook",
    "trPr": (
        "cnfStyle divId gridBefore gridAfter wBefore wAfter cantSplit trHeight tblHeader tblCellSpacing"
        " jc hidden"
    ),
    "tblBorders": "top left bottom right insideH insideV",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc"
    " pgBorders lnNumType"
    " pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid",
}


@each_form
def test_the_properties_stand_in_the_order_of_the_schema(sheet: Sheet):
    with ZipFile(BytesIO(as_docx(replace(sheet, is_drill=True)))) as parts:
        names = [name for name in parts.namelist() if name.startswith("word/") and name.endswith(".xml")]
        for name in names:
            root = parse_xml(parts.read(name))
            for tag, order in ORDER_OF.items():
                places = {qn(f"w:{one}"): place for place, one in enumerate(order.split())}
                for properties in root.iter(qn(f"w:{tag}")):
                    standing = [places[one.tag] for one in properties]
                    assert standing == sorted(standing), (name, tag, [one.tag for one in properties])
