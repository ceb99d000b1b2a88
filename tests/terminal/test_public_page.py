"""`huiying public build` writes the whole page anew,
and takes nothing away from a folder that is not its own.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli import app
from publicity.folder import Folder
from publicity.responses import public_id
from settings import Settings
from storage.acts import FIRST_START
from storage.database import open_database
from storage.public_units import switch
from storage.record import record
from tests.ledgers import empty_ledger
from tests.storage.cases import Case

Run = Callable[..., Result]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A publication of a unit that is on, in the ledger of the folder."""
    url = Settings(var_dir=tmp_path / "var").database_url
    (tmp_path / "var").mkdir()
    empty_ledger(url)
    case = Case().publish()

    async def fill() -> None:
        database = open_database(url)
        await record(database, case.incident_id, case.decisions)
        async with database.writing() as session:
            await switch(session, FIRST_START, case.unit, on=True, at=datetime(2026, 9, 9, tzinfo=UTC))
        await database.close()

    asyncio.run(fill())
    return case


@pytest.fixture
def run(tmp_path: Path) -> Run:
    env = {"HUIYING_VAR_DIR": str(tmp_path / "var"), "COLUMNS": "200"}
    return lambda *words: CliRunner().invoke(app, ["public", "build", *words], env=env)


def test_the_page_is_written_anew_into_its_own_folder_and_into_another(run: Run, case: Case, tmp_path: Path):
    name = f"responses/{public_id(case.incident_id)}.html"
    assert "1 件" in run().output
    assert (tmp_path / "var" / "public" / name).is_file()
    other = tmp_path / "site"
    for _ in range(2):  # into an empty folder, and over what was written there before
        assert run("--into", str(other)).exit_code == 0
        assert (other / name).stat().st_mode & 0o777 == 0o644


def test_a_folder_that_holds_something_else_is_left_alone(run: Run, case: Case, tmp_path: Path):
    other = tmp_path / "site"
    other.mkdir()
    (other / "index.html").write_text("somebody else's", encoding="utf-8")
    answer = run("--into", str(other))
    assert answer.exit_code == 2
    assert [file.name for file in other.iterdir()] == ["index.html"]
    assert case.state.publications


@pytest.mark.parametrize("leads_to", ["nowhere/site", "site"])
def test_a_folder_that_takes_nothing_is_named_and_not_the_database(
    run: Run, case: Case, tmp_path: Path, leads_to: str
):
    other = tmp_path / "site"
    other.symlink_to(tmp_path / leads_to)
    answer = run("--into", str(other))
    assert answer.exit_code == 1
    assert f"{other} cannot be written" in answer.output
    assert "HUIYING_DATABASE_URL" not in answer.output
    assert case.state.publications


def test_whoever_keeps_the_own_folder_hears_that_it_was_written(run: Run, case: Case, tmp_path: Path):
    assert run().exit_code == 0
    assert run("--into", str(tmp_path / "site")).exit_code == 0
    assert Folder(tmp_path / "var" / "public").take_word()
    assert not Folder(tmp_path / "site").take_word()
    assert case.state.publications
