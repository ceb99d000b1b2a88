"""Each promise of `docs/security.md` names the tests that hold it, and they are there."""

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
PROMISES: Final = [
    line
    for line in (ROOT / "docs" / "security.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| promise")
]
TESTS: Final = frozenset(
    name
    for file in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"def (test_\w+)\(", file.read_text(encoding="utf-8"))
)


def test_there_are_promises():
    assert len(PROMISES) >= 20


@pytest.mark.parametrize("promise", PROMISES)
def test_every_promise_is_held_by_tests_that_are_there(promise: str):
    _, _, asvs, _, tests, _ = promise.split("|")
    names = re.findall(r"`(test_\w+)`", tests)
    assert names
    assert set(names) <= TESTS
    assert re.fullmatch(r" (\d+\.\d+\.\d+(, \d+\.\d+\.\d+)*)? ?", asvs)
