"""Which revisions of the tables this release knows, told by their files:
Alembic, which runs them, takes long to import.
"""

from functools import cache
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent / "migrations" / "versions"


@cache
def revisions() -> tuple[str, ...]:
    """All of them; each file is named by its revision and what it does, and the last has the highest."""
    return tuple(sorted(file.name.partition("_")[0] for file in _FOLDER.glob("[0-9]*_*.py")))


def head() -> str:
    """The revision that this release works with."""
    return revisions()[-1]


def is_known(revision: str) -> bool:
    """Whether this release knows a revision; one that it does not was made by a newer one."""
    return revision in revisions()
