"""Serves the exported files to the public: from memory, with what caches need,
and nothing that is not a file of the folder.

An application of its own, in a process of its own: no database, no keys, no cookies, no form,
nothing that is written.
"""

import errno
import os
import re
import resource
import stat
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

FOLDER: Final = "HUIYING_PUBLIC_FOLDER"  # the one thing that the process is told by its environment
MOST_KEPT: Final = 64 * 1024 * 1024  # bytes of files in memory
LARGEST: Final = 8 * 1024 * 1024  # bytes of a file that is served at all
MOST_OPEN: Final = 8192  # connections and files; many machines give a process a thousand unless it asks

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

_NAME: Final = re.compile(r"(?:[a-z0-9][a-z0-9-]{0,63}/){0,3}[a-z0-9][a-z0-9-]{0,63}\.(?:html|json|atom|css)")
_LASTING: Final = re.compile(r"-[0-9a-f]{16}\.css$")  # bears the digest of its content
_TYPES: Final = {
    "html": b"text/html; charset=utf-8",
    "json": b"application/json",
    "atom": b"application/atom+xml",
    "css": b"text/css; charset=utf-8",
}
_MINUTE: Final = b"public, max-age=60, stale-while-revalidate=30, stale-if-error=600"
_YEAR: Final = b"public, max-age=31536000, immutable"
_SAFE: Final[Headers] = [
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
_ANYWHERE: Final[Headers] = [(b"access-control-allow-origin", b"*")]  # data that programs of others may read
_WORDS: Final = {
    HTTPStatus.NOT_FOUND: (
        "没有这个页面，或者它已不再公开。 There is no such page, or it is public no more.\n"
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "暂时读不到这个页面，请稍后再试。 This page cannot be read just now: try again later.\n"
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: "这里只供阅读。 This place is for reading alone.\n",
}
_NOT_FOUND: Final = "404.html"
_FIRST: Final = "index.html"
_NOT_YET: Final = (
    "公开回应尚未启用：还没有单位在这里公开回应，启用后即可阅读。\n"
    "This page is not in use yet: no unit answers the public here so far.\n"
)
# Why a file is not opened that is none of ours; whatever else keeps one from being read says nothing
# of whether it is there.
_NONE: Final = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO, errno.ENAMETOOLONG}


class PageUnreadable(Exception):  # noqa: N818  an answer: ask again later
    """The disk, or what this process may have open, does not let a file be read now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A file in one coding: its bytes, what an unchanged one is known by, and the heads of both answers."""

    body: bytes
    tag: bytes
    head: Headers
    unchanged: Headers


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskPage:
    """A file in memory: as it lies in the folder, and squeezed where that lies beside it;
    `stamp` tells whether it is still the same.
    """

    stamp: tuple[int, int, int]
    changed: int
    plain: Form
    squeezed: Form | None

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return len(self.plain.body) + (len(self.squeezed.body) if self.squeezed else 0)


class Kiosk:
    """The application over one folder; what lies there may be replaced, added and taken away at any time."""

    def __init__(self, folder: Path, most: int = MOST_KEPT) -> None:
        self._folder = folder
        self._most = most
        self._pages: OrderedDict[str, KioskPage] = OrderedDict()
        self._size = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request; to who wants anything but to read, say so."""
        match scope["type"]:
            case "http":
                await self._answer(scope, send)
            case "websocket":
                await receive()
                await send({"type": "websocket.close", "code": 1008})
            case _:
                await _live(receive, send)

    async def _answer(self, scope: Message, send: Send) -> None:
        method = scope["method"]
        if method not in {"GET", "HEAD"}:
            await _say(send, HTTPStatus.METHOD_NOT_ALLOWED, [(b"allow", b"GET, HEAD")])
            return
        is_head = method == "HEAD"
        try:
            await self._show(scope, send, is_head=is_head)
        except PageUnreadable:
            await _say(send, HTTPStatus.SERVICE_UNAVAILABLE, [(b"retry-after", b"5")], is_head=is_head)

    async def _show(self, scope: Message, send: Send, *, is_head: bool) -> None:
        page = self.page(str(scope["path"]).removeprefix("/") or _FIRST)
        if page is None:
            await self._missing(send, is_head=is_head)
            return
        asked_by = dict(scope["headers"])  # of headers that come twice the last, as good as any
        form = (
            page.squeezed
            if page.squeezed and _takes_gzip(asked_by.get(b"accept-encoding", b""))
            else page.plain
        )
        if _is_known(asked_by, form.tag, page.changed):
            await _send(send, HTTPStatus.NOT_MODIFIED, form.unchanged, b"")
        else:
            await _send(send, HTTPStatus.OK, form.head, b"" if is_head else form.body)

    async def _missing(self, send: Send, *, is_head: bool) -> None:
        """Say that there is no such page, on the page that was exported for it where there is one;
        where nothing was, that no unit answers here yet.
        """
        page = self.page(_NOT_FOUND)
        if page is None:
            is_in_use = self.page(_FIRST) is not None
            words = _WORDS[HTTPStatus.NOT_FOUND] if is_in_use else _NOT_YET
            await _say(send, HTTPStatus.NOT_FOUND, is_head=is_head, words=words)
            return
        head: Headers = [
            *_SAFE,
            (b"content-type", _TYPES["html"]),
            (b"content-length", b"%d" % len(page.plain.body)),
            (b"cache-control", b"no-cache"),
        ]
        await _send(send, HTTPStatus.NOT_FOUND, head, b"" if is_head else page.plain.body)

    def page(self, name: str) -> KioskPage | None:
        """A file of the folder as it lies there now; None for a name that none bears. Raises Unreadable."""
        if _NAME.fullmatch(name) is None:
            return None
        file = self._folder / name
        try:
            there = os.lstat(file)
        except OSError as error:
            self._forget(name)
            _require_absent(error)
            return None
        page = self._pages.get(name)
        if page is not None and page.stamp == _stamp(there):
            self._pages.move_to_end(name)
            return page
        self._forget(name)
        return self._read(name, file)

    def _read(self, name: str, file: Path) -> KioskPage | None:
        """A file, and its squeezed form if that was written with it: both then bear the same instant."""
        plain, squeezed = _content(file), _content(file.with_name(f"{file.name}.gz"))
        if plain is None:
            return None
        (status, body), beside = plain, None
        if squeezed is not None and squeezed[0].st_mtime_ns == status.st_mtime_ns:
            beside = squeezed[1]
        changed = int(status.st_mtime)
        page = KioskPage(
            stamp=_stamp(status),
            changed=changed,
            plain=_form(name, body, changed, is_squeezed=False, varies=beside is not None),
            squeezed=_form(name, beside, changed, is_squeezed=True, varies=True)
            if beside is not None
            else None,
        )
        if page.size <= self._most:
            self._pages[name] = page
            self._size += page.size
        while self._size > self._most:
            self._forget(next(iter(self._pages)))
        return page

    def _forget(self, name: str) -> None:
        page = self._pages.pop(name, None)
        if page is not None:
            self._size -= page.size


def application() -> Kiosk:
    """The application over the folder that the environment names, with room for a crowd;
    raises KeyError where it names none.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_OPEN if hard == resource.RLIM_INFINITY else min(MOST_OPEN, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return Kiosk(Path(os.environ[FOLDER]))


def _content(file: Path) -> tuple[os.stat_result, bytes] | None:
    """A regular file of the folder itself, whole; None for anything else, a link to elsewhere among it.

    Raises Unreadable.
    """
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        _require_absent(error)
        return None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
        os.close(descriptor)
        return None
    with os.fdopen(descriptor, "rb") as opened:
        return status, opened.read()


def _require_absent(error: OSError) -> None:
    """Raises Unreadable for any failure but that there is no such file."""
    if error.errno not in _NONE:
        raise PageUnreadable from error


def _stamp(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_mtime_ns, status.st_size


def _form(name: str, body: bytes, changed: int, *, is_squeezed: bool, varies: bool) -> Form:
    kind = name.rpartition(".")[2]
    tag = b'"%s%s"' % (sha256(body).hexdigest()[:32].encode(), b"-gzip" if is_squeezed else b"")
    unchanged: Headers = [
        (b"etag", tag),
        (b"last-modified", formatdate(changed, usegmt=True).encode()),
        (b"cache-control", _YEAR if _LASTING.search(name) else _MINUTE),
        *([(b"vary", b"accept-encoding")] if varies else []),
        *_SAFE,
        *(_ANYWHERE if kind in {"json", "atom"} else []),
    ]
    head: Headers = [
        (b"content-type", _TYPES[kind]),
        (b"content-length", b"%d" % len(body)),
        *([(b"content-encoding", b"gzip")] if is_squeezed else []),
        *unchanged,
    ]
    return Form(body=body, tag=tag, head=head, unchanged=unchanged)


def _takes_gzip(accepted: bytes) -> bool:
    """Whether whoever asks reads gzip (RFC 9110, 12.5.3): named, or any, and not with weight nought."""
    weights = dict(_weights(accepted.decode("latin-1").lower()))
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _weights(accepted: str) -> Iterable[tuple[str, float]]:
    for part in accepted.split(","):
        coding, _, weight = part.partition(";")
        try:
            yield coding.strip(), float(weight.partition("=")[2]) if weight.strip() else 1.0
        except ValueError:
            yield coding.strip(), 0.0


def _is_known(asked_by: dict[bytes, bytes], tag: bytes, changed: int) -> bool:
    """Whether whoever asks has it already (RFC 9110, 13.2.2):
    by its tag, or where none is named by its instant.
    """
    if (tags := asked_by.get(b"if-none-match")) is not None:
        return tags.strip() == b"*" or tag in {one.strip().removeprefix(b"W/") for one in tags.split(b",")}
    since = asked_by.get(b"if-modified-since")
    if since is None:
        return False
    try:
        return changed <= parsedate_to_datetime(since.decode("latin-1")).timestamp()
    except (ValueError, OverflowError):
        return False


async def _say(
    send: Send,
    status: HTTPStatus,
    more: Iterable[tuple[bytes, bytes]] = (),
    *,
    is_head: bool = False,
    words: str = "",
) -> None:
    """A refusal in words, those of its status unless others are given."""
    body = (words or _WORDS[status]).encode()
    head: Headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-cache"),
        *_SAFE,
        *more,
    ]
    await _send(send, status, head, b"" if is_head else body)


async def _send(send: Send, status: HTTPStatus, head: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": int(status), "headers": head})
    await send({"type": "http.response.body", "body": body})


async def _live(receive: Receive, send: Send) -> None:
    """There is nothing to prepare and nothing to put away."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
