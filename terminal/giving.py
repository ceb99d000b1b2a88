"""Giving a command from the terminal: its content, its key, and what came of it."""

import sys
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from rich.console import Console

from domain.catalogue import COMMANDS
from terminal.client import HttpReply, Web
from terminal.fields import BadField, command_body
from terminal.outcome import refuse_usage
from terminal.session import incident_id
from terminal.wordings import plain
from words.labels import label

NEW: Final = "new"
REGISTER: Final = "register"
_ACCEPTED: Final = 202


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenStep:
    """What the command line asked for."""

    target: str
    command: str
    fields: tuple[str, ...]
    data: str | None
    key: str | None
    if_match: str | None


def give(web: Web, step: GivenStep) -> None:
    """Give the command and tell what came of it; the key is printed first,
    so that it is known whatever happens.
    """
    _check(step)
    body = _body(step)
    path = (
        "/incidents" if step.target == NEW else f"/incidents/{incident_id(web, step.target)}/{step.command}"
    )
    key = step.key or uuid4().hex
    console = Console(highlight=False)
    console.print(f"Idempotency-Key: {plain(key)}", soft_wrap=True)
    tell(console, step.command, web.give(path, body, key=key, if_match=step.if_match))


def _check(step: GivenStep) -> None:
    if step.command not in COMMANDS:
        near = get_close_matches(step.command, COMMANDS, n=3)
        all_of_them = "、".join(near or COMMANDS)
        raise refuse_usage(f"没有“{step.command}”这个步骤；可用：{all_of_them}", "No such command.")
    if (step.target == NEW) is not (step.command == REGISTER):
        raise refuse_usage(
            "登记新事件写作：huiying submit new register …；其他步骤须写明事件。",
            "Register with `submit new register …`; every other command names its incident.",
        )
    if step.data is not None and step.fields:
        raise refuse_usage("--data 与 key=value 只能用一种。", "Give --data or key=value, not both.")


def _body(step: GivenStep) -> bytes:
    """The content as it stands in the file, for the other side to judge; or made from the words."""
    if step.data is None:
        try:
            return command_body(step.command, step.fields)
        except BadField as bad:
            raise refuse_usage(f"字段有误：{bad}", "A field is wrong or missing.") from None
    try:
        return sys.stdin.buffer.read() if step.data == "-" else Path(step.data).expanduser().read_bytes()
    except OSError as error:
        raise refuse_usage(f"读不了数据文件：{error}", "The data file cannot be read.") from None


def tell(console: Console, command: str, answer: HttpReply) -> None:
    """What came of a command: its events, or that it was accepted and is recorded later."""
    content = answer.content
    if answer.status == _ACCEPTED:
        console.print(f"[yellow]{plain(content['detail'])}[/]\n{plain(content.get('detail_en', ''))}")
        console.print(f"{content['incident_id']}", soft_wrap=True)
        return
    names = label("commands", command)
    console.print(
        f"[green]已办理：{names.zh} · {names.en}[/]　{plain(content['number'])} {content['incident_id']}",
        soft_wrap=True,
    )
    for item in content["events"]:
        console.print(f"  #{item['number']} {_named(item['event'])}")


def _named(event: dict[str, Any]) -> str:
    names = label("events", event["kind"])
    return f"{names.zh} · {names.en}"
