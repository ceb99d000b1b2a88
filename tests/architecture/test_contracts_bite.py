"""Each import contract refuses the import that it is there to refuse."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "domain",
    "words",
    "storage",
    "papers",
    "channels",
    "activities",
    "workflows",
    "audit",
    "watch",
    "casework",
    "publicity",
    "intake",
    "kiosk",
    "api",
    "desk",
    "rehearsals",
    "terminal",
    "deploy",
)

FLOORS = {  # of each floor, an import of one above
    "words": "storage",
    "storage": "channels",
    "channels": "activities",
    "papers": "activities",
    "activities": "workflows",
    "workflows": "audit",
    "audit": "casework",
    "casework": "publicity",
    "publicity": "api",
    "intake": "terminal",
    "watch": "casework",
    "terminal": "api",
    "rehearsals": "desk",
    "api": "desk",
}
PLANTED = {
    "What people read is worded without": ("words/planted.py", "import fastapi"),
    "The application knows no web": ("casework/planted.py", "import starlette"),
    "What the public may read is decided and written without": ("publicity/planted.py", "import starlette"),
    "The public's window knows nothing of the house": ("kiosk/planted.py", "import storage"),
    "The domain uses the standard library alone": ("domain/terms/roles.py", "import pydantic"),
    "Workflows reach storage only through activities": ("workflows/planted.py", "import storage"),
    "A channel knows what to send": ("channels/mail/planted.py", "import storage"),
    "A paper is made of what it is handed": ("papers/planted.py", "import storage"),
    "No channel knows another": ("channels/mail/planted.py", "import channels.webhook"),
    "Nothing imports the files in which things are wired": ("api/planted.py", "import worker"),
    "The supervisor starts processes": ("deploy/planted.py", "import domain"),
    "The watch shares no code": ("watch/planted.py", "import domain.clock"),
    "Inside the domain": ("domain/law/regulation.py", "import domain.case.state"),
    "No step of the process knows another": ("domain/steps/register.py", "import domain.steps.verify"),
    "The rules that steps share": ("domain/rules/obligations.py", "import domain.rules.fulfilment"),
}


def lint(checkout: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts over the packages in `checkout`."""
    linter = Path(sys.executable).with_name("lint-imports")
    command = [str(linter), "--no-cache", "--no-logo"]
    wide = {**os.environ, "COLUMNS": "200"}  # a contract's name stands on one line with its verdict
    return subprocess.run(
        command, capture_output=True, text=True, cwd=checkout, env=wide, check=False, timeout=240
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "settings.py"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def test_the_contracts_hold(checkout: Path):
    told = lint(checkout)
    assert told.returncode == 0, told.stdout + told.stderr


def test_no_floor_imports_one_above(checkout: Path):
    for floor, above in FLOORS.items():
        (checkout / floor / "planted.py").write_text(f'"""Planted."""\n\nimport {above}\n', encoding="utf-8")
    report = lint(checkout)
    assert report.returncode == 1
    for floor, above in FLOORS.items():
        assert f"{floor} is not allowed to import {above}:" in report.stdout


@pytest.mark.parametrize("contract", PLANTED)
def test_a_planted_import_is_refused(checkout: Path, contract: str):
    place, line = PLANTED[contract]
    file = checkout / place
    text = file.read_text(encoding="utf-8") if file.exists() else '"""Planted."""\n'
    file.write_text(f"{text}\n{line}\n", encoding="utf-8")
    told = lint(checkout)
    assert told.returncode == 1
    assert f"{contract}" in next(row for row in told.stdout.splitlines() if row.endswith("BROKEN"))
