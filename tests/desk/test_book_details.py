"""No detail of an entry of the audit book is shown under its raw name; instants are Shanghai's."""

import ast

import pytest
from fastapi.routing import iter_route_contexts

from desk.audit_book.wording import DETAILS, QUIET, detail_words
from settings import CHECKOUT
from web import create_app

_WRITERS = {"enter_deed", "add_detail", "write_down", "try_to_write_down", "try_to_write_down_now"}
_NO_DETAILS = {"deed", "subject"}
_ROOMS = ("api", "audit", "casework", "channels", "desk", "intake", "storage", "terminal", "watch")


def _names_of_details() -> set[str]:
    """Every name under which the code gives an entry a detail."""
    names: set[str] = set()
    files = [file for room in _ROOMS for file in (CHECKOUT / room).rglob("*.py")]
    for file in (*files, CHECKOUT / "cli.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _called(node) in _WRITERS:
                names |= {word.arg for word in node.keywords if word.arg} - _NO_DETAILS
            names |= _of_entry(node)
    return names


def _called(node: ast.Call) -> str:
    function = node.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _of_entry(node: ast.AST) -> set[str]:
    """The names in a dictionary called `detail`, however it comes to an entry."""
    content: ast.expr | None = None
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(one, ast.Name) and one.id in {"detail", "said"} for one in targets):
            content = node.value
    elif isinstance(node, ast.keyword) and node.arg == "detail":
        content = node.value
    if not isinstance(content, ast.Dict):
        return set()
    return {key.value for key in content.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}


def _filters_of_routes() -> set[str]:
    """Every name that an address of ours takes."""
    names: set[str] = set()
    for context in iter_route_contexts(create_app().routes):
        route = getattr(context, "original_route", None) or getattr(context, "route", context)
        coming = [route.dependant] if getattr(route, "dependant", None) is not None else []
        while coming:
            dependant = coming.pop()
            coming += dependant.dependencies
            for one in dependant.query_params:
                fields = getattr(one.field_info.annotation, "model_fields", None)
                names |= (
                    {one.alias} if fields is None else {field.alias or name for name, field in fields.items()}
                )
    return names


def test_no_detail_of_an_entry_is_shown_under_its_raw_name():
    names, filters = _names_of_details(), _filters_of_routes()
    assert {"cause", "taken_at", "command", "word", "way", "event"} <= names
    assert {"at", "q", "drill", "first", "seed"} <= filters
    assert (names | filters) - QUIET - DETAILS.keys() == set()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("?at", "2026-09-07T02:00:00Z", ("所看的时刻或记录号", "2026-09-07 10:00")),
        ("?at", "17", ("所看的时刻或记录号", "17")),
        ("taken_at", "2026-12-31T16:00:00+00:00", ("备份的时刻", "2027-01-01 00:00")),
        ("word", "archive_consented", ("表示", "档案馆同意")),
        ("files", "True", ("是否含附件内容", "是")),
        ("?Tonight", "T", ("地址中的另一项（Tonight）", "T")),
        ("?at", "T" * 40, ("所看的时刻或记录号", "T" * 40)),
    ],
)
def test_a_detail_is_told_in_words_and_an_instant_in_shanghais_time(
    name: str, value: str, words: tuple[str, str]
):
    assert detail_words(name, value) == words
