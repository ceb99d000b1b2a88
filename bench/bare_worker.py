"""The worker of the bare workflows, a process of its own as the system's worker is."""

import asyncio
import signal
from datetime import timedelta
from typing import Final

import uvloop
from temporalio.common import WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig

from bench.bare import QUEUE, BareActivity, BareTimer, BareUpdate, nothing
from settings import LOOPBACK, Settings
from workflows.client import connect
from workflows.converter import prepare
from workflows.unburdened import Unburdened, UnburdenedRunner

_METRICS: Final = f"{LOOPBACK}:0"  # as the system's, at whichever port is free: nobody reads them


async def work(settings: Settings) -> None:
    """Carry bare workflows, within the limits that the system's worker has, until SIGTERM or SIGINT."""
    prepare()
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    client = await connect(
        settings.temporal_address, settings.temporal_namespace, settings.keys_dir, metrics=_METRICS
    )
    version = WorkerDeploymentVersion(deployment_name="bare", build_id=settings.release)
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[BareUpdate, BareActivity, BareTimer],
        workflow_runner=UnburdenedRunner(),  # as the system's
        interceptors=[Unburdened()],
        activities=[nothing],
        max_cached_workflows=settings.worker_cached_workflows,
        max_concurrent_workflow_tasks=settings.worker_workflow_tasks,
        max_concurrent_activities=settings.worker_activities,
        max_workflow_task_external_storage_concurrency=1,
        graceful_shutdown_timeout=timedelta(seconds=settings.worker_stop_seconds),
        deployment_config=WorkerDeploymentConfig(version=version, use_worker_versioning=False),
    ):
        await stop.wait()


if __name__ == "__main__":
    uvloop.run(work(Settings()))
