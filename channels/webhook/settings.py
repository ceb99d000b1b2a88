"""Where the gateway is, and by which secret messages to it are signed."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from channels.message import BadSettings

_PREFIX: Final = "whsec_"
_LEAST, _MOST = 24, 64  # bytes of a secret, as Standard Webhooks asks
_LONGEST_URL: Final = 500
_ADDRESS: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9@._:+-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """A gateway and the secret that it shares with the house."""

    url: str
    secret: bytes


def read(values: Mapping[str, str]) -> WebhookSettings:
    """The settings that a form or a row holds; raises BadSettings with the name of the first that is none."""
    url = values.get("url", "").strip()
    if not url.startswith(("https://", "http://")) or len(url) > _LONGEST_URL:
        raise BadSettings("url")
    try:
        secret = base64.b64decode(values.get("secret", "").strip().removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise BadSettings("secret") from None
    if not _LEAST <= len(secret) <= _MOST:
        raise BadSettings("secret")
    return WebhookSettings(url=url, secret=secret)


def address(text: str, field: str = "address") -> str:
    """By what the gateway knows a person: a number or an id; raises BadSettings for what is none."""
    plain = text.strip()
    if not _ADDRESS.fullmatch(plain):
        raise BadSettings(field)
    return plain
