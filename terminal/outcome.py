"""What the terminal says when something does not go:
in Chinese and English, with an exit status for scripts.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape

from terminal.client import Declined, ServerUnreachable

_SERVER_FAULT = 500


class Exit(IntEnum):
    """Exit statuses."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    UNREACHABLE = 3


ERRORS = Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def told() -> Iterator[None]:
    """Turns the outcomes of a call into words on standard error and an exit status."""
    try:
        yield
    except Declined as declined:
        tell_problem(declined.status, declined.problem)
        raise typer.Exit(Exit.UNREACHABLE if declined.status >= _SERVER_FAULT else Exit.REFUSED) from None
    except ServerUnreachable as unreachable:
        ERRORS.print(
            f"[bold red]连不上服务。[/] 请确认系统已启动（make run），地址见 HUIYING_URL。\n"
            "The service cannot be reached: is it running,"
            f" and is HUIYING_URL right?\n{escape(str(unreachable))}"
        )
        raise typer.Exit(Exit.UNREACHABLE) from None


def tell_problem(status: int, problem: Mapping[str, Any]) -> None:
    """A problem (RFC 9457) in both languages, with each fault, the clause and the trace id."""
    lines = [f"[bold red]{_of(problem, 'title')}[/]（{status}）", _of(problem, "detail")]
    lines += [_of(problem, "title_en"), _of(problem, "detail_en")]
    for fault in problem.get("errors", ()):
        lines.append(f"  {_of(fault, 'pointer')}: {_of(fault, 'detail')} / {_of(fault, 'detail_en')}")
        if allowed := fault.get("allowed"):
            lines.append(f"    {escape(', '.join(map(str, allowed)))}")
    if clause := _of(problem, "clause"):
        lines.append(f"依据 {clause}")
    if trace := _of(problem, "trace_id"):
        lines.append(f"[dim]追踪编号 trace {trace}[/]")
    ERRORS.print("\n".join(line for line in lines if line))


def _of(content: Mapping[str, Any], name: str) -> str:
    return escape(str(content.get(name) or ""))


def refuse(zh: str, en: str) -> typer.Exit:
    """Say why something does not go; raise what this returns."""
    ERRORS.print(f"[bold red]{escape(zh)}[/]\n{escape(en)}")
    return typer.Exit(Exit.REFUSED)


def refuse_usage(zh: str, en: str) -> typer.Exit:
    """Say what was wrong with the words of the command line; raise what this returns."""
    ERRORS.print(f"[bold red]{escape(zh)}[/]\n{escape(en)}")
    return typer.Exit(Exit.USAGE)
