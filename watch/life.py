"""The watch's own sign of life for the supervisor: a file that is touched while its looks come to an end."""

import asyncio
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Final

_EVERY: Final = 2.0
_LONGEST_LOOK: Final = 60.0  # one that takes longer hangs, whatever else of the process goes on


class Life:
    """Touches the file every two seconds, as long as the look under way began not too long ago."""

    def __init__(self, var_dir: Path) -> None:
        self._file = var_dir / "heartbeat" / "watch"
        self._looked_at = monotonic()

    def looks(self) -> None:
        """A look begins."""
        self._looked_at = monotonic()

    async def go_on(self) -> None:
        """Touch the file until cancelled; one that is there needs no room for it on a full disk."""
        while True:
            if monotonic() - self._looked_at < _LONGEST_LOOK:
                with suppress(OSError):
                    self._file.parent.mkdir(parents=True, exist_ok=True)
                    self._file.touch()
            await asyncio.sleep(_EVERY)
