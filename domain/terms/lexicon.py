"""词典: how common words and the characters of given names are,
so that a name is told from a word (decision 0044).

The dictionary is a constant of the code that is too long for a line of it:
`python -m tests.lexicon_table` writes it.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from pkgutil import get_data
from typing import Final, NamedTuple
from zlib import decompress

_FILE: Final = "lexicon.z"
_STEPS: Final = 4  # of one unit of the natural logarithm


class Lexicon(NamedTuple):
    """What each word costs, and each character of a given name:
    the natural logarithm of its share, turned round.

    `longest` is how long the longest word is that begins with two characters,
    `famous` who is in everybody's mouth.
    """

    words: Mapping[str, float]
    longest: Mapping[str, int]
    given_names: Mapping[str, float]
    famous: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """The dictionary, unpacked once, when the first text is read."""
    data = get_data(__package__, _FILE)
    if data is None:
        raise FileNotFoundError(_FILE)
    words, given_names, famous = decompress(data).decode().split("\n\n")
    costs = _costs(words.split("\n"))
    longest: dict[str, int] = {}
    for word in sorted(costs, key=len):
        longest[word[:2]] = len(word)
    return Lexicon(
        words=costs,
        longest=longest,
        given_names=_costs(given_names.split("\n")),
        famous=frozenset(famous.split(" ")),
    )


def _costs(lines: Iterable[str]) -> Mapping[str, float]:
    costs: dict[str, float] = {}
    for line in lines:
        cost, *words = line.split(" ")
        costs.update(dict.fromkeys(words, int(cost) / _STEPS))
    return costs
