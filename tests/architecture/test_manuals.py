"""The manuals say what the pages say: every word in 「」 stands among the labels and sentences."""

import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.pictures import TAKEN
from words.labels import labels
from words.language import wordings

ROOT: Final = Path(__file__).parents[2]
MANUALS: Final = sorted((ROOT / "docs" / "manual").glob("*.md"))
QUOTED: Final = re.compile(r"「([^」]+)」")
LARGEST: Final = 150_000  # bytes of a picture


@cache
def on_pages() -> frozenset[str]:
    """Every Chinese sentence, and the names of every code in both languages."""
    return frozenset(wordings()) | {
        name for names in labels().values() for both in names.values() for name in both
    }


@pytest.mark.parametrize("manual", MANUALS, ids=lambda manual: manual.stem)
def test_a_manual_names_what_stands_on_the_pages(manual: Path):
    quoted = set(QUOTED.findall(manual.read_text(encoding="utf-8")))
    assert quoted - on_pages() == set()


def test_every_post_has_its_manual_and_its_pictures_are_small():
    index = (ROOT / "docs" / "manual" / "README.md").read_text(encoding="utf-8")
    assert all(f"]({manual.name})" in index for manual in MANUALS if manual.name != "README.md")
    taken = {picture.file for picture in TAKEN}
    for manual in MANUALS:
        pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", manual.read_text(encoding="utf-8"))
        assert pictures or manual.name == "README.md", manual.name
        for picture in pictures:
            assert (manual.parent / picture).stat().st_size <= LARGEST, picture
            assert Path(picture).stem in taken, picture


def test_a_word_of_no_page_would_be_seen():
    assert "没有这个按钮" not in on_pages()
