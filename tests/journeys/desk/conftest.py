"""Journeys through the pages: all asynchronous tests of this folder share one loop,
and so one browser and one office.
"""

from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
import pytest_asyncio

from tests.browsing import browser
from tests.desk.conftest import Office, clock, desk_temporal, office
from tests.pages.serving import serving

__all__ = ["address", "browser", "clock", "desk_temporal", "office"]
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def address(office: Office) -> AsyncIterator[str]:
    """Where the office's pages are served."""
    async with serving(office.system.app, 0) as found:
        yield found
