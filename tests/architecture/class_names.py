"""Names under which several classes stand: one class name, one thing, but for a list that only shrinks.

`python -m tests.architecture.class_names` writes the list anew where names have gone; it adds none.
"""

import ast
import sys
from collections import Counter
from pathlib import Path
from typing import Final

import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
LIST: Final = Path(__file__).with_name("class_names.yaml")
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


def listed() -> dict[str, int]:
    """What the list lets stand."""
    return dict(yaml.safe_load(LIST.read_text(encoding="utf-8")) or {})


def more_than_listed() -> dict[str, int]:
    """Each name that more classes bear than the list lets stand → how many."""
    allowed = listed()
    return {name: count for name, count in standing().items() if count > allowed.get(name, 1)}


def main() -> int:
    """Write the list anew; status 1 where it would grow."""
    if more := more_than_listed():
        sys.stderr.write(f"one class name, one thing: {more}\n")
        return 1
    LIST.write_text(yaml.safe_dump(standing(), sort_keys=True), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
