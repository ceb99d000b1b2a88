"""Costly work in turns: so many at a time, so many waiting,
and whoever comes beyond that is told when to come again.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

from fastapi import Request

from api.errors import WebProblem

MOST_WAITING: Final = 200  # some ten seconds of a core: nobody waits much longer than that at a form
COME_AGAIN: Final = 10  # seconds


class Crowded(WebProblem):
    """As many wait as may; nothing was done."""

    status, code = HTTPStatus.SERVICE_UNAVAILABLE, "crowded"
    headers = {"Retry-After": str(COME_AGAIN)}  # noqa: RUF012  never changed


def turns_of(request: Request) -> "SignInTurns":
    """The queue of those who sign in at the application."""
    turns: SignInTurns = request.app.state.sign_in_turns
    return turns


class SignInTurns:
    """A queue in the order of coming: `at_once` are served, `waiting` wait."""

    def __init__(self, at_once: int = os.cpu_count() or 1, waiting: int = MOST_WAITING) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._room = waiting

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn, and have it inside; raises Crowded at once where there is no room to wait."""
        if self._free.locked() and self._room <= 0:
            raise Crowded
        self._room -= 1
        try:
            await self._free.acquire()
        finally:
            self._room += 1
        try:
            yield
        finally:
            self._free.release()
