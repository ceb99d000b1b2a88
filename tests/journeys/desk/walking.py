"""Walking through the pages by their links, as somebody who is signed in;
and which pages the application has.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urldefrag, urlsplit

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path

from tests.desk.seat import Seat

_LINK: Final = re.compile(r'<a\b[^>]*?href="([^"]*)"')
_ASIDE: Final = ("/static/", "/api/", "/language/", "/docs")  # docs and switch are looked at by name
OK: Final = 200
_ALIKE: Final = 2  # pages of one route that a person looks at


@dataclass(frozen=True, slots=True)
class Shown:
    """A page that somebody found; `shape` are the kinds of elements that it is made of, whatever they say."""

    route: str
    address: str
    shape: frozenset[tuple[str, ...]]


@dataclass
class Walk:
    """What somebody found: each page under its route,
    and the routes of what answers otherwise than with a page.
    """

    pages: dict[str, list[Shown]] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)

    def is_done_with(self, route: str) -> bool:
        """Whether enough was seen of a route."""
        return route in self.others or len(self.pages.get(route, [])) >= _ALIKE


class Map:
    """The GET routes of an application."""

    def __init__(self, app: FastAPI) -> None:
        paths = {
            str(context.path)
            for context in iter_route_contexts(app.routes)
            if "GET" in (getattr(context, "methods", None) or ())
        }
        self.routes = {path: compile_path(path)[0] for path in sorted(paths) if not path.startswith("/api/")}

    def route(self, path: str) -> tuple[str, str]:
        """The route of a path, and the kind of step if it is a step's form;
        those without parameters come first.
        """
        for route in sorted(self.routes, key=lambda route: route.count("{")):
            if (found := self.routes[route].match(path)) is not None:
                return route, found.groupdict().get("kind", "")
        return "", ""


def links(page: str) -> Iterator[str]:
    """Where a page leads to within the application, without places inside a page."""
    for raw in _LINK.findall(page):
        address = urldefrag(html.unescape(raw)).url
        if address.startswith("/") and not address.startswith(("//", *_ASIDE)):
            yield address


class _Shape(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.kinds: set[tuple[str, ...]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        named = sorted(name for name in given if name.startswith("aria-") or name in {"required", "hidden"})
        self.kinds.add((tag, given.get("class", ""), given.get("type", ""), given.get("role", ""), *named))


def shape(page: str) -> frozenset[tuple[str, ...]]:
    """The kinds of elements that a page is made of."""
    reader = _Shape()
    reader.feed(page)
    return frozenset(reader.kinds)


async def walk(seat: Seat, known: Map, starts: Iterable[str], forms: set[str]) -> Walk:
    """Everything that somebody reaches by links from some addresses;
    of each step the form once, `forms` being those seen.
    """
    found, waiting, met = Walk(), list(starts), set(starts)
    while waiting:
        address = waiting.pop(0)
        route, kind = known.route(urlsplit(address).path)
        if not route or kind in forms or (not kind and found.is_done_with(route)):
            continue
        answer = await seat.open(address)
        if answer.status_code != OK:
            continue
        if not answer.headers.get("content-type", "").startswith("text/html"):
            found.others.add(route)
            continue
        forms |= {kind} - {""}
        found.pages.setdefault(route, []).append(Shown(route, address, shape(answer.text)))
        fresh = [link for link in dict.fromkeys(links(answer.text)) if link not in met]
        met.update(fresh)
        waiting += fresh
    return found
