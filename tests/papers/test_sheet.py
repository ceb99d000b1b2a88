"""A text becomes paragraphs with their levels, and a day the date of a paper."""

from datetime import date

import pytest

from papers.layout import heads
from papers.sheet import Paragraph, in_chinese, in_paragraphs


def test_lines_are_paragraphs_and_numerals_make_headings():
    text = (
        "  现将有关情况报告如下：\n\n一、舆情概况\r\n　　（一）传播情况\n1.平台分布\n(2) 评论。\n十二、下一步"
    )
    assert in_paragraphs(text) == (
        Paragraph(text="现将有关情况报告如下："),
        Paragraph(text="一、舆情概况", level=1),
        Paragraph(text="（一）传播情况", level=2),
        Paragraph(text="1.平台分布", level=3),
        Paragraph(text="(2) 评论。", level=4),
        Paragraph(text="十二、下一步", level=1),
    )


@pytest.mark.parametrize(
    "line", ["1.5万次阅读", "一是核实", "2026年9月9日", "（二）", "（附件）", "12345热线", "一", ""]
)
def test_what_only_looks_like_a_heading_is_text(line: str):
    levels = [paragraph.level for paragraph in in_paragraphs(line)]
    assert levels == ([2] if line == "（二）" else [0] * bool(line))


def test_a_date_has_no_leading_zeros():
    assert in_chinese(date(2026, 9, 9)) == "2026年9月9日"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("一、下一步工作", True),
        ("一、下一步工作。", True),
        ("（一）" + "依法处置，及时回应" * 3 + "。", False),
        ("一、基本情况。经核查属实。", False),
        ("经核查属实。", False),
    ],
)
def test_a_heading_alone_is_told_from_an_item_of_a_list(text: str, *, is_one: bool):
    (paragraph,) = in_paragraphs(text)
    assert heads(paragraph) is is_one
