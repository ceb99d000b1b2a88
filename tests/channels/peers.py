"""Real peers that messages are handed to: a mail server and a gateway, on this machine,
each as obliging as a test wants it.
"""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "127.0.0.1"


@dataclass
class MailPeer:
    """A mail server: `answers` are given to the contents one after the other, then all are taken."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    recipient_answer: str = ""
    on_mail: Callable[[EmailMessage], None] | None = None

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient_answer:
            return self.recipient_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            mail = message_from_bytes(cast("bytes", envelope.content), policy=default)
            if self.on_mail is not None:
                self.on_mail(mail)
            self.mails.append(mail)
        return answer

    def subjects(self, to: str) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails if mail["To"] == to]


def _known(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and data.login == b"huiying" and data.password == b"right horse"
    return AuthResult(success=right, handled=False)


@contextmanager
def a_mail_server(**more: Any) -> Iterator[MailPeer]:
    """A mail server that takes everything."""
    peer = MailPeer()
    with socket.create_server((HOST, 0)) as free:
        peer.port = free.getsockname()[1]  # the library asks itself at the port that it was told
    controller = Controller(peer, hostname=HOST, port=peer.port, authenticator=_known, **more)
    controller.start()
    try:
        yield peer
    finally:
        controller.stop()


@dataclass
class Post:
    """What came to a gateway."""

    path: str
    headers: dict[str, str]
    content: bytes

    @property
    def told(self) -> dict[str, Any]:
        return cast("dict[str, Any]", json.loads(self.content))


@dataclass
class GatewayPeer:
    """A gateway: answers with `status`, `headers` and `content`, after `pause` seconds."""

    port: int = 0
    posts: list[Post] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b'{"id": "gw-1"}'
    pause: float = 0.0
    drips: bool = False
    reply: Callable[[bytes], bytes] | None = None  # makes the content of the answer of that of the question

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/call"


@contextmanager
def a_gateway() -> Iterator[GatewayPeer]:
    """A gateway on a port of its own."""
    peer = GatewayPeer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", "0"))
            named = {name.lower(): value for name, value in self.headers.items()}
            question = self.rfile.read(length)
            peer.posts.append(Post(self.path, named, question))
            content = peer.content if peer.reply is None else peer.reply(question)
            time.sleep(peer.pause)
            if peer.drips:
                self._drip()
                return
            self.send_response(peer.status)
            for name, value in peer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _drip(self) -> None:
            for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Slow: 1\r\n" * 1000:
                try:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                except OSError:
                    return
                time.sleep(0.05)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    server.daemon_threads = True
    peer.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
