"""Where a page may lead on to: paths of this server alone,
so that no link can carry a reader off to another.
"""

from typing import Final

_LONGEST: Final = 200


def inside(path: str, otherwise: str) -> str:
    """The path, when it is one of this server; else `otherwise`."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if plain and len(path) <= _LONGEST else otherwise
