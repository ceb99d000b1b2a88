"""The worker process: carries out the cases' workflows and their activities until it is told to stop."""

import gc

_COLLECTS = gc.isenabled()
# Hardly anything that is imported goes away again, and looking through it took a fifth of a start.
gc.disable()

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

import structlog
import uvloop
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig

from activities.archive import sweep
from activities.calling import CallPlacer
from activities.effects.hands import hands
from activities.intrusions import INTRUSIONS
from activities.numbering import keep_numbering
from activities.payloads import calls_queue
from activities.proving import confirm
from activities.record import Recorder
from audit.apart import Apart
from audit.checkpoints_out import OutsidePlaces, keep_checkpoints_out
from audit.keys import require_keys
from audit.marking import keep_marks, mark, require_same
from audit.reducing import sweep_daily
from audit.sealing import keep_sealing
from channels.outgoing import Outgoing
from channels.table import Sender
from publicity.data import Site
from publicity.folder import Folder
from publicity.keeping import keep_public
from publicity.responses import public_id
from settings import LOOPBACK, Settings
from storage.alarms import tell_intrusions
from storage.checkpoint_keys import CheckpointKeys
from storage.database import Database, open_database
from storage.heartbeats import beat
from storage.installation import Note
from storage.snapshots import remember_few
from storage.text_keys import TextKeys
from workflows.access import Unprotected
from workflows.beat import open_pulse
from workflows.call import CallWorkflow
from workflows.client import connect
from workflows.converter import prepare
from workflows.engine_clock import EngineClock, own_time
from workflows.hosting import hosting
from workflows.incident import IncidentWorkflow
from workflows.keys import keyring
from workflows.pulse import PulseWorkflow
from workflows.search_attributes import register_search_attributes

if _COLLECTS:
    # What was imported stays for good; a collector that is let go would begin by looking through it all.
    gc.freeze()
    gc.enable()

log = structlog.get_logger("worker")
_CONFIRM = timedelta(seconds=1)  # between looks for decisions that nobody has confirmed
_SWEEP = timedelta(minutes=1)  # between looks for closed histories that are not archived
_NUMBER = timedelta(seconds=1)  # between looks for signed papers that await their numbers
_BEAT = timedelta(seconds=5)
_PUBLISH = timedelta(seconds=2)  # between looks for what has become public, or is so no more
_SEAL = timedelta(seconds=2)  # between looks for what has become durable
_CARRY = timedelta(seconds=5)  # between looks for checkpoints that a place outside lacks
_LOOKS = 60  # for strangers, after which alarms that were quiet are closed
_RUNGS = 16  # of calls, at one time
_QUIET = timedelta(days=1)  # after which the alarm of an intrusion is closed
# What a worker that was killed had been handed waits so long for it before another takes it.
_STICKY = timedelta(seconds=5)


@asynccontextmanager
async def build_worker(client: Client, database: Database, settings: Settings) -> AsyncIterator[Worker]:
    """Workers over one client and one database at work while inside: of cases and records, which is given,
    and of messages.

    What sends messages has a queue and places of its own:
    providers may be slow, and records and notices never wait for one.
    """
    sender = Sender(Outgoing(settings.internal_names))
    caller = CallPlacer(database, sender, regulation=settings.regulation, base=settings.base_address)
    messages = Worker(
        client,
        task_queue=calls_queue(settings.task_queue),
        activities=[caller.reach],
        max_concurrent_activities=_RUNGS,
        graceful_shutdown_timeout=timedelta(seconds=settings.worker_stop_seconds),
        deployment_config=_deployment(settings),
    )
    try:
        async with messages, _of_cases(client, database, settings, caller) as cases:
            try:
                yield cases
            finally:
                await asyncio.gather(cases.shutdown(), messages.shutdown())  # within the time of one
    finally:
        sender.close()


def _deployment(settings: Settings) -> WorkerDeploymentConfig:
    """The release, stamped into every task as build id,
    which also spares the hash over all sources at start.
    """
    version = WorkerDeploymentVersion(deployment_name="huiying", build_id=settings.release)
    return WorkerDeploymentConfig(version=version, use_worker_versioning=False)


def _of_cases(client: Client, database: Database, settings: Settings, caller: CallPlacer) -> Worker:
    """The worker of cases, calls and records, with the limits of the settings."""
    return Worker(
        client,
        task_queue=settings.task_queue,
        workflows=[IncidentWorkflow, CallWorkflow, PulseWorkflow],
        activities=[
            Recorder(database, TextKeys(keyring(settings.keys_dir))).record,
            *hands(database),
            caller.look,
        ],
        sticky_queue_schedule_to_start_timeout=_STICKY,
        max_cached_workflows=settings.worker_cached_workflows,
        max_concurrent_workflow_tasks=settings.worker_workflow_tasks,
        max_concurrent_activities=settings.worker_activities,
        max_concurrent_local_activities=settings.worker_activities,
        graceful_shutdown_timeout=timedelta(seconds=settings.worker_stop_seconds),
        deployment_config=_deployment(settings),
        **hosting(),
    )


def _missed(task: asyncio.Task[None], stop: asyncio.Event) -> None:
    """A worker that has lost one of its tasks does not do its work:
    it ends, and the supervisor starts another.
    """
    if not task.cancelled() and task.exception() is not None:
        log.error("a task beside the cases died", exc_info=task.exception())
        stop.set()


async def _prove_life(database: Database) -> None:
    """Write a heartbeat every few seconds; one that cannot be written is missed by whoever listens."""
    while True:
        with suppress(OSError, SQLAlchemyError):
            await beat(database, "worker", own_time())  # by which the watch tells that this clock is wrong
        await asyncio.sleep(_BEAT.total_seconds())


async def tell_strangers(
    database: Database, clock: Callable[[], datetime], every: timedelta = _CONFIRM
) -> None:
    """Raise alarms for what strangers tried; what cannot be written is told with the next look."""
    tried: dict[str, str] = {}
    for look in count():
        tried |= INTRUSIONS.take()
        try:
            if tried or look % _LOOKS == 0:
                now = clock()
                await tell_intrusions(database, tried, now, now - _QUIET)
                tried = {}
        except (OSError, SQLAlchemyError) as error:
            log.warning("strangers not told", error=type(error).__name__)
        await asyncio.sleep(every.total_seconds())


async def _keep_public(database: Database, settings: Settings, installation: str) -> None:
    site = Site(address=settings.public_address, name=public_id(installation))
    await keep_public(database, Folder(settings.public_folder), site, _PUBLISH)


async def _carry_checkpoints(database: Database, settings: Settings, clock: Callable[[], datetime]) -> None:
    file = settings.stamp_certificates
    places = OutsidePlaces(
        url=settings.checkpoint_url,
        secret=settings.checkpoint_secret.get_secret_value(),
        mail=settings.checkpoint_mail,
        authority=settings.stamp_url,
        certificates=await asyncio.to_thread(_text_of, file) if file is not None else "",
    )
    await keep_checkpoints_out(database, places, Outgoing(settings.internal_names), clock, _CARRY)


def _text_of(file: Path) -> str:
    """A file's text, empty where it cannot be read: each stamp then fails, which is told."""
    try:
        return file.expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        log.warning("no certificates of the authority", error=type(error).__name__)
        return ""


async def work(settings: Settings) -> None:
    """Run the worker until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    prepare()
    remember_few()  # its memory is for the cases that it carries out
    database = open_database(settings.database_url, keyring(settings.keys_dir))
    try:
        await require_keys(database, keyring(settings.keys_dir))
        client = await connect(
            settings.temporal_address,
            settings.temporal_namespace,
            settings.keys_dir,
            metrics=f"{LOOPBACK}:{settings.worker_metrics_port}" if settings.worker_metrics_port else "",
        )
        installation = await require_same(database, client)
        await register_search_attributes(client)
        await open_pulse(client, settings.task_queue)
        note = Note(id=installation, release=settings.release)
        text_keys = TextKeys(keyring(settings.keys_dir))
        signing = CheckpointKeys(settings.keys_dir, settings.checkpoint_signature)
        clock = EngineClock()
        await clock.measure(client, settings.task_queue)
        async with build_worker(client, database, settings):
            beside = [
                asyncio.create_task(clock.keep(client, settings.task_queue)),
                asyncio.create_task(sweep(client, database, _SWEEP, clock)),
                asyncio.create_task(confirm(client, database, _CONFIRM)),
                asyncio.create_task(keep_numbering(database, clock, _NUMBER)),
                asyncio.create_task(_prove_life(database)),
                asyncio.create_task(sweep_daily(database, text_keys, clock, client=client)),
                asyncio.create_task(keep_sealing(database, signing, clock, _SEAL, settings.checkpoint_file)),
                asyncio.create_task(_carry_checkpoints(database, settings, clock)),
                asyncio.create_task(tell_strangers(database, clock)),
                asyncio.create_task(keep_marks(database, client, settings.var_dir, note, stop)),
                asyncio.create_task(_keep_public(database, settings, installation)),
            ]
            for task in beside:
                task.add_done_callback(partial(_missed, stop=stop))
            log.info("worker ready", task_queue=settings.task_queue, release=settings.release)
            await stop.wait()
            for task in beside:
                task.cancel()
        await mark(database, client, settings.var_dir, note)
    finally:
        await database.close()


def main() -> int:
    """Start from the environment's settings; a worker whose database is not that of its namespace
    records nothing.
    """
    os.umask(0o077)  # what it writes is for its owner alone, whoever started it
    gc.freeze()  # what was imported stays for good, and need not be looked through while a case waits
    try:
        uvloop.run(work(Settings()))
    except (Apart, Unprotected) as why:
        log.error("worker stopped", reason=str(why))  # noqa: TRY400  the reason says all, a trace nothing
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
