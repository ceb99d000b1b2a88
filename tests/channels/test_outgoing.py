"""Nothing leaves the house for an address that it may not reach, nor without an end."""

import socket
import ssl
import threading
from collections.abc import Iterator
from time import monotonic

import pytest

from channels.message import BadSettings, NotTaken
from channels.outgoing import LARGEST_ANSWER, Outgoing, is_public
from tests.channels.peers import HOST, GatewayPeer, a_gateway

PRIVATE = [
    *("127.0.0.1", "127.1.2.3", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255"),  # noqa: S104  an address to refuse
    *("172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255", "169.254.0.1", "169.254.169.254"),
    *("100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.19.255.255"),
    *("198.51.100.1", "203.0.113.1", "192.88.99.1", "224.0.0.1", "239.255.255.250", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
    *("::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1"),
    *("2002:7f00:1::", "2002:a00:1::", "2002:c0a8:1::1", "2001::1", "2001:0:7f00:1::", "2001:db8::1"),
    *(
        "2001:10::1",
        "2001:20::1",
        "fc00::1",
        "fd00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
    ),
    *("ff02::1", "ff05::1:3", "100::1", "5f00::1", "::2", "::ffff:0:7f00:1", "not an address", ""),
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "223.5.5.5",
    "2400:3200::1",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]
# Ways of writing an address that a resolver understands; all of them are this machine.
WRITTEN = [
    "localhost",
    "127.1",
    "0x7f.1",
    "0x7f000001",
    "2130706433",
    "017700000001",
    "[::1]",
    "localhost.",
    "0",
]


@pytest.fixture
def gateway() -> Iterator[GatewayPeer]:
    with a_gateway() as peer:
        yield peer


def test_the_corpus_is_as_large_as_it_should_be():
    assert len(PRIVATE) + len(WRITTEN) >= 60


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_of_the_public_internet_is_told(address: str):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_one_of_the_public_internet_is_told(address: str):
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE[:-2])
def test_a_name_that_points_inside_is_not_connected_to(address: str):
    out = Outgoing(resolve=lambda _, __: [address])
    with pytest.raises(NotTaken, match="address_refused"):
        out.post("https://innocent.example/call", b"{}", {})


@pytest.mark.parametrize("host", WRITTEN)
def test_however_this_machine_is_written_it_is_not_connected_to(host: str, gateway: GatewayPeer):
    out = Outgoing()
    with pytest.raises(NotTaken) as why:
        out.post(f"https://{host}:{gateway.port}/call", b"{}", {})
    assert why.value.detail in {"address_refused", "name_unknown"}
    assert gateway.posts == []


def test_the_address_that_was_checked_is_the_one_that_is_connected_to(gateway: GatewayPeer):
    answers = iter([["223.5.5.5"], [HOST]])  # a name that points inside at the second look
    asked = []

    def rebinding(host: str, _: int) -> list[str]:
        asked.append(host)
        return next(answers)

    out = Outgoing(resolve=rebinding, seconds=0.5)
    with pytest.raises((NotTaken, UserWarning)):  # tests may connect to this machine alone
        out.post(f"https://rebinding.example:{gateway.port}/call", b"{}", {})
    assert asked == ["rebinding.example"]
    assert gateway.posts == []


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://gateway.example/",
            "ftp://gateway.example/",
            "file:///etc/passwd",
            "gopher://x/",
            "https://",
        ),
        *(
            "https://user:secret@gateway.example/",
            "https://gateway.example:99999/",
            "https://a b/",
            "//x",
            "",
        ),
        *(
            "https://gateway.example/\r\nX-Injected: 1",
            "https://шлюз.example/",
            "https://x:0/",
            "javascript:1",
        ),
    ],
)
def test_what_is_no_address_for_messages_is_not_asked_for(url: str):
    with pytest.raises(BadSettings):
        Outgoing().post(url, b"{}", {})


def test_a_host_that_is_allowed_by_name_is_reached_and_no_other(gateway: GatewayPeer):
    out = Outgoing([HOST])
    assert out.post(gateway.url, b"{}", {"X-Own": "1"}).status == 200
    assert gateway.posts[0].headers["x-own"] == "1"
    with pytest.raises(BadSettings):
        out.post(f"http://127.0.0.2:{gateway.port}/call", b"{}", {})


def test_a_redirection_is_not_followed(gateway: GatewayPeer):
    gateway.status, gateway.headers = 302, {"Location": "http://169.254.169.254/latest/meta-data/"}
    assert Outgoing([HOST]).post(gateway.url, b"{}", {}).status == 302
    assert len(gateway.posts) == 1


def test_no_more_is_read_than_a_bounded_part(gateway: GatewayPeer):
    gateway.content = b"x" * (LARGEST_ANSWER * 4)
    assert len(Outgoing([HOST]).post(gateway.url, b"{}", {}).content) == LARGEST_ANSWER


@pytest.mark.parametrize("how", ["pause", "drip"])
def test_a_server_that_is_slow_is_left_in_time(gateway: GatewayPeer, how: str):
    gateway.pause, gateway.drips = (3.0 if how == "pause" else 0.0), how == "drip"
    began = monotonic()
    with pytest.raises(NotTaken, match="timeout"):
        Outgoing([HOST], seconds=0.6).post(gateway.url, b"{}", {})
    assert monotonic() - began < 60  # without an end it would be for ever


def test_a_server_whose_certificate_nobody_vouches_for_is_told_nothing(gateway: GatewayPeer):
    out = Outgoing([HOST], tls=ssl.create_default_context())
    with pytest.raises(NotTaken, match=r"tls_failed|broken_off"):
        out.post(gateway.url.replace("http:", "https:"), b"{}", {})
    assert gateway.posts == []


def test_nobody_there_is_a_failure_like_others():
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(NotTaken, match="unreachable"):
        Outgoing([HOST]).post(f"http://{HOST}:{port}/", b"{}", {})


def test_addresses_that_never_answer_share_one_bound(monkeypatch: pytest.MonkeyPatch):
    clock, tried = [0.0], []

    def silent(address: tuple[str, int], timeout: float) -> socket.socket:
        tried.append(address[0])
        clock[0] += timeout
        raise TimeoutError

    monkeypatch.setattr("channels.outgoing.monotonic", lambda: clock[0])
    monkeypatch.setattr(socket, "create_connection", silent)
    names = [f"223.5.5.{number}" for number in range(1, 9)]
    with pytest.raises(NotTaken, match="unreachable"):
        Outgoing(resolve=lambda _, __: names, seconds=15).connect("mail.example", 25)
    assert tried == names  # each had its share
    assert clock[0] == pytest.approx(15)


def test_a_name_that_is_looked_up_for_ever_is_given_up():
    ended = threading.Event()

    def endless(_: str, __: int) -> list[str]:
        ended.wait()
        return ["223.5.5.5"]

    with pytest.raises(NotTaken, match="name_unknown"):
        Outgoing(resolve=endless, seconds=0.05).connect("mail.example", 25)
    ended.set()
