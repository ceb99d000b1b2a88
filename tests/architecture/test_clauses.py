"""The map of the clauses: nothing is missing in it, and all that it names is there."""

import ast
import re
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from tests.architecture import clause_map
from tests.architecture.clause_map import LATER, MISSING, ROOT, Row, behaviours, required, rows

NEVER_WRITTEN = re.compile(r"三[(（]五[)）]")
ENFORCED = [row for row in rows() if row.enforced not in {LATER, MISSING}]


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


def is_there(proof: str) -> bool:
    """Whether it is a test of a file, or a rehearsal."""
    name, _, test = proof.partition("::")
    if not (ROOT / name).is_file():
        return False
    return test in functions(ROOT / name) if test else name.startswith("rehearsals/")


def test_every_requirement_and_every_decision_has_its_row_once():
    assert [row.id for row in rows()] == required()


def test_every_requirement_is_split_into_behaviours_in_the_same_order():
    listed = [behaviour.requirement for behaviour in behaviours()]
    assert list(dict.fromkeys(listed)) == required()


def test_every_behaviour_that_is_ticked_names_tests_that_are_there():
    assert [proof for behaviour in behaviours() for proof in behaviour.proofs if not is_there(proof)] == []


def test_every_behaviour_that_is_missing_names_a_later_work_that_is_described():
    awaited = {behaviour.later for behaviour in behaviours() if not behaviour.proofs}
    assert awaited == set(clause_map.later_works())
    with pytest.raises(ValueError, match="nobody"):
        clause_map.behaviours_of("### R001 x\n- [ ] What nobody builds. · 缺 missing")


def test_the_map_tells_how_much_of_each_requirement_is_shown():
    assert clause_map.written() == clause_map.MAP.read_text(encoding="utf-8"), (
        "run .venv/bin/python -m tests.architecture.clause_map"
    )


def test_what_proves_a_row_proves_one_of_its_behaviours():
    own: dict[str, set[str]] = {}
    for behaviour in behaviours():
        own.setdefault(behaviour.requirement, set()).update(behaviour.proofs)
    strange = {row.id: set(row.proofs) - own.get(row.id, set()) for row in ENFORCED}
    assert {row: proofs for row, proofs in strange.items() if proofs} == {}


def test_every_clause_is_in_the_regulation():
    assert {row.id: row.clause for row in rows() if row.clause not in clauses()} == {}


def test_every_symbol_is_alive():
    assert [row.id for row in ENFORCED if not row.symbols] == []
    assert [symbol for row in ENFORCED for symbol in row.symbols if resolved(symbol) is None] == []


def test_the_code_cites_what_it_enforces():
    texts = {file: file.read_text(encoding="utf-8") for row in ENFORCED for file in map(file_of, row.symbols)}
    uncited = {
        row.id: row.symbols
        for row in ENFORCED
        if not any(row.id in texts[file_of(symbol)] for symbol in row.symbols)
    }
    assert uncited == {}


def test_every_test_and_rehearsal_exists():
    assert [row.id for row in ENFORCED if not row.proofs] == []
    assert [(row.id, proof) for row in ENFORCED for proof in row.proofs if not is_there(proof)] == []


@pytest.mark.parametrize(
    "row", [row for row in rows() if row.enforced in {LATER, MISSING}], ids=lambda row: row.id
)
def test_what_comes_later_or_is_missing_says_why_in_both_languages(row: Row):
    assert re.search(r"[\u4e00-\u9fff]{6}", row.shown)
    assert re.search(r"\([a-z][^)]{20,}\)", row.shown)


def test_a_dead_symbol_and_a_missing_test_would_be_seen():
    with pytest.raises((LookupError, AttributeError)):
        resolved("domain.steps.publish.NeverWritten")
    here = "tests/architecture/test_clauses.py"
    assert is_there(f"{here}::test_a_dead_symbol_and_a_missing_test_would_be_seen")
    assert is_there("rehearsals/P1.yaml")
    assert not any(map(is_there, (f"{here}::test_that_was_never_written", "tests/gone.py::test_x", here)))


@pytest.mark.parametrize(
    "line", ["- [x] Something. · 缺 missing", "- [ ] Something. · `tests/x.py::test_y`", "- Something."]
)
def test_a_behaviour_that_is_neither_shown_nor_missing_is_refused(line: str):
    with pytest.raises(ValueError, match="Something"):
        clause_map.behaviours_of(f"### R001 x\n{line}")


def test_no_page_cites_the_clause_that_was_never_written():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    assert len(pages) > 100, "the pages are looked for elsewhere than they are"
    assert [str(file) for file in pages if NEVER_WRITTEN.search(file.read_text(encoding="utf-8"))] == []
