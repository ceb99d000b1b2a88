"""The worker of a fuzzed run, a process of its own: hosts cases as the system does, over an ailing ledger."""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Final

from temporalio.common import WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig

from activities.effects.hands import hands
from faults.fuzz.ledger import AilingNotifier, AilingRecorder, Ailment, HandNotes
from settings import Settings
from storage.database import open_database
from storage.text_keys import TextKeys
from workflows.client import connect
from workflows.converter import prepare
from workflows.hosting import hosting
from workflows.keys import keyring

QUEUE: Final = "fuzz"
_AT_ONE_TIME: Final = 20
_STICKY: Final = timedelta(seconds=3)  # a lost worker's tasks go to another one soon


@dataclass(frozen=True, slots=True, kw_only=True)
class FuzzErrand:
    """What a worker is started for; travels as the one argument of its command line.

    It makes itself ready, makes `ready_file`, and begins once `start_file` is there,
    so that a lost worker's place is taken at once. `notes_file` tells which records are at hand with it.
    """

    conductor: str
    cached: int
    mode_file: str
    seed: int
    ready_file: str = ""
    start_file: str = ""
    notes_file: str = ""

    def command(self) -> list[str]:
        """The command line of a worker on this errand."""
        return [sys.executable, "-m", "faults.fuzz.worker", json.dumps(asdict(self))]


def conductor(name: str) -> type:
    """The workflow class of a name like `module:Class`."""
    module, _, attribute = name.partition(":")
    kind: type = getattr(import_module(module), attribute)
    return kind


async def work(errand: FuzzErrand, settings: Settings) -> None:
    """Carry cases until the process is killed."""
    prepare()
    database = open_database(settings.database_url)
    client = await connect(settings.temporal_address, settings.temporal_namespace, settings.keys_dir)
    ailment = Ailment(Path(errand.mode_file), errand.seed)
    notes = HandNotes(Path(errand.notes_file)) if errand.notes_file else None
    version = WorkerDeploymentVersion(deployment_name="huiying", build_id=settings.release)
    worker = Worker(
        client,
        task_queue=QUEUE,
        workflows=[conductor(errand.conductor)],
        activities=[
            AilingRecorder(database, TextKeys(keyring(settings.keys_dir)), ailment, notes).record,
            *hands(database, {"deliver": [AilingNotifier(database, ailment).notify]}),
        ],
        max_cached_workflows=errand.cached,
        max_concurrent_workflow_tasks=_AT_ONE_TIME,
        max_concurrent_activities=_AT_ONE_TIME,
        max_concurrent_local_activities=_AT_ONE_TIME,
        sticky_queue_schedule_to_start_timeout=_STICKY,
        deployment_config=WorkerDeploymentConfig(version=version, use_worker_versioning=False),
        **hosting(),
    )
    ready, start = Path(errand.ready_file), Path(errand.start_file)
    await asyncio.to_thread(ready.touch)
    while not await asyncio.to_thread(start.exists):
        await asyncio.sleep(0.02)
    await worker.run()


if __name__ == "__main__":
    asyncio.run(work(FuzzErrand(**json.loads(sys.argv[1])), Settings()))
