"""A whole system for the API's tests, once for all of them; what breaks something makes one of its own."""

from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from tests.api.office import System, address, start_temporal
from tests.api.office import system as make_system

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """All asynchronous tests of this folder share one loop, and so one server."""
    for item in items:
        if HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    """A Temporal server that all but the outage tests share."""
    async with await start_temporal() as environment:
        yield environment


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def system(
    temporal: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[System]:
    """A system with its worker running."""
    folder = tmp_path_factory.mktemp("ledger")
    async with make_system(folder, address(temporal)) as made, await made.worker():
        yield made
