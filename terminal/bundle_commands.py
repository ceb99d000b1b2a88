"""`huiying audit export`, `certificate` and `check`:
hand out the proof of a case, and check it without server and database.
"""
# ruff: noqa: PLC0415  each command imports what it needs when it is called, so that `--help` answers at once

import asyncio
from pathlib import Path
from typing import Annotated

import typer


def export(
    case: Annotated[
        str, typer.Argument(metavar="CASE", help="事件标识或编号。 The incident's id or number.")
    ],
    *,
    into: Annotated[
        Path | None, typer.Option("--into", help="写到哪个新文件。 The new file; by default CASE.zip here.")
    ] = None,
    without_files: Annotated[
        bool,
        typer.Option(
            "--without-files", help="不附附件，只留校验值。 Leave attachments out, known by digest."
        ),
    ] = False,
) -> None:
    """出具一件的证据包：全部记录和证明，不靠本系统即可核验。 Hand out a case with its proof."""
    from terminal.bundles import export_case

    raise typer.Exit(asyncio.run(export_case(case, into, with_files=not without_files)))


def certificate(
    case: Annotated[
        str, typer.Argument(metavar="CASE", help="事件标识或编号。 The incident's id or number.")
    ],
    obligation: Annotated[
        str,
        typer.Argument(
            metavar="OBLIGATION",
            help="任务标识，或其序号；不给则列出。 The obligation's id or place; without it they are listed.",
        ),
    ] = "",
    *,
    into: Annotated[
        Path | None,
        typer.Option("--into", help="写到哪个文件夹。 The folder to write into; by default this one."),
    ] = None,
    json_only: Annotated[
        bool, typer.Option("--json", help="只要凭证文件，不要 PDF。 The file alone, without the page.")
    ] = False,
) -> None:
    """出具一项任务的时限凭证：应办什么、谁失责、依据和证明（JSON 与一页 PDF）。
    The certificate of one deadline.
    """
    from terminal.certificates import hand_out

    raise typer.Exit(asyncio.run(hand_out(case, obligation, into or Path(), with_page=not json_only)))


def check(
    bundle: Annotated[Path, typer.Argument(help="证据包或时限凭证文件。 The bundle, or the certificate.")],
    *,
    checkpoints: Annotated[
        Path | None,
        typer.Option("--checkpoints", help="留存在外的存证点文件。 Checkpoints that were kept elsewhere."),
    ] = None,
    code: Annotated[
        str | None,
        typer.Option("--code", help="纸上的核对码。 The code that is printed on a certificate."),
    ] = None,
) -> None:
    """核验证据包或时限凭证，不需要服务和数据库；指出哪里不符。
    Check a bundle or a certificate without server and database.
    """
    from terminal.bundles import check_bundle

    raise typer.Exit(check_bundle(bundle, checkpoints, code))
