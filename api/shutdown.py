"""A hook for the shutdown, called before the server waits for its connections:
a stream would hold it up until it is cut off.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_STOPS: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def on_shutdown(tell: Callable[[], None]) -> Iterator[None]:
    """While it lasts, call `tell` in the running loop as soon as the server is asked to stop,
    and let the server do the rest.

    Only a handler that somebody else has put there is joined: without one the signal keeps its own meaning.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    handlers = {number: signal.getsignal(number) for number in _STOPS}
    joined = {number: handler for number, handler in handlers.items() if callable(handler)}

    def stop(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(tell)
        joined[signal.Signals(number)](number, frame)

    for number in joined:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in joined.items():
            if signal.getsignal(number) is stop:
                signal.signal(number, handler)
