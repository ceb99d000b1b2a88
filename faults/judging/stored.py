"""What the event log holds, read with the standard library and not by the system that is judged."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from domain.catalogue import Decision
from storage.codec import DECISION


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCase:
    """The decisions of one case by first number, and under which last numbers each command stands."""

    decisions: dict[int, Decision]
    commands: dict[str, list[int]]

    @property
    def last_number(self) -> int:
        """Where the log ends."""
        return max((decision.last_number for decision in self.decisions.values()), default=0)


def stored_case(file: Path, incident_id: str) -> StoredCase:
    """All rows of a case, whether a reader would be shown them or not."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        rows = connection.execute(
            "SELECT first_number, last_number, command_id, decision FROM event_log WHERE incident_id = ?"
            " ORDER BY first_number",
            (incident_id,),
        ).fetchall()
    commands: dict[str, list[int]] = {}
    for _, last_number, command_id, _ in rows:
        if command_id is not None:
            commands.setdefault(command_id, []).append(last_number)
    return StoredCase(
        decisions={first: DECISION.validate_json(text) for first, _, _, text in rows}, commands=commands
    )


def last_numbers(file: Path) -> dict[str, int]:
    """Where the log of each case ends."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT incident_id, max(last_number) FROM event_log GROUP BY 1")
        return dict(rows.fetchall())
