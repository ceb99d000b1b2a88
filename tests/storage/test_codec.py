"""Records as text and back: nothing is lost, and the same record always gives the same text."""

import hashlib
import json

import pytest
from pydantic import ValidationError

from domain.catalogue import Decision
from storage.codec import DECISION, INCIDENT, LAW, canonical, digest, incident_from, incident_text
from storage.event_log import decision_text
from tests.storage.cases import LAW as IN_FORCE
from tests.storage.cases import Case

CASES = [Case().close(), Case(drill=True).supervised(), Case().archive()]


@pytest.mark.parametrize("case", CASES)
def test_every_decision_comes_back_from_its_text(case: Case):
    for decided in case.decisions:
        again: Decision = DECISION.validate_json(decision_text(decided))
        assert again == decided
        assert decision_text(again) == decision_text(decided)


@pytest.mark.parametrize("case", CASES)
def test_an_incident_comes_back_from_its_text_under_its_law(case: Case):
    text = incident_text(case.state)
    again = incident_from(text, IN_FORCE)
    assert again == case.state
    assert again.law is IN_FORCE
    assert incident_text(again) == text
    assert INCIDENT.dump_json(again) == INCIDENT.dump_json(case.state)


def test_the_law_is_left_out_of_an_incidents_text():
    content = json.loads(incident_text(CASES[0].state))
    assert "law" not in content
    assert content["number"] == CASES[0].state.number


def test_a_law_comes_back_from_its_text():
    assert LAW.validate_json(LAW.dump_json(IN_FORCE)) == IN_FORCE


def test_canonical_text_does_not_depend_on_the_order_of_keys():
    assert canonical({"b": 1, "a": "水"}) == canonical({"a": "水", "b": 1}) == '{"a":"水","b":1}'.encode()
    assert digest({"b": 1, "a": 2}) == hashlib.sha256(b'{"a":2,"b":1}').hexdigest()


def test_what_no_release_wrote_is_refused():
    content = json.loads(decision_text(CASES[0].decisions[1]))
    content["events"][0]["more"] = 1
    with pytest.raises(ValidationError, match="more"):
        DECISION.validate_python(content)
