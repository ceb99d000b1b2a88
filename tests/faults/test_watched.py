"""R21 in small: two kinds of fault, others on another day, are told and healed in time without a hand."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from faults.drivers.watched import drive
from faults.outcome import Errand
from faults.strikes import FAULTS

KINDS = 2


@pytest.mark.timeout(600)
async def test_what_is_killed_hangs_or_fails_is_told_and_healed_and_nothing_is_lost(tmp_path: Path):
    seed = KINDS * datetime.now(UTC).date().toordinal() % len(FAULTS)
    outcome = await drive(Errand(times=KINDS, seed=seed, folder=tmp_path, say=print))
    assert outcome.findings == []
    assert outcome.counts
