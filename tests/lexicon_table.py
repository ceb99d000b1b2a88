"""Writes the reader's dictionary from two packages' data;
`python -m tests.lexicon_table DICT CHARFREQ` (decision 0044).

DICT is `jieba/dict.txt` of jieba 0.42.1, CHARFREQ `ngender/charfreq.csv` of ngender 0.1.1,
both under the MIT licence.
"""

import csv
import math
import sys
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from domain.terms.surnames import COMMON, LESS_COMMON

DATA: Final = Path(__file__).resolve().parent.parent / "domain" / "terms" / "lexicon.z"
NOT_NAMES: Final = Path(__file__).resolve().parent / "words_not_names.txt"
_PERSONS: Final = frozenset({"nr", "nrt", "nrfg"})
_LEAST: Final = 6  # occurrences of a word in the corpus that the segmenter counted
_LONGEST: Final = 5
_FAMOUS: Final = 60
_LATELY_FAMOUS: Final = (
    "习近平",
    "李克强",
    "焦裕禄",
    "孔繁森",
    "袁隆平",
    "钟南山",
    "黄文秀",
    "张桂梅",
    "黄大年",
    "廖俊波",
    "杨善洲",
)
_STEPS: Final = 4  # of one unit of the natural logarithm


def written(dictionary: Path, characters: Path) -> bytes:
    """The words with their costs, then the characters of given names with theirs,
    then famous names, compressed.
    """
    words = dict(_words(dictionary))
    given = dict(_given(characters))
    lines = [
        *_lines(words),
        "",
        *_lines(given),
        "",
        " ".join(dict.fromkeys((*_LATELY_FAMOUS, *_famous(dictionary)))),
    ]
    return zlib.compress("\n".join(lines).encode(), 9)


def _words(dictionary: Path) -> Iterator[tuple[str, int]]:
    """Each word and what it costs: the rarer, the more.

    Names of persons are none, but for those that are words too.
    """
    no_names = frozenset(NOT_NAMES.read_text(encoding="utf-8").split())
    rows = _rows(dictionary)
    total = sum(count for _, count, _ in rows)
    for word, count, tag in rows:
        if len(word) > _LONGEST or (len(word) > 1 and count < _LEAST):
            continue
        if len(word) > 1 and _is_name(word, tag) and word not in no_names:
            continue
        yield word, _cost(max(count, 1) / total)


def _rows(dictionary: Path) -> list[tuple[str, int, str]]:
    rows = [line.split(" ") for line in dictionary.read_text(encoding="utf-8").splitlines()]
    return [(word, int(count), tag) for word, count, tag in rows]


def _is_name(word: str, tag: str) -> bool:
    return tag in _PERSONS and word[0] in COMMON + LESS_COMMON


def _famous(dictionary: Path) -> Iterator[str]:
    """Names that were printed often: of statesmen, poets, heroes of novels,
    and the firms that are called after such.
    """
    for word, count, tag in _rows(dictionary):
        if count >= _FAMOUS and 2 <= len(word) <= 4 and _is_name(word, tag):
            yield word


def _given(characters: Path) -> Iterator[tuple[str, int]]:
    with characters.open(encoding="utf-8") as file:
        rows = [(row["char"], int(row["male"]) + int(row["female"])) for row in csv.DictReader(file)]
    total = sum(count for _, count in rows)
    for character, count in rows:
        if count > 1 and len(character) == 1:
            yield character, _cost(count / total)


def _cost(share: float) -> int:
    return round(-math.log(share) * _STEPS)


def _lines(costs: dict[str, int]) -> Iterator[str]:
    by_cost: defaultdict[int, list[str]] = defaultdict(list)
    for word, cost in costs.items():
        by_cost[cost].append(word)
    for cost in sorted(by_cost):
        yield f"{cost} {' '.join(sorted(by_cost[cost]))}"


if __name__ == "__main__":
    DATA.write_bytes(written(Path(sys.argv[1]), Path(sys.argv[2])))
