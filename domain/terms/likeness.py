"""How alike two titles are, so that a person may see what could be a duplicate (DD-16)."""

from datetime import timedelta
from itertools import pairwise

ALIKE = 0.5
WITHIN = timedelta(hours=72)


def likeness(one: str, other: str) -> float:
    """The pairs of neighbouring characters that two texts share, of all that they have (Jaccard), from 0 to 1.

    Spaces, punctuation and case do not count, since people write them as they like.
    """
    first, second = _pairs(one), _pairs(other)
    return len(first & second) / len(first | second) if first and second else 0.0


def _pairs(text: str) -> frozenset[str]:
    plain = [character.lower() for character in text if character.isalnum()]
    return frozenset(left + right for left, right in pairwise(plain))
