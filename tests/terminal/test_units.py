"""The registry of units from the terminal: imported whole, listed, and its gaps told by the exit status."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from storage.regulations import load_law
from terminal.app import app
from tests.ledgers import empty_ledger

Run = Callable[..., Result]
EXAMPLE = Path(__file__).parents[2] / "docs" / "units.example.yaml"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    url = f"sqlite+aiosqlite:///{tmp_path / 'huiying.db'}"
    empty_ledger(url)

    def call(*words: str) -> Result:
        return CliRunner().invoke(app, ["units", *words], env={"HUIYING_DATABASE_URL": url, "COLUMNS": "240"})

    return call


def line(result: Result, code: str) -> str:
    return next(found for found in result.stdout.splitlines() if re.search(rf"│ {code} ", found))


def test_an_empty_registry_has_gaps_everywhere(run: Run):
    result = run("gaps")
    assert result.exit_code == 1
    assert "缺监测员" in line(result, "qingxi")
    assert "yichun_office" not in result.stdout  # superiors owe nothing here


def test_a_file_is_imported_and_fills_the_gaps(run: Run):
    result = run("import", str(EXAMPLE))
    assert result.exit_code == 0, result.output
    assert "3 units, 7 entries of persons, 3 channels" in result.stdout
    gaps = run("gaps")
    assert not any("│ qingxi " in found for found in gaps.stdout.splitlines())
    assert "缺 B 角" in line(gaps, "water")
    assert gaps.exit_code == 1


def test_the_list_names_who_is_in_office_and_what_units_are(run: Run):
    run("import", str(EXAMPLE))
    listed = run("list")
    assert listed.exit_code == 0, listed.output
    assert "甲某" in line(listed, "qingxi")
    assert "垂直管理" in line(listed, "tax")


def test_when_every_unit_is_ready_nothing_lacks(run: Run, tmp_path: Path):
    parts = ("monitor", "backup_monitor", "principal_leader", "deputy_leader")
    lines = [
        f"  - {{unit: {unit.code}, role: {part}, person: {unit.code}-{part}, name: 某}}"
        for unit in load_law("gaoan-2020", 2026).units
        for part in parts
    ]
    file = tmp_path / "all.yaml"
    file.write_text("\n".join(["persons:", *lines]), encoding="utf-8")
    assert run("import", str(file)).exit_code == 0
    result = run("gaps")
    assert result.exit_code == 0, result.output
    assert "缺在用渠道" in line(result, "qingxi")  # told, though it keeps nobody from being ready


def test_a_faulty_file_names_its_line_and_changes_nothing(run: Run, tmp_path: Path):
    run("import", str(EXAMPLE))
    before = run("list").stdout
    file = tmp_path / "bad.yaml"
    file.write_text(
        (
            "persons:\n  - {unit: qingxi, role: monitor, person: x, name: 新}\n  - {unit: nowhere, role:"
            " monitor, person: y, name: z}\n"
        ),
        encoding="utf-8",
    )
    result = run("import", str(file))
    assert result.exit_code == 2
    assert "bad.yaml:3" in result.stderr.replace("\n", "")
    assert "没有编码为“nowhere”的单位" in result.stderr
    assert "No unit has the code" in result.stderr
    assert run("list").stdout == before


def test_a_rota_is_imported_and_listed(run: Run, tmp_path: Path):
    now = datetime.now(UTC)
    since, until = (now - timedelta(hours=1)).isoformat(), (now + timedelta(hours=8)).isoformat()
    file = tmp_path / "rota.yaml"
    shift = f"{{unit: gov_office, person: lizhi, from: '{since}', until: '{until}'}}"
    file.write_text(f"shifts:\n  - {shift}\n", encoding="utf-8")
    result = run("rota", str(file))
    assert result.exit_code == 0, result.output
    assert "1 shifts" in result.stdout
    assert "lizhi" in line(run("rota"), "gov_office")
    assert "✓" in line(run("rota"), "gov_office")


def test_a_faulty_rota_changes_nothing_and_says_where(run: Run, tmp_path: Path):
    file = tmp_path / "rota.yaml"
    file.write_text("shifts:\n  - {unit: nowhere}\n", encoding="utf-8")
    result = run("rota", str(file))
    assert result.exit_code == 2
    assert "rota.yaml:2" in result.output
    assert "gov_office" not in run("rota").stdout
