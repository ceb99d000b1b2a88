"""P5: histories that the audit replays in a second, over those of the bare Replayer."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter, process_time

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from activities.archive import as_kept
from audit.crew import AuditErrand, Crew
from audit.differences import AuditOutcome
from audit.replay import replays
from audit.verify import verify
from bench.system import System
from storage.database import Database, open_database
from storage.histories import keep
from workflows.converter import converter
from workflows.incident import IncidentWorkflow
from workflows.keys import keyring
from workflows.opening import keys_of, opened_history


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchReplay:
    """Milliseconds that a history takes: of the processor for the replay alone,
    and by the clock for the whole audit of its case.

    `whole` is `huiying audit verify` over the archived histories, in `processes` and with their start;
    `bare` the Replayer alone.
    """

    histories: int
    events: int
    bare_milliseconds: float
    audit_milliseconds: float
    bare_wall: float
    whole_wall: float
    processes: int
    failed: int


async def measure(system: System, incident_ids: Sequence[str]) -> BenchReplay:
    """Replay the histories of these cases both ways, once each after one that is not measured."""
    keys = keys_of(system.client)
    sealed = [await system.client.get_workflow_handle(name).fetch_history() for name in incident_ids]
    taken = [opened_history(history, keys) for history in sealed]
    bare = Replayer(
        workflows=[IncidentWorkflow],
        data_converter=converter(),
        workflow_runner=UnsandboxedWorkflowRunner(),  # as the audit and the worker
        build_id="bench",
    )
    await bare.replay_workflow(taken[0])
    began, wall = process_time(), perf_counter()
    for history in taken:
        await bare.replay_workflow(history)
    bare_took, bare_wall = process_time() - began, perf_counter() - wall
    async with replays() as audit:
        await audit.replay(taken[0])
        began = process_time()
        results = [await audit.replay(history) for history in taken]
        audit_took = process_time() - began
    crew, whole_wall, unlike = await _whole(system, sealed)
    return BenchReplay(
        histories=len(taken),
        events=sum(_events(history) for history in taken),
        bare_milliseconds=bare_took * 1e3 / len(taken),
        audit_milliseconds=audit_took * 1e3 / len(taken),
        bare_wall=bare_wall * 1e3 / len(taken),
        whole_wall=whole_wall * 1e3 / len(taken),
        processes=crew.count(len(taken)),
        failed=sum(result.failure is not None for result in results) + unlike,
    )


async def _whole(system: System, sealed: Sequence[WorkflowHistory]) -> tuple[Crew, float, int]:
    """Archive the histories and audit their cases from the archive alone:
    by whom, in how many seconds, and how many did not agree.
    """
    settings, ids = system.settings, [history.workflow_id for history in sealed]
    errand = AuditErrand(
        database_url=settings.database_url,
        keys_dir=settings.keys_dir,
        temporal_address=settings.temporal_address,
        temporal_namespace=settings.temporal_namespace,
        asks_server=False,
        out_of_reach=False,
    )
    crew = Crew(errand=errand, processes=None)  # as many as the command takes
    database: Database = open_database(settings.database_url)
    try:
        for history in sealed:
            await keep(database, as_kept(history, history.run_id))
        began = perf_counter()
        report = await verify(database, None, ids, crew, keyring(settings.keys_dir))
        took = perf_counter() - began
    finally:
        await database.close()
    return crew, took, sum(case.outcome is not AuditOutcome.AGREES for case in report.cases)


def _events(history: WorkflowHistory) -> int:
    return len(history.events)
