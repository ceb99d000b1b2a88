"""Imports that the contracts of pyproject.toml cannot see:
the single files, and the domain's use of the standard library.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
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
    "kiosk",
    "api",
    "desk",
    "rehearsals",
    "deploy",
    "bench",
    "faults",
)
SINGLE_FILES = ("cli", "web", "worker", "settings")

MAY_IMPORT = {
    "settings": set(),
    "worker": {"domain", "storage", "channels", "activities", "workflows", "audit", "publicity", "settings"},
    "web": {"storage", "workflows", "casework", "api", "desk", "settings"},
    "cli": {
        "domain",
        "storage",
        "activities",
        "workflows",
        "audit",
        "words",
        "casework",
        "api",
        "rehearsals",
        "terminal",
        "worker",
        "deploy",
        "settings",
    },
}


# What would make a decision depend on more than its arguments, and a replay differ from what it replays.
IMPURE = {
    *(
        "asyncio",
        "concurrent",
        "io",
        "logging",
        "multiprocessing",
        "os",
        "pathlib",
        "random",
        "secrets",
        "shutil",
    ),
    *(
        "signal",
        "socket",
        "sqlite3",
        "ssl",
        "subprocess",
        "tempfile",
        "threading",
        "time",
        "urllib",
        "uuid",
        "http",
    ),
}
PURE = {"urllib.parse"}  # taking addresses apart, of a package that opens them too
IMPURE_CALLS = {"now", "utcnow", "today", "open", "input", "print"}


def imported_by(file: Path) -> set[str]:
    """The project's own top-level modules that `file` imports, wherever in its text."""
    return {name.split(".")[0] for name in _names(file)} & {*PACKAGES, *SINGLE_FILES}


@cache
def _names(file: Path) -> frozenset[str]:
    return frozenset(_named(ast.parse(file.read_text(encoding="utf-8"))))


def _named(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def called_in(file: Path) -> set[str]:
    """The last names of all that `file` calls."""
    calls = [
        node.func
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]
    plain = {call.id for call in calls if isinstance(call, ast.Name)}
    return plain | {call.attr for call in calls if isinstance(call, ast.Attribute)}


def sources() -> list[Path]:
    """Every source file of the project but its tests."""
    return [ROOT / f"{name}.py" for name in SINGLE_FILES] + [
        file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))
    ]


@pytest.mark.parametrize("single", SINGLE_FILES)
def test_a_single_file_imports_only_what_it_wires(single: str):
    assert imported_by(ROOT / f"{single}.py") <= MAY_IMPORT[single]


def test_nothing_imports_the_command_line():
    assert [file for file in sources() if "cli" in imported_by(file)] == []


def test_only_the_command_line_imports_the_worker():
    assert [file for file in sources() if "worker" in imported_by(file) and file != ROOT / "cli.py"] == []


def test_nothing_of_the_system_imports_what_measures_or_breaks_it():
    apart = ("bench", "faults")
    system = [file for file in sources() if file.relative_to(ROOT).parts[0] not in apart]
    assert [file for file in system if imported_by(file) & {*apart}] == []


@pytest.mark.parametrize("package", ["domain", "storage", "channels", "activities", "workflows", "audit"])
def test_settings_reach_the_inner_floors_as_arguments_alone(package: str):
    assert [file for file in (ROOT / package).rglob("*.py") if "settings" in imported_by(file)] == []


def test_the_domain_has_no_clock_no_chance_and_no_hands():
    files = sorted((ROOT / "domain").rglob("*.py"))
    assert len(files) > 100, "the domain is looked for elsewhere than it is"
    allowed = {"domain", *(sys.stdlib_module_names - IMPURE)}
    imported = {(str(file), name.split(".")[0]) for file in files for name in _names(file) - PURE}
    assert {(file, name) for file, name in imported if name not in allowed} == set()
    called = {str(file): called_in(file) & IMPURE_CALLS for file in files}
    assert {file: calls for file, calls in called.items() if calls} == {}


def test_each_channel_is_among_those_that_do_not_know_each_other():
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    apart = next(contract for contract in table["contracts"] if contract["id"] == "channels-apart")
    folders = {file.parent.name for file in (ROOT / "channels").glob("*/__init__.py")}
    assert {f"channels.{name}" for name in folders} == set(apart["modules"])


def test_an_import_inside_a_function_is_seen(tmp_path: Path):
    file = tmp_path / "late.py"
    file.write_text("def late():\n    from storage.ledger import Case\n", encoding="utf-8")
    assert imported_by(file) == {"storage"}


def test_a_look_at_the_clock_is_seen(tmp_path: Path):
    file = tmp_path / "clock.py"
    file.write_text("def late():\n    return datetime.now(UTC)\n", encoding="utf-8")
    assert "now" in called_in(file)
