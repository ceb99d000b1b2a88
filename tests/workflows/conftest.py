"""One server and one database for each test of the workflow."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.workflows.stage import Stage, a_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage whose clock shows the cast's instants."""
    async with a_stage(tmp_path) as made:
        yield made
