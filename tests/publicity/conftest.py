"""The public page over real databases, as the tests of storage have them."""

from tests.storage.conftest import (
    database,
    migrated_postgresql,
    migrated_sqlite,
    postgresql,
    sqlite,
    url,
)

__all__ = ["database", "migrated_postgresql", "migrated_sqlite", "postgresql", "sqlite", "url"]
