"""R17: the real conductor under faults, by seed; and what the fuzzer and its judge must not miss."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from faults.drivers.strangers import question
from faults.fuzz.plan import FuzzPlan, rotated
from faults.fuzz.run import fuzz, in_short
from faults.judging.findings import WrongFinding

SEED = datetime.now(UTC).date().toordinal()  # another one each day; a failure names it


@pytest.mark.timeout(300)
async def test_history_replay_and_log_never_differ(tmp_path: Path):
    plan = rotated(SEED, cases=12, seconds=20, cut_every=20)
    fuzzed = await fuzz(plan, tmp_path)
    assert in_short(fuzzed.findings) == [], plan
    assert fuzzed.kills > 1
    assert fuzzed.acknowledged > plan.cases


@pytest.mark.timeout(300)
async def test_records_at_hand_with_a_lost_worker_are_taken_from_the_case(tmp_path: Path):
    """Two workers on one queue, of which each keeps one case: what one has at hand, the other has not."""
    plan = FuzzPlan(
        seed=SEED, cases=4, seconds=20, cached=1, task_seconds=2, cut_every=20, workers=2, is_at_hand=True
    )
    fuzzed = await fuzz(plan, tmp_path)
    assert in_short(fuzzed.findings) == [], plan
    assert fuzzed.lost_at_hand > 0
    assert fuzzed.acknowledged > plan.cases


@pytest.mark.timeout(300)
async def test_a_planted_race_is_caught(tmp_path: Path):
    plan = FuzzPlan(
        seed=1,
        cases=6,
        seconds=10,
        cached=3,
        task_seconds=2,
        cut_every=2,
        conductor="tests.faults.racing:Racing",
    )
    fuzzed = await fuzz(plan, tmp_path)
    assert WrongFinding.BROKEN in {finding.wrong for finding in fuzzed.findings}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("with_signal", [True, False], ids=["signal", "clock"])
async def test_what_a_strangers_query_would_decide_is_kept_from_the_log(tmp_path: Path, *, with_signal: bool):
    plan = FuzzPlan(seed=SEED, cases=6, seconds=0, cut_every=20)
    fuzzed = await question(plan, tmp_path, with_signal=with_signal)
    assert in_short(fuzzed.findings) == [], plan
    assert fuzzed.outcomes["queries"] == plan.cases


@pytest.mark.timeout(300)
async def test_a_decision_that_a_query_took_is_caught(tmp_path: Path):
    plan = FuzzPlan(seed=1, cases=8, seconds=0, cut_every=1000, conductor="tests.faults.unbelted:Unbelted")
    found: set[WrongFinding] = set()
    for turn in range(3):  # whether the query comes before the task is a race of the engine's
        fuzzed = await question(replace(plan, seed=turn), tmp_path / str(turn), with_signal=False)
        found |= {finding.wrong for finding in fuzzed.findings}
        if WrongFinding.OTHERWISE in found:
            break
    assert WrongFinding.OTHERWISE in found
