"""How type, lines and rules are written in a DOCX, with the fonts and the grid that offices have
(decision 0113).
"""

from typing import Any, Final, Literal

from docx.enum.text import WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Pt, RGBColor, Twips
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from papers.typesetting import printable

Face = Literal["title", "fangsong", "kai", "hei", "song"]
FONTS: Final[dict[Face, str]] = {  # as the computers of offices name them
    "title": "方正小标宋简体",
    "fangsong": "仿宋_GB2312",
    "kai": "楷体_GB2312",
    "hei": "黑体",
    "song": "宋体",
}
LINE: Final = Twips(580)  # a twenty-second of 225 mm
CHARACTER: Final = Pt(15.79)  # a twenty-eighth of 156 mm
TWO, THREE, FOUR, NINE = Pt(22), Pt(16), Pt(14), Pt(9)  # 2号, 3号, 4号, 小五
RED: Final = RGBColor(0xE6, 0x00, 0x12)
_BEFORE_BORDERS: Final = ("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl")


def characters(count: float) -> Length:
    """So many characters of the grid."""
    return Length(round(count * CHARACTER))


def element(tag: str, **attributes: object) -> Any:
    """An element of WordprocessingML, its attributes in the same namespace."""
    made_of = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made_of.set(qn(f"w:{name}"), str(value))
    return made_of


def line(word: Any, *, align: Any = None, height: Length = LINE, indent: float = 0) -> Paragraph:
    """A paragraph of the type area, its first line `indent` characters in."""
    paragraph: Paragraph = word.add_paragraph()
    lined(paragraph, align=align, height=height)
    if indent:
        paragraph.paragraph_format.first_line_indent = characters(indent)
        paragraph._p.get_or_add_pPr().get_or_add_ind().set(qn("w:firstLineChars"), str(round(indent * 100)))  # noqa: SLF001  as below
    return paragraph


def lined(paragraph: Paragraph, *, align: Any = None, height: Length = LINE) -> None:
    """Lines of one height, with nothing between paragraphs."""
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, height
    form.space_before = form.space_after = Pt(0)
    form.widow_control = False
    paragraph.alignment = align


def write(
    paragraph: Paragraph,
    text: str,
    face: Face = "fangsong",
    size: Length = THREE,
    *,
    color: RGBColor | None = None,
) -> Run:
    """Text at the end of a paragraph: what XML cannot hold, and what nobody sees, becomes 〓."""
    run = paragraph.add_run(printable(text))
    dress(run, face, size)
    if color is not None:
        run.font.color.rgb = color
    return run


def dress(run: Run, face: Face, size: Length) -> None:
    """A run in a face, for Chinese and Latin alike."""
    run.font.size = size
    run.font.name = FONTS[face]
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONTS[face])  # noqa: SLF001  the library has no name for it


def press(run: Run, share: float) -> None:
    """The run pressed to a share of its width."""
    if share < 1:
        run._element.get_or_add_rPr().find(qn("w:sz")).addprevious(element("w", val=round(share * 100)))  # noqa: SLF001  as above


def rule_along(paragraph: Paragraph, *rules: tuple[str, str, int, int]) -> None:
    """Red rules along a paragraph, each with its side, its kind,
    its eighths of a point and the points between it and the text.
    """
    borders = element("pBdr")
    for side, kind, eighths, space in rules:
        borders.append(element(side, val=kind, sz=eighths, space=space, color=str(RED)))
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001  the library has no borders of paragraphs
    earlier = {qn(f"w:{name}") for name in _BEFORE_BORDERS}
    properties.insert(sum(one.tag in earlier for one in properties), borders)


def float_to_the_foot(table: Table, width: Length, *, ruled: bool) -> None:
    """The table at the foot of the type area, between rules of 0.35 mm, with 0.25 mm between its rows."""
    table.autofit = False
    table.columns[0].width = width
    for cell in table.columns[0].cells:
        cell.width = width
    properties = table._tbl.tblPr  # noqa: SLF001  the library has no floating tables
    place = {"vertAnchor": "margin", "horzAnchor": "margin", "tblpXSpec": "center", "tblpYSpec": "bottom"}
    properties.insert(0, element("tblpPr", **place))
    borders, margins = element("tblBorders"), element("tblCellMar")
    for side, eighths in (("top", 8), ("bottom", 8), ("insideH", 6)) if ruled else ():
        borders.append(element(side, val="single", sz=eighths, space=0, color="000000"))
    for side in ("left", "right"):
        margins.append(element(side, w=0, type="dxa"))
    fixed = properties.find(qn("w:tblLayout"))
    fixed.addprevious(borders)
    fixed.addnext(margins)


def stop_at(paragraph: Paragraph, place: Length) -> None:
    """A tab that sets what follows it flush right at `place`."""
    paragraph.paragraph_format.tab_stops.add_tab_stop(place, WD_TAB_ALIGNMENT.RIGHT)


def number_of_page(paragraph: Paragraph) -> None:
    """“— 1 —”, the number being the page's own (GB/T 9704-2012, 7.5)."""
    write(paragraph, "— ", "song", FOUR)
    run = write(paragraph, "", "song", FOUR)
    for part in ("begin", "", "separate", "1", "end"):
        run._element.append(_of_field(part))  # noqa: SLF001  the library has no fields
    write(paragraph, " —", "song", FOUR)


def _of_field(part: str) -> Any:
    if part in {"begin", "separate", "end"}:
        return element("fldChar", fldCharType=part)
    text = element("t" if part else "instrText")
    text.text = part or " PAGE "
    text.set(qn("xml:space"), "preserve")
    return text
