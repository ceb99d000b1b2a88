"""Values whose name says what was done to them, and not what they are:
counted by file, in a list that only shrinks.

`python -m tests.architecture.participles` writes the list anew where names have gone; it adds none.
"""

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
LIST: Final = Path(__file__).with_name("participles.yaml")
PARTICIPLES: Final = frozenset({"asked", "found", "given", "held", "kept", "made", "seen", "shown", "told"})
_ROOMS: Final = (
    "activities", "api", "audit", "bench", "casework", "deploy", "desk", "domain", "faults", "intake",
    "kiosk", "publicity", "rehearsals", "storage",
    "terminal", "watch", "words", "workflows",
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


def listed() -> dict[str, int]:
    """What the list lets stand."""
    return dict(yaml.safe_load(LIST.read_text(encoding="utf-8")) or {})


def more_than_listed() -> dict[str, int]:
    """Path of each file that binds more of such names than the list lets stand → how many."""
    allowed = listed()
    return {path: count for path, count in standing().items() if count > allowed.get(path, 0)}


def main() -> int:
    """Write the list anew; status 1 where it would grow."""
    if more := more_than_listed():
        sys.stderr.write(f"name these values by what they are: {more}\n")
        return 1
    LIST.write_text(yaml.safe_dump(standing(), sort_keys=True), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
