"""Setting up on a machine that lacks something: one line each, and nothing is done twice."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORDS = (
    "cmp",
    "cp",
    "dirname",
    "grep",
    "head",
    "ln",
    "readlink",
    "sed",
    "sh",
)  # programs that the script calls

WITHOUT_VENV = f"""#!/bin/sh
case "$*" in *ensurepip*) exit 1 ;; esac
exec {sys.executable} "$@"
"""
TOO_OLD = """#!/bin/sh
exit 1
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout without requirements, and a PATH with what the script needs and no Python."""
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    shutil.copytree(ROOT / "bin", tmp_path / "bin")
    (tmp_path / "requirements").mkdir()
    (tmp_path / "path").mkdir()
    for purpose in ("run", "test"):
        (tmp_path / "requirements" / f"{purpose}.txt").write_text("# none\n", encoding="utf-8")
    for word in WORDS:
        (tmp_path / "path" / word).symlink_to(str(shutil.which(word)))
    return tmp_path


def set_up(checkout: Path, python: Path | str, purpose: str = "run") -> subprocess.CompletedProcess[str]:
    """Run the script with `python`, away from every package index."""
    return subprocess.run(
        [checkout / "deploy" / "set_up.sh", purpose],
        env={
            "PATH": str(checkout / "path"),
            "PYTHON": str(python),
            "PIP_NO_INDEX": "1",
            "HOME": str(checkout),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def program(checkout: Path, name: str, text: str) -> Path:
    """A program of that text in the PATH."""
    file = checkout / "path" / name
    file.write_text(text, encoding="utf-8")
    file.chmod(0o755)
    return file


@pytest.mark.parametrize(
    ("text", "said"), [(TOO_OLD, "Python 3.11 or newer was not found"), (WITHOUT_VENV, "python3-venv")]
)
def test_an_unfit_python_is_told_in_one_line(checkout: Path, text: str, said: str):
    told = set_up(checkout, program(checkout, "python3", text))
    assert told.returncode == 1
    assert told.stdout == ""
    assert said in told.stderr
    assert told.stderr.count("\n") == 1


def test_no_python_at_all_is_told_in_one_line(checkout: Path):
    told = set_up(checkout, "python3")
    assert (told.returncode, told.stderr.count("\n")) == (1, 1)
    assert "make PYTHON=path" in told.stderr


def test_a_folder_that_takes_no_environment_is_told_in_one_line(checkout: Path):
    (checkout / ".venv").write_text("in the way", encoding="utf-8")
    told = set_up(checkout, sys.executable)
    assert (told.returncode, told.stderr.count("\n")) == (1, 1)
    assert "No virtual environment could be made" in told.stderr


def test_what_is_set_up_stays_until_the_pins_change(checkout: Path):
    pins = checkout / "requirements" / "run.txt"
    assert "Installing" in set_up(checkout, sys.executable, "test").stdout
    launcher = checkout / ".venv" / "bin" / "huiying"
    assert launcher.samefile(checkout / "bin" / "huiying")

    for purpose in ("test", "run"):  # what serves the tests serves for running
        again = set_up(checkout, sys.executable, purpose)
        assert (again.returncode, again.stdout, again.stderr) == (0, "", "")

    pins.write_text(f"huiying-of-no-platform==1 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    for _ in range(2):  # a failed set-up is not taken for a finished one
        told = set_up(checkout, sys.executable)
        assert (told.returncode, told.stderr.count("\n")) == (1, 1)
        assert "no wheel of huiying-of-no-platform==1 for this platform" in told.stderr

    pins.write_text("# none again\n", encoding="utf-8")
    assert set_up(checkout, sys.executable).returncode == 0


def test_the_launcher_without_an_environment_says_what_to_do(checkout: Path):
    told = subprocess.run(
        [checkout / "bin" / "huiying"], capture_output=True, text=True, check=False, timeout=60
    )
    assert (told.returncode, told.stderr.count("\n")) == (1, 1)
    assert "make setup" in told.stderr
