"""`huiying retention`: what is due, lists, who approves, the archive's consent, and the destruction."""
# ruff: noqa: PLC0415  each command imports what it needs when it is called, so that `--help` answers at once

import asyncio
from pathlib import Path
from typing import Annotated

import typer

retention = typer.Typer(
    name="retention",
    no_args_is_help=True,
    help="保管期限：到期清单、两人审批、档案馆意见、销毁。 The end of retention.",
)
List = Annotated[int, typer.Argument(metavar="LIST", min=1, help="销毁清单的序号。 The list's number.")]
Login = Annotated[
    str,
    typer.Option("--as", metavar="LOGIN", help="以谁的账号（另问口令）。 Whose account; asks the password."),
]


@retention.command("due")
def due() -> None:
    """列出保管期满、尚未列入清单的事件，不作改动。 Cases whose years are over and that stand on no list."""
    from terminal.retention import show_due

    raise typer.Exit(asyncio.run(show_due()))


@retention.command("draw")
def draw() -> None:
    """由到期的事件拟出销毁清单。 Draw a destruction list of what is due."""
    from terminal.retention import draw_list

    raise typer.Exit(asyncio.run(draw_list()))


@retention.command("lists")
def lists() -> None:
    """列出全部销毁清单：各件、谁审批、档案馆意见、已否销毁。 All lists, with what was said of each."""
    from terminal.retention import show_lists

    raise typer.Exit(asyncio.run(show_lists()))


@retention.command("approve")
def approve(position: List, login: Login) -> None:
    """同意销毁；须两人，市政府办公室负责同志或审计管理员。 Approve of a list; two persons have to."""
    _say(position, "approved", login)


@retention.command("decline")
def decline(position: List, login: Login) -> None:
    """不同意，清单作废，各件可列入以后的清单。 Decline a list, which ends it."""
    _say(position, "declined", login)


@retention.command("consent")
def consent(
    position: List,
    login: Login,
    reference: Annotated[
        str, typer.Option("--letter", help="档案馆复函的文号。 The letter by which the archive consents.")
    ],
) -> None:
    """记下档案馆的书面同意。 Record that the archive consents."""
    _say(position, "archive_consented", login, reference)


def _say(position: int, word: str, login: str, reference: str = "") -> None:
    from storage.destruction import Word
    from terminal.retention import Speaker, say_of_list

    password = typer.prompt("口令 password", hide_input=True)
    speaker = Speaker(
        login=login,
        password=password,
        code=lambda: str(typer.prompt("动态码 one-time code", hide_input=True)),
    )
    raise typer.Exit(asyncio.run(say_of_list(position, Word(word), speaker, reference)))


@retention.command("destroy")
def destroy(
    position: List,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="确认销毁，不能恢复。 It cannot be undone.")] = False,
) -> None:
    """销毁清单上的各件：先核验、出具时限凭证，再销毁；只余存证叶和凭证。 Destroy the cases of a list."""
    from terminal.retention import destroy_list

    raise typer.Exit(asyncio.run(destroy_list(position, confirmed=yes)))


@retention.command("certificates")
def certificates(
    case: Annotated[str, typer.Argument(metavar="CASE", help="已销毁事件的编号或标识。 The destroyed case.")],
    into: Annotated[Path, typer.Option("--into", help="写到哪个目录。 The folder.")] = Path(),
) -> None:
    """取出已销毁事件留存的时限凭证。 Write out the certificates that remain of a destroyed case."""
    from terminal.retention import write_certificates

    raise typer.Exit(asyncio.run(write_certificates(case, into)))
