"""A provider of text messages or calls is sent what the template says, in which words stay words."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest

from channels.message import BadSettings, Deferred, Message, NotTaken, Taken
from channels.outgoing import Outgoing
from channels.table import CHANNELS
from tests.channels.peers import HOST, GatewayPeer, a_gateway

AT = datetime(2026, 9, 9, 2, 10, tzinfo=UTC)
TO = "13800000000"
MESSAGE = Message(
    id="msg_1",
    attempt="a1",
    number="高安舆〔2026〕7号",
    deed="已超时",
    purpose="breach",
    due_at=AT,
    at=AT,
    link="https://desk.example/k/abc",
)
BODY = '{"phone": "{to}", "params": ["{number}", "{deed}", "{due}"], "text": "{text}"}'
WAY = CHANNELS["sms"]


@pytest.fixture
def peer() -> Iterator[GatewayPeer]:
    with a_gateway() as made:
        yield made


def sent(peer: GatewayPeer, message: Message = MESSAGE, **typed: str) -> Taken:
    settings = WAY.read({"url": peer.url, "kind": "json", "body": BODY, **typed})
    taken = WAY.send(message, settings, WAY.address(TO), Outgoing([HOST]))
    assert isinstance(taken, Taken)
    return taken


def test_each_place_of_the_template_is_filled(peer: GatewayPeer):
    sent(peer, header="Authorization", secret="Bearer of nothing")
    assert peer.posts[0].headers["authorization"] == "Bearer of nothing"
    told = peer.posts[0].told
    assert told["phone"] == TO
    assert told["params"] == ["高安舆〔2026〕7号", "已超时", "2026-09-09 10:10"]
    assert told["text"].endswith("https://desk.example/k/abc")


@pytest.mark.parametrize("deed", ['a", "phone": "1', "\\", "{to}", "line\nbreak", "\u2028", "a&to=2"])
def test_words_stay_words_whatever_is_in_them(peer: GatewayPeer, deed: str):
    sent(peer, replace(MESSAGE, deed=deed))
    assert peer.posts[0].told["params"][1] == deed
    assert peer.posts[0].told["phone"] == TO
    sent(peer, replace(MESSAGE, deed=deed), kind="form", body="to={to}&deed={deed}")
    form = parse_qs(peer.posts[1].content.decode())
    assert form == {"to": [TO], "deed": [deed]}


@pytest.mark.parametrize(
    ("success", "content", "kind"),
    [
        ("code=0", {"code": 0}, None),
        ("code=0", {"code": "0"}, None),
        ("Response.Status.0.Code=Ok", {"Response": {"Status": [{"Code": "Ok"}]}}, None),
        ("ok=true", {"ok": True}, None),
        ("code=0", {"code": 7, "message": "no such number"}, Deferred),
        ("code=0", {"message": "?"}, Deferred),
        ("code=0", [0], Deferred),
        ("code=0", "not json", NotTaken),
        ("", "not json", None),
    ],
)
def test_what_the_answer_says_counts_where_the_administrator_said_so(
    peer: GatewayPeer, success: str, content: object, kind: type[NotTaken] | None
):
    peer.content = content.encode() if isinstance(content, str) else json.dumps(content).encode()
    if kind is None:
        sent(peer, success=success)
        return
    with pytest.raises(NotTaken) as why:
        sent(peer, success=success)
    assert type(why.value) is kind


@pytest.mark.parametrize(
    ("status", "kind"), [(400, Deferred), (422, Deferred), (401, NotTaken), (429, NotTaken), (500, NotTaken)]
)
def test_a_wrong_number_is_the_persons_and_a_wrong_key_the_channels(
    peer: GatewayPeer, status: int, kind: type[NotTaken]
):
    peer.status = status
    with pytest.raises(NotTaken, match=f"http_{status}") as why:
        sent(peer)
    assert type(why.value) is kind


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"url": "sms.example"}, "url"),
        ({"kind": "xml"}, "kind"),
        ({"body": '{"phone": "1"}'}, "body"),
        ({"body": '{"phone": {to}'}, "body"),
        ({"header": "Host", "secret": "x"}, "header"),
        ({"header": "X\r\nY", "secret": "x"}, "header"),
        ({"header": "Authorization"}, "secret"),
        ({"secret": "x"}, "secret"),
        ({"header": "Authorization", "secret": "x\r\ny"}, "secret"),
        ({"success": "code"}, "success"),
    ],
)
def test_settings_that_are_none_are_refused(typed: dict[str, str], field: str):
    with pytest.raises(BadSettings) as bad:
        WAY.read({"url": "https://sms.example/send", "kind": "json", "body": BODY, **typed})
    assert bad.value.field == field


@pytest.mark.parametrize("number", ["", "zhang", "1", "+", "1" * 16, "13800000000,13900000000"])
def test_what_is_no_telephone_number_is_refused(number: str):
    with pytest.raises(BadSettings):
        WAY.address(number)
    assert WAY.address("138 0000-0000") == TO
