"""The public page is measured beside the same server with a static file, both over one folder."""

from dataclasses import replace
from pathlib import Path

from bench.crowd import measure
from bench.plan import QUICK

TINY = replace(QUICK, callers=3, alone=0.3)


async def test_both_servers_answer_every_reader_and_the_ratio_is_taken(tmp_path: Path):
    crowd = await measure(tmp_path, TINY)
    figure = crowd.figure()
    assert figure.id == "P12"
    assert figure.counts
    assert [load.success for load in (*crowd.page, *crowd.static, *crowd.known)] == [1.0, 1.0, 1.0]
    assert figure.value == crowd.ratio > 0
    assert set(crowd.cpu_milliseconds) == {"page", "static"}
