"""The page of a certificate: one sheet of A4, whatever its texts are,
set by the fonts that are there or refused in words.
"""

from io import BytesIO
from typing import Any

import pytest
import typst
from pypdf import PdfReader

from papers.certificate import PrintedBeside, statement
from papers.certificate_sheet import code_of, printed
from papers.typesetting import NoChineseFont, chinese_font, pages
from storage.regulation_text import sentences
from tests.journeys.desk.hostile import PAYLOADS
from tests.storage.cases import Case

ANSWER = "RESP48:urban_management:assignment-1"
SHA256 = "3c7d2903439dc4d647230dd3cf76a7126546532c9f134f62078c1f46c5ba78f7"
LOG = {
    "origin": "huiying/4f1f",
    "code": "0123-4567-89AB",
    "size": 20852,
    "at": "2026-09-30T04:00:00+00:00",
    "key": "6b3ae096",
    "records": 8,
}
needs_font = pytest.mark.skipif(chinese_font() is None, reason="no Chinese font on this machine")


def told(case: Case, notices: int = 0) -> dict[str, Any]:
    notice = {
        "purpose": "提醒",
        "unit": "市城市管理局",
        "delivered_at": "2026-09-08T02:00:00+00:00",
        "acknowledged_at": None,
        "acknowledged_by": "",
        "receipts": [{"channel": "邮件", "status": "已送达服务方"}],
    }
    obligation = case.state.obligation(ANSWER)
    return statement(
        case.state,
        obligation,
        case.decisions,
        sentences("gaoan-2020"),
        PrintedBeside(notices=[notice] * notices),
    )


def words_of(paper: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages)


@needs_font
def test_it_is_one_sheet_of_a4_that_says_who_failed_and_bears_the_code():
    paper = printed(told(Case().close_late()), LOG, SHA256)
    assert pages(paper) == 1
    box = PdfReader(BytesIO(paper)).pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)
    assert b"<pdfaid:part>2</pdfaid:part>" in paper
    words = words_of(paper)
    assert "失责的是市城市管理局" in words
    assert code_of(SHA256) in words
    assert printed(told(Case().close_late()), LOG, SHA256) == paper


@needs_font
def test_much_still_is_one_sheet_and_says_what_it_leaves_out():
    said = told(Case().close_late(), notices=500)
    said["course"] *= 60
    said["publication"]["evidence"] *= 50
    said["case"]["title"] = "题" * 2000
    said["owed"]["sentence"] = "条" * 3000
    paper = printed(said, LOG, SHA256)
    assert pages(paper) == 1
    assert "见凭证文件" in words_of(paper)


@needs_font
def test_hostile_texts_are_text():
    """What would be code, a control or has no shape stands there as text,
    or as the sign for what cannot be set.
    """
    strange = ["#panic()", '#read("/etc/passwd")', "$x$ *b* _i_ @a <b> // /* ]#[", "\\u{41}"]
    strange += [
        "\x00\x07\x1b[31m",
        "\u202e\u2066\u200f",
        "\ue000\U000f0000",
        "😀🏳️‍🌈",
        "العربية ไทย",
        "𠮷㐀",
        "\ud800",
    ]
    for text in (*strange, *PAYLOADS[:20]):
        said = told(Case().close_late())
        said["case"]["title"] = said["owed"]["by"] = said["publication"]["title"] = text
        said["publication"]["evidence"][0]["url"] = said["verdict"]["chinese"] = text
        said["course"][0]["text"] = text
        paper = printed(said, LOG, SHA256)
        assert pages(paper) == 1, text
    assert "#panic()" in words_of(
        printed({**said, "verdict": {"chinese": "#panic()", "english": ""}}, LOG, SHA256)
    )


def test_without_a_chinese_font_it_is_refused():
    none = typst.Fonts(include_system_fonts=False)
    assert chinese_font(none) is None
    with pytest.raises(NoChineseFont):
        printed(told(Case().close_late()), LOG, SHA256, none)
