"""Each command without each of its mandatory parts: refused by everybody's hand in every state,
with a reason that says so.
"""

from dataclasses import MISSING, fields, replace
from itertools import product
from typing import Any, get_origin, get_type_hints

import pytest

from domain.catalogue import COMMANDS, Submission
from domain.terms.refusals import Refused
from domain.terms.roles import Actor, Role
from tests.domain.every import STATES, UNITS, answer, filled
from words.labels import explanation

# What a command may leave empty though it has to say so: no conflict need be named,
# all open ones are meant then; and that a peer knows nothing of the matter is said by its answer.
MAY_BE_EMPTY = {("approve_talking_points", "conflicts"), ("answer_verification", "result")}


def mandatory() -> list[tuple[str, str, Any]]:
    """Each command's fields that a person has to fill with a text or a list, and what is nothing there."""
    found = []
    for kind, command in COMMANDS.items():
        hints = get_type_hints(command)
        for field in fields(command):
            is_list, is_text = get_origin(hints[field.name]) is tuple, hints[field.name] is str
            has_default = field.default is not MISSING or field.default_factory is not MISSING
            if (is_list or is_text) and not has_default and (kind, field.name) not in MAY_BE_EMPTY:
                found.append((kind, field.name, () if is_list else " \n"))
    return found


def refusals(kind: str, command: Any) -> list[Refused]:
    """What the rules say to everybody in every state; a command that is taken fails the test."""
    said = []
    for case, unit, role in product(STATES.values(), UNITS, Role):
        actor = Actor(person=f"{unit}/{role}/x", role=role, unit=unit)
        submission = Submission(
            command=command, actor=actor, received_at=case.now, command_id="c", digest="d", law=case.state.law
        )
        found = answer(case.state, submission, case.now)
        assert isinstance(found, Refused), (kind, unit, role)
        said.append(found)
    return said


@pytest.mark.parametrize(("kind", "field", "nothing"), mandatory(), ids=lambda part: str(part).strip() or "-")
def test_a_command_without_a_mandatory_part_is_taken_from_nobody(kind: str, field: str, nothing: Any):
    for refused in refusals(kind, replace(filled(COMMANDS[kind]), **{field: nothing})):
        told = explanation("reasons", refused.reason)
        assert told.advice.zh
        assert told.advice.en


def test_the_walk_meets_many_parts():
    assert len(mandatory()) > 60
