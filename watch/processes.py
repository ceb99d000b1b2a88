"""What the supervisor says of the processes: those that hang, and those that were ended since they hung."""

import json
from pathlib import Path
from time import monotonic
from typing import Any, Final

TOLD_FOR: Final = 60.0  # seconds after an end


def processes_down() -> dict[str, str]:
    """Nothing, where no supervisor is."""
    return {}


class Processes:
    """Reads what the supervisor wrote last, and remembers ends for a minute."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._ends: dict[str, tuple[int, float]] = {}

    def __call__(self) -> dict[str, str]:
        """Name → what is wrong with the process."""
        try:
            told: dict[str, dict[str, Any]] = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {name: fault for name, one in told.items() if (fault := self._fault(name, one))}

    def _fault(self, name: str, one: dict[str, Any]) -> str:
        now = monotonic()
        ends = int(one["ends"])
        before, at = self._ends.get(name, (ends, -TOLD_FOR))
        if ends != before:
            at = now
        self._ends[name] = (ends, at)
        if one["silent"]:
            return "silent"
        return "ended" if now - at < TOLD_FOR else ""
