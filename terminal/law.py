"""The law in the terminal: its parameters with the clauses they rest on,
and its changes by two persons (R007).
"""

import json
from typing import Any
from uuid import uuid4

from rich.console import Console
from rich.table import Table

from terminal.client import Web
from terminal.outcome import refuse_usage
from terminal.wordings import instant, plain

_STATUS = {"proposed": "待确认 proposed", "confirmed": "已确认 confirmed", "declined": "未同意 declined"}


def show_law(web: Web) -> None:
    """Print the law in force and every change."""
    law, changes = web.get("/law").content, web.get("/law/changes").content["items"]
    console = Console(highlight=False)
    console.print(f"[bold]{plain(law['title'])}[/]　{plain(law['regulation'])} {plain(law['version'])}")
    console.print(f"摘要 digest {law['digest']}　规则版次 edition {law['edition']}", soft_wrap=True)
    table = Table(title="参数 parameters", title_justify="left")
    for heading in ("名称 name", "值 value", "依据 clause"):
        table.add_column(heading, overflow="fold")
    for item in law["parameters"]:
        table.add_row(plain(item["name"]), plain(_value(item["value"])), plain(item["clause"]))
    console.print(table)
    for change in changes:
        console.print(_line(change), soft_wrap=True)


def propose(web: Web, values: list[str], *, reason: str, effective_from: str | None, key: str | None) -> None:
    """Propose new values and print the number that another person confirms."""
    propose_values(web, dict(map(_read, values)), reason=reason, effective_from=effective_from, key=key)


def propose_values(
    web: Web, values: dict[str, Any], *, reason: str, effective_from: str | None, key: str | None
) -> None:
    """The same with the values at hand."""
    content: dict[str, Any] = {"parameters": values, "reason": reason}
    if effective_from is not None:
        content["effective_from"] = effective_from
    response = web.give("/law/changes", _json(content), key=key or uuid4().hex).content
    Console(highlight=False).print(_line(response), soft_wrap=True)


def answer(web: Web, number: int, verb: str, *, reason: str, key: str | None) -> None:
    """Confirm or decline a proposal."""
    path = f"/law/changes/{number}/{verb}"
    response = web.give(path, _json({"reason": reason}), key=key or uuid4().hex).content
    Console(highlight=False).print(_line(response), soft_wrap=True)


def _read(written: str) -> tuple[str, Any]:
    name, is_given, value = written.partition("=")
    if not is_given or not name:
        raise refuse_usage(f"“{written}”应写作 名称=值。", "Write name=value.")
    if not name.endswith(":"):
        return name, value
    try:
        return name[:-1], json.loads(value)
    except ValueError:
        raise refuse_usage(f"“{written}”的值不是 JSON。", "The value is not JSON.") from None


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def _line(change: dict[str, Any]) -> str:
    values = "，".join(f"{name} = {_value(value)}" for name, value in change["parameters"].items())
    people = [change["proposed_by"]["person"]]
    if change["answer"]:
        people.append(change["answer"]["by"]["person"])
    since = f"　自 {instant(change['in_force_from'])} 起" if change["in_force_from"] else ""
    who = "、".join(people)
    return (
        f"第 {change['number']}"
        " 号"
        f"　{_STATUS[change['status']]}{since}　{plain(values)}　{plain(change['reason'])}（{plain(who)}）"
    )


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
