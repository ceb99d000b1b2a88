"""Hands a mail to its server: checked address, TLS, one recipient, and an end in time."""

import smtplib
import socket
from email.mime.text import MIMEText
from typing import Any, Final

from channels.mail.settings import MailSettings, Security
from channels.mail.wording import mail_of
from channels.message import Message, NotTaken, Rejected, Taken
from channels.outgoing import BoundedFile, Outgoing, Watch

_TAKEN: Final = 250
_FORWARDED: Final = 251
_REFUSED: Final = 500  # and above: for good


def send(message: Message, settings: MailSettings, to: str, out: Outgoing) -> Taken:
    """Have the server take a mail to one address; raises Rejected where it never will, NotTaken where it did not now."""
    mail = mail_of(message, settings, to)
    host = settings.host
    if settings.security is Security.NONE and not out.is_internal(host):
        raise NotTaken("tls_required", host)
    with out.bounded(host) as watch:
        try:
            code = _deliver(mail, settings, to, out, watch)
        except smtplib.SMTPException as error:
            if watch.has_ended:
                raise NotTaken("timeout", host) from None
            raise NotTaken(_code(error), host) from None
    return Taken(provider=host, message_id=str(mail["Message-ID"]), detail=f"smtp_{code}")


def _deliver(mail: MIMEText, settings: MailSettings, to: str, out: Outgoing, watch: Watch) -> int:
    host = settings.host
    session = _Session(out, watch, is_tls=settings.security is Security.TLS)
    try:
        session.connect(host, settings.port)
        session.ehlo()
        if settings.security is Security.STARTTLS:
            session.starttls(context=out.tls)
            if session.sock is not None:
                watch.over(session.sock)
            session.ehlo()
        if settings.user:
            session.login(settings.user, settings.password)
        _require(*session.mail(settings.sender), "sender", host)
        _require(*session.rcpt(to), "recipient", host, is_about_address=True)
        code, answer = session.data(mail.as_bytes(policy=mail.policy.clone(linesep="\r\n")))
        _require(code, answer, "content", host, is_about_address=True)
        return code
    finally:
        session.close()


class _Session(smtplib.SMTP):
    """The standard client over a checked connection, of which no more than a bounded part is read."""

    def __init__(self, out: Outgoing, watch: Watch, *, is_tls: bool) -> None:
        self._out, self._watch, self._is_tls = out, watch, is_tls
        super().__init__(local_hostname="huiying.invalid")

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002  the shape is the library's
        self._host = host
        sock: socket.socket = self._out.connect(host, port)
        self._watch.over(sock)
        if self._is_tls:
            sock = self._out.tls.wrap_socket(sock, server_hostname=host)
            self._watch.over(sock)
        return sock

    def getreply(self) -> tuple[int, bytes]:
        """The next answer of the server, within bounds."""
        if self.file is None and self.sock is not None:
            self.file: Any = BoundedFile(self.sock.makefile("rb"))
        return super().getreply()


def _require(code: int, _: bytes, what: str, host: str, *, is_about_address: bool = False) -> None:
    if code in {_TAKEN, _FORWARDED}:
        return
    if code >= _REFUSED and is_about_address:
        raise Rejected(f"smtp_{what}_{code}", host)
    raise NotTaken(f"smtp_{what}_{code}", host)


def _code(error: smtplib.SMTPException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        kind = "login" if isinstance(error, smtplib.SMTPAuthenticationError) else "answer"
        return f"smtp_{kind}_{error.smtp_code}"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "smtp_not_supported"
    return "smtp_broken_off"
