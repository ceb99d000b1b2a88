"""The largest permitted step of every kind is decided in a few times what writing it down takes."""

from dataclasses import fields, is_dataclass, replace
from functools import partial
from typing import Any

import pytest

from domain.bounds import LARGEST_COMMAND, LONGEST_LIST, LONGEST_TEXT, MOST_CONFLICTS
from domain.case.records import Claim, Evidence
from domain.catalogue import COMMANDS
from domain.incident import decide
from domain.steps.consult import SubmitAnalysis
from domain.steps.respond import DraftResponse
from domain.terms.free_texts import rewritten
from domain.terms.vocabulary import PaperKind
from storage.codec import COMMAND, canonical
from tests.domain.cast import ALICE, BOB, SECOND, THIRD, UNIT, draft, of
from tests.domain.every import filled
from tests.domain.grown import Grown
from tests.domain.quickness import MANY_TIMES, quickest


@pytest.fixture(scope="module")
def grown() -> Grown:
    """A case at its bounds, in which much was stated by several units."""
    found = Grown(share=0.1)
    for unit in (UNIT, SECOND, THIRD):
        found.give(draft(claims=_claims(190)), of(unit))
    assert len(found.state.open_conflicts) == 0
    return found


@pytest.fixture(scope="module")
def floor() -> float:
    """What writing the largest draft down takes."""
    command = largest(DraftResponse)
    return quickest(lambda: canonical(COMMAND.dump_python(command, mode="json")))


def _claims(count: int) -> tuple[Claim, ...]:
    return tuple(
        Claim(subject=f"第{number}项", type="number", value=f"{number}人") for number in range(count)
    )


def _contrary(count: int) -> tuple[Claim, ...]:
    return tuple(replace(claim, value="9999人") for claim in _claims(count))


def size(command: Any) -> int:
    return len(canonical(COMMAND.dump_python(command, mode="json")))


def largest(kind: type) -> Any:
    """A command of the kind with every text as long and every list as full as a step of 128 KiB may hold."""
    letters, items = LONGEST_TEXT, LONGEST_LIST
    plain = draft() if kind is DraftResponse else filled(kind)
    if isinstance(plain, SubmitAnalysis):
        plain = replace(plain, report=PaperKind.SPECIAL_REPORT)
    while size(command := _grown(plain, letters, items)) > LARGEST_COMMAND:
        letters, items = letters * 3 // 4, items * 3 // 4
    return command


def _grown(command: Any, letters: int, items: int) -> Any:
    lists = {
        field.name: _many(value, items)
        for field in fields(command)
        if isinstance(value := getattr(command, field.name), tuple) and value
    }
    if isinstance(command, DraftResponse):
        lists["claims"] = _contrary(items)
        lists["evidence"] = tuple(
            Evidence(url=f"https://a.example/{n}", sha256="a" * 64) for n in range(items)
        )
    return rewritten(
        replace(command, **lists),
        lambda text: (text or "电话13812345678。") * (letters // max(len(text), 14)),
    )


def _many(value: tuple[Any, ...], items: int) -> tuple[Any, ...]:
    return tuple(_numbered(value[n % len(value)], n) for n in range(items))


def _numbered(item: Any, number: int) -> Any:
    """An item of its own, where one of its lines can be another."""
    if is_dataclass(item) and not isinstance(item, type):
        names = [field.name for field in fields(item) if field.name in {"url", "subject", "text"}]
        return replace(item, **{name: f"{getattr(item, name)}{number}" for name in names})
    return item


def test_the_largest_draft_is_one_that_others_contradict(grown: Grown):
    asked = grown.submission(largest(DraftResponse), BOB)
    found = [event for event in decide(grown.state, asked, grown.now) if event.kind == "conflict_found"]
    assert len(found) == MOST_CONFLICTS


@pytest.mark.parametrize("kind", [name for name in COMMANDS if name != "register"])
def test_the_largest_step_of_a_kind_is_decided_quickly(grown: Grown, floor: float, kind: str):
    command = largest(COMMANDS[kind])
    for actor in (ALICE, BOB):
        submission = grown.submission(command, actor)
        assert quickest(partial(decide, grown.state, submission, grown.now)) < MANY_TIMES * floor
