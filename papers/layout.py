"""Where the parts of a sheet stand, told by the widths of its texts:
the same for PDF and DOCX (GB/T 9704-2012).
"""

import re
import unicodedata
from typing import Final

from domain.terms.word_costs import costs_of
from papers.sheet import PaperForm, Paragraph, Sheet

COLUMNS: Final = 28  # characters of a line
TITLE_COLUMNS: Final = 19  # characters of a title's line, in type of 22 pt
DATE_IN: Final = 4  # characters from the right to the date (7.3.5.2)
DRILL: Final = "本件为演练文书，不具效力"
_HEAD_WIDTH: Final = 430.0  # pt, of the 442 of a line
_HEAD_SIZES: Final = {
    PaperForm.OFFICIAL: 46,
    PaperForm.UPWARD: 46,
    PaperForm.LETTER: 38,
    PaperForm.INTERNAL: 26,
}  # pt
_LEAST_SIZE: Final = 8  # pt, of a head that is too long for one line even when pressed, as of several issuers
_NARROWEST: Final = 0.6  # to which share of its width a head is pressed together
_MOST_LINES: Final = 4  # of a title that is divided by us; a longer one runs on
_BEFORE: Final = set("”’》〉）】」、，。：；！？的和及与等了")  # what no line of a title begins with
_AFTER: Final = set("“‘《〈（【「")  # what no line ends with
_PAUSES: Final = set("、，》”）的")  # after which a title is best divided
_STOPS: Final = ("。", "；", "！", "？")
_LONGEST_HEADING: Final = 14.0  # characters of one that its author ended with a full stop
_SENTENCE: Final = re.compile(r"(?<=。)(?=.)", re.DOTALL)


def columns(text: str) -> float:
    """The width of a text in characters of its size; Latin letters and figures are half as wide."""
    return sum(1.0 if unicodedata.east_asian_width(sign) in "WFA" else 0.5 for sign in text)


def head_size(sheet: Sheet) -> tuple[int, float]:
    """The size of the head in pt, and the share of its width to which it is pressed to fit on one line."""
    wide = max(columns(sheet.head), 1.0)
    size = _HEAD_SIZES[sheet.form]
    smallest = max(int(min(size, _HEAD_WIDTH / wide / _NARROWEST)), _LEAST_SIZE)
    return smallest, max(min(1.0, _HEAD_WIDTH / (wide * smallest)), _NARROWEST)


def title_lines(title: str) -> list[str]:
    """A title in lines of like length, divided where it may be;
    as it was written where its author divided it.
    """
    written = [line.strip() for line in title.splitlines() if line.strip()]
    if len(written) != 1:
        return written
    (rest,) = written
    count = -int(-columns(rest) // TITLE_COLUMNS)
    if not 1 < count <= _MOST_LINES:
        return written
    lines = []
    for left in range(count, 1, -1):
        place = _division(rest, columns(rest) / left)
        lines.append(rest[:place])
        rest = rest[place:]
    return [*lines, rest]


def _division(text: str, wish: float) -> int:
    """The place nearest to `wish` characters where a line may end:
    best after a pause, and never far inside a word.
    """
    words = costs_of(text)

    def cost(place: int) -> float:
        before, after = text[place - 1], text[place]
        if after in _BEFORE or before in _AFTER or (before.isascii() and after.isascii()):
            return COLUMNS * 2.0
        torn = (
            words.before[place] + words.after[place] - words.before[-1]
        )  # how much worse it reads, divided here
        return abs(columns(text[:place]) - wish) - 2.0 * (before in _PAUSES) + torn

    return min(range(1, len(text)), key=cost)


def signature_in(name: str, date: str) -> float:
    """How many characters from the right the issuer's name ends,
    so that it stands centred over the date (7.3.5.1).
    """
    if not date:
        return 2.0
    return max(DATE_IN + (columns(date) - columns(name)) / 2, 0.0)


def lead_and_rest(paragraph: Paragraph) -> tuple[str, str]:
    """What of a heading is set as one, and what runs on after its first full stop as text."""
    if not paragraph.level:
        return "", paragraph.text
    lead, *rest = _SENTENCE.split(paragraph.text, maxsplit=1)
    return lead, "".join(rest)


def heads(paragraph: Paragraph) -> bool:
    """Whether a paragraph is a heading alone, which stays with what it heads;
    an item of a list is a sentence with its full stop, and may end a page.
    """
    lead, rest = lead_and_rest(paragraph)
    is_sentence = lead.endswith(_STOPS) and columns(lead) > _LONGEST_HEADING
    return bool(lead) and not rest and not is_sentence


def addressed(text: str) -> str:
    """The addressee with the full-width colon that it ends with."""
    name = text.strip().rstrip("：:")
    return f"{name}：" if name else ""


def bracketed(note: str) -> str:
    """A note in its round brackets (7.3.6)."""
    text = note.strip().removeprefix("（").removesuffix("）")
    return f"（{text}）" if text else ""


def copied(copies: tuple[str, ...]) -> str:
    """Those who get a copy, ending in a full stop (7.4.2)."""
    return "，".join(copies).rstrip("。") + "。" if copies else ""
