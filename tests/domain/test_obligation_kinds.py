"""The table of the kinds of obligations: a row for each, and each met in one way or in none."""

import pytest

from domain.catalogue import COMMANDS
from domain.law.obligation_kinds import KIND_RULES, Holder
from domain.terms.vocabulary import ObligationKind


def test_every_kind_has_its_row():
    assert KIND_RULES.keys() == set(ObligationKind)


@pytest.mark.parametrize("kind", ObligationKind)
def test_a_kind_is_met_by_one_step_or_by_a_text_or_by_what_the_unit_does_anyway(kind: ObligationKind):
    rule = KIND_RULES[kind]
    assert not (rule.answered_by and rule.by_text)
    assert bool(rule.answered_by or rule.by_text) is not (rule.overlay or rule.internal)
    assert not rule.answered_by or rule.answered_by in COMMANDS


@pytest.mark.parametrize("kind", ObligationKind)
def test_what_is_owed_once_per_incident_has_a_holder_by_the_rules(kind: ObligationKind):
    rule = KIND_RULES[kind]
    assert not rule.once or rule.holder in {Holder.FIRST, Holder.PRINCIPAL}
    assert (rule.overlay and rule.moves_with_office) is (rule.holder is Holder.RECEIVING)
