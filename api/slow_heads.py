"""No head of a request is waited for without end:
the server itself waits for ever, and keeps whatever comes.
"""

import asyncio
from typing import Any, ClassVar, Final

from api.slow_readers import BoundedAnswers

LARGEST: Final = 64 * 1024
"""Bytes of a head: cookies and an address of the ledger's filters take a tenth of it."""

_MARKS: Final = len(": \r\n")
_ANSWERS: Final = {
    408: ("Request Timeout", "请求未及时送达。 The request did not come in time.\n"),
    431: ("Request Header Fields Too Large", "请求头过大。 The head of the request is too large.\n"),
}


class BoundedHeads(BoundedAnswers):
    """The server's protocol with a bound on the head of each request: `grace` seconds and `largest` bytes.

    The time begins with the connection, and anew with the first byte of whatever comes after a request; how
    long a connection stays without a byte is the server's own matter. Bytes that are neither head nor body
    have the same bound of size.
    """

    grace: ClassVar[float] = 10.0
    largest: ClassVar[int] = LARGEST

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._limit: asyncio.TimerHandle | None = None
        self._is_in_head = False
        self._is_refused = False
        self._size = 0  # bytes since the last head was whole, or since the last part of a body
        self._head = 0  # bytes of the lines of this head

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the server has it
        """Somebody is there, and has so long to say what is wanted."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some bytes, of a head, of a body or of neither:
        the parser says nothing of empty lines before a head.
        """
        if self._is_refused:  # an answer is still on its way out
            return
        if self._limit is None and not self._is_answering():
            self._await_head()
        self._size += len(data)
        super().data_received(data)
        if self._size > self.largest:
            self._refuse(431)

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._is_in_head, self._head = True, 0
        if self._limit is None:
            self._await_head()

    def on_url(self, url: bytes) -> None:
        """Some of its address."""
        super().on_url(url)
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """A line of its head; of those after a body in parts nobody asks,
        and the server would keep them all.
        """
        if self._is_in_head:
            super().on_header(name, value)
            self._count(len(name) + len(value) + _MARKS)

    def on_headers_complete(self) -> None:
        """The last byte of its head."""
        self._is_in_head, self._size = False, 0
        self._wait_no_more()
        super().on_headers_complete()

    def on_chunk_header(self) -> None:
        """The length of a part of its body."""
        self._size = 0

    def on_body(self, body: bytes) -> None:
        """Some of its body."""
        self._size = 0
        super().on_body(body)

    def send_400_response(self, msg: str) -> None:
        """The parser stopped: at what is no request, or at a head that is too large."""
        if self._head > self.largest:
            self._refuse(431)
        else:
            super().send_400_response(msg)

    def _count(self, size: int) -> None:
        self._head += size
        if self._head > self.largest:
            raise ValueError("head too large")  # stops the parser, which may have more of it at hand

    def _await_head(self) -> None:
        self._limit = self.loop.call_later(self.grace, self._refuse, 408)

    def _wait_no_more(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete  # type: ignore[redundant-expr]  # none before the first

    def _refuse(self, status: int) -> None:
        """Say why, where a request was begun, and let go;
        but whoever still waits for an answer to a whole request gets it first.
        """
        self._wait_no_more()
        if self._is_refused or self.transport.is_closing():
            return
        self._is_refused = True
        if self._is_answering() and not self.cycle.more_body:
            self.cycle.keep_alive = False
            return
        if self._is_in_head and not self._is_answering():
            self.transport.write(_answer(status))
        self.transport.close()
        # Closing waits for whoever does not read.
        self._limit = self.loop.call_later(self.grace, self.transport.abort)


def _answer(status: int) -> bytes:
    reason, words = _ANSWERS[status]
    content = words.encode()
    head = (
        f"HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(content)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + content
