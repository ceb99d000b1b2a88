"""Samples that anybody draws again: by a seed, from a named population, with a hash alone."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def sample(population: Sequence[tuple[str, T]], seed: str, size: int) -> list[tuple[str, T]]:
    """`size` of the population, or all of it: those with the smallest SHA-256 of `seed|id`, in that order.

    The order of the population does not matter, and what is left out of it moves nothing else
    in or out but the next.
    """
    return sorted(population, key=lambda item: _place(seed, item[0]))[:size]


def _place(seed: str, name: str) -> str:
    return hashlib.sha256(f"{seed}|{name}".encode()).hexdigest()
