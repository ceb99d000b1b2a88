"""Bundles and checkpoints at the terminal: written once, for their owner alone, checked by anyone,
and written down.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli import app
from storage.database import Database, open_database
from storage.record import record
from tests.ledgers import empty_ledger
from tests.storage.cases import Case


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an installation, and where its commands are called."""
    monkeypatch.setenv("HUIYING_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("HUIYING_CHECKPOINT_FILE", str(tmp_path / "outside.txt"))
    (tmp_path / "var").mkdir()
    empty_ledger(f"sqlite+aiosqlite:///{tmp_path / 'var' / 'huiying.db'}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def opened(folder: Path) -> Database:
    return open_database(f"sqlite+aiosqlite:///{folder / 'var' / 'huiying.db'}")


@pytest.fixture
async def case(folder: Path) -> Case:
    database, one = opened(folder), Case("1").close()
    await record(database, one.incident_id, one.decisions)
    await database.close()
    return one


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["audit", *arguments])


def test_a_case_is_handed_out_by_its_number_and_checked(folder: Path, case: Case):
    exported = call("export", case.state.number)
    assert exported.exit_code == 0, exported.output
    file = folder / f"{case.incident_id}.zip"
    assert file.stat().st_mode & 0o777 == 0o600
    checked = call("check", str(file), "--checkpoints", "outside.txt")
    assert (checked.exit_code, "All of it holds." in checked.output) == (0, True)
    assert "文件已存在" in call("export", case.incident_id).output
    file.write_bytes(file.read_bytes()[:-1])
    refused = call("check", str(file))
    assert (refused.exit_code, "不符" in refused.output) == (1, True)


def test_what_is_not_there_is_said(folder: Path, case: Case):
    assert (call("export", "inc-unknown").exit_code, call("check", "missing.zip").exit_code) == (1, 1)
    assert call("checkpoint", "verify", "missing.txt").exit_code == 1


def test_an_export_stands_in_the_audit_book(folder: Path, case: Case):
    assert call("export", case.incident_id, "--into", "b.zip", "--without-files").exit_code == 0
    with closing(sqlite3.connect(folder / "var" / "huiying.db")) as connection:
        rows = connection.execute(
            "SELECT subject, means, detail FROM audit_entry WHERE deed = 'export' ORDER BY position"
        )
        certificates, (subject, means, detail) = rows.fetchall()
    assert '"certificates": "' in certificates[2]
    assert (subject, means, '"bundle": "' in detail) == (case.incident_id, "machine", True)


def test_checkpoints_are_made_compared_and_signed_by_another_key(folder: Path, case: Case):
    signed = call("checkpoint", "make")
    assert (signed.exit_code, signed.output.startswith("huiying/")) == (0, True)
    assert call("checkpoint", "rotate").exit_code == 0
    assert call("checkpoint", "make").exit_code == 0
    compared = call("checkpoint", "verify", "outside.txt")
    assert (compared.exit_code, "All 2 checkpoints agree" in compared.output) == (0, True)
    text = (folder / "outside.txt").read_text(encoding="utf-8")
    (folder / "outside.txt").write_text(text.replace("time 20", "time 19"), encoding="utf-8")
    assert call("checkpoint", "verify", "outside.txt").exit_code == 1


def test_the_certificate_of_a_deadline_is_handed_out_and_its_code_checked(folder: Path, case: Case):
    listed = call("certificate", case.state.number)
    assert (listed.exit_code, "RESP48:urban_management:assignment-1" in listed.output) == (0, True)
    made = call("certificate", case.state.number, "2", "--json")
    assert (made.exit_code, "失责" in made.output) == (0, True), made.output
    file = folder / f"{case.incident_id}-2.json"
    assert file.stat().st_mode & 0o777 == 0o600
    code = made.output.split("核对码 code ")[1].splitlines()[0]
    checked = call("check", str(file), "--code", code)
    assert (checked.exit_code, "All of it holds." in checked.output) == (0, True), checked.output
    assert call("check", str(file), "--code", "0" * 32).exit_code == 1
    empty = call("check", str(file), "--code", "")
    assert (empty.exit_code, "核对码是空的，没有核对" in empty.output) == (1, True)
    assert "已存在" in call("certificate", case.incident_id, "2", "--json").output
    assert call("certificate", case.incident_id, "RESP48:nobody").exit_code == 1
    assert call("certificate", "inc-unknown", "1").exit_code == 1
