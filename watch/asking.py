"""What the watch asks of the supervisor: to start a process again that gives signs of life and does
not do its work.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


def nobody_asked(wanted: Mapping[str, str]) -> None:
    """Where no supervisor is."""
    del wanted


class Asks:
    """The file that the supervisor reads: the processes asked for, each with the reason;
    it counts while it is written anew.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def __call__(self, wanted: Mapping[str, str]) -> None:
        """Say what is wanted now; on a full disk what was said last grows old, and then counts no more."""
        fresh = self._file.with_suffix(".new")
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps(wanted), encoding="utf-8")
            fresh.replace(self._file)
