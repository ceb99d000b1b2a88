"""Whether the ports that the system is to listen on are free."""

import errno
import socket
from collections.abc import Mapping

from deploy.startup_errors import StartupError


def require_free(host: str, ports: Mapping[str, int], hosts: Mapping[str, str] | None = None) -> None:
    """Refuse a start on ports that are taken; `ports` goes from the environment variable to the port it sets.

    `hosts` are the addresses of those that do not listen on `host`, by the same variables.

    Raises StartupError, naming the port and the variable to change.
    """
    claimed: dict[int, str] = {}
    for variable, port in ports.items():
        if port in claimed:
            raise StartupError(
                f"{claimed[port]} 与 {variable} 同为 {port}；请改其一。",
                f"{claimed[port]} and {variable} are both {port}: change one.",
            )
        claimed[port] = variable
        _require_free((hosts or {}).get(variable, host), port, variable)


def _require_free(host: str, port: int, variable: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do: an address that merely rests after a stop does not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise StartupError(
                    f"端口 {port} 已被占用；请停止占用它的程序，或用 {variable} 另设端口。",
                    f"Port {port} is in use: stop what uses it, or set another port in {variable}.",
                ) from error
            raise StartupError(
                (
                    f"无法在 {host} 的端口 {port} 上监听（{error.strerror}）；"
                    f"请改 {_setting_of_host(variable)} 或 {variable}。"
                ),
                f"Cannot listen on port {port} of {host}: change {_setting_of_host(variable)} or {variable}.",
            ) from error


def _setting_of_host(variable: str) -> str:
    return "HUIYING_PUBLIC_HOST" if variable == "HUIYING_PUBLIC_PORT" else "HUIYING_HOST"
