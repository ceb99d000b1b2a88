"""No body is waited for without end: who sends one, or leaves off in the middle,
holds nothing of the server for long.
"""

import asyncio
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import TooSlow

GRACE: Final = 10.0  # seconds before anything need have come
SLOWEST: Final = 8 * 1024  # bytes a second, from then on
LONGEST: Final = 300.0  # seconds of any body
REST: Final = 256 * 1024  # bytes of a body that are read though it was answered before its end


class SlowBodies:
    """Between server and application: a body that comes too slowly is TooSlow for whoever reads it,
    answered with 408.

    Where an answer is given before its body has come, the rest is read first if it is short;
    else the answer ends the connection, which would be kept for the rest of it.
    """

    def __init__(self, app: ASGIApp, grace: float = GRACE) -> None:
        self._app, self._grace = app, grace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or not _has_body(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        body = _Body(receive, self._grace)
        await self._app(scope, body.receive, body.answering(send))


class _Body:
    """A body on its way."""

    def __init__(self, receive: Receive, grace: float) -> None:
        self._receive, self._grace = receive, grace
        self._began = asyncio.get_running_loop().time()
        self._size = 0
        self._is_whole = False

    async def receive(self) -> Message:
        """The next part, or what comes after the last; raises TooSlow."""
        if self._is_whole:
            return await self._receive()
        until = self._began + min(self._grace + self._size / SLOWEST, LONGEST)
        try:
            async with asyncio.timeout_at(until):
                message = await self._receive()
        except TimeoutError:
            raise TooSlow from None
        self._size += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        return message

    def answering(self, send: Send) -> Send:
        """`send`, which lets go of the connection where the body has not come."""

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start" and not await self._is_read_to_its_end():
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        return tell

    async def _is_read_to_its_end(self) -> bool:
        """Whether the rest of the body has come, where it is not long:
        closing on who still sends would lose them the answer.
        """
        try:
            while not self._is_whole and self._size <= REST:
                await self.receive()
        except TooSlow:
            return False
        return self._is_whole


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
