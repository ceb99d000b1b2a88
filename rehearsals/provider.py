"""The providers of a rehearsal of calls: one server on this machine that takes what each channel's would
take, until it is broken.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

HOST: Final = "127.0.0.1"
_TAKEN: Final = json.dumps({"errcode": 0, "code": 0, "id": "taken"}).encode()
_DOWN: Final = 503


class Providers:
    """What was handed to them, and which are broken; the path's first part is the channel's name."""

    def __init__(self) -> None:
        self.port = 0
        self.broken: set[str] = set()
        self.links: dict[str, str] = {}  # the last that a message carried, by its address

    def settings(self, channel: str) -> dict[str, str]:
        """How a channel is set up to be taken here."""
        secret = "c2VjcmV0" * 5  # some bytes in base64, known to nobody else and of no worth
        return {"url": f"http://{HOST}:{self.port}/{channel}", "key": "rehearsal", "secret": secret}

    def take(self, path: str, content: bytes) -> int:
        """What a channel's provider answers to a message, by status."""
        channel = path.strip("/").partition("/")[0].partition("?")[0]
        if channel in self.broken:
            return _DOWN
        said: Any = json.loads(content)
        data = said.get("data") if isinstance(said, dict) else None
        if isinstance(data, dict) and data.get("link"):
            self.links[data["to"]] = data["link"]
        return 200


@contextmanager
def providers() -> Iterator[Providers]:
    """Providers that listen while inside."""
    peers = Providers()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length", "0")))
            self.send_response(peers.take(self.path, content))
            self.send_header("Content-Length", str(len(_TAKEN)))
            self.end_headers()
            self.wfile.write(_TAKEN)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    server.daemon_threads = True
    peers.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield peers
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
