"""Records the histories of a release: `python -m tests.golden.record`, once, when the release is made.

Each rehearsal is carried through the real workflow; what is kept is the Temporal history and the decisions it yielded.
"""

import asyncio
import sys

from sqlmodel import col, select
from temporalio.client import Client, WorkflowHistory

from rehearsals.command import FOLDER
from rehearsals.document import load
from rehearsals.skipping import _perform, _theatre
from settings import Settings
from storage import event_log
from storage.codec import DECISION
from storage.database import Database
from storage.tables import EventLogRow
from tests.golden.kept import RELEASES
from worker import build_worker


class Silent:
    """Nobody watches."""

    def begin(self, name: str, steps: int) -> None: ...

    def moved(self, deed: object, outcome: object) -> None: ...


async def record(name: str, settings: Settings) -> None:
    """Carry one rehearsal through and keep its history and decisions."""
    rehearsal = load(FOLDER / f"{name}.yaml")
    async with _theatre(rehearsal, settings) as theatre:
        client = theatre.environment.client
        async with build_worker(client, theatre.database, theatre.settings):
            await _perform(rehearsal, theatre, Silent())
        await _keep(name, settings.release, client, theatre.database)


async def _keep(name: str, release: str, client: Client, database: Database) -> None:
    async with database.session() as session:
        incident_id = (await session.execute(select(col(EventLogRow.incident_id)).distinct())).scalar_one()
        stored = await event_log.decisions(session, incident_id)
    history: WorkflowHistory = await client.get_workflow_handle(incident_id).fetch_history()
    folder = RELEASES / release
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.history.json").write_text(history.to_json() + "\n", encoding="utf-8")
    lines = [DECISION.dump_json(decided.decision).decode() for decided in stored]
    (folder / f"{name}.decisions.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


async def main() -> None:
    """Record every rehearsal that states a scenario."""
    for name in ("P1", "P3", "P5"):
        await record(name, Settings())


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
