"""Asks the web process whether it is up, and whether all that it needs is."""

import asyncio
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import NamedTuple


class ProbeReply(NamedTuple):
    """What a probe was told; status 0 stands for nobody listening."""

    status: int
    body: str


async def get(host: str, port: int, path: str, seconds: float = 5) -> ProbeReply:
    """One GET, bounded to so many seconds of silence."""
    return await asyncio.to_thread(_get, host, port, path, seconds)


async def until_ok(host: str, port: int, path: str) -> None:
    """Wait until `path` answers 200; to be bounded by the caller."""
    while True:
        if (await get(host, port, path)).status == HTTPStatus.OK:
            return
        await asyncio.sleep(0.1)


def _get(host: str, port: int, path: str, seconds: float) -> ProbeReply:
    connection = HTTPConnection(host, port, timeout=seconds)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return ProbeReply(response.status, response.read(2000).decode("utf-8", "replace"))
    except (OSError, HTTPException) as error:
        return ProbeReply(0, str(error))
    finally:
        connection.close()
