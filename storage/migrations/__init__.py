"""Brings the tables of a database up to this release."""

import asyncio
from pathlib import Path
from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import URL, create_engine, make_url

_FOLDER = Path(__file__).parent
_SQLITE = "sqlite+pysqlite"
_ALEMBIC = Lock()  # it keeps what it is doing in globals, which two threads would spoil for each other


def migrate_now(url: str) -> None:
    """Run every migration that the database lacks, all in one transaction;
    a SQLite file is made where none is.

    Takes the addresses that `open_database` takes. Raises OSError or SQLAlchemyError when the database
    cannot be used.
    """
    address = _address(url)
    if address.drivername == _SQLITE:
        Path(address.database or "").parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _ALEMBIC:
        command.upgrade(_configuration(address), "head")


async def migrate(url: str) -> None:
    """As `migrate_now`, beside a running event loop."""
    await asyncio.to_thread(migrate_now, url)


def downgrade_now(url: str, revision: str) -> None:
    """Undo migrations down to a revision of an earlier release, or to `base`;
    what only later tables hold is lost.
    """
    with _ALEMBIC:
        command.downgrade(_configuration(_address(url)), revision)


async def revision_of(url: str) -> str:
    """The revision that a database stands at; empty for one without tables,
    or a SQLite file that is not there.
    """
    return await asyncio.to_thread(_revision_of, _address(url))


def _revision_of(address: URL) -> str:
    if address.drivername == _SQLITE and not Path(address.database or "").exists():
        return ""
    engine = create_engine(address)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() or ""
    finally:
        engine.dispose()


def _address(url: str) -> URL:
    """The address for an ordinary connection: migrations run in a thread."""
    address = make_url(url)
    return address.set(drivername=_SQLITE) if address.drivername == "sqlite+aiosqlite" else address


def _configuration(address: URL) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    configuration.set_main_option("path_separator", "os")
    configuration.attributes["address"] = address
    return configuration
