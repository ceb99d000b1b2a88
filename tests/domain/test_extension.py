"""延期: asked for, and refused with the way that is open (DD-11)."""

import pytest

from domain.steps.extension import RequestExtension
from domain.terms.refusals import Reason
from domain.terms.vocabulary import ObligationKind
from tests.domain.cast import ALICE, BOB, MALLORY, UNIT, assigned, h, judged, registered, signed_for, step
from tests.domain.given import given
from words.labels import explanation

START = (registered(), judged(), assigned(), signed_for())
OBLIGATION = f"RESP48:{UNIT}:assignment-1"


def asked(at, obligation=OBLIGATION, by=BOB):
    return step(at, by, RequestExtension(obligation=obligation, reason="尚在核实"))


@pytest.mark.parametrize("at", [h(1), h(47), h(49)])
def test_no_limit_is_ever_extended(at):
    case = given(*START).when(asked(at)).refused(Reason.NO_EXTENSION, OBLIGATION)
    assert case.obligation(ObligationKind.RESP48, UNIT).due_at == h(48)


def test_the_refusal_names_what_is_possible():
    told = explanation("reasons", Reason.NO_EXTENSION)
    assert "阶段性回应" in told.advice.zh
    assert "下次发布时间" in told.advice.zh
    assert "interim response" in told.advice.en


def test_an_obligation_that_is_not_there_is_refused_as_such():
    given(*START).when(asked(h(1), "RESP48:nobody:x")).refused(Reason.UNKNOWN_REFERENCE)


def test_a_unit_involved_may_ask_before_assignment_and_a_stranger_may_not():
    given(registered()).when(asked(h(1), "RESP48:-:registration")).refused(Reason.NO_EXTENSION)
    given(*START).when(asked(h(1), by=MALLORY)).refused(Reason.UNIT_NOT_CONCERNED)
    given(*START).when(asked(h(1), "RESP48:-:registration", by=ALICE)).refused(Reason.UNIT_NOT_CONCERNED)
