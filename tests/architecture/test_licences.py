"""The licence of the project, and that of everything that was taken in from others."""

import tomllib
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
FOLDERS: Final = [ROOT / "static" / "vendor", ROOT / "tests" / "vendor"]
FILES: Final = [file for folder in FOLDERS for file in sorted(folder.iterdir()) if file.name != "SHA256SUMS"]
FOREIGN: Final = {".woff", ".woff2", ".ttf", ".otf"}


def notice() -> str:
    return (ROOT / "NOTICE").read_text(encoding="utf-8")


def test_the_project_says_its_licence_and_has_its_text():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "Apache-2.0"
    assert all((ROOT / name).is_file() for name in project["license-files"])
    assert "Version 2.0, January 2004" in (ROOT / "LICENSE").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_file_that_was_taken_in_is_named_with_its_folder(file: Path):
    folder = str(file.parent.relative_to(ROOT))
    part = notice().split(f"\n{folder},")[1].split("\n\n")[0]
    assert file.name in part.replace(",", " ").replace(";", " ").split()


def test_nothing_of_others_lies_elsewhere():
    own = [
        file
        for file in ROOT.rglob("*")
        if not {".venv", ".git", "var"} & set(file.relative_to(ROOT).parts) and file.is_file()
    ]
    assert [file for file in own if ".min." in file.name and file.parent not in FOLDERS] == []
    assert [file for file in own if file.suffix in FOREIGN] == []
