"""One server and one database for each test of the workflow."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.workflows.stage import Stage, a_live_stage, a_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage whose clock shows the cast's instants."""
    async with a_stage(tmp_path) as made:
        yield made


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage on a dev server, with a quick clock."""
    async with a_live_stage(tmp_path) as made:
        yield made
