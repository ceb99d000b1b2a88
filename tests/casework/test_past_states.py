"""States of a long case that are past: folded once, on from what is kept, outside the bounds of a read,
a few at one time.
"""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep
from typing import Any
from unittest.mock import Mock

import pytest
import pytest_asyncio

from casework import ledger_session, past_states
from casework.as_it_stood import as_it_stood
from casework.outcomes import NotThen, Unavailable
from casework.outlines import Outlines
from casework.past_states import state_after
from casework.turns import Turns
from domain.incident import evolve, fold
from domain.terms.copies import changed
from storage import queries
from storage.database import Database, open_database
from storage.latest_states import LatestStates
from storage.past_states import PastStates, SealedState
from storage.record import record
from tests.domain.grown import Grown
from tests.ledgers import empty_ledger

BETWEEN = 64  # events from one state that is kept to the next


@pytest.fixture(scope="module")
def grown() -> Grown:
    return Grown(share=0.1)


@pytest_asyncio.fixture
async def database(tmp_path: Path, grown: Grown) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'ledger.db'}"
    empty_ledger(url)
    opened = open_database(url)
    await record(opened, grown.state.incident_id, tuple(grown.decisions))
    yield opened
    await opened.close()


@pytest.fixture
def past(monkeypatch: pytest.MonkeyPatch) -> PastStates:
    """What a process keeps that has kept nothing yet."""
    fresh = PastStates()
    for place in ("storage.queries", "casework.outlines"):
        monkeypatch.setattr(f"{place}.PAST", fresh)
    return fresh


@pytest.fixture
def folding(monkeypatch: pytest.MonkeyPatch, past: PastStates) -> Mock:
    """Counts what is folded."""
    counted = Mock(side_effect=evolve)
    monkeypatch.setattr(queries, "evolve", counted)
    monkeypatch.setattr(queries, "LATEST", LatestStates())
    return counted


def after(grown: Grown, number: int) -> Any:
    return fold([event for decided in grown.decisions for event in decided.events][:number])


async def test_the_state_next_to_one_that_was_asked_for_is_folded_from_one_near(
    database: Database, grown: Grown, folding: Mock
):
    incident_id, last = grown.state.incident_id, grown.state.event_number
    assert last > 5 * BETWEEN
    assert await state_after(database, incident_id, last - 5) == after(grown, last - 5)
    assert folding.call_count == last - 5
    for number in (last - 4, last - 6, last // 2, last // 3, 7):
        folding.reset_mock()
        assert await state_after(database, incident_id, number) == after(grown, number)
        assert folding.call_count <= 2 * BETWEEN


async def test_of_an_instant_soon_after_the_beginning_little_is_folded(
    database: Database, grown: Grown, folding: Mock
):
    early = grown.decisions[20]
    stood = await as_it_stood(database, grown.state, early.now, grown.now)
    assert (stood.state, stood.as_of) == (after(grown, early.last_number), early.now)
    assert folding.call_count == early.last_number


async def test_a_long_way_is_folded_outside_the_bounds_of_a_read(
    database: Database, grown: Grown, folding: Mock, monkeypatch: pytest.MonkeyPatch
):
    def slowly(*given: Any) -> Any:
        sleep(0.001)
        return evolve(*given)

    folding.side_effect = slowly
    longest, real = 0.4, ledger_session.reading
    monkeypatch.setattr(past_states, "reading", lambda opened: real(opened, longest))
    last = grown.state.event_number
    assert last * 0.001 > longest
    assert await state_after(database, grown.state.incident_id, last) == grown.state


async def test_those_who_ask_for_one_case_at_one_time_have_it_folded_once(
    database: Database, grown: Grown, folding: Mock
):
    incident_id, last = grown.state.incident_id, grown.state.event_number
    numbers = [last - place for place in range(8)]
    states = await asyncio.gather(*(state_after(database, incident_id, number) for number in numbers))
    assert [state and state.event_number for state in states] == numbers
    assert folding.call_count <= last + 8 * BETWEEN


async def test_whoever_gives_up_leaves_what_was_folded_by_then(
    database: Database, grown: Grown, folding: Mock, past: PastStates
):
    incident_id, last = grown.state.incident_id, grown.state.event_number
    pool, loop = ThreadPoolExecutor(2), asyncio.get_running_loop()
    loop.set_default_executor(pool)
    asked = asyncio.create_task(state_after(database, incident_id, last))
    async with asyncio.timeout(60):
        while past.before(incident_id, last) is None:
            await asyncio.sleep(0)
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    pool.shutdown(wait=True)  # what was being folded comes to its end
    loop.set_default_executor(ThreadPoolExecutor(2))
    assert folding.call_count < last
    folding.reset_mock()
    assert await state_after(database, incident_id, last) == grown.state
    assert folding.call_count <= last - BETWEEN


async def test_a_state_that_was_kept_is_not_taken_where_the_log_has_another_seal(
    database: Database, grown: Grown, folding: Mock, past: PastStates
):
    incident_id, last = grown.state.incident_id, grown.state.event_number
    early = after(grown, grown.decisions[80].last_number)
    past.keep(SealedState(state=early, hash="f" * 64))
    assert past.before(incident_id, last) is not None
    assert await state_after(database, incident_id, last) == grown.state
    assert folding.call_count == last


async def test_after_its_replay_no_state_is_folded_from_the_beginning(
    database: Database, grown: Grown, folding: Mock
):
    outline = await Outlines().of(database, grown.state.incident_id)
    assert outline.last.state == grown.state
    number = grown.state.event_number // 2
    assert await state_after(database, grown.state.incident_id, number) == after(grown, number)
    assert folding.call_count <= 2 * BETWEEN


async def test_a_time_to_come_is_none_at_which_the_case_stood(database: Database, grown: Grown):
    for wanted in (grown.now.replace(year=2099), grown.state.event_number + 1, 0):
        with pytest.raises(NotThen):
            await as_it_stood(database, grown.state, wanted, grown.now)


async def test_turns_are_few_and_of_one_case_never_two():
    turns = Turns("past", most=2, waiting=1, patience=0.1)
    async with turns.of("a"), turns.of("b"):
        for case in ("a", "c"):
            with pytest.raises(Unavailable, match="past"):
                async with turns.of(case):
                    pass
    async with turns.of("c"), turns.of("a"):
        pass


async def test_whoever_comes_beyond_those_who_wait_is_sent_away_at_once():
    turns = Turns("past", most=2, waiting=1, patience=60.0)
    came: list[str] = []

    async def come(name: str) -> None:
        async with turns.of("a"):
            came.append(name)

    async with turns.of("a"):
        waiting = asyncio.create_task(come("second"))
        await asyncio.sleep(0)
        with pytest.raises(Unavailable) as refused:
            await come("third")
        assert refused.value.retry_after
        assert came == []
    await waiting
    assert came == ["second"]
    async with turns.of("a"):
        pass


def test_of_many_cases_the_states_of_the_one_asked_for_last_are_kept(grown: Grown):
    kept = PastStates(most=2, apart=1)
    states = [after(grown, number) for number in (1, 2)]
    for name in ("a", "b"):
        for state in states:
            kept.keep(SealedState(state=changed(state, incident_id=name), hash="0" * 64))
    assert kept.before("a", 9) is None
    assert [sealed and sealed.number for sealed in (kept.before("b", 9), kept.before("b", 1))] == [2, 1]
