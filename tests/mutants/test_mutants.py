"""The mutants themselves: what is changed, that one change is made,
and that a test notices what it should.
"""

import ast
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.mutants import __main__ as command
from tests.mutants import explained
from tests.mutants.places import changed_at, places
from tests.mutants.planting import ROOT, plant
from tests.mutants.trying import TESTS, Mutant, Outcome, drawn, mutants, outcome_of

SOURCE = '''
"""What it is for."""

LIMIT: int = 20
Union = A | B


class Command:
    kind: ClassVar[int] = 1


def decide(found, at):
    """Says no, or what happens."""
    if not found or at < LIMIT:
        raise Refused
    check(min(found))
    yield found[0] + 1, True
'''


def test_every_change_is_one_step_and_none_is_of_what_says_nothing():
    assert [(place.before, place.after) for place in places(SOURCE)] == [
        ("20", "21"),
        ("if not found or at < LIMIT", "if not (not found or at < LIMIT)"),
        ("not found or at < LIMIT", "not found and at < LIMIT"),
        ("not found", "found"),
        ("at < LIMIT", "at <= LIMIT"),
        ("at < LIMIT", "at >= LIMIT"),
        ("raise Refused", "pass"),
        ("check(min(found))", "pass"),
        ("min(found)", "max(found)"),
        ("yield (found[0] + 1, True)", "pass"),
        ("found[0] + 1", "found[0] - 1"),
        ("0", "1"),
        ("1", "2"),
        ("True", "False"),
    ]


def test_each_number_makes_its_own_change_and_no_other():
    plain = ast.unparse(ast.parse(SOURCE))
    made = [ast.unparse(changed_at(SOURCE, place.number)) for place in places(SOURCE)]
    assert len({plain, *made}) == len(made) + 1
    for place, text in zip(places(SOURCE), made, strict=True):
        lines = [
            line for line, other in zip(text.splitlines(), plain.splitlines(), strict=True) if line != other
        ]
        assert len(lines) == 1, place


def test_a_draw_is_the_same_for_the_same_seed():
    assert drawn(20, 7) == drawn(20, 7) != drawn(20, 8)
    assert len(set(drawn(20, 7))) == 20
    assert {Path(mutant.file).parts[0] for mutant in mutants()} == {"domain"}


def test_a_planted_mutant_is_noticed_and_the_tests_pass_without():
    file, tests = "domain/rules/heat.py", TESTS / "test_heat.py"
    source = (ROOT / file).read_text(encoding="utf-8")
    place = next(place for place in places(source) if "* 100 <" in place.before)
    assert outcome_of(None, 120, tests) is Outcome.SURVIVED
    assert outcome_of(Mutant(file=file, place=place), 120, tests) is Outcome.NOTICED


def test_what_is_imported_already_cannot_be_changed():
    with pytest.raises(RuntimeError, match="imported already"):
        plant("tests/mutants/places.py:0")


def test_every_reason_is_of_a_change_that_can_be_made():
    known = {(mutant.file, mutant.place.before, mutant.place.after) for mutant in mutants()}
    assert [key for key in explained.reasons() if key not in known] == []


@pytest.mark.parametrize(
    ("survivors", "reason", "status"),
    [
        (0, explained.NOT_YET, 0),
        (1, explained.NOT_YET, 1),
        (1, "nobody can tell", 0),
        (3, "nobody can tell", 1),
    ],
)
def test_the_command_names_survivors_and_ends_with_what_they_mean(monkeypatch, survivors, reason, status):
    tried = [*[Outcome.SURVIVED] * survivors, *[Outcome.NOTICED] * (40 - survivors)]
    outcomes = dict(zip(drawn(40, 7), tried, strict=True))
    monkeypatch.setattr(command, "outcome_of", lambda mutant, _: outcomes.get(mutant, Outcome.SURVIVED))
    monkeypatch.setattr(command, "reason_of", lambda _: reason)
    ended = CliRunner().invoke(command.app, ["--places", "40", "--seed", "7", "--jobs", "1"])
    assert ended.exit_code == status
    assert "seed 7, 40 places" in ended.output
    assert "40 of 40 tried" in ended.output
    assert ended.output.count("survived: ") == survivors


def test_the_command_stops_when_its_time_is_up(monkeypatch):
    monkeypatch.setattr(command, "outcome_of", lambda *_: Outcome.SURVIVED)
    ended = CliRunner().invoke(command.app, ["--places", "5", "--seed", "7", "--minutes", "0"])
    assert "0 of 5 tried" in ended.output


def test_tests_that_fail_without_a_mutant_are_said_to(monkeypatch):
    monkeypatch.setattr(command, "outcome_of", lambda *_: Outcome.NOTICED)
    assert CliRunner().invoke(command.app, []).exit_code == 2
