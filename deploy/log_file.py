"""A log file that takes what a process says and starts anew when it has grown too large."""

from pathlib import Path

LARGEST = 10_000_000  # bytes of one file
OLDER_FILES = 3  # older files kept beside it, as worker.log.1 and so on


class LogFile:
    """Appends bytes to `path`; a full disk loses lines of the log,
    and never stops the process that wrote them.
    """

    def __init__(self, path: Path, largest: int = LARGEST) -> None:
        self.path = path
        self._largest = largest

    def write(self, said: bytes) -> None:
        """Append, turning the files over first where the bound is passed."""
        try:
            if self.path.exists() and self.path.stat().st_size + len(said) > self._largest:
                self._turn_over()
            with self.path.open("ab") as file:
                file.write(said)
        except OSError:
            return

    def last_line(self) -> str:
        """The last thing that was said, for a message about why a process ended."""
        try:
            tail = self.path.read_bytes()[-4000:]
        except OSError:
            return ""
        lines = tail.decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""

    def _turn_over(self) -> None:
        for number in range(OLDER_FILES, 0, -1):
            older = self._numbered(number - 1)
            if older.exists():
                older.replace(self._numbered(number))

    def _numbered(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}") if number else self.path
