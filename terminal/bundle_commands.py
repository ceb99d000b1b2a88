"""`huiying audit export` and `huiying audit check`: hand out the bundle of a case, and check one without server and database."""
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


def check(
    bundle: Annotated[Path, typer.Argument(help="证据包文件。 The bundle.")],
    *,
    checkpoints: Annotated[
        Path | None,
        typer.Option("--checkpoints", help="留存在外的存证点文件。 Checkpoints that were kept elsewhere."),
    ] = None,
) -> None:
    """核验证据包，不需要服务和数据库；指出哪里不符。 Check a bundle without server and database."""
    from terminal.bundles import check_bundle

    raise typer.Exit(check_bundle(bundle, checkpoints))
