"""R22 at a tenth of its size: a grown case keeps its clock, goes on anew and is rebuilt,
over a dead ledger and losses.
"""

from pathlib import Path

import pytest

from faults.drivers import grown_case
from faults.outcome import Errand


@pytest.mark.timeout(600)
async def test_a_grown_case_keeps_its_clock_and_its_size(tmp_path: Path):
    outcome = await grown_case.drive(Errand(times=10, seed=0, folder=tmp_path, say=print))
    assert outcome.findings == []
    assert outcome.worked == outcome.tried > 1_200
