"""Values whose name says what was done to them, and not what they are: there are none,
and no list of exceptions.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PARTICIPLES: Final = frozenset({"asked", "found", "given", "held", "kept", "made", "seen", "shown", "told"})
_ROOMS: Final = (
    "activities", "api", "audit", "bench", "casework", "channels", "deploy", "desk", "domain", "faults",
    "intake", "kiosk", "papers", "publicity", "rehearsals", "storage", "terminal", "watch", "words",
    "workflows",
)  # fmt: skip


def files() -> Iterator[Path]:
    """The code of the house, without its tests."""
    yield from ROOT.glob("*.py")
    for room in _ROOMS:
        yield from (ROOT / room).rglob("*.py")


def participles(source: str) -> Counter[str]:
    """How often each of the participles is bound in a text of Python:
    assigned, looped over, matched or a parameter.
    """
    return Counter(name for name in _bound(ast.parse(source)) if name in PARTICIPLES)


def _bound(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) | ast.MatchAs(name=str(name)):
                yield name
            case _:
                pass


def standing() -> dict[str, int]:
    """Path of each file with such names → how many it binds."""
    counts = {path: participles(path.read_text(encoding="utf-8")).total() for path in files()}
    return {path.relative_to(ROOT).as_posix(): count for path, count in sorted(counts.items()) if count}
