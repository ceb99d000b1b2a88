"""R18, R19, R23, R24 and R26 at their small sizes, each against a system started as `make run` does."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from faults.__main__ import app
from faults.drivers import flooding, lost_engine, skewed_clocks, slow_ledger, two_bodies
from faults.outcome import Errand, Outcome
from faults.registry import DRIVERS

SKEWED = 2
SHARED = 4.0  # times the usual latency, where the rest of the suite runs beside it; `make faults` holds two


def errand(folder: Path, times: int, seed: int = 0) -> Errand:
    return Errand(times=times, seed=seed, folder=folder, say=print)


@pytest.mark.timeout(300)
async def test_each_case_takes_one_more_step_after_a_slow_ledger_and_lost_workers(tmp_path: Path):
    outcome = await slow_ledger.drive(errand(tmp_path, 4))
    assert outcome.findings == []
    assert outcome.worked == 4


@pytest.mark.timeout(300)
async def test_no_reader_sees_a_step_that_the_engine_lost(tmp_path: Path):
    outcome = await lost_engine.drive(errand(tmp_path, 8))
    assert outcome.findings == []


@pytest.mark.timeout(300)
async def test_of_two_bodies_under_one_key_none_is_acknowledged_and_dropped(tmp_path: Path):
    outcome = await two_bodies.drive(errand(tmp_path, 20))
    assert outcome.findings == []


@pytest.mark.timeout(300)
async def test_a_flood_is_refused_in_words_and_keeps_nobody_else_from_working(tmp_path: Path):
    outcome = await flooding.drive(errand(tmp_path, 30), slower=SHARED)
    assert outcome.findings == []
    assert outcome.counts


@pytest.mark.timeout(300)
@pytest.mark.skipif(skewed_clocks.compiler() is None, reason="the other clock is made by a C compiler")
async def test_instants_are_the_engines_whatever_clock_a_process_has(tmp_path: Path):
    """Two of web, worker and watch, ahead or behind; others on another day."""
    seed = SKEWED * datetime.now(UTC).date().toordinal() % len(skewed_clocks.KINDS)
    outcome = await skewed_clocks.drive(errand(tmp_path, SKEWED, seed))
    assert outcome.findings == []
    assert outcome.worked == SKEWED


def test_every_driver_has_a_short_size_and_that_of_a_release():
    assert all(0 < driver.short <= driver.release for driver in DRIVERS.values())


def test_the_parts_of_a_release_are_the_whole_of_it_and_no_turn_comes_twice():
    for driver in DRIVERS.values():
        turns = [turn for part in range(1, driver.parts + 1) for turn in driver.part(part)]
        assert turns == [*range(driver.release)]


def test_a_part_is_driven_from_its_own_seed_and_never_written_over_a_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    errands: list[Errand] = []

    async def drive(errand: Errand) -> Outcome:
        errands.append(errand)
        return Outcome(tried=1, worked=1)

    monkeypatch.setitem(DRIVERS, "R25", replace(DRIVERS["R25"], drive=drive, parts=4))
    answer = CliRunner().invoke(app, ["R25", "--part", "2", "--results", str(tmp_path)])
    assert answer.exit_code == 0, answer.output
    assert [(errand.times, errand.seed) for errand in errands] == [(5, 6)]
    assert [file.name.partition("-R25-")[2] for file in tmp_path.iterdir()] == ["part-2-of-4.json"]
    refused = CliRunner().invoke(app, ["R25", "--part", "5", "--results", str(tmp_path)])
    assert refused.exit_code == 2
