"""What the rules cost beside a floor of the same run, so that no busy machine makes a test fail."""

from collections.abc import Callable
from contextlib import suppress
from time import process_time
from typing import Final

from domain.terms.refusals import Refused

# Writing the largest draft down takes some 0.4 ms, deciding the slowest kind 3 ms; 100 ms are to hold (P7).
MANY_TIMES: Final = 60


def quickest(work: Callable[[], object]) -> float:
    """The least processor time of three, in seconds; the first also loads what is loaded but once."""
    seconds = []
    for _ in range(3):
        began = process_time()
        with suppress(Refused):
            work()
        seconds.append(process_time() - began)
    return min(seconds)
