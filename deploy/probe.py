"""Asks the web process whether it is up, and whether all that it needs is."""

import asyncio
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import NamedTuple


class Answer(NamedTuple):
    """What a probe was told; status 0 stands for nobody listening."""

    status: int
    body: str


async def get(host: str, port: int, path: str) -> Answer:
    """One GET, bounded to five seconds."""
    return await asyncio.to_thread(_get, host, port, path)


async def until_ok(host: str, port: int, path: str) -> None:
    """Wait until `path` answers 200; to be bounded by the caller."""
    while True:
        if (await get(host, port, path)).status == HTTPStatus.OK:
            return
        await asyncio.sleep(0.1)


def _get(host: str, port: int, path: str) -> Answer:
    connection = HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return Answer(response.status, response.read(2000).decode("utf-8", "replace"))
    except (OSError, HTTPException) as error:
        return Answer(0, str(error))
    finally:
        connection.close()
