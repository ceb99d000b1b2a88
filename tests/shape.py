"""`make shape`: the house in figures: rooms, arrows between them, the reach of a command, lengths."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median, quantiles
from typing import Final

from domain.catalogue import COMMANDS

ROOT: Final = Path(__file__).parents[1]
QUARTER: Final = 0.25
_DATA: Final = (".py", ".yaml", ".html")
_NAME: Final = re.compile(r"\b[A-Z]\w+\b|[\"']([a-z_]+)[\"']|^\s*([a-z_]+):", re.MULTILINE)


@cache
def floors() -> tuple[frozenset[str], ...]:
    """The floors from the top down, as the contract has them; rooms of one floor do not know each other."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = content["tool"]["importlinter"]["contracts"]
    layers: list[str] = next(one["layers"] for one in contracts if one["id"] == "floors")
    return tuple(frozenset(layer.replace(" ", "").split("|")) for layer in layers)


@cache
def rooms() -> tuple[str, ...]:
    """Every room of the house."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return tuple(content["tool"]["importlinter"]["root_packages"])


@cache
def sources(room: str) -> tuple[Path, ...]:
    """The modules of a room."""
    return tuple(sorted((ROOT / room).rglob("*.py")))


@cache
def parsed(file: Path) -> ast.Module:
    """A module as it is parsed, once."""
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def lines() -> dict[str, int]:
    """Lines of code by room, migrations left out: they are written once and read by nobody."""
    return {
        room: sum(
            len(file.read_text(encoding="utf-8").splitlines())
            for file in sources(room)
            if "versions" not in file.parts
        )
        for room in rooms()
    }


@cache
def arrows() -> Counter[tuple[str, str]]:
    """How many modules of one room import another."""
    found: Counter[tuple[str, str]] = Counter()
    for room in rooms():
        for file in sources(room):
            for other in {*_imported(parsed(file))} & {*rooms()} - {room}:
                found[room, other] += 1
    return found


def upward() -> list[tuple[str, str]]:
    """The arrows that go up, or sideways on one floor."""
    level = {room: number for number, floor in enumerate(floors()) for room in floor}
    return sorted(
        (one, other)
        for one, other in arrows()
        if one in level and other in level and level[other] <= level[one]
    )


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


@cache
def reach() -> dict[str, int]:
    """In how many files each command stands by its class, its quoted kind or as a key.

    Files of code and of data count; tests, documents and rehearsals do not.
    """
    texts = [
        file.read_text(encoding="utf-8")
        for room in (*rooms(), "templates", "regulations")
        for file in (ROOT / room).rglob("*")
        if file.suffix in _DATA and not (room == "rehearsals" and file.suffix == ".yaml")
    ]
    words = [
        frozenset(one for match in _NAME.finditer(text) for one in (match[0], *match.groups()))
        for text in texts
    ]
    return {
        kind: sum(bool({kind, command.__name__} & known) for known in words)
        for kind, command in COMMANDS.items()
    }


@cache
def functions() -> list[int]:
    """The lines of each function of the house, from its name to its end, its docstring left out."""
    return [
        _length(node)
        for room in rooms()
        for file in sources(room)
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    whole = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return whole - ((first.end_lineno or first.lineno) - first.lineno + 1 if is_docstring else 0)


def templates() -> list[int]:
    """The lines of each template."""
    return [
        len(file.read_text(encoding="utf-8").splitlines()) for file in (ROOT / "templates").rglob("*.html")
    ]


def p90(values: list[int]) -> int:
    """Nine of ten are at most so much."""
    return round(quantiles(values, n=10)[-1])


def told() -> Iterator[str]:
    """The figures, line by line."""
    counts = lines()
    whole = sum(counts.values())
    yield f"rooms: {whole} lines"
    for room, count in sorted(counts.items(), key=lambda one: -one[1]):
        yield f"  {room:12} {count:6}  {count / whole:5.1%}{_warned(count > QUARTER * whole)}"
    yield f"arrows: {len(arrows())} between rooms, {len(upward())} of them up or sideways"
    yield from (f"  {one} imports {other}" for one, other in upward())
    far = reach()
    widest = max(far, key=lambda kind: far[kind])
    yield (
        f"a command stands in {median(far.values()):.0f} files of code and data (median), "
        f"p90 {p90([*far.values()])}, the most {far[widest]} ({widest}); {len(far)} commands"
    )
    for name, values in (("functions", functions()), ("templates", templates())):
        middle = f"median {median(values):.0f} lines, p90 {p90(values)}, the longest {max(values)}"
        yield f"{name}: {len(values)}, {middle}"


def _warned(over: bool) -> str:  # noqa: FBT001  whether it is over
    return "  over a quarter" if over else ""


if __name__ == "__main__":
    print("\n".join(told()))  # noqa: T201  a report for whoever asked for it
