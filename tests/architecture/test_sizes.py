"""Files that fit on a few screens, and names that say what is in them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST = {".py": 400, ".html": 150}  # lines
WIDEST_OF_TEMPLATES = 120  # characters
ELSEWHERE = {".venv", "var", ".git"}
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "services", "managers", "misc"}

# Path → lines. Files that were longer when the limit came:
# the figure may only go down, and the line goes when it can.
LONGER: dict[str, int] = {}


def files() -> list[Path]:
    """Source files and templates, the tests among them."""
    return sorted(
        file
        for file in ROOT.rglob("*")
        if file.suffix in LONGEST and file.relative_to(ROOT).parts[0] not in ELSEWHERE
    )


def lines_of(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def test_no_file_is_longer_than_its_limit():
    found = {
        str(file.relative_to(ROOT)): lines_of(file)
        for file in files()
        if lines_of(file) > LONGEST[file.suffix]
    }
    assert {name: lines for name, lines in found.items() if lines > LONGER.get(name, 0)} == {}


def test_no_line_of_a_template_is_longer_than_its_limit():
    """By characters: a Chinese sentence stands whole,
    since a break within it would be a blank on the page (0137).
    """
    longer = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in files()
        if file.suffix == ".html"
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > WIDEST_OF_TEMPLATES
    ]
    assert longer == []


def test_each_exception_states_the_present_length_and_is_still_needed():
    assert {name: lines_of(ROOT / name) for name in LONGER} == LONGER
    assert [name for name, lines in LONGER.items() if lines <= LONGEST[Path(name).suffix]] == []


def test_no_module_is_named_after_a_pattern():
    assert [file for file in files() if file.stem in EMPTY_NAMES] == []


def test_the_formatter_is_kept_from_tables_alone():
    """`fmt: skip` stands where a table of a module ends, never beside a statement to save a line (0137)."""
    skipping = [
        f"{file.relative_to(ROOT)}: {line}"
        for file in files()
        for line in file.read_text(encoding="utf-8").splitlines()
        if file.suffix == ".py" and line.rstrip().endswith("# fmt: " + "skip")
    ]
    assert skipping
    assert [one for one in skipping if not re.search(r": [)\]}]+  # fmt", one)] == []


def test_the_files_of_every_kind_are_found():
    assert {file.name for file in files()} >= {"settings.py", "cli.py", "test_sizes.py"}
