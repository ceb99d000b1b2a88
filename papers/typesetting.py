"""Papers set by typst: a template of ours, and data that can never be read as a template; one page of A4 as PDF/A."""

import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import typst
from pypdf import PdfReader

DEBIAN_PACKAGE: Final = "fonts-noto-cjk"  # that brings a Chinese font
_FAMILIES: Final = (  # the first that is there; Song before Hei, as papers of an office are set
    *("Noto Serif CJK SC", "Source Han Serif SC", "Source Han Serif CN", "FandolSong", "SimSun", "STSong"),
    *("Songti SC", "AR PL UMing CN", "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN"),
    *("WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "LXGW WenKai"),
)
_HERE: Final = Path(__file__).parent
_NO_SHAPE: Final = "〓"  # what printers set for a character that they have no type for
_UNSEEN: Final = frozenset(
    {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
)  # controls, turns of direction, private and unassigned
_PLAIN: Final = (range(0x20, 0x7F), range(0x3000, 0x3020), range(0x4E00, 0x9FA6), range(0xFF01, 0xFF5F))
_PLAIN_SIGNS: Final = frozenset("·—…“”‘’〓×°№→℃")


class NoChineseFont(Exception):  # noqa: N818  named for what was found
    """This machine has no font by which a Chinese paper could be set."""


class Unprintable(Exception):  # noqa: N818  named for what was found
    """A text that the fonts of this machine cannot set, whatever was put in its place."""


def chinese_font(fonts: typst.Fonts | None = None) -> str | None:
    """The family by which papers are set; None where this machine, or `fonts`, has none that is known to be Chinese."""
    there = set((fonts or typst.Fonts()).families())
    return next((family for family in _FAMILIES if family in there), None)


def as_pdf(template: str, data: Mapping[str, Any], at: datetime, fonts: typst.Fonts | None = None) -> bytes:
    """A paper as PDF/A-2b, dated `at`; the same data gives the same bytes. Takes some 20 ms: not for the event loop.

    `template` is the name of a file beside this one. Characters that nobody sees, and those that no font has, are set as 〓.
    Raises NoChineseFont, and Unprintable.
    """
    fonts = fonts or typst.Fonts()
    family = chinese_font(fonts)
    if family is None:
        raise NoChineseFont
    source = (_HERE / f"{template}.typ").read_bytes()
    for careful in (False, True):
        inputs = {"font": family, "data": json.dumps(_printable(data, careful=careful), ensure_ascii=False)}
        try:
            compiler = typst.Compiler(source, font_paths=fonts, sys_inputs=inputs)
            paper = compiler.compile(format="pdf", pdf_standards=["a-2b"], timestamp=at)
        except typst.TypstError:
            continue
        if isinstance(paper, bytes):
            return paper
    raise Unprintable


def pages(paper: bytes) -> int:
    """How many pages a paper has."""
    return len(PdfReader(BytesIO(paper)).pages)


def _printable(value: Any, *, careful: bool) -> Any:
    if isinstance(value, str):
        return "".join(_shape(sign, careful=careful) for sign in value)
    if isinstance(value, Mapping):
        return {name: _printable(one, careful=careful) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(one, careful=careful) for one in value]
    return value


def _shape(sign: str, *, careful: bool) -> str:
    """A character as it is set; `careful` keeps only those that every Chinese font has."""
    if sign in "\n\t":
        return " "
    if unicodedata.category(sign) in _UNSEEN:
        return _NO_SHAPE
    if careful and sign not in _PLAIN_SIGNS and not any(ord(sign) in block for block in _PLAIN):
        return _NO_SHAPE
    return sign
