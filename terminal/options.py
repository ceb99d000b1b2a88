"""Options that commands of the terminal share: where Huiying answers, who asks,
and in which language names stand.
"""

from pathlib import Path
from typing import Annotated

import typer

Address = Annotated[
    str,
    typer.Option(
        "--url",
        envvar="HUIYING_URL",
        show_default=False,
        help=(
            "服务地址；不写则是本机设置的那个。 Where Huiying answers; by default where this machine's"
            " settings say."
        ),
    ),
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
HERE = ""
"""What stands for the address that this machine's settings name."""
