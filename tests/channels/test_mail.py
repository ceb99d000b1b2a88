"""A mail is handed to its server, over TLS, and each answer of the server means what it should."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from channels.mail.settings import MailSettings, Security, address
from channels.mail.transport import send
from channels.message import BadSettings, Deferred, Message, NotTaken, Rejected
from channels.outgoing import Outgoing
from tests.channels.peers import HOST, MailPeer, a_mail_server

TO = "one@town.example"
AT = datetime(2026, 9, 9, 2, 10, tzinfo=UTC)
MESSAGE = Message(
    id="msg_1",
    attempt="a1",
    number="高安舆〔2026〕7号",
    deed="超时 · 首次回应",
    purpose="breach",
    due_at=AT,
    at=AT,
    link="https://desk.example/k/abc",
)


@pytest.fixture
def mail() -> Iterator[MailPeer]:
    with a_mail_server() as peer:
        yield peer


def settings(peer: MailPeer, **changes: object) -> MailSettings:
    plain = MailSettings(host=HOST, port=peer.port, security=Security.NONE, sender="desk@gaoan.example")
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_a_mail_says_number_deed_and_due_instant_and_carries_its_link(mail: MailPeer):
    taken = send(MESSAGE, settings(mail), TO, Outgoing([HOST]))
    (sent,) = mail.mails
    assert sent["Subject"] == "【回应】高安舆〔2026〕7号 超时 · 首次回应，2026-09-09 10:10截止"
    assert sent["To"] == TO
    assert sent["Auto-Submitted"] == "auto-generated"
    assert taken.message_id == sent["Message-ID"] == "<msg_1@gaoan.example>"
    assert "https://desk.example/k/abc" in sent.get_content()


@pytest.mark.parametrize(
    ("answer", "at_recipient", "at_content"),
    [
        ("421 busy", NotTaken, NotTaken),
        ("450 mailbox busy", Deferred, NotTaken),
        ("451 4.3.0 no disk", NotTaken, NotTaken),
        ("451 4.7.1 slow down", NotTaken, NotTaken),
        ("452 4.2.2 no room in the mailbox", Deferred, Deferred),
        ("530 5.7.0 sign in first", NotTaken, NotTaken),
        ("550 no such person", Rejected, NotTaken),
        ("550 5.7.1 relaying denied", NotTaken, NotTaken),
        ("552 5.2.2 no room in the mailbox", Rejected, Rejected),
        ("554 no", Rejected, NotTaken),
    ],
)
def test_what_the_server_answers_is_of_the_recipient_or_of_the_server_for_now_or_for_good(
    mail: MailPeer, answer: str, at_recipient: type[NotTaken], at_content: type[NotTaken]
):
    for where, kind in (("recipient", at_recipient), ("content", at_content)):
        mail.recipient_answer = answer if where == "recipient" else ""
        mail.answers = [answer] if where == "content" else []
        with pytest.raises(NotTaken) as why:
            send(MESSAGE, settings(mail), TO, Outgoing([HOST]))
        assert type(why.value) is kind
        assert answer[:3] in why.value.detail
        assert "no" not in why.value.detail.split("_")  # a code, never the server's words
    assert mail.mails == []


def certified(folder: Path) -> ssl.SSLContext:
    """A server's certificate of its own making for this machine, and the file that vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    (folder / "certificate.pem").write_bytes(pem)
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


def believing(folder: Path) -> Outgoing:
    tls = ssl.create_default_context(cafile=str(folder / "certificate.pem"))
    return Outgoing(["localhost"], tls=tls, resolve=lambda _, __: [HOST])


def test_a_server_that_asks_for_tls_and_a_name_is_given_both(tmp_path: Path):
    with a_mail_server(tls_context=certified(tmp_path), require_starttls=True, auth_required=True) as peer:
        own = settings(
            peer, host="localhost", security=Security.STARTTLS, user="huiying", password="right horse"
        )
        send(MESSAGE, own, TO, believing(tmp_path))
        assert len(peer.mails) == 1
        with pytest.raises(NotTaken, match="smtp_login_535"):
            send(MESSAGE, replace(own, password="wrong"), TO, believing(tmp_path))
        with pytest.raises(NotTaken, match="smtp_sender_530"):
            send(MESSAGE, replace(own, security=Security.NONE, user=""), TO, believing(tmp_path))
        with pytest.raises(NotTaken, match="tls_failed"):
            send(MESSAGE, own, TO, Outgoing(["localhost"], resolve=lambda _, __: [HOST]))
        assert len(peer.mails) == 1


def test_a_server_that_offers_no_tls_is_told_nothing(mail: MailPeer, tmp_path: Path):
    certified(tmp_path)
    own = settings(mail, host="localhost", security=Security.STARTTLS, user="huiying", password="right horse")
    with pytest.raises(NotTaken, match="smtp_not_supported"):
        send(MESSAGE, own, TO, believing(tmp_path))


def test_in_clear_only_a_server_of_the_house_is_spoken_to(mail: MailPeer):
    with pytest.raises(NotTaken, match="tls_required"):
        send(MESSAGE, settings(mail), TO, Outgoing())
    assert mail.mails == []


@pytest.mark.parametrize(
    "text",
    [
        *("", "one", "one@", "@town.example", "one@town", "one@town.example\r\nBcc: two@town.example"),
        *(
            "one two@town.example",
            "一@town.example",
            "one@town.example,two@town.example",
            "<one@town.example>",
        ),
        "a" * 300 + "@town.example",
    ],
)
def test_what_is_no_address_is_not_one(text: str):
    with pytest.raises(BadSettings):
        address(text)
