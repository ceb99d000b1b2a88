"""The map of the clauses: nothing is missing in it, and all that it names is there."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
MAP = ROOT / "docs" / "clauses.md"
LATER = "以后 · later"
RANGES = ((1, 7), (101, 123), (201, 211), (301, 310), (321, 330), (341, 348), (361, 367), (370, 370))
MORE_RANGES = ((381, 386), (401, 405), (421, 423), (441, 447))
REQUIREMENTS = [
    f"R{number:03}" for first, last in (*RANGES, *MORE_RANGES) for number in range(first, last + 1)
]
DECISIONS = [f"DD-{number:02}" for number in range(1, 29)]
NEVER_WRITTEN = re.compile(r"三[(（]五[)）]")


@dataclass(frozen=True)
class Row:
    """One requirement: its clause, what enforces it, what proves it or why it comes later."""

    id: str
    clause: str
    enforced: str
    shown: str

    @property
    def symbols(self) -> list[str]:
        return re.findall(r"`([^`]+)`", self.enforced)

    @property
    def proofs(self) -> list[str]:
        return re.findall(r"`([^`]+)`", self.shown)


def rows() -> list[Row]:
    """The rows of the map, in its order."""
    found = []
    for line in MAP.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if re.fullmatch(r"R\d{3}|DD-\d\d", cells[0]):
            found.append(Row(cells[0], cells[1], cells[3], cells[4]))
    return found


ENFORCED = [row for row in rows() if row.enforced != LATER]


@cache
def clauses() -> frozenset[str]:
    """Every clause, and every sentence as clause#n."""
    listed = yaml.safe_load(
        (ROOT / "regulations" / "gaoan-2020" / "clauses.yaml").read_text(encoding="utf-8")
    )
    found = set()
    for clause in listed["clauses"]:
        found |= {clause["id"], clause["id"][0], clause["id"][:2]}
        found |= {f"{clause['id']}#{sentence['n']}" for sentence in clause["sentences"]}
    return frozenset(found)


def resolved(symbol: str) -> object:
    """What a dotted name stands for; a file of data stands for itself."""
    if (ROOT / symbol).is_file():
        return ROOT / symbol
    parts = symbol.split(".")
    for length in range(len(parts), 0, -1):
        if not (ROOT / Path(*parts[:length])).with_suffix(".py").is_file():
            continue
        found: object = import_module(".".join(parts[:length]))
        for part in parts[length:]:
            found = getattr(found, part)
        return found
    raise LookupError(symbol)


def file_of(symbol: str) -> Path:
    """The file in which a symbol lives."""
    if (ROOT / symbol).is_file():
        return ROOT / symbol
    parts = symbol.split(".")
    return next(
        file
        for length in range(len(parts), 0, -1)
        if (file := (ROOT / Path(*parts[:length])).with_suffix(".py")).is_file()
    )


@cache
def functions(file: Path) -> frozenset[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def test_every_requirement_and_every_decision_has_its_row_once():
    assert [row.id for row in rows()] == [*REQUIREMENTS, *DECISIONS]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_every_clause_is_in_the_regulation(row: Row):
    assert row.clause in clauses()


@pytest.mark.parametrize("row", ENFORCED, ids=lambda row: row.id)
def test_every_symbol_is_alive(row: Row):
    assert row.symbols
    for symbol in row.symbols:
        assert resolved(symbol) is not None


@pytest.mark.parametrize("row", ENFORCED, ids=lambda row: row.id)
def test_the_code_cites_what_it_enforces(row: Row):
    texts = [file_of(symbol).read_text(encoding="utf-8") for symbol in row.symbols]
    assert any(row.id in text for text in texts), f"{row.id} stands in none of {row.symbols}"


@pytest.mark.parametrize("row", ENFORCED, ids=lambda row: row.id)
def test_every_test_and_rehearsal_exists(row: Row):
    assert row.proofs
    for proof in row.proofs:
        file, _, name = proof.partition("::")
        assert (ROOT / file).is_file(), proof
        assert (name in functions(ROOT / file)) if name else file.startswith("rehearsals/"), proof


@pytest.mark.parametrize("row", [row for row in rows() if row.enforced == LATER], ids=lambda row: row.id)
def test_what_comes_later_says_why_in_both_languages(row: Row):
    assert re.search(r"[\u4e00-\u9fff]{6}", row.shown)
    assert re.search(r"\([a-z][^)]{20,}\)", row.shown)


def test_a_dead_symbol_and_a_missing_test_would_be_seen():
    with pytest.raises((LookupError, AttributeError)):
        resolved("domain.steps.publish.NeverWritten")
    assert "test_that_was_never_written" not in functions(Path(__file__))


@pytest.mark.parametrize(
    "file", [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))], ids=str
)
def test_no_page_cites_the_clause_that_was_never_written(file: Path):
    assert not NEVER_WRITTEN.search(file.read_text(encoding="utf-8"))
