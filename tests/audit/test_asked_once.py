"""What a replay took again is not asked of the rules a second time; nothing else counts as taken again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from audit import replay
from audit.decided import decided_again, folded
from audit.histories import unpacked
from audit.replay_results import repeated
from audit.stored import StoredLog
from domain.catalogue import Decision
from storage.database import Database
from storage.histories import histories
from tests.audit.conftest import ENDED
from tests.keys import KEYS
from tests.storage.cases import Case
from workflows.opening import opened_history
from workflows.payloads import CaseInput


def log_of(decisions: tuple[Decision, ...]) -> StoredLog:
    return StoredLog(incident_id="inc-1", decisions=decisions, seal="", differences=())


def said(*decisions: Decision, after: tuple[Decision, ...] = ()) -> replay.ReplayResult:
    began = CaseInput(incident=folded(after, 10**6).case) if after else CaseInput()
    return replay.ReplayResult(began=began, decisions=decisions, incident=None, failure=None)


@pytest.fixture
def decisions() -> tuple[Decision, ...]:
    case = Case("inc-1")
    case.assign()
    return tuple(case.decisions)


def later(decided: Decision) -> Decision:
    return replace(decided, now=decided.now + timedelta(seconds=1))


def test_all_that_a_replay_took_again_from_the_registration_on_is_repeated(decisions: tuple[Decision, ...]):
    assert len(decisions) > 2
    assert repeated(log_of(decisions), [said(*decisions)]) == {one.first_number for one in decisions}


def test_nothing_after_the_first_that_parts_is(decisions: tuple[Decision, ...]):
    first, second, *rest = decisions
    assert repeated(log_of(decisions), [said(first, later(second), *rest)]) == {1}
    assert repeated(log_of(decisions), [said(first, *rest)]) == {1}


def test_what_a_run_began_with_was_taken_by_the_run_before(decisions: tuple[Decision, ...]):
    first, second, *rest = decisions
    carried = said(second, *rest, after=(first, second))
    assert repeated(log_of(decisions), [carried]) == {one.first_number for one in rest}


def test_a_run_that_began_from_another_case_repeats_nothing(decisions: tuple[Decision, ...]):
    _, second, *rest = decisions
    other = Case("inc-1", title="另一件")
    assert repeated(log_of(decisions), [said(second, *rest, after=(other.decisions[0],))]) == frozenset()


def test_a_run_that_never_began_repeats_nothing(decisions: tuple[Decision, ...]):
    silent = replay.ReplayResult(began=None, decisions=decisions, incident=None, failure=None)
    assert repeated(log_of(decisions), [silent]) == frozenset()


def test_the_rules_are_asked_again_for_all_others(decisions: tuple[Decision, ...]):
    first, second, *rest = decisions
    forged = (first, replace(second, edition=1), *rest)
    assert decided_again("inc-1", forged)[0]
    assert decided_again("inc-1", forged, {second.first_number})[1] == folded(forged, 0).case


async def test_an_event_without_payloads_is_not_copied_and_the_others_are_opened(database: Database):
    async with database.session() as session:
        (archived,) = await histories(session, ENDED)
    run, _ = unpacked(archived)
    assert run is not None
    whole = opened_history(run, KEYS)
    same = [one is other for one, other in zip(run.events, whole.events, strict=True)]
    assert any(same)
    assert not all(same)
