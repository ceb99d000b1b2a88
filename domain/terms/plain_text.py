"""A text in its common form, each character at its place or one that can be told again:
what layout hides, nobody reads twice.
"""

from typing import Final, NamedTuple
from unicodedata import normalize

_BASIC: Final = 0x10000
# Characters of no width, by which a number is broken that looks whole.
UNSEEN: Final = frozenset(
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\u206a\u206b\u206c\u206d\u206e\u206f\ufeff"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufe00\ufe01\ufe02\ufe03\ufe04\ufe05\ufe06\ufe07\ufe08\ufe09\ufe0a\ufe0b\ufe0c\ufe0d\ufe0e\ufe0f"
)
_BREAKS: Final = frozenset("\r\n\u2028\u2029\x0b\x0c")
_BLANKS: Final = frozenset(" \t\u3000\u00a0")


class Plain(NamedTuple):
    """A text without some of its characters, and where each that is left stands in the text itself."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A span of it as a span of the text itself."""
        return self.places[start], self.places[end - 1] + 1


def folded(text: str) -> str:
    """The text with each character in its common form, as long as before, so that places stay."""
    return text.translate(_COMMON)


def seen(text: str) -> Plain:
    """The folded text without characters that nobody sees."""
    plain = folded(text)
    if UNSEEN.isdisjoint(plain):
        return Plain(plain, tuple(range(len(plain))))
    places = tuple(place for place, character in enumerate(plain) if character not in UNSEEN)
    return Plain("".join(plain[place] for place in places), places)


def unbroken(plain: Plain) -> Plain:
    """The same without line breaks, and the blanks before and after them."""
    if _BREAKS.isdisjoint(plain.text):
        return plain
    text, drop = plain.text, set[int]()
    for place, character in enumerate(text):
        if character not in _BREAKS:
            continue
        drop.add(place)
        for step in (-1, 1):
            near = place + step
            while 0 <= near < len(text) and text[near] in _BLANKS:
                drop.add(near)
                near += step
    places = [place for place in range(len(text)) if place not in drop]
    return Plain("".join(text[place] for place in places), tuple(plain.places[place] for place in places))


class _Common(dict[int, str]):
    """The common form of each character that was met, but for those beyond the basic plane,
    which would grow without end.
    """

    def __missing__(self, code: int) -> str:
        character = chr(code)
        common = normalize("NFKC", character)
        if len(common) != 1:
            common = character
        if code < _BASIC:
            self[code] = common
        return common


_COMMON: Final = _Common()
