"""The robots of group chats are spoken to as their providers document,
and what they say in a body of 200 is read.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from channels.message import BadSettings, Message, NotTaken, may_be_out
from channels.outgoing import LARGEST_ANSWER, Outgoing
from channels.table import CHANNELS
from tests.channels.peers import HOST, GatewayPeer, Post, a_gateway
from words.deliveries import detail_words

AT = datetime(2026, 9, 9, 2, 10, tzinfo=UTC)
KEY, SECRET = "693a91f6-7xxx-4bc4", "SEC0123456789abcdef"
MESSAGE = Message(
    id="msg_1",
    attempt="a1",
    number="高安舆〔2026〕7号",
    deed="已超时 · 首次回应",
    purpose="breach",
    due_at=AT,
    at=AT,
    link="https://desk.example/k/abc",
    again=True,
)
ROBOTS = ("wecom", "dingtalk", "feishu")
TAKEN = {
    "wecom": {"errcode": 0, "errmsg": "ok"},
    "dingtalk": {"errcode": 0, "errmsg": "ok"},
    "feishu": {"code": 0, "msg": "success", "data": {}, "StatusCode": 0, "StatusMessage": "success"},
}


@pytest.fixture
def peer() -> Iterator[GatewayPeer]:
    with a_gateway() as made:
        yield made


def sent(
    robot: str, peer: GatewayPeer, to: str = "13800000000", *, out: Outgoing | None = None, **typed: str
) -> Post:
    """What the provider was sent, which answers as the peer was told to; raises what the channel raises."""
    way = CHANNELS[robot]
    settings = way.read({"url": peer.url, "key": KEY, "secret": SECRET, **typed})
    way.send(MESSAGE, settings, way.address(to), out or Outgoing([HOST]))
    return peer.posts[-1]


def says(peer: GatewayPeer, content: Any) -> None:
    peer.content = content if isinstance(content, bytes) else json.dumps(content).encode()


def test_wecom_is_given_a_text_that_mentions_one_person_by_number_or_by_name(peer: GatewayPeer):
    says(peer, TAKEN["wecom"])
    post = sent("wecom", peer)
    assert post.path == f"/call?key={KEY}"
    assert post.told["msgtype"] == "text"
    assert post.told["text"]["mentioned_mobile_list"] == ["13800000000"]
    assert "高安舆〔2026〕7号" in post.told["text"]["content"]
    named = sent("wecom", peer, "zhang.san").told["text"]
    assert named["mentioned_list"] == ["zhang.san"]
    assert "mentioned_mobile_list" not in named


def test_dingtalk_is_given_a_text_whose_address_bears_instant_and_signature(peer: GatewayPeer):
    says(peer, TAKEN["dingtalk"])
    post = sent("dingtalk", peer)
    stamp = str(int(AT.timestamp()) * 1000)
    digest = hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256).digest()
    assert parse_qs(urlsplit(post.path).query) == {
        "access_token": [KEY],
        "timestamp": [stamp],
        "sign": [base64.b64encode(digest).decode()],
    }
    assert post.told["at"] == {"atMobiles": ["13800000000"], "isAtAll": False}
    assert post.told["text"]["content"].endswith("@13800000000")
    assert sent("dingtalk", peer, "manager4220").told["at"]["atUserIds"] == ["manager4220"]


def test_feishu_is_given_a_card_signed_in_its_body(peer: GatewayPeer):
    says(peer, TAKEN["feishu"])
    post = sent("feishu", peer, "ou_18eac8")
    stamp = str(int(AT.timestamp()))
    digest = hmac.new(f"{stamp}\n{SECRET}".encode(), b"", hashlib.sha256).digest()
    assert post.path == f"/call/{KEY}"
    assert (post.told["timestamp"], post.told["sign"]) == (stamp, base64.b64encode(digest).decode())
    assert post.told["msg_type"] == "interactive"
    card = post.told["card"]
    assert "高安舆〔2026〕7号" in card["header"]["title"]["content"]
    assert card["elements"][-1]["text"] == {"tag": "lark_md", "content": "<at id=ou_18eac8></at>"}


@pytest.mark.parametrize("robot", ROBOTS)
def test_a_group_reads_no_link_by_which_it_could_acknowledge_for_somebody(peer: GatewayPeer, robot: str):
    says(peer, TAKEN[robot])
    content = sent(robot, peer, "ou_1").content.decode()
    assert "/k/" not in content
    assert "重发" in content


@pytest.mark.parametrize("robot", ROBOTS)
def test_what_a_robot_took_is_taken(peer: GatewayPeer, robot: str):
    says(peer, TAKEN[robot])
    sent(robot, peer, "ou_1")


def test_feishu_is_understood_in_its_older_words_too(peer: GatewayPeer):
    says(peer, {"StatusCode": 0, "StatusMessage": "success", "Extra": None})
    sent("feishu", peer, "ou_1")


@pytest.mark.parametrize(
    ("robot", "answer", "word"),
    [
        ("wecom", {"errcode": 93000, "errmsg": "invalid webhook url"}, "not_permitted/93000"),
        ("wecom", {"errcode": 45009, "errmsg": "api freq out of limit"}, "rate_limited/45009"),
        ("wecom", {"errcode": -1, "errmsg": "system busy"}, "provider_busy/-1"),
        ("wecom", {"errcode": 40058, "errmsg": "content exceed max length"}, "content_refused/40058"),
        ("wecom", {"errcode": 12345, "errmsg": "?"}, "not_taken/12345"),
        ("dingtalk", {"errcode": 310000, "errmsg": "sign not match"}, "not_permitted/310000"),
        ("dingtalk", {"errcode": 300005, "errmsg": "token is not exist"}, "not_permitted/300005"),
        ("dingtalk", {"status": 1111, "wait": 5, "errcode": 130101}, "rate_limited/130101"),
        ("dingtalk", {"status": 1111, "wait": 5, "source": "x5", "punish": "deny"}, "rate_limited/1111"),
        ("dingtalk", {"errcode": 430101, "errmsg": "content"}, "content_refused/430101"),
        ("feishu", {"code": 19021, "msg": "sign match fail or timestamp"}, "not_permitted/19021"),
        ("feishu", {"code": 19024, "msg": "Key Words Not Found"}, "not_permitted/19024"),
        ("feishu", {"code": 11232, "msg": "frequency limited"}, "rate_limited/11232"),
        ("feishu", {"code": 9499, "msg": "Bad Request", "data": {}}, "content_refused/9499"),
    ],
)
def test_a_refusal_in_a_body_of_200_is_the_channels_and_has_its_word(
    peer: GatewayPeer, robot: str, answer: dict[str, Any], word: str
):
    says(peer, answer)
    with pytest.raises(NotTaken) as why:
        sent(robot, peer, "ou_1")
    assert why.value.detail == word
    assert type(why.value) is NotTaken  # no address is to blame: the robot speaks to a group
    assert not may_be_out(word)
    assert detail_words(word)


@pytest.mark.parametrize("robot", ROBOTS)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"ok",
        b"[0]",
        b"{}",
        b'{"errcode": "0", "code": "0"}',
        b'{"errcode": false, "code": false}',
        b'{"status": 0}',
        b'{"status": 200}',
        b'{"errcode": 0, "code": 0, "x": "' + b"y" * LARGEST_ANSWER + b'"}',
        b"[" * 60000,
        b"\xff\xfe{",
    ],
)
def test_an_answer_that_says_nothing_leaves_unknown_whether_it_is_out(
    peer: GatewayPeer, robot: str, content: bytes
):
    says(peer, content)
    with pytest.raises(NotTaken) as why:
        sent(robot, peer, "ou_1")
    assert why.value.detail == "malformed"
    assert may_be_out("malformed")


@pytest.mark.parametrize("robot", ROBOTS)
@pytest.mark.parametrize("status", [302, 401, 403, 404, 429, 500, 502])
def test_another_status_is_the_channels_whatever_the_body_says(peer: GatewayPeer, robot: str, status: int):
    says(peer, TAKEN[robot])
    peer.status = status
    with pytest.raises(NotTaken) as why:
        sent(robot, peer, "ou_1")
    assert why.value.detail == f"http_{status}"
    assert type(why.value) is NotTaken


@pytest.mark.parametrize("robot", ROBOTS)
def test_a_provider_that_drips_its_answer_is_left_in_time(peer: GatewayPeer, robot: str):
    peer.drips = True
    with pytest.raises(NotTaken, match="timeout"):
        sent(robot, peer, "ou_1", out=Outgoing([HOST], seconds=0.5))


@pytest.mark.parametrize("robot", ROBOTS)
def test_without_an_address_of_its_own_the_official_one_is_taken(robot: str):
    settings = CHANNELS[robot].read({"key": KEY, "secret": SECRET})
    assert urlsplit(settings.url).scheme == "https"
    assert "." in (urlsplit(settings.url).hostname or "")


@pytest.mark.parametrize("robot", ROBOTS)
@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"url": "ftp://x.example"}, "url"),
        ({"url": "https://x.example/send?key=abcdefgh"}, "url"),
        ({"key": ""}, "key"),
        ({"key": "a b c d e f g h"}, "key"),
        ({"key": "../../abcdefgh"}, "key"),
    ],
)
def test_settings_that_are_none_are_refused(robot: str, typed: dict[str, str], field: str):
    with pytest.raises(BadSettings) as bad:
        CHANNELS[robot].read({"url": "", "key": KEY, "secret": SECRET, **typed})
    assert bad.value.field == field


@pytest.mark.parametrize("robot", ["dingtalk", "feishu"])
@pytest.mark.parametrize("secret", ["", "short", "with a blank", "密钥密钥密钥密钥"])
def test_a_robot_that_signs_needs_its_secret(robot: str, secret: str):
    with pytest.raises(BadSettings, match="secret"):
        CHANNELS[robot].read({"url": "", "key": KEY, "secret": secret})


@pytest.mark.parametrize("robot", ROBOTS)
@pytest.mark.parametrize("to", ["", "all", "ALL", "@all", "a b", "<at id=all>", "x" * 65, "张三", "a\nb"])
def test_nobody_is_mentioned_by_what_is_no_address_and_never_everybody(robot: str, to: str):
    with pytest.raises(BadSettings):
        CHANNELS[robot].address(to)


def test_feishu_mentions_nobody_by_mail_address():
    with pytest.raises(BadSettings):
        CHANNELS["feishu"].address("one@town.example")


def test_a_long_deed_is_cut_to_what_wecom_takes(peer: GatewayPeer):
    says(peer, TAKEN["wecom"])
    way = CHANNELS["wecom"]
    settings = way.read({"url": peer.url, "key": KEY})
    way.send(replace(MESSAGE, deed="长" * 2000), settings, "one", Outgoing([HOST]))
    assert len(peer.posts[-1].told["text"]["content"].encode()) <= 2048


@pytest.mark.parametrize("robot", ROBOTS)
def test_a_number_in_digits_that_no_provider_knows_is_none(robot: str):
    with pytest.raises(BadSettings):
        CHANNELS[robot].address("１３８００００００００")  # as a Chinese keyboard types it


WHOLE = {  # the address of a robot as its provider shows it, key and all
    "wecom": "https://{host}/cgi-bin/webhook/send?key=" + KEY,
    "dingtalk": "https://{host}/robot/send?access_token=" + KEY,
    "feishu": "https://{host}/open-apis/bot/v2/hook/" + KEY,
}
OFFICIAL = {"wecom": "qyapi.weixin.qq.com", "dingtalk": "oapi.dingtalk.com", "feishu": "open.feishu.cn"}


@pytest.mark.parametrize("robot", ROBOTS)
@pytest.mark.parametrize("typed", ["", KEY])
@pytest.mark.parametrize("behind", ["", "?&timestamp=1&sign=x", "#top"])
def test_the_key_is_taken_out_of_an_address_that_was_pasted_whole(robot: str, typed: str, behind: str):
    way = CHANNELS[robot]
    if robot != "feishu":  # whose address has a query before
        behind = behind.removeprefix("?")
    for host in (OFFICIAL[robot], "im.town.example"):
        pasted = {"url": f" {WHOLE[robot].format(host=host)}{behind} ", "key": typed, "secret": SECRET}
        values = way.apart(pasted)
        assert values["key"] == KEY
        assert KEY not in values["url"]
        assert urlsplit(way.read(values).url).hostname == host
        assert bool(values["url"]) == (host != OFFICIAL[robot])


@pytest.mark.parametrize("robot", ROBOTS)
def test_of_two_keys_none_is_chosen(robot: str):
    with pytest.raises(BadSettings, match="key"):
        CHANNELS[robot].apart({"url": WHOLE[robot].format(host="im.town.example"), "key": "another-key"})


@pytest.mark.parametrize("robot", ROBOTS)
@pytest.mark.parametrize(
    "url",
    [
        "https://im.town.example/{key}",
        "https://{key}@im.town.example/send",
        "https://im.town.example/hook?token={key}",
        "whole",
        "https://[im",
    ],
)
def test_no_address_holds_a_key(robot: str, url: str):
    typed = WHOLE[robot].format(host="im.town.example") if url == "whole" else url.format(key=KEY)
    with pytest.raises(BadSettings, match="url"):
        CHANNELS[robot].read({"url": typed, "key": KEY, "secret": SECRET})


@pytest.mark.parametrize("channel", sorted(set(CHANNELS) - set(ROBOTS)))
def test_of_other_channels_nothing_is_taken_apart(channel: str):
    typed = {"url": WHOLE["feishu"].format(host="im.town.example"), "secret": SECRET}
    assert CHANNELS[channel].apart(typed) == typed
