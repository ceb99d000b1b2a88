"""Accounts from the terminal: made, listed, disabled, given a new password;
and the first ones of an empty system.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from stat import S_IMODE

import pytest
from typer.testing import CliRunner, Result

from settings import Settings
from storage.accounts import Administrator, fits
from storage.people import PASSWORD_SERVES
from terminal.app import app
from terminal.people import FIRST_PASSWORDS, first_accounts
from tests.ledgers import empty_ledger

Run = Callable[..., Result]
LI_NA = ("li.na", "--name", "李娜", "--post", "handler", "--unit", "qingxi")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "huiying.db"
    empty_ledger(f"sqlite+aiosqlite:///{found}")
    return found


@pytest.fixture
def run(file: Path) -> Run:
    env = {"HUIYING_DATABASE_URL": f"sqlite+aiosqlite:///{file}", "COLUMNS": "200"}

    def call(*words: str) -> Result:
        return CliRunner().invoke(app, ["people", *words], env=env)

    return call


def password_hash(file: Path, login: str) -> str:
    with sqlite3.connect(file) as connection:
        (found,) = connection.execute(
            "SELECT password_hash FROM account WHERE login = ?", (login,)
        ).fetchone()
    return str(found)


def test_a_person_is_added_with_a_password_shown_once(run: Run, file: Path):
    result = run("add", *LI_NA)
    assert result.exit_code == 0, result.output
    assert fits(result.stdout.strip(), password_hash(file, "li.na"))
    listed = run("list").stdout
    assert "李娜" in listed
    assert "经办人" in listed
    assert result.stdout.strip() not in listed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("li.na", "--name", "李娜", "--post", "handler", "--unit", "nowhere"), "nowhere"),
        (("li.na", "--name", "李娜", "--post", "king", "--unit", "qingxi"), "king"),
        (("李娜", "--name", "李娜", "--post", "handler", "--unit", "qingxi"), "ASCII"),
    ],
)
def test_who_cannot_be_added_is_told_why(run: Run, words: tuple[str, ...], said: str):
    result = run("add", *words)
    assert result.exit_code == 2
    assert said in result.output


def test_a_login_is_taken_once(run: Run):
    run("add", *LI_NA)
    again = run("add", *LI_NA)
    assert again.exit_code == 2
    assert "已存在" in again.output


def test_an_account_is_disabled_and_gets_a_new_password(run: Run, file: Path):
    first = run("add", *LI_NA).stdout.strip()
    renewed = run("password", "li.na").stdout.strip()
    assert renewed != first
    assert fits(renewed, password_hash(file, "li.na"))
    assert run("disable", "li.na").exit_code == 0
    assert "停用" in run("list").stdout
    assert run("disable", "nobody").exit_code == 2


def test_what_the_terminal_does_is_recorded_without_secrets(run: Run, file: Path):
    passwords = [run("add", *LI_NA).stdout.strip(), run("password", "li.na").stdout.strip()]
    for words in (("disable", "li.na"), ("enable", "li.na"), ("disable", "nobody")):
        run(*words)
    with sqlite3.connect(file) as connection:
        rows = connection.execute("SELECT * FROM administrative_act ORDER BY position").fetchall()
    kinds = ["account_added", "password_renewed", "account_disabled", "account_enabled"]
    assert [row[2] for row in rows] == kinds
    assert {row[3] for row in rows} == {"terminal"}
    assert not any(password in str(rows) for password in passwords)


def test_the_last_security_administrator_is_not_disabled(run: Run):
    run("add", "guard", "--name", "甲", "--post", "security_administrator", "--unit", "gov_office")
    refused = run("disable", "guard")
    assert (refused.exit_code, "最后一位" in refused.output) == (2, True)


def test_an_empty_system_gets_its_first_accounts_once(file: Path):
    settings = Settings(
        var_dir=file.parent / "var", database_url=f"sqlite+aiosqlite:///{file}", demonstration=False
    )
    said: list[str] = []
    asyncio.run(first_accounts(settings, said.append))
    assert len(said) == 1 + len(Administrator)
    asyncio.run(first_accounts(settings, said.append))
    assert len(said) == 1 + len(Administrator)
    login, password = said[1].split()[:2]
    assert fits(password, password_hash(file, login))


def test_first_passwords_stand_in_a_file_of_their_owner_alone_while_they_serve(file: Path):
    settings = Settings(
        var_dir=file.parent / "var", database_url=f"sqlite+aiosqlite:///{file}", demonstration=False
    )
    said: list[str] = []
    asyncio.run(first_accounts(settings, said.append))
    kept = settings.var_dir / FIRST_PASSWORDS
    assert kept.read_text(encoding="utf-8").splitlines() == said
    assert str(kept) in said[0]
    assert "people password" in said[0]
    assert S_IMODE(kept.stat().st_mode) == 0o600
    asyncio.run(first_accounts(settings, said.append))
    assert kept.exists()
    yesterday = datetime.now(UTC) - PASSWORD_SERVES
    os.utime(kept, (yesterday.timestamp(), yesterday.timestamp()))
    asyncio.run(first_accounts(settings, said.append))
    assert not kept.exists()
    with sqlite3.connect(file) as connection:
        ends = connection.execute("SELECT password_until, created_at FROM account").fetchall()
    for until, made in ends:
        assert datetime.fromisoformat(until) - datetime.fromisoformat(made) == PASSWORD_SERVES
