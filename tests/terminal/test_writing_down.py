"""What is done at the terminal stands in the audit book,
with the machine's user and what it was done with.
"""

import getpass
import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from settings import Settings
from storage.audit_book import HOUSE, BookDeed, BookEntry, append
from storage.database import open_database
from storage.healings import HealingEntry, Phase, enter
from terminal.app import app
from terminal.setting_changes import write_down_settings
from terminal.writing_down import try_to_write_down
from tests.ledgers import empty_ledger

Run = Callable[..., Result]
HEALING = HealingEntry(
    incident_id="inc-1",
    cause="watch",
    phase=Phase.FAILED,
    faults=("no_workflow",),
    log_number=3,
    history_number=0,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "huiying.db"
    empty_ledger(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture
def settings(file: Path) -> Settings:
    return Settings(var_dir=file.parent)


@pytest.fixture
def run(file: Path) -> Run:
    env = {"HUIYING_DATABASE_URL": f"sqlite+aiosqlite:///{file}", "COLUMNS": "200"}
    return lambda *words: CliRunner().invoke(app, words, env=env)


def entries(file: Path) -> list[dict[str, Any]]:
    with sqlite3.connect(file) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute("SELECT * FROM audit_entry ORDER BY position").fetchall()
    return [{**dict(row), "detail": json.loads(row["detail"])} for row in rows]


def test_a_command_on_the_ledger_is_written_down_with_the_machines_user(run: Run, file: Path):
    assert run("people", "list").exit_code == 0
    [entry] = entries(file)
    assert (entry["deed"], entry["person"], entry["means"]) == ("terminal", getpass.getuser(), "machine")
    assert entry["detail"] == {"command": "people list"}


def test_a_token_that_is_made_or_revoked_is_named_by_its_id_alone(run: Run, file: Path):
    made = run("token", "create", "--person", "li.na", "--role", "handler", "--unit", "qingxi")
    token = made.stdout.strip()
    assert token.startswith("hy_")
    made_entry = entries(file)[-1]
    assert made_entry["deed"] == "token_make"
    assert run("token", "revoke", made_entry["subject"]).exit_code == 0
    assert run("token", "revoke", "nothing").exit_code == 1
    assert [one["subject"] for one in entries(file) if one["deed"] == "token_end"] == [made_entry["subject"]]
    assert token not in str(entries(file))


def test_an_account_that_is_made_is_an_act_and_a_command(run: Run, file: Path):
    assert (
        run("people", "add", "li.na", "--name", "李娜", "--post", "handler", "--unit", "qingxi").exit_code
        == 0
    )
    deeds = [(one["deed"], one["subject"]) for one in entries(file)]
    assert deeds == [("terminal", ""), ("people_change", "li.na")]
    assert "李娜" not in str(entries(file))


def test_what_cannot_be_written_down_is_not_done_at_the_terminal(run: Run, file: Path):
    with sqlite3.connect(file) as connection:
        connection.execute(
            "CREATE TRIGGER audit_entry_full BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT,"
            " 'no entry'); END"
        )
    made = run("people", "add", "li.na", "--name", "李娜", "--post", "handler", "--unit", "qingxi")
    assert made.exit_code != 0
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT count(*) FROM account").fetchone() == (0,)


async def test_an_audit_goes_on_where_the_book_takes_no_entry_and_says_so(
    settings: Settings, file: Path, capsys: pytest.CaptureFixture[str]
):
    assert await try_to_write_down(settings, "audit verify")
    elsewhere = Settings(var_dir=file.parent / "nothing")
    assert not await try_to_write_down(elsewhere, "audit verify")
    assert "没有记入审计簿" in capsys.readouterr().err.replace("\n", "")


async def test_a_start_names_the_settings_that_changed_and_no_value(settings: Settings, file: Path):
    database = open_database(settings.database_url)
    try:
        await write_down_settings(database, settings)
        await write_down_settings(database, settings)
        other = settings.model_copy(update={"pages_open": True, "proxy": "192.0.2.9"})
        await write_down_settings(database, other)
    finally:
        await database.close()
    first, second = entries(file)
    assert (first["deed"], first["detail"]["changed"]) == ("settings_change", "first")
    assert second["detail"]["changed"] == "pages_open proxy"
    assert "192.0.2.9" not in str(second)


async def test_a_channel_changed_on_its_page_keeps_no_system_from_starting(settings: Settings, file: Path):
    change = BookEntry(
        at=datetime.now(UTC),
        deed=BookDeed.SETTINGS_CHANGE,
        origin=HOUSE,
        subject="channel:mail",
        detail={"enabled": "on"},
    )
    database = open_database(settings.database_url)
    try:
        await write_down_settings(database, settings)
        await database.write(partial(append, entries=[change]))
        await write_down_settings(database, settings)
    finally:
        await database.close()
    assert len(entries(file)) == 2


async def test_a_case_is_healed_and_a_system_starts_though_the_book_takes_no_entry(
    settings: Settings, file: Path
):
    with sqlite3.connect(file) as connection:
        connection.execute(
            "CREATE TRIGGER audit_entry_full BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT,"
            " 'no entry'); END"
        )
    database = open_database(settings.database_url)
    try:
        await enter(database, HEALING)
        await write_down_settings(database, settings)
    finally:
        await database.close()
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT count(*) FROM healing").fetchone() == (1,)
    assert entries(file) == []


async def test_a_healing_is_written_down_for_the_house(settings: Settings, file: Path):
    database = open_database(settings.database_url)
    try:
        await enter(database, HEALING)
    finally:
        await database.close()
    [entry] = entries(file)
    assert (entry["deed"], entry["means"], entry["subject"], entry["outcome"]) == (
        "heal",
        "house",
        "inc-1",
        "failed",
    )
