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
    """How often each of the participles is bound in a text of Python, in any case and behind underscores:
    assigned, looped over, matched, caught, imported as, a parameter, an attribute or a class.

    The values of an enumeration are states, which stay participles.
    """
    tree = ast.parse(source)
    names = Counter(_bare(name) for name in _bound(tree))
    names.subtract(_bare(name) for name in _states(tree))
    return Counter({name: count for name, count in names.items() if name in PARTICIPLES and count > 0})


def _bare(name: str) -> str:
    return name.strip("_").lower()


def _bound(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case (
                ast.Name(id=name, ctx=ast.Store())
                | ast.Attribute(attr=name, ctx=ast.Store())
                | ast.arg(arg=name)
                | ast.ClassDef(name=name)
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
                | ast.ExceptHandler(name=str(name))
                | ast.alias(asname=str(name))
            ):
                yield name
            case _:
                pass


def _states(tree: ast.AST) -> Iterator[str]:
    """The values of enumerations."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any("Enum" in ast.unparse(base) for base in node.bases):
            for line in node.body:
                yield from _bound(line)


def standing() -> dict[str, int]:
    """Path of each file with such names → how many it binds."""
    counts = {path: participles(path.read_text(encoding="utf-8")).total() for path in files()}
    return {path.relative_to(ROOT).as_posix(): count for path, count in sorted(counts.items()) if count}
