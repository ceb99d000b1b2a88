"""`huiying audit checkpoint` and `witness`: compare, sign and stamp checkpoints, change the key,
and keep those of another house.
"""
# ruff: noqa: PLC0415  each command imports what it needs when it is called, so that `--help` answers at once

import asyncio
from pathlib import Path
from typing import Annotated

import typer

checkpoint = typer.Typer(
    name="checkpoint",
    no_args_is_help=True,
    help="存证点：与留存在外的文件核对、立即签署、更换密钥。 Checkpoints.",
)


@checkpoint.command("verify")
def verify(
    files: Annotated[
        list[Path] | None, typer.Argument(help="留存在外的存证点文件。 Files of checkpoints kept outside.")
    ] = None,
    codes: Annotated[
        list[str] | None,
        typer.Option("--code", help="纸上的存证码（可多个）。 A code printed on a paper."),
    ] = None,
) -> None:
    """与留存在外的存证点核对：此前的记录有无改动、删除。
    Whether anything before a checkpoint was changed or erased.
    """
    from terminal.checkpoints import verify_files
    from terminal.printed_codes import verify_codes

    if not files and not codes:
        raise typer.BadParameter("给出文件，或用 --code 给出存证码。 Name a file, or a code by --code.")
    status = asyncio.run(verify_files(files)) if files else 0
    raise typer.Exit(max(status, asyncio.run(verify_codes(codes)) if codes else 0))


@checkpoint.command("make")
def make() -> None:
    """立即封存并签署，打印存证点全文。 Seal and sign now, and print the checkpoint."""
    from terminal.checkpoints import make_now

    raise typer.Exit(asyncio.run(make_now()))


@checkpoint.command("rotate")
def rotate() -> None:
    """更换签署密钥：新旧两把共同签署交接。 Another signing key, announced under the signatures of both."""
    from terminal.checkpoints import rotate_key

    raise typer.Exit(asyncio.run(rotate_key()))


@checkpoint.command("stamp-request")
def stamp_request(
    file: Annotated[Path, typer.Argument(help="写到哪个新文件（.tsq）。 The new file for the request.")],
) -> None:
    """为最近一个存证点写出时间戳请求（RFC 3161），交可信时间戳机构。
    A request for a time stamp on the last checkpoint.
    """
    from terminal.stamps import write_request

    raise typer.Exit(asyncio.run(write_request(file)))


@checkpoint.command("stamp-add")
def stamp_add(
    response: Annotated[Path, typer.Argument(help="机构答复的文件（.tsr）。 The authority's response.")],
    authority: Annotated[
        Path,
        typer.Option(
            "--authority", help="机构的证书（PEM，根证书和中间证书）。 The authority's certificates."
        ),
    ],
) -> None:
    """收存时间戳答复：离线核验属实后，与存证点一起留存。
    Keep a response that the authority's certificates bear out.
    """
    from terminal.stamps import add_response

    raise typer.Exit(asyncio.run(add_response(response, authority)))


witness = typer.Typer(
    name="witness",
    no_args_is_help=True,
    help="互为见证：单位之间互存存证点。 Houses keep each other's checkpoints.",
)
Handed = Annotated[Path, typer.Argument(help="对方交来的文件。 What the other house handed over.")]


@witness.command("hand-over")
def hand_over(
    file: Annotated[Path, typer.Argument(help="写到哪个新文件。 The new file.")],
    since: Annotated[
        int,
        typer.Option("--since", min=0, help="对方已存到多少片叶；首次不写。 How many leaves they have kept."),
    ] = 0,
) -> None:
    """写出本单位最近的存证点，连同“此前没有改动”的证明，交对方留存。
    The last checkpoint, with the proof for the other house.
    """
    from terminal.witnesses import hand_over as write

    raise typer.Exit(asyncio.run(write(file, since)))


@witness.command("add")
def add(file: Handed) -> None:
    """核对对方交来的存证点，与所存的接得上才收存。 Keep it where it goes on from what is kept."""
    from terminal.witnesses import take_in

    raise typer.Exit(asyncio.run(take_in(file, keep=True)))


@witness.command("verify")
def verify_handed(file: Handed) -> None:
    """只核对，不收存。 Compare alone, and keep nothing."""
    from terminal.witnesses import take_in

    raise typer.Exit(asyncio.run(take_in(file, keep=False)))
