"""The bench itself, in its smallest form: it measures every figure on real processes and writes
its results file.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench.figure import BenchFigure
from bench.plan import QUICK
from bench.report import table, write
from bench.run import take

TINY = replace(
    QUICK,
    name="tiny",
    callers=3,
    alone=0.5,
    together=1,
    cases=6,
    settle=1,
    repeats=20,
    deadlines=4,
    opening=3,
    within=1,
    few=320,
    many=640,
    samples=3,
    replayed=2,
)


@pytest.mark.timeout(600)
async def test_a_run_takes_every_figure_and_writes_them_down(tmp_path: Path):
    said: list[str] = []
    run = await take(TINY, said.append, with_profile=True)
    written = write(run, "0.0.0", tmp_path)

    found = json.loads(written.read_text(encoding="utf-8"))
    assert written.name == f"0.0.0-{found['began'][:10]}-tiny.json"
    # Where the peer is installed, P1 and P2 stand there for it as well.
    assert list(dict.fromkeys(figure["id"] for figure in found["figures"])) == [
        *("P1", "P2", "P3", "P4", "P5", "P6", "P7", "P9", "P10", "P11", "P12")
    ]
    assert found["verified"]["acknowledged"] > 0
    assert found["verified"]["faults"] == []
    assert found["machine"]["cores"] >= 1
    assert found["versions"]["temporalio"]
    # A busy machine may answer 202: accepted, the record following.
    assert set(found["rounds"][0]["api"]["outcomes"]) <= {"200", "202"}
    assert {"worker", "web", "temporal"} <= set(found["rounds"][0]["api"]["cpu_milliseconds"])
    assert set(found["profile"]) == {"cpu_milliseconds", "worker", "web"}
    assert any(line.startswith("P9") for line in said)


def test_the_table_tells_a_figure_that_does_not_count():
    figure = BenchFigure(id="P1", what="w", value=9, unit="", target=1, at_least=True, taken="", counts=False)
    assert "does not count" in table([figure])
    assert "reached" in table([replace(figure, counts=True)])
    assert "missed" in table([replace(figure, counts=True, value=0.5)])
