"""Commands are named by the rules; elsewhere where it is listed, and the list only shrinks."""

import ast
from collections import Counter

import pytest

from domain.catalogue import COMMANDS
from tests.shape import ROOT, parsed, rooms, sources

# What is shown beside each command, by its name: declarations, with a test of their own each.
DECLARED = {
    "desk/step/special_forms.py": 45,  # the form that is more than its fields
    "words/waiting.py": 14,  # the sentence of what waits
    "desk/case/offers.py": 7,  # the groups of a page, some named as a step
    "words/timeline.py": 7,  # the kinds of steps by which the timeline is filtered
}
# A registration has a way of its own: there is no case yet to which it could be given.
REGISTERING = {
    "desk/register/route.py": 3,
    "desk/register/duplicates.py": 1,
    "api/office_routes.py": 2,
    "api/command_routes.py": 1,
    "api/incident_routes.py": 1,
    "casework/commands.py": 1,
    "rehearsals/document.py": 1,
    "rehearsals/runner.py": 1,
    "rehearsals/live.py": 1,
    "terminal/giving.py": 1,
}
# The same word for another thing: keeping histories, a file of parts, a connection that ends.
OTHER_THINGS = {
    "activities/archive.py": 1,
    "activities/effects/archive/effect.py": 3,
    "activities/effects/archive/hand.py": 2,
    "audit/differences.py": 1,
    "intake/workbooks.py": 1,
    "api/slow_bodies.py": 1,
}
LISTED = {**DECLARED, **REGISTERING, **OTHER_THINGS}


def named(tree: ast.Module) -> int:
    """How often a command is named by a literal."""
    literals = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return sum(isinstance(value, str) and value in COMMANDS for value in literals)


def standing() -> Counter[str]:
    """Path of each file outside the rules that names commands → how often."""
    files = (file for room in rooms() if room != "domain" for file in sources(room))
    return Counter({file.relative_to(ROOT).as_posix(): named(parsed(file)) for file in files})


def test_no_command_is_named_outside_the_rules_but_where_it_is_listed():
    assert {path: count for path, count in standing().items() if count > LISTED.get(path, 0)} == {}


def test_the_list_states_the_present_figures_so_that_it_only_shrinks():
    counts = standing()
    assert {path: counts[path] for path in LISTED} == LISTED


@pytest.mark.parametrize("planted", ['if command.kind == "publish": pass', 'x = {"sign_for": 1}'])
def test_a_planted_name_is_noticed(planted: str):
    assert named(ast.parse(planted)) == 1
