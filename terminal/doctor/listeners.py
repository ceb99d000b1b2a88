"""On which addresses the ports of this system are listened on, as the kernel has it."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Final

from settings import Settings
from terminal.doctor.findings import DoctorFinding, fault, note, well

_TABLES: Final = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_LISTENS: Final = "0A"  # the kernel's TCP_LISTEN
_WORD: Final = 8  # hexadecimal digits of the four bytes that it writes in the machine's order

Address = IPv4Address | IPv6Address


def findings(settings: Settings) -> Iterator[DoctorFinding]:
    """Whether anything but the web is listened on beyond this machine, and the web only behind TLS."""
    tables = [table for table in _TABLES if table.exists()]
    if not tables:
        yield note("本系统看不到监听端口，未查。", "This system does not show its listeners: not looked at.")
        return
    open_ports = {
        name: port
        for name, port in _ports(settings).items()
        if any(not address.is_loopback for address in addresses(tables, port))
    }
    for name, port in open_ports.items():
        yield _of_open(name, port, settings)
    if not open_ports:
        yield well("各端口只对本机开放。", "No port is open beyond this machine.")


def _ports(settings: Settings) -> dict[str, int]:
    ports = {"WEB_PORT": settings.web_port}
    if settings.worker_metrics_port:
        ports["WORKER_METRICS_PORT"] = settings.worker_metrics_port
    if settings.public_port:
        ports["PUBLIC_PORT"] = settings.public_port
    if settings.embeds_temporal:
        ports |= {
            "TEMPORAL_PORT": settings.temporal_port,
            "TEMPORAL_METRICS_PORT": settings.temporal_metrics_port,
            "TEMPORAL_UI_PORT": settings.temporal_ui_port,
        }
    return ports


def _of_open(name: str, port: int, settings: Settings) -> DoctorFinding:
    if name == "PUBLIC_PORT":
        return well(
            f"公开回应的端口 {port} 对外开放，它只发导出的文件。",
            f"The public page's port {port} is open, and serves exported files alone.",
        )
    if name != "WEB_PORT":
        return fault(
            f"端口 {port}（HUIYING_{name}）对外开放：它只应对本机开放，请查是什么程序在监听。",
            f"Port {port} (HUIYING_{name}) is open beyond this machine: find out what listens there.",
        )
    if settings.behind_tls:
        return well(
            f"网页端口 {port} 对外开放，前面有 TLS。",
            f"The web's port {port} is open, behind TLS as it is set.",
        )
    return fault(
        f"网页端口 {port} 对外开放而没有 TLS：请在前面放反向代理并设 HUIYING_BEHIND_TLS=true。",
        f"The web's port {port} is open without TLS: put a proxy before it and set HUIYING_BEHIND_TLS=true.",
    )


def addresses(tables: list[Path], port: int) -> Iterator[Address]:
    """The addresses on which a port is listened on, by the kernel's tables of TCP (proc_net_tcp(5))."""
    for table in tables:
        for line in table.read_text(encoding="ascii").splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            address, number = local.split(":")
            if state == _LISTENS and int(number, 16) == port:
                yield _address(address)


def _address(digits: str) -> Address:
    """An address as the kernel writes it: each four bytes as one number of this machine."""
    words = [digits[begin : begin + _WORD] for begin in range(0, len(digits), _WORD)]
    return _plain(ip_address(b"".join(bytes.fromhex(word)[::-1] for word in words)))


def _plain(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
