"""The manuals say what the pages say: every word in 「」 stands in the tables of labels and wordings."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

ROOT: Final = Path(__file__).parents[2]
MANUALS: Final = sorted((ROOT / "docs" / "manual").glob("*.md"))
QUOTED: Final = re.compile(r"「([^」]+)」")
LARGEST: Final = 150_000  # bytes of a picture


def texts(table: Any) -> Iterator[str]:
    """Every text of a table, keys among them: a sentence is its own key."""
    if isinstance(table, dict):
        for key, value in table.items():
            yield str(key)
            yield from texts(value)
    elif isinstance(table, list):
        for value in table:
            yield from texts(value)
    elif isinstance(table, str):
        yield table


@cache
def on_pages() -> frozenset[str]:
    tables = [ROOT / "words" / "labels.yaml", *sorted((ROOT / "words" / "wordings").glob("*.yaml"))]
    return frozenset(
        text for table in tables for text in texts(yaml.safe_load(table.read_text(encoding="utf-8")))
    )


@pytest.mark.parametrize("manual", MANUALS, ids=lambda manual: manual.stem)
def test_a_manual_names_what_stands_on_the_pages(manual: Path):
    quoted = set(QUOTED.findall(manual.read_text(encoding="utf-8")))
    assert quoted - on_pages() == set()


def test_every_post_has_its_manual_and_its_pictures_are_small():
    index = (ROOT / "docs" / "manual" / "README.md").read_text(encoding="utf-8")
    assert all(f"]({manual.name})" in index for manual in MANUALS if manual.name != "README.md")
    for manual in MANUALS:
        for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", manual.read_text(encoding="utf-8")):
            assert (manual.parent / picture).stat().st_size <= LARGEST, picture


def test_a_word_of_no_page_would_be_seen():
    assert "没有这个按钮" not in on_pages()
