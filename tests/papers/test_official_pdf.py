"""The page that comes out: measured in millimetres from the PDF, against the numbers of GB/T 9704-2012."""

from dataclasses import replace
from io import BytesIO

import pytest
import typst
from pypdf import PdfReader

from papers import official
from papers.sheet import PaperForm, Paragraph, Row, Sheet, in_paragraphs
from papers.typesetting import NoChineseFont, chinese_font, installed, pages
from tests.papers.measured import RED, Line, Page, measured, near
from tests.papers.sheets import FORMS, LETTER, OFFICIAL, ORDER, STRANGE, UPWARD, with_everywhere

FONTS = installed()  # looked for once
LINE = 225 / 22  # mm
CHARACTER = 156 / 28  # mm
POINT = 25.4 / 72  # mm
THREE, FOUR, TWO = 16 * POINT, 14 * POINT, 22 * POINT
ABOVE, BELOW = 0.88, 0.12  # of a character, over and under its baseline
NEAR = 0.6  # mm

pytestmark = pytest.mark.skipif(chinese_font() is None, reason="no Chinese font on this machine")
each_form = pytest.mark.parametrize("sheet", FORMS, ids=lambda sheet: sheet.form)


def as_pdf(sheet: Sheet) -> bytes:
    return official.as_pdf(sheet, FONTS)


def first(sheet: Sheet) -> Page:
    return measured(as_pdf(sheet))[0]


def long(sheet: Sheet, signs: int = 1500) -> Sheet:
    return replace(sheet, body=(Paragraph(text="国" * signs),))


def standing(pages_of_it: list[Page], text: str) -> Line:
    """The one place of a text on any of the pages."""
    (page,) = [page for page in pages_of_it if any(text in line.text for line in page.lines())]
    return page.line(text)


def words(sheet: Sheet) -> list[str]:
    return ["".join(line.text for line in page.lines()) for page in measured(as_pdf(sheet))]


@each_form
def test_a_full_page_has_22_lines_of_28_characters_between_the_margins(sheet: Sheet):
    page = measured(as_pdf(long(sheet)))[1]
    lines = page.of_the_text()
    assert (page.width, page.height) == (near(210, 0.1), near(297, 0.1))
    assert [len(line.signs) for line in lines] == [28] * 22
    assert [line.left for line in lines] == [near(28, 0.1)] * 22
    assert [line.right for line in lines] == [near(184, 0.1)] * 22
    middles = [line.baseline - (ABOVE - 0.5) * THREE for line in lines]
    assert middles == [near(37 + (place + 0.5) * LINE, 0.1) for place in range(22)]


@each_form
def test_page_numbers_stand_right_on_odd_pages_and_left_on_even_ones(sheet: Sheet):
    numbers = [
        next((line for line in page.lines() if line.text.startswith("—")), None)
        for page in measured(as_pdf(long(sheet)))
    ]
    if sheet.form is PaperForm.LETTER:
        assert numbers[0] is None
    else:
        assert numbers[0].text == "—1—"
        assert numbers[0].right == near(184 - FOUR, 1)
    assert [line.text for line in numbers[1:3]] == ["—2—", "—3—"]
    assert numbers[1].left == near(28 + FOUR, NEAR)
    assert numbers[2].right == near(184 - FOUR, 1)
    dash = numbers[1].baseline - 0.38 * FOUR
    assert dash == near(262 + 7, NEAR)
    assert numbers[1].signs[0].size == 14


def test_the_red_head_number_and_rule_stand_where_they_should():
    page = first(OFFICIAL)
    head, number = page.line(OFFICIAL.head), page.line("高府办发〔2026〕43号")
    title, addressee = page.line(OFFICIAL.title), page.line("各乡镇（街道），市政府各部门：")
    (rule,) = page.rules
    assert {sign.color for sign in head.signs} == {RED}
    assert head.baseline - 0.86 * 46 * POINT == near(37 + 35, 1)
    assert (head.left + head.right) / 2 == near(106, NEAR)
    assert (number.left + number.right) / 2 == near(106, NEAR)
    assert number.baseline - head.baseline == near(3 * LINE, 2)
    assert (rule.left, rule.right) == (near(28, 0.1), near(184, 0.1))
    assert rule.color == RED
    assert rule.top - (number.baseline + BELOW * THREE) == near(4, NEAR)
    assert title.baseline - ABOVE * TWO - rule.top == near(2 * LINE, 1)
    assert title.signs[0].size == 22
    assert (title.left + title.right) / 2 == near(106, NEAR)
    assert addressee.left == near(28, 0.1)
    assert addressee.baseline - title.baseline == near(2 * LINE, 1)
    urgency = page.line("特急")
    assert (urgency.left, urgency.baseline) == (near(28, 0.1), near(44.2, NEAR))


@pytest.mark.parametrize("count", [4, 11, 14, 24, 48])
@each_form
def test_a_head_of_any_length_stands_on_one_line_of_the_type_area(sheet: Sheet, count: int):
    head = first(replace(sheet, head="高" * count)).line("高" * count)
    assert head.left > 28
    assert head.right < 184


def test_an_upward_paper_has_its_number_left_and_its_signer_right():
    page = first(UPWARD)
    number, signer = page.line("高府办报〔2026〕7号"), page.line("签发人：张明远")
    assert number.left == near(28 + CHARACTER, NEAR)
    assert signer.right == near(184 - CHARACTER, NEAR)
    assert number.baseline == signer.baseline


def test_a_letter_stands_between_double_red_rules_of_170_mm():
    page = first(replace(LETTER, is_drill=False))
    head, number = page.line(LETTER.head), page.line("高府办发〔2026〕43号")
    assert head.baseline - 0.86 * 38 * POINT == near(30, 1)
    upper, beneath, above, lower = sorted(page.rules, key=lambda rule: rule.top)
    for rule in page.rules:
        assert (rule.left, rule.right) == (near(20, 0.1), near(190, 0.1))
        assert rule.color == RED
    assert upper.thickness > beneath.thickness
    assert above.thickness < lower.thickness
    assert upper.top - (head.baseline + 0.08 * 38 * POINT) == near(4, 1)
    assert lower.top == near(297 - 20, NEAR)
    assert number.right == near(184, NEAR)
    assert number.baseline - ABOVE * THREE - beneath.top == near(7 / 8 * THREE, NEAR)
    assert page.line(LETTER.title).baseline - ABOVE * TWO - (number.baseline + BELOW * THREE) == near(
        2 * LINE, 1.5
    )


def test_the_date_stands_four_characters_from_the_right_under_the_issuers_middle():
    page = measured(as_pdf(OFFICIAL))[-1]
    date = page.line("2026年9月9日")
    issuer = next(line for line in page.lines() if line.text == OFFICIAL.signature)
    assert date.right == near(184 - 4 * CHARACTER, NEAR)
    assert (issuer.left + issuer.right) / 2 == near((date.left + date.right) / 2, 1.5)
    note = page.line("（此件主动公开）")
    assert note.left == near(28 + 2 * CHARACTER, NEAR)
    assert note.baseline - date.baseline == near(LINE, 0.1)


def test_headings_and_attachments_stand_two_characters_in():
    pages_of_it = measured(as_pdf(OFFICIAL))
    for text in ("一、舆情概况", "（一）传播情况。", "附件：1.责任清单"):
        assert standing(pages_of_it, text).left == near(28 + 2 * CHARACTER, NEAR)
    name, next_name = standing(pages_of_it, "责任清单"), standing(pages_of_it, "联络员名册")
    assert name.left == near(next_name.left, 0.1)


def test_the_last_lines_stand_at_the_foot_of_the_last_page_between_rules():
    page = measured(as_pdf(OFFICIAL))[-1]
    rules = [rule for rule in page.rules if rule.color != RED]
    assert [round(rule.thickness, 2) for rule in sorted(rules, key=lambda rule: rule.top)] == [
        0.35,
        0.25,
        0.35,
    ]
    assert max(rule.top for rule in rules) == near(262, 0.5)
    copies, printing = page.line("抄送：市委宣传部，市委网信办。"), page.line("2026年9月10日印发")
    assert copies.left == near(28 + FOUR, NEAR)
    assert printing.right == near(184 - FOUR, NEAR)
    assert copies.signs[0].size == 14


def test_a_work_sheet_is_one_page_with_its_table():
    (page,) = measured(as_pdf(ORDER))
    assert page.line("紧急程度：特急").right == near(184, NEAR)
    assert page.line("高府办舆交〔2026〕18号").left == near(28, NEAR)
    assert page.line("2026年9月9日21时15分").left > page.line("办结意见").right


def test_a_short_row_stands_on_one_page_and_a_long_one_goes_over():
    short = tuple(Row(label="审核签字（初审、复审、终审）", value="国" * 60) for _ in range(20))
    for page in measured(as_pdf(replace(ORDER, rows=short))):
        assert sum(sign.text == "国" for sign in page.signs) % 60 == 0
    long_one = measured(as_pdf(replace(ORDER, rows=(Row(label="核实结论", value="国" * 3000),))))
    assert len(long_one) >= 3


@each_form
def test_the_code_and_the_mark_of_a_drill_stand_on_every_page(sheet: Sheet):
    texts = words(long(replace(sheet, is_drill=True)))
    assert len(texts) >= 3
    assert all("核对码3c7d2903439d" in text for text in texts)
    assert all("演练" in text for text in texts)
    assert not any("演练" in text for text in words(sheet))


@each_form
def test_what_has_no_number_yet_says_so_and_what_bears_none_says_nothing(sheet: Sheet):
    assert "待编号" in words(replace(sheet, number=None))[0]
    assert "待编号" not in words(replace(sheet, number=""))[0]


@each_form
def test_a_signature_never_stands_on_a_page_without_text(sheet: Sheet):
    """Whatever the length of the text: its last lines go over with the name (GB/T 9704-2012, 7.3.5.6)."""
    for signs in range(300, 1000, 56):
        (last,) = measured(as_pdf(long(replace(sheet, rows=(), attachments=()), signs)), -1)
        assert "国" in {sign.text for sign in last.signs}, signs


def test_a_heading_never_ends_a_page():
    for signs in range(100, 400, 28):
        text = "国" * signs + "\n一、下一步工作\n" + "民" * 200
        (page,) = measured(as_pdf(replace(OFFICIAL, body=in_paragraphs(text))), 0)
        assert not page.of_the_text()[-1].text.startswith("一、"), signs


def test_items_of_one_sentence_each_fill_their_page():
    """They begin like headings; all of them together once went over to the next page."""
    text = (
        "国" * 250
        + "\n"
        + "\n".join(f"（{number}）" + "民" * 40 + "。" for number in "一二三四五六七八九十" * 2)
    )
    page = measured(as_pdf(replace(OFFICIAL, body=in_paragraphs(text))), 1)[0]
    assert len(page.of_the_text()) == 22


@each_form
def test_the_same_sheet_is_the_same_file_in_pdf_a(sheet: Sheet):
    paper = as_pdf(sheet)
    assert as_pdf(sheet) == paper
    assert b"<pdfaid:part>2</pdfaid:part>" in paper
    assert PdfReader(BytesIO(paper)).metadata.title == sheet.title


@pytest.mark.parametrize(
    "text", ["a" * 4_000, "国" * 20_000, "国a1，" * 1_000, "（" * 2_000, "。" * 2_000, "\n" * 20_000]
)
def test_long_texts_stay_within_the_margins(text: str):
    for page in measured(as_pdf(replace(ORDER, body=in_paragraphs(text)))):
        assert max(sign.right for sign in page.signs) < 187
        assert max(line.baseline for line in page.lines()) < 292


@each_form
def test_hostile_texts_are_text(sheet: Sheet):
    for text in STRANGE:
        assert pages(as_pdf(with_everywhere(sheet, text))) >= 1, text
    assert "#panic()" in "".join(words(replace(sheet, title="#panic()")))


@each_form
def test_texts_that_are_not_there_leave_a_paper_all_the_same(sheet: Sheet):
    assert pages(as_pdf(Sheet(form=sheet.form, head="", title=""))) == 1


def test_with_the_fonts_that_are_there_the_same_paper_comes_without_naming_them():
    assert official.as_pdf(OFFICIAL) == as_pdf(OFFICIAL)


def test_without_a_chinese_font_it_is_refused():
    with pytest.raises(NoChineseFont):
        official.as_pdf(OFFICIAL, typst.Fonts(include_system_fonts=False))


def test_fonts_are_looked_for_once():
    assert installed() is installed()


def test_the_fonts_of_tex_are_looked_for_too():
    assert chinese_font(installed()) == chinese_font()
