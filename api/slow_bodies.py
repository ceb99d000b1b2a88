"""No body is waited for without end: who sends one, or leaves off in the middle, holds nothing of the server for long."""

import asyncio
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import TooSlow

GRACE: Final = 10.0  # seconds before anything need have come
SLOWEST: Final = 8 * 1024  # bytes a second, from then on
LONGEST: Final = 300.0  # seconds of any body


class SlowBodies:
    """Between server and application: a body that comes too slowly is TooSlow for whoever reads it, answered with 408.

    An answer that is given before its body has come ends the connection, which would else be kept for the rest of it.
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
            if message["type"] == "http.response.start" and not self._is_whole:
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        return tell


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
