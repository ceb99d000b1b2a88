"""One mutant against the tests of the domain: whether any of them notices."""

import os
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from tests.mutants.places import Place, places
from tests.mutants.planting import PLANTED, ROOT

TESTS: Final = ROOT / "tests" / "domain"
_OPTIONS: Final = ("-x", "-q", "--no-header", "-p", "no:cacheprovider", "-p", "tests.mutants.planting")
_PASSED, _FAILED, _BROKEN = 0, 1, 2  # how pytest ends; a module that no longer imports breaks the run


class Outcome(StrEnum):
    """What became of a mutant; one that runs without end is noticed too."""

    NOTICED = "noticed"
    ENDLESS = "endless"
    SURVIVED = "survived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A change of a file of the domain."""

    file: str
    place: Place

    @property
    def name(self) -> str:
        """As the plugin is told."""
        return f"{self.file}:{self.place.number}"

    def __str__(self) -> str:
        return f"{self.file}:{self.place.line}: {self.place.before}  →  {self.place.after}"


@cache
def mutants() -> tuple[Mutant, ...]:
    """Every change that can be made to the domain."""
    files = sorted((ROOT / "domain").rglob("*.py"))
    return tuple(
        Mutant(file=str(file.relative_to(ROOT)), place=place)
        for file in files
        for place in places(file.read_text(encoding="utf-8"))
    )


def drawn(count: int, seed: int) -> list[Mutant]:
    """So many at random, the same for the same seed and source."""
    known = mutants()
    return Random(seed).sample(known, min(count, len(known)))


def outcome_of(mutant: Mutant | None, seconds: float, tests: Path = TESTS) -> Outcome:
    """Run the tests until the first that fails; without a mutant, as they are.

    Those of the module's own file come first, then the cases that are carried whole:
    collecting all takes longest.
    """
    first = [tests / f"test_{Path(mutant.file).stem}.py", tests / "test_whole_cases.py"] if mutant else []
    for wanted in (*filter(Path.is_file, first), tests):
        outcome = _outcome(mutant, seconds, wanted)
        if outcome is not Outcome.SURVIVED:
            return outcome
    return Outcome.SURVIVED


def _outcome(mutant: Mutant | None, seconds: float, wanted: Path) -> Outcome:
    environment = {**os.environ, **({PLANTED: mutant.name} if mutant else {}), "PYTHONPATH": str(ROOT)}
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", *_OPTIONS, str(wanted)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Outcome.ENDLESS
    if ended.returncode not in {_PASSED, _FAILED, _BROKEN}:
        raise RuntimeError(ended.stdout.decode() + ended.stderr.decode())
    return Outcome.SURVIVED if ended.returncode == _PASSED else Outcome.NOTICED
