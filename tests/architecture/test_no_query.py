"""No case is ever queried: a query may run a timer or a signal at a stale time (decision 0015)."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(init.parent.name for init in ROOT.glob("*/__init__.py"))
FILES = [
    file
    for file in [
        *(ROOT / f"{single}.py" for single in ("cli", "settings", "web", "worker")),
        *(inside for folder in FOLDERS for inside in sorted((ROOT / folder).rglob("*.py"))),
    ]
    # Somebody else's query is what these try.
    if "faults" not in file.relative_to(ROOT).parts and file != Path(__file__)
]


def queries(text: str) -> Iterator[str]:
    """Handlers of queries, and calls by which a handle of a workflow is queried."""
    if "query" not in text:  # as most files: none of them is parsed
        return
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Attribute(value=ast.Name(id="workflow"), attr=name) if "query" in name:
                yield f"line {node.lineno}: workflow.{name}"
            case ast.Call(func=ast.Attribute(attr="query" | "query_workflow" as name), args=[_, *_]):
                yield f"line {node.lineno}: .{name}(...)"
            case _:
                pass


def test_no_file_queries_a_case():
    found = {str(file.relative_to(ROOT)): list(queries(file.read_text(encoding="utf-8"))) for file in FILES}
    assert {file: queried for file, queried in found.items() if queried} == {}
    assert {"intake", "kiosk", "workflows"} <= set(FOLDERS)
    assert len(FILES) > 1_000, "the files are looked for elsewhere than they are"


def test_a_planted_query_is_caught():
    assert list(queries("@workflow.query\ndef state(self): ..."))
    assert list(queries("await handle.query(IncidentWorkflow.state)"))
