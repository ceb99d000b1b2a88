"""Tokens are made, listed and revoked on the database itself."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from domain.terms.roles import Actor, Role
from storage.api_tokens import find_caller
from storage.database import open_database
from terminal.app import app
from tests.ledgers import empty_ledger

Run = Callable[..., Result]


@pytest.fixture
def url(tmp_path: Path) -> str:
    made = f"sqlite+aiosqlite:///{tmp_path / 'huiying.db'}"
    empty_ledger(made)
    return made


@pytest.fixture
def run(url: str) -> Run:
    def call(*words: str) -> Result:
        return CliRunner().invoke(app, ["token", *words], env={"HUIYING_DATABASE_URL": url, "COLUMNS": "200"})

    return call


def caller(url: str, token: str) -> Actor | None:
    """Whose token it is."""

    async def look() -> Actor | None:
        database = open_database(url)
        try:
            async with database.session() as session:
                held = await find_caller(session, token)
                return held.actor if held else None
        finally:
            await database.close()

    return asyncio.run(look())


CREATE = ("create", "--person", "wang-fang", "--role", "handler", "--unit", "qingxi")


def test_a_token_is_shown_once_alone_on_standard_output(run: Run, url: str):
    made = run(*CREATE)
    assert made.exit_code == 0, made.output
    token = made.stdout.strip()
    assert token.startswith("hy_")
    assert "只显示这一次" in made.stderr
    assert caller(url, token) == Actor(person="wang-fang", role=Role.HANDLER, unit="qingxi")


def test_the_list_names_everything_but_the_token(run: Run):
    token = run(*CREATE).stdout.strip()
    listed = run("list")
    assert listed.exit_code == 0
    assert "wang-fang" in listed.stdout
    assert "qingxi" in listed.stdout
    assert token not in listed.stdout


def test_a_revoked_token_is_nobodys(run: Run, url: str):
    token = run(*CREATE).stdout.strip()
    line = next(line for line in run("list").stdout.splitlines() if "wang-fang" in line)
    token_id = line.split("│")[1].strip()
    assert run("revoke", token_id).exit_code == 0
    assert caller(url, token) is None


def test_an_unknown_token_cannot_be_revoked(run: Run):
    result = run("revoke", "nobody")
    assert result.exit_code == 1
    assert "No token has this id" in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("create", "--person", "x", "--role", "handler", "--unit", "nowhere"),
        ("create", "--person", "x", "--role", "emperor", "--unit", "qingxi"),
        ("create", "--person", " ", "--role", "handler", "--unit", "qingxi"),
        ("create", "--person", "a\x07b", "--role", "handler", "--unit", "qingxi"),
        ("create",),
    ],
)
def test_an_unknown_unit_role_or_person_is_refused(run: Run, words: tuple[str, ...]):
    result = run(*words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_a_database_that_is_not_there_is_said(tmp_path: Path):
    env = {"HUIYING_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'none.db'}"}
    result = CliRunner().invoke(app, ["token", "list"], env=env)
    assert result.exit_code == 3
    assert "make run" in result.stderr
    assert not (tmp_path / "none.db").exists()


def test_a_wrong_setting_is_a_usage_error():
    result = CliRunner().invoke(app, ["token", "list"], env={"HUIYING_WEB_PORT": "nowhere"})
    assert result.exit_code == 2
    assert "web_port" in result.stderr
