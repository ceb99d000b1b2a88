"""Editions are compared in one table: elsewhere a rule asks its law for the switch by its name
(decision 0138).
"""

import ast
import re
from collections.abc import Iterator

import pytest

from domain.law.editions import NEWEST, Switch, latest
from tests.architecture.test_imports import ROOT, sources

TABLE = ROOT / "domain" / "law" / "editions.py"
_OF_AN_EDITION = re.compile(r"(?:.*_)?edition|reader|since", re.IGNORECASE)
_REQUIREMENT = re.compile(r"(?:R|DD-)\d+")
_DECISION = re.compile(r"decision (\d{4})")
_ORDERS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn)


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _is_an_edition(node: ast.expr) -> bool:
    name = _name(node)
    is_switch = isinstance(node, ast.Attribute) and "Switch" in ast.unparse(node)
    return bool(_OF_AN_EDITION.fullmatch(name)) and (name.lower() != "since" or is_switch)


def comparisons(text: str) -> Iterator[str]:
    """The comparisons of an edition in a source; whether two things have the same edition is none."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Compare):
            continue
        operands = [node.left, *node.comparators]
        editions = [operand for operand in operands if _is_an_edition(operand)]
        if isinstance(node.ops[0], ast.In | ast.NotIn) and _name(node.left) == "reader":
            continue  # a person who reads
        has_order = any(isinstance(operator, _ORDERS) for operator in node.ops)
        if editions and (has_order or len(editions) < len(operands)):
            yield f"{node.lineno}: {ast.unparse(node)}"


def test_no_edition_is_compared_but_in_the_table_of_switches():
    compared = {
        str(file.relative_to(ROOT)): lines
        for file in sources()
        if file != TABLE and (lines := list(comparisons(file.read_text(encoding="utf-8"))))
    }
    assert compared == {}


@pytest.mark.parametrize(
    "planted",
    [
        "if incident.law.edition < 3: pass",
        "if law.edition >= THIRD_EDITION: pass",
        "if before < Switch.COUNTS.since <= after: pass",
        "x = edition == 2",
        "y = reading.reader >= 3",
        "z = law.edition in {1, 2}",
    ],
)
def test_a_planted_comparison_is_noticed(planted: str):
    assert list(comparisons(planted))


@pytest.mark.parametrize(
    "plain",
    ["(one.digest, one.edition) == (two.digest, two.edition)", "a.edition == b.edition", "since <= at"],
)
def test_whether_two_have_the_same_edition_may_be_asked_anywhere(plain: str):
    assert not list(comparisons(plain))


def _asked_for() -> set[str]:
    texts = (file.read_text(encoding="utf-8") for file in sources() if file != TABLE)
    return {name for text in texts for name in re.findall(r"\bSwitch\.([A-Z_]+)\b", text)}


def test_each_switch_is_asked_for():
    assert _asked_for() == {switch.name for switch in Switch}


@pytest.mark.parametrize("switch", Switch, ids=lambda switch: switch.name)
def test_each_switch_says_since_when_what_and_whence(switch: Switch):
    requirements = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
    assert switch.says
    assert 1 < switch.since <= NEWEST
    for source in switch.source.split(", "):
        if decision := _DECISION.fullmatch(source):
            assert list((ROOT / "docs" / "decisions").glob(f"{decision[1]}-*.md")), source
        else:
            assert _REQUIREMENT.fullmatch(source), source
            assert f"| {source} |" in requirements, source


def test_no_two_switches_are_the_same_one_by_another_name():
    assert len(Switch) == len(Switch.__members__)


@pytest.mark.parametrize("switch", Switch, ids=lambda switch: switch.name)
def test_a_switch_is_on_from_its_edition_on(switch: Switch):
    assert [switch.is_on(edition) for edition in (switch.since - 1, switch.since, switch.since + 1)] == [
        False,
        True,
        True,
    ]
    assert switch.begins(switch.since - 1, switch.since)
    assert not switch.begins(switch.since, switch.since)
    assert not switch.begins(switch.since - 1, switch.since - 1)


def test_the_latest_version_is_that_which_an_edition_knows():
    assert [latest((2, 3), edition) for edition in (1, 2, 3, 4)] == [0, 2, 3, 3]
