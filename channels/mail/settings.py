"""How the mail server is reached, and which addresses are addresses."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from channels.message import BadSettings

_LONGEST: Final = 254
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_HOST: Final = re.compile(r"[A-Za-z0-9.:-]{1,253}")
_MOST_PORTS: Final = 65535


class Security(StrEnum):
    """How the connection is secured: from its beginning, after STARTTLS,
    or (internal hosts alone) not at all.
    """

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """A mail server and as whom it is spoken to."""

    host: str
    port: int
    security: Security
    sender: str
    user: str = ""
    password: str = ""


def read(values: Mapping[str, str]) -> MailSettings:
    """The settings that a form or a row holds; raises BadSettings with the name of the first that is none."""
    host, port = values.get("host", "").strip(), values.get("port", "").strip()
    if not _HOST.fullmatch(host):
        raise BadSettings("host")
    if not (port.isascii() and port.isdecimal() and 0 < int(port[:6]) <= _MOST_PORTS):
        raise BadSettings("port")
    security = values.get("security", "")
    if security not in set(Security):
        raise BadSettings("security")
    user, password = values.get("user", ""), values.get("password", "")
    if not (user.isprintable() and user.isascii() and len(user) <= _LONGEST):
        raise BadSettings("user")
    if not password.isascii() or len(password) > _LONGEST:
        raise BadSettings("password")
    return MailSettings(
        host=host,
        port=int(port),
        security=Security(security),
        sender=address(values.get("sender", ""), "sender"),
        user=user,
        password=password,
    )


def address(text: str, field: str = "address") -> str:
    """A mail address; raises BadSettings for what is none."""
    plain = text.strip()
    if len(plain) > _LONGEST or not _ADDRESS.fullmatch(plain):
        raise BadSettings(field)
    return plain
