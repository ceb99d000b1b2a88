"""A gateway is given a message that it can tell is the house's,
and each of its answers means what it should.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from channels.message import BadSettings, Deferred, Message, NotTaken, Rejected
from channels.outgoing import Outgoing
from channels.webhook.settings import WebhookSettings, read
from channels.webhook.transport import send
from tests.channels.peers import HOST, GatewayPeer, a_gateway

AT = datetime(2026, 9, 9, 2, 10, tzinfo=UTC)
SECRET = b"twenty-four bytes or more"
MESSAGE = Message(
    id="msg_1", attempt="a1", number="7号", deed="超时", purpose="breach", due_at=AT, at=AT, again=True
)


@pytest.fixture
def gateway() -> Iterator[GatewayPeer]:
    with a_gateway() as peer:
        yield peer


def test_a_message_is_signed_as_standard_webhooks_has_it(gateway: GatewayPeer):
    taken = send(MESSAGE, WebhookSettings(url=gateway.url, secret=SECRET), "13", Outgoing([HOST]))
    (post,) = gateway.posts
    signed = f"msg_1.{int(AT.timestamp())}.".encode() + post.content
    expected = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    assert post.headers["webhook-signature"] == f"v1,{expected}"
    assert post.headers["webhook-id"] == "msg_1"
    assert post.headers["webhook-timestamp"] == str(int(AT.timestamp()))
    assert post.told["type"] == "call"
    assert post.told["data"] == {
        "to": "13",
        "number": "7号",
        "purpose": "breach",
        "deed": "超时",
        "due_at": AT.isoformat(),
        "again": True,
        "link": None,
        "text": "【回应】（重发）7号 超时，2026-09-09 10:10截止\n请尽快登录系统办理。",
    }
    assert taken.message_id == "gw-1"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((200, None), (204, None), (400, Rejected), (422, Rejected)),
        *((404, Deferred), (410, Deferred)),  # this person, or the gateway itself: five persons tell
        *((302, NotTaken), (401, NotTaken), (403, NotTaken), (408, NotTaken), (429, NotTaken)),
        *((500, NotTaken), (503, NotTaken)),
    ],
)
def test_what_the_gateway_answers_is_taken_later_or_never(
    gateway: GatewayPeer, status: int, kind: type[NotTaken] | None
):
    gateway.status = status
    own = WebhookSettings(url=gateway.url, secret=SECRET)
    if kind is None:
        assert send(MESSAGE, own, "13", Outgoing([HOST])).detail == f"http_{status}"
        return
    with pytest.raises(NotTaken) as why:
        send(MESSAGE, own, "13", Outgoing([HOST]))
    assert type(why.value) is kind
    assert why.value.detail == f"http_{status}"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"[1]",
        b'{"id": 7}',
        b'{"id": "a\\u0000"}',
        b'{"id": "' + b"x" * 500 + b'"}',
        b"[" * 60000,
    ],
)
def test_whatever_a_gateway_says_beside_its_status_does_no_harm(gateway: GatewayPeer, content: bytes):
    gateway.content = content
    taken = send(MESSAGE, WebhookSettings(url=gateway.url, secret=SECRET), "13", Outgoing([HOST]))
    assert taken.message_id == "msg_1"


@pytest.mark.parametrize(
    "values",
    [
        {"url": "gateway.example", "secret": "whsec_" + "QUFB" * 8},
        {"url": "https://gateway.example", "secret": "whsec_QUFB"},
        {"url": "https://gateway.example", "secret": "not base64 at all, with blanks"},
        {"url": "https://gateway.example"},
        {},
    ],
)
def test_settings_that_are_none_are_refused(values: dict[str, str]):
    with pytest.raises(BadSettings):
        read(values)
