"""Every code has a Chinese and an English name, and every refusal says what to do and from which clause."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from string import Formatter

import pytest
import yaml

import domain
from api.errors import WebProblem
from casework.outcomes import Problem
from domain.catalogue import COMMANDS, EVENTS
from domain.law.obligation_kinds import KIND_RULES
from domain.next_steps import APPROVED, HANDLED, REWRITTEN
from domain.terms.refusals import Reason
from domain.terms.vocabulary import WarningLevel
from storage.regulation_text import cited, sentences
from words import labels as labels_module
from words.labels import explanations, label, label_of, labels
from words.waiting import WAITING

ROOT = Path(__file__).parents[2]
MODULES = [importlib.import_module(found.name) for found in pkgutil.walk_packages(domain.__path__, "domain.")]
ENUMS = {
    kind.__name__: kind
    for module in MODULES
    for _, kind in inspect.getmembers(module, inspect.isclass)
    if issubclass(kind, StrEnum)
    and kind.__module__.startswith("domain.")
    and not kind.__name__.startswith("_")
}
ELSEWHERE = {"Reason"}  # explained, not only named


def unnamed(group: str, codes: set[str]) -> set[str]:
    return codes ^ set(labels()[group])


@pytest.mark.parametrize("name", sorted(set(ENUMS) - ELSEWHERE))
def test_an_enumeration_is_named_in_full_and_nothing_else_under_it(name: str):
    assert unnamed(name, {member.value for member in ENUMS[name]}) == set()


def elsewhere() -> set[str]:
    """The names of the enumerations of all rooms but the domain's and the tests'."""
    rooms = (file for file in ROOT.glob("[a-z]*/**/*.py") if file.relative_to(ROOT).parts[0] != "tests")
    return {
        node.name
        for file in rooms
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and any("StrEnum" in ast.unparse(base) for base in node.bases)
    }


def test_a_group_that_is_called_like_a_class_is_called_like_an_enumeration():
    """Whoever gives an enumeration another name takes its labels along."""
    assert {group for group in labels() if group[0].isupper()} - set(ENUMS) - elsewhere() == set()


def test_every_command_and_every_event_is_named():
    assert unnamed("commands", set(COMMANDS)) == set()
    assert unnamed("events", set(EVENTS)) == set()


def written(place: str, pattern: str) -> set[str]:
    """The texts in a module of the domain that match a pattern in full."""
    tree = ast.parse((Path(domain.__path__[0]) / f"{place}.py").read_text(encoding="utf-8"))
    texts = {str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {text for text in texts if re.fullmatch(pattern, text)}


def test_every_way_of_computing_a_due_instant_is_named():
    rows = KIND_RULES.values()
    rules = {row.rule for row in rows} | written("rules/obligation_factory", r"\w+_limit")
    wanted = {"statutory_limit", "reclassified_limit", "rectify_limit", "promise", "replacement_limit"}
    assert wanted <= rules <= set(labels()["computation_rule"])
    bases = {row.base for row in rows if row.base} | {member.value for member in ENUMS["ClockStart"]}
    assert {"asked_at", "signed_at", "withdrawn_at"} <= bases <= set(labels()["computation_base"])


def test_every_reason_of_a_suggested_level_is_named():
    triggers = {"reads", "comments", "accountable_units", "factors", "floor"}
    media = {f"media_{tier.value}" for tier in ENUMS["MediaTier"]}
    assert unnamed("level_trigger", triggers | media) == set()


def test_no_name_is_empty_and_the_chinese_one_is_chinese():
    for group, codes in labels().items():
        for code, name in codes.items():
            assert name.zh.strip(), (group, code)
            assert name.en.strip(), (group, code)
            assert re.search(r"[\u4e00-\u9fff]", name.zh), (group, code)


def test_every_reason_is_explained_with_what_to_do():
    assert set(explanations()["reasons"]) == {reason.value for reason in Reason}
    for code, told in explanations()["reasons"].items():
        assert re.search(r"请|无需|须", told.advice.zh), code
        assert all((*told.title, *told.advice)), code


def parts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_of_a_code_name_the_same_parts():
    names = [(group, code, name) for group, codes in labels().items() for code, name in codes.items()]
    names += [
        (group, code, name)
        for group, codes in explanations().items()
        for code, told in codes.items()
        for name in (told.title, told.advice)
    ]
    assert not [(group, code) for group, code, name in names if parts(name.zh) != parts(name.en)]


@pytest.mark.parametrize("name", ["labels.yaml", "explanations.yaml"])
def test_nothing_is_said_twice_in_one_place(name: str):
    def keys_of(node: yaml.Node) -> Iterator[list[str]]:
        if isinstance(node, yaml.MappingNode):
            yield [key.value for key, _ in node.value]
            for _, inner in node.value:
                yield from keys_of(inner)

    written = yaml.compose((Path(labels_module.__file__).parent / name).read_text(encoding="utf-8"))
    assert written is not None
    assert all(len(keys) == len(set(keys)) for keys in keys_of(written))


def test_every_reason_names_a_clause_of_the_regulation_or_takes_that_of_its_command():
    known = sentences("gaoan-2020")
    told = {told.clause for told in explanations()["reasons"].values() if told.clause}
    assert {cited("gaoan-2020", what) for what in told} <= set(known)
    assert {cited("gaoan-2020", command.clause) for command in COMMANDS.values()} <= set(known)


def test_every_problem_has_its_texts():
    kinds = [*Problem.__subclasses__(), *WebProblem.__subclasses__()]
    codes = {kind.code for kind in kinds if hasattr(kind, "code")}
    parts = {
        "database_unavailable",
        "record_unavailable",
        "temporal_unavailable",
        "texts_unavailable",
        "workflow_missing",
    }
    assert codes | parts | {"key_missing", "if_match_invalid"} <= set(explanations()["problems"])


def test_a_code_without_a_name_stands_for_itself():
    assert label("commands", "unheard_of") == ("unheard_of", "unheard_of")
    assert label_of(WarningLevel.MAJOR_SITUATION).zh == "重大突发事态"


def test_each_thing_that_may_wait_for_somebody_has_its_sentence():
    assert WAITING.keys() == APPROVED.keys() | HANDLED.keys() | {REWRITTEN} <= COMMANDS.keys()
