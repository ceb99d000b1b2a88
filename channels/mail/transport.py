"""Hands a mail to its server: checked address, TLS, one recipient, and an end in time."""

import re
import smtplib
import socket
from email.mime.text import MIMEText
from typing import Any, Final

from channels.mail.settings import MailSettings, Security
from channels.mail.wording import mail_of
from channels.message import Deferred, Message, NotTaken, Rejected, Taken
from channels.outgoing import BoundedFile, ExchangeTimer, Outgoing

_TAKEN: Final = 250
_FORWARDED: Final = 251
_REFUSED: Final = 500  # and above: for good
_CLOSING: Final = 421  # the server closes, whoever the mail is for
_LOGIN: Final = frozenset({530, 535, 538})
# Of enhanced codes (RFC 3463) the subject: addressing and mailbox are the recipient's;
# system, network, protocol, content and policy are the server's, or the house's at it.
_ENHANCED: Final = re.compile(rb"[245]\.(\d{1,3})\.\d{1,3}\b")
_OF_THE_RECIPIENT: Final = frozenset({b"1", b"2"})


def send(message: Message, settings: MailSettings, to: str, out: Outgoing) -> Taken:
    """Have the server take a message; raises Rejected, Deferred or NotTaken as it answers."""
    return hand_in(mail_of(message, settings, to), settings, to, out)


def hand_in(mail: MIMEText, settings: MailSettings, to: str, out: Outgoing) -> Taken:
    """Have the server take a mail to one address; raises Rejected, Deferred or NotTaken as it answers."""
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


def _deliver(mail: MIMEText, settings: MailSettings, to: str, out: Outgoing, watch: ExchangeTimer) -> int:
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
        _require(*session.rcpt(to), "recipient", host)
        code, answer = session.data(mail.as_bytes(policy=mail.policy.clone(linesep="\r\n")))
        _require(code, answer, "content", host)
        return code
    finally:
        session.close()


class _Session(smtplib.SMTP):
    """The standard client over a checked connection, of which no more than a bounded part is read."""

    def __init__(self, out: Outgoing, watch: ExchangeTimer, *, is_tls: bool) -> None:
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


def _require(code: int, answer: bytes, what: str, host: str) -> None:
    """Raise what an answer means that is none of success:
    of the recipient where it says so, else of the server.
    """
    if code in {_TAKEN, _FORWARDED}:
        return
    kind: type[NotTaken] = NotTaken
    if _is_about_recipient(code, answer, what):
        kind = Rejected if code >= _REFUSED else Deferred
    raise kind(f"smtp_{what}_{code}", host)


def _is_about_recipient(code: int, answer: bytes, what: str) -> bool:
    if what == "sender" or code == _CLOSING or code in _LOGIN:
        return False
    subject = _ENHANCED.match(answer)
    return subject[1] in _OF_THE_RECIPIENT if subject else what == "recipient"


def _code(error: smtplib.SMTPException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        kind = "login" if isinstance(error, smtplib.SMTPAuthenticationError) else "answer"
        return f"smtp_{kind}_{error.smtp_code}"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "smtp_not_supported"
    return "smtp_broken_off"
