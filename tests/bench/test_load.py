"""What a load counts, and how its rates and latencies come about."""

import asyncio
from collections import Counter

import pytest

from bench.load import Load, drive


async def test_only_acts_that_succeeded_count_towards_rate_and_latency():
    answers = iter(["200", "202", "409 stale", "200"])

    async def act() -> str:
        await asyncio.sleep(0)  # thousands fit into the time, however busy the machine is
        return next(answers, "503")

    load = await drive([act], 0.15)
    assert load.outcomes["200"] == 2
    assert len(load.latencies) == 2
    assert load.rate == pytest.approx(2 / load.seconds)
    assert load.success == 2 / load.outcomes.total() < 0.5


async def test_an_act_under_way_at_the_end_is_finished_and_counts():
    async def act() -> str:
        await asyncio.sleep(0.1)
        return "200"

    load = await drive([act, act], 0.01)
    assert load.done == 2
    assert load.seconds >= 0.1


def test_the_median_and_the_95th_percentile_are_told_in_milliseconds():
    load = Load(seconds=1, outcomes=Counter({"200": 21}), latencies=[n / 1000 for n in range(21)])
    assert load.p50_milliseconds == 10
    assert load.p95_milliseconds == pytest.approx(20, abs=1)


def test_a_load_in_which_nothing_succeeded_has_a_rate_of_zero():
    load = Load(seconds=1, outcomes=Counter({"503": 3}))
    assert (load.rate, load.success) == (0, 0)
