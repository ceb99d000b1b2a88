"""`.ci/run` on machines that lack packages: what it installs, what it does without, and what stops it."""

import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import pytest

SCRIPT: Final = Path(__file__).parents[2] / ".ci" / "run"
SHELL: Final = "chromium-headless-shell"
THERE: Final = ("make", "pdftoppm", "python3", "sleep", "sudo")
TOOLS: Final = ("bash", "dirname", "env", "id")  # the machine's own


class Ended(NamedTuple):
    """How the script ended, and what it asked for: each call of apt-get, and `make test`."""

    code: int
    calls: list[str]


class Machine:
    """A folder of programs that do nothing but note their call, and the script beside them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.calls = folder, folder / "calls"
        self.programs = folder / "programs"
        (folder / ".ci").mkdir()
        (folder / ".ci" / "run").write_bytes(SCRIPT.read_bytes())
        self.programs.mkdir()
        for name in TOOLS:
            place = next(p for p in map(Path, os.get_exec_path()) if (p / name).exists())
            (self.programs / name).symlink_to(place / name)
        self._put("find", "echo a-cjk-font")
        self._put("timeout", 'while [[ $1 == -* || $1 =~ ^[0-9]+$ ]]; do shift; done; exec "$@"')

    def _put(self, name: str, body: str) -> None:
        file = self.programs / name
        file.write_text(f"#!/usr/bin/env bash\n{body}\n", encoding="utf-8")
        file.chmod(0o755)

    def run(
        self, there: Iterable[str], *, listed: bool = True, fails: Mapping[str, int] | None = None
    ) -> Ended:
        """Run the script where those programs are there; `fails` says how often a call of apt-get fails."""
        for name in there:
            self._put(name, f'[ "$1" != test ] || echo "{name} $*" >>"{self.calls}"')
        self._put("sudo", 'exec "$@"')
        self._put("apt-cache", "echo Package" if listed else "exit 100")
        failing = "".join(
            f'[[ $1 != {verb} ]] || {{ echo >>"{self.folder}/{verb}";'
            f' mapfile -t times <"{self.folder}/{verb}"; [ ${{#times[@]}} -gt {times} ] || exit 100; }}\n'
            for verb, times in (fails or {}).items()
        )
        self._put("apt-get", f'echo "${{*}}" >>"{self.calls}"\n{failing}')
        code = subprocess.run(
            ["/bin/bash", str(self.folder / ".ci" / "run")],
            env={"PATH": str(self.programs)},
            capture_output=True,
            check=False,
            timeout=60,
        ).returncode
        return Ended(code, self.calls.read_text(encoding="utf-8").splitlines())


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def install(*packages: str) -> str:
    return " ".join(("install -y -qq --no-install-recommends", *packages))


def test_where_all_is_there_nothing_is_installed(machine: Machine):
    assert machine.run([*THERE, SHELL]) == (0, ["make test"])


def test_where_no_chromium_is_the_one_without_windows_comes(machine: Machine):
    assert machine.run(THERE) == (0, ["update -qq", install(SHELL), "make test"])


def test_chromium_itself_comes_where_no_other_is_listed(machine: Machine):
    assert machine.run(THERE, listed=False) == (0, ["update -qq", install("chromium"), "make test"])


def test_lists_that_came_late_are_read_again(machine: Machine):
    ended = machine.run(THERE, fails={"update": 1, "install": 1})
    assert ended == (0, [*["update -qq", install(SHELL)] * 2, "make test"])


def test_where_chromium_is_there_the_other_is_tried_for_once_and_done_without(machine: Machine):
    assert machine.run([*THERE, "chromium"], fails={"install": 9}) == (
        0,
        ["update -qq", install(SHELL), "make test"],
    )


def test_where_nothing_can_be_fetched_chromium_does_at_once(machine: Machine):
    assert machine.run([*THERE, "chromium"], fails={"update": 9}) == (0, ["update -qq", "make test"])


def test_what_the_tests_need_and_cannot_have_stops_the_run_though_chromium_is_there(machine: Machine):
    there = [name for name in (*THERE, "chromium") if name != "pdftoppm"]
    ended = machine.run(there, fails={"install": 9})
    assert ended.code == 1
    assert ended.calls == ["update -qq", install("poppler-utils")] * 3
