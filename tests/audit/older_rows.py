"""The rows of a recorded case as 0.3 wrote them, put into a ledger."""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from sqlalchemy import insert

from domain.catalogue import Decision
from storage import event_log
from storage.codec import canonical
from storage.database import Database
from storage.proof import prove_whole
from storage.tables import EventLogRow, table
from tests.golden.kept import Kept


def lines_of(one: Kept) -> list[str]:
    """The decisions of a recorded case as 0.3 wrote them."""
    file = Path(__file__).parents[1] / "golden" / one.release / f"{one.name}.decisions.jsonl"
    return file.read_text(encoding="utf-8").splitlines()


def rows_of(decisions: Sequence[Decision], lines: list[str]) -> Iterator[dict[str, object]]:
    """The rows that 0.3 wrote: each decision as its history yields it, sealed, and without a name."""
    before = event_log.GENESIS
    incident_id = decisions[0].events[0].incident_id
    for decision, line in zip(decisions, lines, strict=True):
        content = canonical(json.loads(line)).decode()
        seal = event_log.seal(before, content)
        yield {
            "incident_id": incident_id,
            **event_log._columns(decision),
            "decision": content,
            "previous_hash": before,
            "hash": seal,
            "lineage": None,
        }
        before = seal


async def put_in(
    database: Database, decisions: Sequence[Decision], lines: list[str], lineage: str | None = None
) -> str:
    """The rows of a case alone; gives its id."""
    rows = [row | {"lineage": lineage} for row in rows_of(decisions, lines)]
    incident_id = str(rows[0]["incident_id"])
    await database.write(lambda connection: connection.execute(insert(table(EventLogRow)), rows))
    await database.write(partial(prove_whole, incident_id=incident_id))
    return incident_id
