"""Attempts of strangers that this process met and has not told yet:
how many, of what kind, on which workflow.
"""

from collections import Counter
from threading import Lock
from typing import Final

_MOST: Final = 1000  # workflows that are named; a stranger can invent as many as it likes


class Intrusions:
    """Counts by workflow and what was tried; cases run in several threads."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()

    def note(self, workflow_id: str, what: str) -> None:
        """A stranger tried something."""
        with self._lock:
            if len(self._counts) < _MOST or (workflow_id, what) in self._counts:
                self._counts[workflow_id, what] += 1

    def take(self) -> dict[str, str]:
        """What was tried since the last time, in words for each workflow."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        lines_of: dict[str, list[str]] = {}
        for (workflow_id, what), count in sorted(counts.items()):
            lines_of.setdefault(workflow_id, []).append(f"{what}: {count}")
        return {workflow_id: ", ".join(lines) for workflow_id, lines in lines_of.items()}


INTRUSIONS: Final = Intrusions()
"""Those of this process: cases and activities note them, and the worker tells them (decision 0030)."""
