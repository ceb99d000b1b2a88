"""What the supervisor says of the processes: those that hang, and those that have ended of late;
and whether it still speaks.
"""

import json
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any, Final

TOLD_FOR: Final = 60.0  # seconds after an end
SUPERVISOR: Final = "supervisor"
_QUIET_FOR: Final = 20.0  # seconds; it writes every three, and a look of its own takes some


def processes_down() -> dict[str, str]:
    """Nothing, where no supervisor is."""
    return {}


class Processes:
    """Reads what the supervisor wrote last; one that writes no more, though it did, hangs itself."""

    def __init__(self, file: Path, clock: Callable[[], float] = monotonic) -> None:
        self._file = file
        self._clock = clock
        self._written: tuple[int, float] | None = None

    def __call__(self) -> dict[str, str]:
        """Name → what is wrong with the process."""
        try:
            at = self._file.stat().st_mtime_ns
            processes: dict[str, dict[str, Any]] = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        faults = {name: fault for name, one in processes.items() if (fault := _fault(one))}
        return faults | ({SUPERVISOR: "silent"} if self._is_quiet(at) else {})

    def _is_quiet(self, at: int) -> bool:
        now = self._clock()
        if self._written is None or self._written[0] != at:
            self._written = (at, now)
        return now - self._written[1] > _QUIET_FOR


def _fault(one: dict[str, Any]) -> str:
    if one["silent"]:
        return "silent"
    ago = one["ended_ago"]
    return "ended" if ago is not None and ago < TOLD_FOR else ""
