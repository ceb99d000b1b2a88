"""No command works on tables that a newer release made: it would spoil them, or end in a traceback."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from tests.ledgers import empty_ledger

REFUSED = 1


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The ledger of a release that is not out yet."""
    file = tmp_path / "huiying.db"
    empty_ledger(f"sqlite+aiosqlite:///{file}")
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    return file


@pytest.mark.parametrize(
    "command",
    [
        ["audit", "verify"],
        ["audit", "export", "LS-2026-0001"],
        ["audit", "checkpoint", "make"],
        ["rebuild", "ledger"],
        ["keys", "rotate"],
        ["texts", "reduce"],
        ["retention", "due"],
        ["token", "list"],
        ["people", "list"],
    ],
    ids=" ".join,
)
def test_a_command_of_an_older_release_says_so_and_changes_nothing(newer: Path, command: Sequence[str]):
    before = contents(newer)
    environment = {"HUIYING_VAR_DIR": str(newer.parent), "COLUMNS": "200"}
    answer = CliRunner().invoke(app, command, env=environment)
    assert answer.exit_code == REFUSED, answer.output
    assert isinstance(answer.exception, SystemExit)
    assert "由更新的版本写成（表结构 9999）" in answer.output
    assert "newer release wrote the database (tables 9999)" in answer.output
    assert contents(newer) == before


def contents(file: Path) -> list[str]:
    with sqlite3.connect(file) as connection:
        said = [*connection.iterdump()]
    connection.close()
    return said
