"""Names under which several classes stand: there are none, and no list of exceptions."""

import ast
from collections import Counter
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
_ELSEWHERE: Final = frozenset({"tests", "var", "build", ".venv"})


def files() -> list[Path]:
    """The code of the house, without its tests."""
    return [path for path in sorted(ROOT.rglob("*.py")) if path.relative_to(ROOT).parts[0] not in _ELSEWHERE]


def classes(source: str) -> list[str]:
    """The names of the classes of a text of Python that others may import."""
    tree = ast.parse(source)
    return [
        node.name for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]


def standing() -> dict[str, int]:
    """Each name of several classes → how many."""
    counts = Counter(name for path in files() for name in classes(path.read_text(encoding="utf-8")))
    return {name: count for name, count in sorted(counts.items()) if count > 1}
