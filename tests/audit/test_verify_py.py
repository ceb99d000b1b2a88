"""The program in a bundle without openssl, or without a file: it says so in words."""

import subprocess
import sys
from pathlib import Path

import pytest

from audit.bundle.container import packed, unpacked
from audit.bundle.exporting import Bundle

pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")


def test_without_openssl_the_program_calls_it_unproven_and_still_tells_what_is_wrong(
    bundle: Bundle, tmp_path: Path
):
    files = unpacked(bundle.content)
    (tmp_path / "case.zip").write_bytes(bundle.content)
    (tmp_path / "verify.py").write_bytes(files["verify.py"])
    (tmp_path / "certificate.json").write_bytes(files["certificates/0001.json"])
    (tmp_path / "latin.txt").write_bytes(b"\xff")
    forged = packed({**files, "case/texts.jsonl": files["case/texts.jsonl"] + b"{}\n"})
    (tmp_path / "forged.zip").write_bytes(forged)
    for name, status, words in (
        ("case.zip", 2, "UNPROVEN: no openssl"),
        ("certificate.json", 2, "UNPROVEN: no openssl"),
        ("forged.zip", 1, "does NOT hold"),
        ("nothing.zip", 2, "The files must be there"),
        ("case.zip --checkpoints latin.txt", 2, "The files must be there"),
    ):
        process = subprocess.run(
            [sys.executable, "-I", "verify.py", *name.split()],
            cwd=tmp_path,
            env={"PATH": "", "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (process.returncode, process.stderr) == (status, ""), name
        assert words in process.stdout
        assert "holds." not in process.stdout
