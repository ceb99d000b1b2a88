"""How an engine beyond this machine is reached: TLS, a client certificate, an API key,
by the SDK's own environment configuration.
"""

from dataclasses import dataclass
from ipaddress import ip_address

from temporalio.envconfig import ClientConfigProfile
from temporalio.service import TLSConfig


class Unprotected(Exception):  # noqa: N818  named for what was found
    """An engine elsewhere is to be reached with neither TLS nor a key:
    whoever is on the way could read and write cases.
    """

    def __init__(self, address: str) -> None:
        self.chinese = (
            f"Temporal（{address}）不在本机，而没有设置 TLS 或 API 密钥；"
            "请设 TEMPORAL_TLS、TEMPORAL_TLS_CLIENT_CERT_PATH 等，或 TEMPORAL_API_KEY。"
        )
        self.english = (
            f"Temporal ({address}) is not on this machine, and neither TLS nor an API key is set:"
            " set TEMPORAL_TLS, TEMPORAL_TLS_CLIENT_CERT_PATH and the like, or TEMPORAL_API_KEY."
        )
        super().__init__(f"{self.chinese} {self.english}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What is shown to an engine: over TLS or in clear, and the key."""

    tls: bool | TLSConfig = False
    api_key: str | None = None


def access_to(address: str) -> Access:
    """What the environment (`TEMPORAL_TLS…`, `TEMPORAL_API_KEY`, a profile file) says of an engine elsewhere;
    nothing on this machine.

    Raises Unprotected where an engine elsewhere would be reached in clear.
    """
    if _is_here(address):
        return Access()
    config = ClientConfigProfile.load().to_client_connect_config()
    access = Access(tls=config.get("tls") or False, api_key=config.get("api_key"))
    if not access.tls:
        raise Unprotected(address)
    return access


def _is_here(address: str) -> bool:
    host = address.rpartition(":")[0].strip("[]")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
