"""What Chinese is left on an English page, but what people typed, names of units and words of the law."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from html.parser import HTMLParser
from typing import Any, Final

CHINESE: Final = re.compile(r"[、-〿！-￥一-鿿]")  # letters and marks; not the wide space
_SHOWN: Final = ("aria-label", "title", "alt", "placeholder", "data-label")
_EMPTY: Final = frozenset(
    {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
)


class _Words(HTMLParser):
    """Gathers what is read on a page outside elements that say of themselves that they are Chinese."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[bool] = []

    @property
    def _is_marked(self) -> bool:
        return any(self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        marked = given.get("lang") == "zh-CN" or tag in {"textarea", "script"}
        if not (marked or self._is_marked):
            self.found += [given[name] or "" for name in _SHOWN if name in given]
        if tag not in _EMPTY:
            self._open.append(marked)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _EMPTY:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if not self._is_marked:
            self.found.append(data)


def chinese_in(html: str, quoted: Iterable[str]) -> set[str]:
    """The texts of a page that still hold Chinese once what is quoted is taken out."""
    reader = _Words()
    reader.feed(html)
    taken = sorted({words for words in quoted if words}, key=len, reverse=True)
    left = set()
    for text in reader.found:
        rest = text
        for words in taken:
            rest = rest.replace(words, "")
        if CHINESE.search(rest):
            left.add(" ".join(text.split()))
    return left


def texts_in(value: Any) -> Iterator[str]:
    """Every Chinese text inside a value: what people typed into an incident, with its units and its law."""
    if isinstance(value, str):
        if CHINESE.search(value):
            yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from texts_in(getattr(value, field.name))
    elif isinstance(value, tuple | list | set | frozenset):
        for item in value:
            yield from texts_in(item)
