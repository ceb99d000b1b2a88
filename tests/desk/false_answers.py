"""What a false device or page answers to the wish for a signature, and what the audit book calls it."""

import json
from collections.abc import Callable
from typing import Any

from tests.desk.authenticator import Authenticator, content_of
from tests.desk.authenticator import text as written

Wish = dict[str, Any]


def another_origin(device: Authenticator, wish: Wish) -> str:
    return device.signs(wish, origin="http://localhost.example")


def another_port(device: Authenticator, wish: Wish) -> str:
    return device.signs(wish, origin="http://localhost:8001")


def another_kind(device: Authenticator, wish: Wish) -> str:
    return device.signs(wish, type="webauthn.create")


def another_challenge(device: Authenticator, wish: Wish) -> str:
    return device.signs(wish, challenge=written(b"of nobody, and long enough to be one"))


def another_name(device: Authenticator, wish: Wish) -> str:
    device.rp_id = "example.com"
    return device.signs(wish)


def nobody_verified(device: Authenticator, wish: Wish) -> str:
    device.flags = 0x01
    return device.signs(wish)


def nobody_present(device: Authenticator, wish: Wish) -> str:
    device.flags = 0x04
    return device.signs(wish)


def counter_back(device: Authenticator, wish: Wish) -> str:
    device.count = -1
    return device.signs(wish)


def counter_still(device: Authenticator, wish: Wish) -> str:
    device.count -= 1
    return device.signs(wish)


def another_key(device: Authenticator, wish: Wish) -> str:
    return Authenticator(id=device.id, user=device.user).signs(wish)


def another_signature(device: Authenticator, wish: Wish) -> str:
    answer = json.loads(device.signs(wish))
    signature = bytearray(content_of(answer["response"]["signature"]))
    signature[-1] ^= 1
    answer["response"]["signature"] = written(bytes(signature))
    return json.dumps(answer)


def unknown_device(_: Authenticator, wish: Wish) -> str:
    return Authenticator().signs(wish)


def cut_off(device: Authenticator, wish: Wish) -> str:
    answer = json.loads(device.signs(wish))
    answer["response"]["authenticatorData"] = written(
        content_of(answer["response"]["authenticatorData"])[:20]
    )
    return json.dumps(answer)


WRONG: dict[Callable[[Authenticator, Wish], str], str] = {
    another_origin: "InvalidAuthenticationResponse",
    another_port: "InvalidAuthenticationResponse",
    another_kind: "InvalidAuthenticationResponse",
    another_challenge: "challenge",
    another_name: "InvalidAuthenticationResponse",
    nobody_verified: "InvalidAuthenticationResponse",
    nobody_present: "InvalidAuthenticationResponse",
    counter_back: "counter",
    counter_still: "counter",
    another_key: "InvalidAuthenticationResponse",
    another_signature: "InvalidAuthenticationResponse",
    unknown_device: "unknown",
    cut_off: "InvalidAuthenticationResponse",
}
