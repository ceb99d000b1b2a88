"""No head of a request is waited for without end: the server itself waits for ever, and keeps whatever comes."""

import asyncio
from typing import Any, ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST: Final = 64 * 1024
"""Bytes of a head: cookies and an address of the ledger's filters take a tenth of it."""

_ANSWERS: Final = {
    408: ("Request Timeout", "请求未及时送达。 The request did not come in time.\n"),
    431: ("Request Header Fields Too Large", "请求头过大。 The head of the request is too large.\n"),
}


class BoundedHeads(HttpToolsProtocol):
    """The server's protocol with a bound on the head of each request: `grace` seconds and `LARGEST` bytes.

    The time begins with the connection, and anew with the first byte of each further request on it; how long a connection
    stays without a request is the server's own matter.
    """

    grace: ClassVar[float] = 10.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._limit: asyncio.TimerHandle | None = None
        self._size = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the server has it
        """Somebody is there, and has so long to say what is wanted."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._head_is_whole()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some bytes, of a head or of a body."""
        if self._limit is not None:
            self._size += len(data)
        super().data_received(data)
        if self._limit is not None and self._size > LARGEST:
            self._refuse(431)

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        if self._limit is None:
            self._await_head()

    def on_headers_complete(self) -> None:
        """The last byte of its head."""
        self._head_is_whole()
        super().on_headers_complete()

    def _await_head(self) -> None:
        self._size = 0
        self._limit = self.loop.call_later(self.grace, self._refuse, 408)

    def _head_is_whole(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _refuse(self, status: int) -> None:
        """Say why and let go, but for whoever still waits for an answer to the request before."""
        self._head_is_whole()
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete:  # type: ignore[redundant-expr]  # none before the first
            reason, words = _ANSWERS[status]
            content = words.encode()
            head = (
                f"HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain; charset=utf-8\r\n"
                f"Content-Length: {len(content)}\r\nConnection: close\r\n\r\n"
            )
            self.transport.write(head.encode() + content)
        self.transport.close()
