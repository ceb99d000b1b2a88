"""Ids are made and read in one module: what is made is read back, and nowhere else is one put together."""

import re
from pathlib import Path
from typing import Final

import pytest

from domain.terms.ids import (
    Thing,
    is_obligation_of,
    is_paper_of,
    kind_of,
    names,
    numbered,
    obligation_id,
    of_any_unit,
    origin,
    paper_id,
    passed_on,
    split,
    task_id,
    without_cause,
)
from domain.terms.vocabulary import ObligationKind, PaperKind

ROOT: Final = Path(__file__).parents[2]
BEGINNINGS: Final = "|".join(thing.value for thing in Thing)
MADE_BY_HAND: Final = re.compile(
    rf"""f"(?:{BEGINNINGS})-\{{|startswith\("(?:{BEGINNINGS})-"\)|"""
    r"""(?:subject|obligation|identifier|obligation\.id)\.(?:split|r?partition)\(":"\)"""
)


@pytest.mark.parametrize("thing", Thing)
def test_what_is_numbered_is_known_by_its_name_and_no_other_is(thing: Thing):
    identifier = numbered(thing, 12)
    assert [other for other in Thing if names(identifier, other)] == [thing]
    assert split(identifier) == (thing.value, "12")


def test_an_obligation_is_known_by_its_id_and_comes_from_what_it_came_from_first():
    cause = passed_on(numbered(Thing.NOTICE, 3), numbered(Thing.COORDINATOR, 7))
    assert cause == "notice-3.coordinator-7"
    assert origin(cause) == origin("notice-3") == "notice-3"
    identifier = obligation_id(ObligationKind.SUP_FB, None, cause)
    assert identifier == "SUP_FB:-:notice-3.coordinator-7"
    assert is_obligation_of(identifier, ObligationKind.FORWARD, ObligationKind.SUP_FB)
    assert not is_obligation_of(identifier, ObligationKind.SIGN)


def test_what_several_units_owe_alike_has_one_kind_and_cause():
    ids = [obligation_id(ObligationKind.RESP48, unit, "assignment-1") for unit in ("qingxi", "shiqiao", None)]
    assert {of_any_unit(one) for one in ids} == {("RESP48", "assignment-1")}
    assert of_any_unit("instruction-1") == of_any_unit("") == ("", "")


def test_kind_and_unit_of_an_obligation_are_read_from_its_id():
    identifier = obligation_id(ObligationKind.RESP48, "qingxi", "assignment-1")
    assert (kind_of(identifier), without_cause(identifier)) == ("RESP48", "RESP48:qingxi")
    assert (kind_of("notice-3"), without_cause("notice-3")) == ("notice-3", "")


def test_a_paper_and_a_task_are_named_by_their_place():
    assert paper_id(PaperKind.MINUTES, 2) == "minutes-2"
    assert is_paper_of("talk_minutes-2", PaperKind.TALK_MINUTES)
    assert not is_paper_of("talk_minutes-2", PaperKind.MINUTES)
    assert task_id(numbered(Thing.CONSULTATION, 1), 2) == "consultation-1-task-2"


@pytest.mark.parametrize(
    "line",
    ['id=f"notice-{number}"', 'cause.startswith("hint-")', 'kind = self.subject.partition(":")[0]'],
)
def test_an_id_made_by_hand_is_noticed(line: str):
    assert MADE_BY_HAND.search(line)


def test_no_id_is_made_or_read_by_hand():
    by_hand = {
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for room in ("domain", "casework", "words", "desk", "activities", "workflows")
        for path in (ROOT / room).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if MADE_BY_HAND.search(line) and path != ROOT / "domain" / "terms" / "ids.py"
    }
    assert by_hand == set()
