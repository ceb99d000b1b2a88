"""No answer is held without end for whoever does not read it:
the server itself waits for ever, with all of it in memory.
"""

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class BoundedAnswers(HttpToolsProtocol):
    """The server's protocol with a bound on how slowly an answer is read:
    `least` bytes in each `patience` seconds.

    The time runs while more waits to be sent than the server lets wait (`pause_writing`), and once it wants
    to close the connection. Whoever reads more slowly is let go of, and with it what was held.
    """

    patience: ClassVar[float] = 30.0
    least: ClassVar[int] = 16 * 1024

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._look: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """More waits than is let wait."""
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        """Most of it has gone out."""
        super().resume_writing()
        self._watch_no_more()

    def on_response_complete(self) -> None:
        """The answer is whole; a connection that closes with it waits for what is still to be read."""
        super().on_response_complete()
        self._watch_a_closing_one()

    def timeout_keep_alive_handler(self) -> None:
        """The connection closes, having had nothing to do for a while, which waits likewise."""
        super().timeout_keep_alive_handler()
        self._watch_a_closing_one()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        super().connection_lost(exc)
        self._watch_no_more()

    def _watch_a_closing_one(self) -> None:
        if self._look is None and self.transport.is_closing():
            self._watch()

    def _watch(self) -> None:
        self._watch_no_more()  # one that was left to run would let go of whoever reads
        waiting = self.transport.get_write_buffer_size()
        self._look = self.loop.call_later(self.patience, self._require_less, waiting)

    def _watch_no_more(self) -> None:
        if self._look is not None:
            self._look.cancel()
            self._look = None

    def _require_less(self, before: int) -> None:
        if self.transport.get_write_buffer_size() > before - self.least:
            self.transport.abort()
        else:
            self._watch()
