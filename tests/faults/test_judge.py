"""The judge tells what differs between histories, log and what was acknowledged."""

from dataclasses import replace
from datetime import timedelta

from faults.judging.findings import Acknowledged, WrongFinding
from faults.judging.judge import compared, kept
from faults.judging.stored import StoredCase
from tests.golden.kept import kept as recorded

DECISIONS = {
    decision.first_number: decision
    for decision in next(one for one in recorded() if one.name == "P1").decisions
}
LAST = max(DECISIONS)


def stored(**commands: list[int]) -> StoredCase:
    return StoredCase(decisions=DECISIONS, commands=commands)


def acknowledged(command_id: str, number: int | None) -> Acknowledged:
    return Acknowledged(incident_id="inc-1", command_id=command_id, event_number=number)


def test_a_log_that_holds_what_was_decided_is_in_order():
    assert [*compared("inc-1", "whole", DECISIONS, stored())] == []


def test_a_decision_that_a_query_took_is_caught():
    """It stands in the log at the time of the task before; the history takes it later."""
    stale = replace(DECISIONS[LAST], now=DECISIONS[LAST].now - timedelta(hours=9))
    log = StoredCase(decisions={**DECISIONS, LAST: stale}, commands={})
    (finding,) = compared("inc-1", "whole", DECISIONS, log)
    assert (finding.wrong, finding.number) == (WrongFinding.OTHERWISE, LAST)


def test_a_decision_that_is_missing_from_the_log_is_caught():
    log = StoredCase(
        decisions={first: decision for first, decision in DECISIONS.items() if first != LAST}, commands={}
    )
    (finding,) = compared("inc-1", "whole", DECISIONS, log)
    assert (finding.wrong, finding.number) == (WrongFinding.UNRECORDED, LAST)


def test_what_was_acknowledged_and_stands_once_under_its_number_is_in_order():
    given = [acknowledged("a", 4), acknowledged("b", None)]
    assert [*kept(given, stored(a=[4], b=[7]))] == []


def test_what_was_acknowledged_and_is_gone_doubled_or_renumbered_is_caught():
    given = [acknowledged("a", 4), acknowledged("b", None), acknowledged("c", 5)]
    found = [finding.wrong for finding in kept(given, stored(b=[7, 9], c=[6]))]
    assert found == [WrongFinding.LOST, WrongFinding.DOUBLED, WrongFinding.RENUMBERED]
