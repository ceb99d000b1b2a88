"""Stylesheets say one thing a line, so that a change of one shows as one (decision 0137)."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "static"
SHEETS = sorted(STATIC.glob("*.css"))
NOT_CODE = re.compile(r'/\*.*?\*/|"[^"]*"|\([^()]*\)', re.DOTALL)


def crowded(sheet: str) -> list[str]:
    """The lines on which more stands than one declaration, one beginning or one end of a rule."""
    for _ in range(3):  # brackets stand within brackets
        sheet = NOT_CODE.sub(lambda part: "\n" * part.group().count("\n"), sheet)
    return [line for line in sheet.splitlines() if not re.fullmatch(r"[^{};]*[{;]?\s*|\s*\}\s*", line)]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_stylesheet_has_one_declaration_a_line(sheet: Path):
    assert crowded(sheet.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    ["a { color: red; }", "  color: red; margin: 0;", "} a {", "  color: red; }", "a { color: red;", "} }"],
)
def test_a_line_of_more_is_noticed(line: str):
    assert crowded(line) == [line]


@pytest.mark.parametrize(
    "line", ['  content: "; }";', "  background: url(data:x;y);", "a,", "  color: red;  /* a; b */", "}", ""]
)
def test_a_line_of_one_thing_is_let_be(line: str):
    assert crowded(line) == []


def test_every_stylesheet_of_ours_is_found():
    assert {"frame.css", "step.css", "wall.css"} <= {sheet.name for sheet in SHEETS}
