"""One copy of the system on one folder."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import lock
from deploy.startup_errors import StartupError

HOLDER = """
import sys, pathlib
from deploy import lock
with lock.hold(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(var_dir: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(var_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_copy_is_refused_in_one_line_that_names_the_first(tmp_path: Path):
    with holder(tmp_path) as first:
        with pytest.raises(StartupError) as refused, lock.hold(tmp_path):
            pass
        first.kill()
    assert str(first.pid) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_refused_copy_leaves_the_number_of_the_holder_in_place(tmp_path: Path):
    with holder(tmp_path) as first:
        for _ in range(2):
            with pytest.raises(StartupError, match=str(first.pid)), lock.hold(tmp_path):
                pass
        first.kill()


def test_the_lock_of_a_killed_copy_can_be_taken(tmp_path: Path):
    with holder(tmp_path) as first:
        first.send_signal(signal.SIGKILL)
        first.wait()
        with lock.hold(tmp_path):
            assert (tmp_path / "lock").read_text(encoding="ascii") == f"{os.getpid()}\n"


def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path: Path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with (
        pytest.raises(StartupError, match="HUIYING_VAR_DIR") as refused,
        lock.hold(tmp_path / "file" / "var"),
    ):
        pass
    assert "\n" not in str(refused.value)


def test_a_lock_that_cannot_be_opened_is_told_in_one_line(tmp_path: Path):
    (tmp_path / "lock").mkdir()
    with pytest.raises(StartupError, match="HUIYING_VAR_DIR"), lock.hold(tmp_path):
        pass
