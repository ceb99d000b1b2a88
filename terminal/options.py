"""Options that commands of the terminal share: where Huiying answers, who asks, and in which language names stand."""

from pathlib import Path
from typing import Annotated

import typer

Address = Annotated[
    str, typer.Option("--url", envvar="HUIYING_URL", help="服务地址。 Where Huiying answers.")
]
TokenText = Annotated[
    str, typer.Option("--token", envvar="HUIYING_TOKEN", help="访问令牌。 Bearer token.", show_default=False)
]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        "--token-file", envvar="HUIYING_TOKEN_FILE", help="内含令牌的文件。 A file that holds the token."
    ),
]
English = Annotated[bool, typer.Option("--en", help="名称用英文。 Names in English.")]
HERE = "http://127.0.0.1:8000"
