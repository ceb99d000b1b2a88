"""Records the histories of a release: `python -m tests.golden.record`, once, when the release is made.

Rehearsals and courses are carried through the real workflow; what is kept is the Temporal history of each run
and the decisions that it yielded. What is there already stays.
"""

import asyncio
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlmodel import col, select
from temporalio.client import Client
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from audit.histories import find
from audit.replay import replays
from rehearsals.command import FOLDER
from rehearsals.document import load
from rehearsals.skipping import _perform, _theatre
from settings import Settings
from storage.codec import DECISION
from storage.database import Database
from storage.tables import EventLogRow
from tests.golden.courses import COURSES, Course
from tests.golden.kept import RELEASES
from worker import build_worker

REHEARSED = (
    *("P1", "P2", "P3", "P5", "P6"),
    *(
        "withdrawal-past-two-hours",
        "late-evidence-after-outage",
        "clue-about-the-police",
        "corrected-clock-start",
    ),
)


class Silent:
    """Nobody watches."""

    def begin(self, name: str, steps: int) -> None: ...

    def moved(self, deed: object, outcome: object) -> None: ...


async def rehearse(name: str, settings: Settings, folder: Path) -> None:
    """Carry one rehearsal through and keep what it leaves behind."""
    rehearsal = load(FOLDER / f"{name}.yaml")
    async with _theatre(rehearsal, settings) as theatre:
        client = theatre.environment.client
        async with build_worker(client, theatre.database, theatre.settings):
            await _perform(rehearsal, theatre, Silent())
        await keep(name, folder, client, theatre.database)


async def play(name: str, course: Course, folder: Path) -> None:
    """Carry one course through and keep what it leaves behind."""
    with TemporaryDirectory() as there:
        async with course.on(Path(there)) as stage:
            async with stage.worker():
                await course.play(stage)
            await keep(name, folder, stage.client, stage.database)


async def keep(name: str, folder: Path, client: Client, database: Database) -> None:
    """Write each run of the one case that the database holds; what it decides must stand in the event log."""
    async with database.session() as session:
        rows = (
            (await session.execute(select(EventLogRow).order_by(col(EventLogRow.position)))).scalars().all()
        )
        found = await find(session, client, rows[0].incident_id)
    logged = {row.first_number: DECISION.validate_json(row.decision) for row in rows}
    async with replays(runner=SandboxedWorkflowRunner()) as replayer:
        for number, run in enumerate(found.runs, start=1):
            part = name if len(found.runs) == 1 else f"{name}-{number}"
            decided = (await replayer.replay(run)).decisions
            if any(logged[decision.first_number] != decision for decision in decided):
                raise ValueError(f"{part}: the event log holds something else")
            history = json.dumps(
                anonymous(json.loads(run.to_json())), ensure_ascii=False, separators=(",", ":")
            )
            lines = [DECISION.dump_json(decision).decode() for decision in decided]
            (folder / f"{part}.history.json").write_text(history + "\n", encoding="utf-8")
            (folder / f"{part}.decisions.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def anonymous(content: Any) -> Any:
    """Without the names of the machine and process that recorded it, which mean nothing to a replay."""
    if isinstance(content, dict):
        if content.get("kind") == "TASK_QUEUE_KIND_STICKY":
            content = {**content, "name": "sticky"}
        return {key: "recorder" if key == "identity" else anonymous(value) for key, value in content.items()}
    return [anonymous(item) for item in content] if isinstance(content, list) else content


async def main() -> None:
    """Record every rehearsal that states a scenario, and every course."""
    settings = Settings()
    folder = RELEASES / settings.release
    folder.mkdir()
    for name in REHEARSED:
        await rehearse(name, settings, folder)
    for name, course in COURSES.items():
        await play(name, course, folder)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
