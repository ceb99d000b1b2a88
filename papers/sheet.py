"""A finished sheet of text, as an office puts it on paper: all that the setting of a paper is handed."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Literal

AWAITING_NUMBER: Final = "待编号"  # what stands where the number will: only a signed paper draws one
Level = Literal[0, 1, 2, 3, 4]  # of a paragraph: 0 is text

_NUMERAL: Final = "[一二三四五六七八九十百]{1,5}"
_HEADINGS: Final[tuple[tuple[Level, re.Pattern[str]], ...]] = (
    (1, re.compile(rf"{_NUMERAL}、")),
    (2, re.compile(rf"[（(]{_NUMERAL}[）)]")),
    (3, re.compile(r"\d{1,3}[.．](?!\d)")),
    (4, re.compile(r"[（(]\d{1,3}[）)]")),
)


class PaperForm(StrEnum):
    """The layout of a sheet (GB/T 9704-2012, chapters 7 to 10;
    a work sheet of the office has a simpler one).
    """

    OFFICIAL = "official"  # 红头文件, downward or to equals
    UPWARD = "upward"  # 上行文, with 签发人
    LETTER = "letter"  # 信函格式
    INTERNAL = "internal"  # 提示单, 交办单, 督办单 and other work sheets


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph; of a heading, `text` holds its numeral too (“一、”, “（一）”, “1.”, “（1）”)."""

    text: str
    level: Level = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table of an order: what is asked and what stands there;
    an empty value leaves room to write by hand.
    """

    label: str
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What stands on a paper, top to bottom, each as the finished text; empty means that it has none.

    Numbers, rights and dates are the caller's affair: nothing is worked out here but where it stands.
    """

    form: PaperForm
    head: str  # 发文机关标志: “高安市人民政府办公室文件”; of an internal sheet its name
    title: str
    number: str | None = None  # 发文字号: “高府办发〔2026〕43号”; None: not drawn yet; empty: bears none
    urgency: str = ""  # 紧急程度: 特急, 加急
    signer: str = ""  # 签发人, of an upward paper
    addressee: str = ""  # 主送机关, with or without its colon
    body: tuple[Paragraph, ...] = ()
    rows: tuple[Row, ...] = ()
    attachments: tuple[str, ...] = ()  # their names, without numbers
    signature: str = ""  # 发文机关署名
    dated: date | None = None  # 成文日期, the day in Asia/Shanghai
    note: str = ""  # 附注, with or without its brackets: “此件主动公开”
    copies: tuple[str, ...] = ()  # 抄送机关
    printed_by: str = ""  # 印发机关
    printed_on: date | None = None  # 印发日期
    code: str = ""  # of the record that it was signed by
    checkpoint: str = ""  # the short code of the sealed log when it left the house (存证码)
    is_drill: bool = False


def codes_on(sheet: Sheet) -> str:
    """What stands at the foot of each page."""
    named = (("核对码", sheet.code), ("存证码", sheet.checkpoint))
    return "　".join(f"{name} {code}" for name, code in named if code)


def number_on(sheet: Sheet) -> str:
    """What stands in the place of the number."""
    return AWAITING_NUMBER if sheet.number is None else sheet.number


def in_paragraphs(text: str) -> tuple[Paragraph, ...]:
    """A text as it was written, one paragraph a line; those that begin like a heading are one.

    “一、” is the first level, “（一）” the second, “1.” the third,
    “（1）” the fourth (GB/T 9704-2012, 7.3.3).
    """
    lines = (line.strip(" \t\u3000") for line in text.splitlines())
    return tuple(Paragraph(text=line, level=_level(line)) for line in lines if line)


def _level(line: str) -> Level:
    return next((level for level, heading in _HEADINGS if heading.match(line)), 0)


def in_chinese(day: date) -> str:
    """A date as papers bear it: “2026年9月9日”, Arabic figures without leading zeros (GB/T
    9704-2012, 7.3.5.4).
    """
    return f"{day.year}年{day.month}月{day.day}日"
