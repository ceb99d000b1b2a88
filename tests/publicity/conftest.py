"""The public page over a ledger in a SQLite file; what it asks of the ledger is tested on both databases
in `tests/storage`.
"""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database, open_database
from tests.storage.conftest import migrated_sqlite, sqlite

__all__ = ["migrated_sqlite", "sqlite"]


@pytest.fixture
async def database(sqlite: str) -> AsyncIterator[Database]:
    """An open database with tables."""
    opened = open_database(sqlite)
    yield opened
    await opened.close()
