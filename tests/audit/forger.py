"""What somebody can do who has the database's file in hand:
guards are no obstacle, nor is the chain's recipe.
"""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from storage.codec import canonical
from storage.event_log import GENESIS, seal

_Change = Callable[[dict[str, Any]], None]


class Forger:
    """Changes the file behind the program's back."""

    def __init__(self, file: Path) -> None:
        self.file = file
        with closing(self._open()) as connection:
            names = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name NOT LIKE 'incident_text%'"
            )
            drops = "".join(f"DROP TRIGGER {name};" for (name,) in names.fetchall())
            connection.executescript(f"BEGIN;{drops}COMMIT;")  # one by one each is a write of its own

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.file, isolation_level=None)

    def run(self, statement: str, *values: object) -> list[Any]:
        """Carry out a statement."""
        with closing(self._open()) as connection:
            return connection.execute(statement, values).fetchall()

    def numbers(self, incident_id: str) -> list[int]:
        """The first numbers of the decisions in a log."""
        statement = "SELECT first_number FROM event_log WHERE incident_id = ? ORDER BY first_number"
        return [number for (number,) in self.run(statement, incident_id)]

    def number_of(self, incident_id: str, kind: str) -> int:
        """The first number of the decision in which an event of a kind first stands."""
        statement = "SELECT first_number, decision FROM event_log WHERE incident_id = ? ORDER BY first_number"
        for number, text in self.run(statement, incident_id):
            if any(event["kind"] == kind for event in json.loads(text)["events"]):
                return int(number)
        raise LookupError(kind)

    def edit(self, incident_id: str, number: int, change: _Change) -> None:
        """Edit a decision, and leave its seal as it was."""
        text = self.run(
            "SELECT decision FROM event_log WHERE incident_id = ? AND first_number = ?", incident_id, number
        )
        content = json.loads(text[0][0])
        change(content)
        self.run(
            "UPDATE event_log SET decision = ? WHERE incident_id = ? AND first_number = ?",
            canonical(content).decode(),
            incident_id,
            number,
        )

    def seal_anew(self, incident_id: str) -> None:
        """Write the whole chain of a log anew over what now stands there, and what the ledger says of it."""
        previous = GENESIS
        statement = "SELECT first_number, decision FROM event_log WHERE incident_id = ? ORDER BY first_number"
        for number, text in self.run(statement, incident_id):
            new = seal(previous, text)
            self.run(
                "UPDATE event_log SET previous_hash = ?, hash = ? WHERE incident_id = ? AND first_number = ?",
                *(previous, new, incident_id, number),
            )
            previous = new
        self.run("UPDATE incident SET hash = ? WHERE incident_id = ?", previous, incident_id)
