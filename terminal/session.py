"""Opening a call to Huiying from what was given: the address, and the token or the file that holds it."""

import re
from pathlib import Path
from typing import Any

from terminal.client import Web
from terminal.outcome import refuse_usage
from terminal.own_settings import own_address

_ID = re.compile(r"inc-[0-9a-f]{24}").fullmatch


def open_web(address: str, token: str, token_file: Path | None) -> Web:
    """The calls to an address, or to where this machine's settings say;
    a token file that cannot be read ends the program.
    """
    if not token and token_file is not None:
        try:
            token = token_file.expanduser().read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise refuse_usage(f"读不了令牌文件：{error}", "The token file cannot be read.") from None
    if not token.isascii() or any(character.isspace() for character in token):
        raise refuse_usage(
            "令牌含有不该有的字符，请核对是否完整。", "The token has characters that no token has."
        )
    return Web(address or own_address(), token)


def incident_id(web: Web, target: str) -> str:
    """The id that a target names, itself or by its number (`舆〔2026〕18号`);
    ends the program when nothing bears it.
    """
    if _ID(target):
        return target
    items: list[dict[str, Any]] = web.get("/incidents", text=target, limit=10).content["items"]
    exact = [line for line in items if target == line["number"]] or items
    if len(exact) == 1:
        return str(exact[0]["incident_id"])
    several = "；".join(f"{line['number']} {line['incident_id']}" for line in exact)
    if several:
        raise refuse_usage(f"“{target}”可指多个事件：{several}", "Several incidents fit; give the id.")
    raise refuse_usage(f"没有编号或标识为“{target}”的事件。", "No incident bears this number or id.")
