"""The later decisions, sentence by sentence: no word is left out,
and each sentence has its module and its tests.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest

from tests.architecture.clause_map import REQUIREMENTS, ROOT, cells_of
from tests.architecture.test_clauses import is_there, resolved

SENTENCES: Final = ROOT / "docs" / "sentences.md"
DECISIONS: Final = ("DD-18", "DD-21", *(f"DD-{number}" for number in range(28, 45)))


class Sentence(NamedTuple):
    """One row: its decision, its place, its words, what does it and what shows it."""

    decision: str
    place: int
    text: str
    modules: list[str]
    proofs: list[str]


def sentences() -> Iterator[Sentence]:
    """The rows, in the order of the page."""
    decision = ""
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"## (DD-\d\d) ", line):
            decision = heading[1]
        cells = cells_of(line)
        if cells[0].isdigit():
            named = [re.findall(r"`([^`]+)`", cell) for cell in cells[2:]]
            yield Sentence(decision, int(cells[0]), cells[1], *named)


def decided() -> dict[str, str]:
    """The text of each decision."""
    lines = (cells_of(line) for line in REQUIREMENTS.read_text(encoding="utf-8").splitlines())
    return {cells[0]: cells[2] for cells in lines if cells[0] in DECISIONS}


@pytest.mark.parametrize("decision", DECISIONS)
def test_the_sentences_of_a_decision_are_its_text_to_the_letter(decision):
    rows = [row for row in sentences() if row.decision == decision]
    assert [row.place for row in rows] == list(range(1, len(rows) + 1))
    assert " ".join(row.text for row in rows) == decided()[decision]


def test_every_sentence_names_what_does_it():
    assert [row for row in sentences() if not row.modules] == []
    assert [module for row in sentences() for module in row.modules if resolved(module) is None] == []


def test_every_sentence_is_shown_by_tests_that_are_there():
    assert [(row.decision, row.place) for row in sentences() if not row.proofs] == []
    assert [proof for row in sentences() for proof in row.proofs if not is_there(proof)] == []
