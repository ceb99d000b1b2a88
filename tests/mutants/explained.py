"""Survivors that were looked at: changes that no test can notice, each with the reason."""

from pathlib import Path
from typing import Final

import yaml

from tests.mutants.trying import Mutant

FILE: Final = Path(__file__).with_name("explained.yaml")
NOT_YET: Final = "not explained"
_Key = tuple[str, str, str]


def reasons() -> dict[_Key, str]:
    """Why nobody can notice, by file and by what is made of what: a line that moves needs no other reason."""
    entries = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {(one["file"], one["before"], one["after"]): one["why"] for one in entries}


def reason_of(mutant: Mutant) -> str:
    """The reason, or that there is none yet."""
    return reasons().get((mutant.file, mutant.place.before, mutant.place.after), NOT_YET)
