"""The one client by which anything leaves the house: the address is checked when it is connected to,
and all has a bound.

A name may point elsewhere between a check and its use, so the socket is opened to the very address that was
checked. Private ranges are reached only by names that the settings of the installation allow.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from time import monotonic
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from channels.message import BadSettings, NotTaken

SECONDS: Final = 15.0  # for one exchange, from looking the name up to its last byte
LARGEST_ANSWER: Final = 64 * 1024  # bytes; the rest is not read
_GLOBAL: Final = IPv6Network("2000::/3")
_NAT64: Final = IPv6Network("64:ff9b::/96")
_RELAY: Final = "192.88.99."  # 6to4 relays, given up by RFC 7526
Resolve = Callable[[str, int], Iterable[str]]


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet, also through what an IPv6 address carries of IPv4."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address):
        inner = _carried(parsed)
        if inner is not None:
            return is_public(str(inner))
        return parsed in _GLOBAL and parsed.is_global
    return parsed.is_global and not parsed.is_multicast and not str(parsed).startswith(_RELAY)


def _carried(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _looked_up(host: str, port: int) -> Iterable[str]:
    entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return dict.fromkeys(str(entry[4][0]) for entry in entries)


def _within(seconds: float, look: Callable[[], list[str]]) -> list[str]:
    """What a look-up finds within its time, since the machine's own has no bound;
    raises TimeoutError, and what it raises.
    """
    outcome: Future[list[str]] = Future()

    def work() -> None:
        try:
            outcome.set_result(look())
        except BaseException as error:  # noqa: BLE001  whoever waits for it is told
            outcome.set_exception(error)

    threading.Thread(target=work, name="look-up", daemon=True).start()
    return outcome.result(seconds)


@dataclass(frozen=True, slots=True)
class ChannelReply:
    """What a server answered: the status, and the first part of the content."""

    status: int
    content: bytes


class Outgoing:
    """Connections to outside, for channels; `internal` names the hosts that may stand in private ranges.

    `tls` is by what servers are believed, the machine's own authorities unless given.
    """

    def __init__(
        self,
        internal: Iterable[str] = (),
        *,
        seconds: float = SECONDS,
        tls: ssl.SSLContext | None = None,
        resolve: Resolve = _looked_up,
    ) -> None:
        self._internal = frozenset(name.casefold() for name in internal)
        self._seconds = seconds
        self._resolve = resolve
        self.tls = tls or ssl.create_default_context()

    def is_internal(self, host: str) -> bool:
        """Whether a host may stand in a private range, and be reached in clear."""
        return host.casefold() in self._internal

    def connect(self, host: str, port: int) -> socket.socket:
        """A connection to the first address of a host that answers;
        raises NotTaken, `address_refused` where none may be reached.

        Looking the name up and all its addresses have one bound together;
        each address has its share of what is left.
        """
        ends_at = monotonic() + self._seconds
        try:
            addresses = _within(self._seconds, lambda: list(self._resolve(host, port)))
        except (OSError, UnicodeError):
            raise NotTaken("name_unknown", host) from None
        reachable = [one for one in addresses if self.is_internal(host) or is_public(one)]
        if not reachable:
            raise NotTaken("address_refused", host)
        for place, address in enumerate(reachable):
            left = ends_at - monotonic()
            if left <= 0:
                break
            try:
                sock = socket.create_connection((address, port), timeout=left / (len(reachable) - place))
            except OSError:
                continue
            sock.settimeout(self._seconds)
            return sock
        raise NotTaken("unreachable", host)

    @contextmanager
    def bounded(self, host: str) -> Iterator["ExchangeTimer"]:
        """An exchange with a host that ends in time, whatever it does;
        raises NotTaken for whatever goes wrong.
        """
        watch = ExchangeTimer(self._seconds)
        try:
            yield watch
        except (OSError, HTTPException, ValueError) as error:
            raise NotTaken("timeout" if watch.has_ended else _code(error), host) from None
        else:
            if watch.has_ended:  # what was read may have ended where the time did
                raise NotTaken("timeout", host)
        finally:
            watch.stop()

    def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> ChannelReply:
        """Send content to an https address, or http of an internal host; redirects are not followed.

        Raises NotTaken.
        """
        parts = self.checked(url)
        host = parts.hostname or ""
        secure = parts.scheme == "https"
        with self.bounded(host) as watch:
            sock: socket.socket = self.connect(host, parts.port or (443 if secure else 80))
            watch.over(sock)
            if secure:
                sock = self.tls.wrap_socket(sock, server_hostname=host)
                watch.over(sock)
            connection = HTTPConnection(host, parts.port, timeout=self._seconds)
            connection.sock = sock
            try:
                target = parts.path or "/"
                connection.request(
                    "POST", f"{target}?{parts.query}" if parts.query else target, content, dict(headers)
                )
                response = connection.getresponse()
                return ChannelReply(response.status, response.read(LARGEST_ANSWER))
            finally:
                connection.close()

    def checked(self, url: str) -> SplitResult:
        """An address that may be sent to, in its parts. Raises BadSettings."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise BadSettings("url") from None
        host = parts.hostname or ""
        is_plain = url.isascii() and url.isprintable() and " " not in url and "@" not in parts.netloc
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and self.is_internal(host))
        if not host or not is_safe or not is_plain or port == 0:
            raise BadSettings("url")
        return parts


class ExchangeTimer:
    """Ends an exchange by its time: a server that sends one byte a second would keep within each
    time-out of its own.
    """

    def __init__(self, seconds: float) -> None:
        self._ends_at = monotonic() + seconds
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._timer.start()

    @property
    def has_ended(self) -> bool:
        """Whether its time is over."""
        return monotonic() >= self._ends_at

    def over(self, sock: socket.socket) -> None:
        """Watch a socket, also one that took the place of another."""
        self._sockets.append(sock)
        if self.has_ended:
            self._end()

    def stop(self) -> None:
        """The exchange is over, and so are its connections."""
        self._timer.cancel()
        for sock in self._sockets:
            sock.close()

    def _end(self) -> None:
        for sock in self._sockets:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class BoundedFile:
    """The lines of a server, of which only so many bytes are read in one exchange."""

    def __init__(self, file: Any, largest: int = LARGEST_ANSWER) -> None:
        self._file, self._left = file, largest

    def readline(self, size: int = -1) -> bytes:
        """The next line; raises OSError where the server has said too much."""
        line: bytes = self._file.readline(size)
        self._left -= len(line)
        if self._left < 0:
            raise OSError("too much")
        return line

    def close(self) -> None:
        """Close what is read from."""
        self._file.close()


def _code(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "tls_failed"
    return "timeout" if isinstance(error, TimeoutError) else "broken_off"
