"""Papers set by typst: a template of ours, and data that can never be read as a template;
one page of A4 as PDF/A.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Protocol

import typst
from pypdf import PdfReader

DEBIAN_PACKAGE: Final = "fonts-noto-cjk"  # that brings a Chinese font
FACE_PACKAGE: Final = "texlive-lang-chinese"  # that brings 仿宋, 楷体 and 黑体
_FAMILIES: Final = (  # the first that is there; Song before Hei, as papers of an office are set
    *("Noto Serif CJK SC", "Source Han Serif SC", "Source Han Serif CN", "FandolSong", "SimSun", "STSong"),
    *("Songti SC", "AR PL UMing CN", "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN"),
    *("WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "LXGW WenKai"),
)
# By the part of a paper that is set in it (GB/T 9704-2012); office fonts first, then free ones.
_FACES: Final = {
    "title": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "方正小标宋_GBK", "STZhongsong"),
    "fangsong": (
        *("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong", "FZFangSong-Z02S"),
        *("FandolFang R", "FandolFang", "Zhuque Fangsong (technical preview)"),
    ),
    "kai": (
        *("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "STKaiti", "FZKai-Z03S", "FandolKai"),
        *("AR PL UKai", "AR PL UKai CN", "AR PL KaitiM GB", "LXGW WenKai", "LXGW WenKai GB"),
    ),
    "hei": (
        *("SimHei", "黑体", "STHeiti", "FandolHei", "Noto Sans CJK SC", "Source Han Sans SC"),
        *("Source Han Sans CN", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei"),
    ),
}
_TEX_FONTS: Final = Path(
    "/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol"
)  # of texlive-lang-chinese
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


class Families(Protocol):
    """What knows which families of type there are."""

    def families(self) -> Sequence[str]:
        """Their names."""


def chinese_font(fonts: Families | None = None) -> str | None:
    """The family by which papers are set; None where this machine, or `fonts`,
    has none that is known to be Chinese.
    """
    there = set((fonts or installed()).families())
    return next((family for family in _FAMILIES if family in there), None)


def installed() -> typst.Fonts:
    """The fonts of this machine, those of its TeX among them; looked for anew until a Chinese one is there.

    Looking takes tens of milliseconds in which no other thread of the process runs.
    """
    try:
        return _with_chinese()
    except NoChineseFont:
        return _fonts()


@cache
def _with_chinese() -> typst.Fonts:
    """The fonts of this machine, once; raises NoChineseFont, and is then asked again."""
    fonts = _fonts()
    if chinese_font(fonts) is None:
        raise NoChineseFont
    return fonts


def _fonts() -> typst.Fonts:
    return typst.Fonts(font_paths=[_TEX_FONTS] if _TEX_FONTS.is_dir() else [])


def faces(fonts: Families | None = None) -> dict[str, str]:
    """The family by which each part of a paper is set: the first that is there, else the one Chinese font.

    Raises NoChineseFont.
    """
    fonts = fonts or installed()
    there, song = set(fonts.families()), chinese_font(fonts)
    if song is None:
        raise NoChineseFont
    of_parts = {
        part: next((family for family in families if family in there), song)
        for part, families in _FACES.items()
    }
    return {**of_parts, "song": song}


def missing_faces(fonts: Families | None = None) -> tuple[str, ...]:
    """The parts of a paper that are set in a Song for want of a font;
    titles are, since no free font is 小标宋.
    """
    there = set((fonts or installed()).families())
    return tuple(part for part, families in _FACES.items() if part != "title" and there.isdisjoint(families))


def as_pdf(template: str, data: Mapping[str, Any], at: datetime, fonts: typst.Fonts | None = None) -> bytes:
    """A paper as PDF/A-2b, dated `at`; the same data gives the same bytes.

    Takes some 20 ms: not for the event loop.

    `template` is the name of a file beside this one. Characters that nobody sees, and those that no font has,
    are set as 〓. Raises NoChineseFont, and Unprintable.
    """
    fonts = fonts or installed()
    families = faces(fonts)
    source = (_HERE / f"{template}.typ").read_bytes()
    for careful in (False, True):
        inputs = {"font": families["song"], "faces": json.dumps(families, ensure_ascii=False)}
        inputs["data"] = json.dumps(printable(data, careful=careful), ensure_ascii=False)
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


def printable(value: Any, *, careful: bool = False) -> Any:
    """The texts in a value as they are set: what nobody sees becomes 〓, and so does,
    if `careful`, what is rare.
    """
    if isinstance(value, str):
        return "".join(_shape(sign, careful=careful) for sign in value)
    if isinstance(value, Mapping):
        return {name: printable(one, careful=careful) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [printable(one, careful=careful) for one in value]
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
