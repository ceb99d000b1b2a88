"""`huiying public`: the public page written anew, into its own folder or into one for another web server."""
# ruff: noqa: PLC0415  each command imports what it needs when it is called, so that `--help` answers at once

from pathlib import Path
from typing import Annotated

import typer

public = typer.Typer(name="public", no_args_is_help=True, help="公开回应页面。 The public page.")


@public.callback()
def public_page() -> None:
    """公开回应页面。 The public page."""


@public.command("build")
def build(
    into: Annotated[
        Path | None,
        typer.Option("--into", help="写到这个目录，供别的网站服务器使用。 For a web server of your own."),
    ] = None,
) -> None:
    """把已启用单位的公开回应整个重写一遍。 Write the public page of the units that are on, all of it anew."""
    from terminal.public_page import build as write

    write(into)
