"""Where on the pages of a PDF each character and each rule stands,
in millimetres from the upper left corner of the sheet.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTCurve, LTPage

from papers.typesetting import pages

MM = 72 / 25.4
RED = (0.902, 0.0, 0.071)


def near(wish: float, within: float = 0.6) -> Any:
    """About so many millimetres, or points."""
    return pytest.approx(wish, abs=within)


@dataclass(frozen=True)
class Sign:
    """A character: its left and right edge, its baseline, its size in points and the face."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    face: str
    color: tuple[float, ...]


@dataclass(frozen=True)
class Rule:
    """A rule: where it begins and ends, its height on the page, its thickness."""

    left: float
    right: float
    top: float
    thickness: float
    color: tuple[float, ...]


@dataclass(frozen=True)
class Line:
    """The characters of one baseline, from left to right."""

    signs: tuple[Sign, ...]

    @property
    def text(self) -> str:
        return "".join(sign.text for sign in self.signs)

    @property
    def left(self) -> float:
        return self.signs[0].left

    @property
    def right(self) -> float:
        return self.signs[-1].right

    @property
    def baseline(self) -> float:
        return self.signs[0].baseline


@dataclass(frozen=True)
class Page:
    """What is drawn on a page."""

    width: float
    height: float
    signs: tuple[Sign, ...]
    rules: tuple[Rule, ...]

    def lines(self) -> list[Line]:
        by_baseline: dict[float, list[Sign]] = defaultdict(list)
        for sign in self.signs:
            by_baseline[round(sign.baseline, 1)].append(sign)
        return [
            Line(tuple(sorted(row, key=lambda sign: sign.left))) for _, row in sorted(by_baseline.items())
        ]

    def line(self, text: str) -> Line:
        """The one line in which a text stands."""
        (row,) = [line for line in self.lines() if text in line.text]
        start = row.text.index(text)
        return Line(row.signs[start : start + len(text)])

    def of_the_text(self) -> list[Line]:
        """The lines within the type area."""
        return [line for line in self.lines() if 37 < line.baseline < 262]


def measured(paper: bytes, only: int | None = None) -> list[Page]:
    """The pages of a paper, or the one of this number, counted from 0; -1 is the last."""
    numbers = None if only is None else [range(pages(paper))[only]]
    # Without grouping into lines, which would put blanks between characters.
    return [_page(page) for page in extract_pages(BytesIO(paper), page_numbers=numbers, laparams=None)]


def _page(page: LTPage) -> Page:
    drawn = list(_flat(page))
    height = page.height
    signs = tuple(_sign(one, height) for one in drawn if isinstance(one, LTChar) and one.get_text().strip())
    rules = tuple(_rule(one, height) for one in drawn if isinstance(one, LTCurve))
    return Page(page.width / MM, height / MM, signs, rules)


def _flat(parts: Iterable[Any]) -> Iterator[Any]:
    for part in parts:
        yield part
        if not isinstance(part, LTChar) and hasattr(part, "__iter__"):
            yield from _flat(part)


def _sign(sign: LTChar, height: float) -> Sign:
    *_, left, baseline = sign.matrix
    return Sign(
        sign.get_text(),
        left / MM,
        sign.x1 / MM,
        (height - baseline) / MM,
        round(sign.size, 1),
        sign.fontname.partition("+")[2],
        _color(sign.graphicstate.ncolor),
    )


def _rule(rule: LTCurve, height: float) -> Rule:
    return Rule(
        rule.x0 / MM,
        rule.x1 / MM,
        (height - rule.y1) / MM,
        (rule.linewidth or 0) / MM,
        _color(rule.stroking_color),
    )


def _color(parts: Any) -> tuple[float, ...]:
    return tuple(round(part, 3) for part in parts or ())
