"""姓名并列: names that stand in a list without a word for a person before them, as in a clue (DD-35)."""

import re
from collections.abc import Iterator
from typing import Final

from domain.terms.personal_names import names
from domain.terms.surnames import COMMON, HAN, LESS_COMMON

_TOKEN: Final = f"[{''.join((*COMMON, *LESS_COMMON))}](?:(?![和及与])[{HAN}]){{1,2}}"
_LIST: Final = re.compile(rf"(?<![{HAN}])(?=((?:{_TOKEN})(?:[、,，/和及与 ](?:{_TOKEN}))+))")
_PART: Final = re.compile(rf"(?:^|[、,，/和及与 ])({_TOKEN})")
_PERSON: Final = "村民"  # with a word for a person before it, what is no word is a name
_SHORTEST: Final = 2


def listed_names(text: str) -> Iterator[tuple[int, int]]:
    """Where names stand beside one another at the beginning of a clause: 张伟、李强散布."""
    for match in _LIST.finditer(text):
        begin = match.start(1)
        for part in _PART.finditer(match[1]):
            start = begin + part.start(1)
            if (size := _size(part[1])) is not None:
                yield start, start + size


def _size(token: str) -> int | None:
    """How many of the characters are a name: all of them, or all but the last."""
    for size in range(len(token), _SHORTEST - 1, -1):
        tried = f"{_PERSON}{token[:size]}，"
        if (len(_PERSON), len(_PERSON) + size) in set(names(tried)):
            return size
    return None
