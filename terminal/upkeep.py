"""The command line of those who keep and check the records:
`audit verify`, `rebuild ledger`, `rebuild workflows`.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Final

from rich.console import Console
from rich.progress import Progress
from temporalio.api.workflowservice.v1 import GetSystemInfoRequest
from temporalio.client import Client
from temporalio.service import RPCError

from audit.crew import AuditErrand, Crew
from audit.differences import AuditOutcome, Report
from audit.healing import place_of
from audit.installation import adopt
from audit.keys import require_keys
from audit.rebuild import rebuild_workflows
from audit.reconciling import all_known, heal_all
from audit.verify import verify
from settings import Settings
from storage import ledger
from storage.at_rest import seal_what_stands
from storage.audit_book import BookDeed
from storage.checkpoint_keys import CheckpointKeys
from storage.database import Database, open_database
from storage.healings import unfinished
from terminal.machine_user import machine_user
from terminal.own_tables import migrate_own_tables, require_own_tables
from terminal.writing_down import try_to_write_down, try_to_write_down_now, write_down
from workflows.access import Unprotected
from workflows.client import connect
from workflows.keys import NoKey, keyring
from workflows.search_attributes import register_search_attributes

_PATIENCE: Final = timedelta(seconds=3)
_UNREACHABLE: Final = 3
ENGINE_FILE: Final = "temporal.db"

out = Console(highlight=False)
ShowProgress = Callable[[int, int], None]


async def audit_verify(settings: Settings, incident_ids: Sequence[str], processes: int | None = None) -> int:
    """Audit and print every difference; 0 when all agrees, 1 when not,
    2 when nothing differs and something is unproven.

    Without Temporal the archived histories alone are replayed; what they do not hold is unproven.
    `processes` of None are as many as there are cores.
    """
    async with _database(settings) as database:
        await require_own_tables(database)
        await try_to_write_down(settings, "audit verify", subject=" ".join(incident_ids))
        client = await client_of(settings)
        if client is None:
            out.print(
                "Temporal 连不上，只核对已归档的历史。 Temporal is out of reach: archived histories alone."
            )
        with _progress("核对 verify") as progress:
            keys, signing = (
                keyring(settings.keys_dir),
                CheckpointKeys(settings.keys_dir, settings.checkpoint_signature),
            )
            report = await verify(
                database,
                client,
                incident_ids,
                Crew(progress=progress, errand=_errand(settings, client), processes=processes),
                keys,
                signing=signing,
                out_of_reach=client is None,
            )
    _print(report)
    return report.exit_status


def _errand(settings: Settings, client: Client | None) -> AuditErrand:
    return AuditErrand(
        database_url=settings.database_url,
        keys_dir=settings.keys_dir,
        temporal_address=settings.temporal_address,
        temporal_namespace=settings.temporal_namespace,
        asks_server=client is not None,
        out_of_reach=client is None,
    )


def _print(report: Report) -> None:
    _print_cases(report)
    beside = ("审计簿", report.book), ("规则修改", report.law), ("存证日志", report.sealed)
    for name, differences in beside:
        for difference in differences:
            out.print(f"{name} {difference}", markup=False)
    for note in report.notes:
        out.print(note, markup=False)
    for why in report.unlooked:
        out.print(why, markup=False)
    total, open_ones = len(report.differences), len(report.unproven)
    out.print(
        f"{len(report.cases)} 件，{total} 处差异，{open_ones} 处未能证实。"
        f" {len(report.cases)} incidents, {total} differences, {open_ones} unproven."
    )


def _print_cases(report: Report) -> None:
    for case in report.cases:
        since = "无历史 no history" if case.covered_from is None else f"历史自第 {case.covered_from} 号事件起"
        verdict = {
            AuditOutcome.AGREES: "一致 agrees",
            AuditOutcome.DIFFERS: f"{len(case.differences)} 处差异 differences",
            AuditOutcome.UNPROVEN: "未能证实 unproven",
        }[case.outcome]
        out.print(
            f"{case.incident_id}  {case.events} events  {since} from event {case.covered_from}  {verdict}"
        )
        if case.withdrawn:
            out.print(
                f"  {case.withdrawn} 条未落定的决定已撤出日志并保留。 {case.withdrawn} withdrawn decisions"
                " are kept."
            )
        for note in (*case.unproven, *case.notes):
            out.print(f"  {note}", markup=False)
        for difference in case.differences:
            out.print(f"  {difference}", markup=False)


async def rebuild_ledger(settings: Settings) -> int:
    """Drop the read models and derive them anew from the event log."""
    async with _database(settings) as database:
        await write_down(database, "rebuild ledger")
        with _progress("台账 ledger") as progress:
            count = await ledger.rebuild(database, progress)
    out.print(f"台账已由事件日志重建：{count} 件。 The ledger was derived anew: {count} incidents.")
    return 0


async def rebuild_log(settings: Settings) -> int:
    """Build the event log, or what it lacks, from Temporal's histories, live and archived;
    1 where a case could not be.

    Raises Apart where the records belong to different installations.
    """
    client = await client_of(settings)
    if client is None:
        _say_out_of_reach(settings)
        return _UNREACHABLE
    await migrate_own_tables(settings)
    async with _database(settings) as database:
        await write_down(database, "rebuild log")
        await adopt(database, client, settings.var_dir)
        await register_search_attributes(client)
        async with place_of(database, client, settings.task_queue) as place:
            ids = await all_known(place)
            async with database.session() as session:
                begun = await unfinished(session)  # by a command or a start that was broken off
            with _progress("事件日志 log") as progress:
                done = await heal_all(place, "rebuild", ids, progress=progress, ended_runs=begun)
    for failed in done.failed:
        out.print(f"{failed.incident_id}: {failed.failure}", markup=False)
    added = sum(healed.appended for healed in done.healed)
    counts = done.well, len(done.healed), added, len(done.failed)
    out.print("一致 {} 件，补齐 {} 件（{} 条决定），失败 {} 件。".format(*counts), end=" ")
    out.print("{} in step, {} mended ({} decisions), {} failed.".format(*counts))
    return done.exit_status


async def rotate_keys(settings: Settings) -> int:
    """Make a further key, by which every process seals within half a minute.

    Raises Apart where an older one is missing.
    """
    keys = keyring(settings.keys_dir)
    await migrate_own_tables(settings)
    async with _database(settings) as database:
        await require_keys(database, keys)
        name = keys.make()
        await write_down(database, "keys rotate", deed=BookDeed.KEYS_CHANGE, subject=name)
        await require_keys(database, keys)  # entered before anything is sealed by it
        keys.use(name)
        await seal_what_stands(database, keys)
    out.print(
        f"已启用密钥 {name}，共 {len(keys.names)} 把，都要保留。 Key {name} is current;"
        f" keep all {len(keys.names)}."
    )
    return 0


def give_up_key(settings: Settings, name: str) -> int:
    """Note that a key is gone for good; only where no store of the engine stands that may need it."""
    if settings.embeds_temporal and (settings.var_dir / ENGINE_FILE).exists():
        out.print(
            f"请先停止系统，并把 {settings.var_dir / ENGINE_FILE} 移到一旁。 Stop the system and move"
            f" {ENGINE_FILE} aside first."
        )
        return 1
    try:
        keyring(settings.keys_dir).give_up(name)
    except NoKey:
        out.print(f"{name} 不是缺失的密钥。 {name} is no key that is missing.")
        return 1
    try_to_write_down_now(settings, "keys lost", deed=BookDeed.KEYS_CHANGE, subject=name)
    out.print(
        f"密钥 {name} 已作废；启动时在办事件由日志恢复。 Given up: open cases are started from their log."
    )
    return 0


async def rebuild_cases(settings: Settings) -> int:
    """Start the workflows of open incidents again from the event log; those that run are left alone."""
    client = await client_of(settings)
    if client is None:
        _say_out_of_reach(settings)
        return _UNREACHABLE
    async with _database(settings) as database:
        await write_down(database, "rebuild workflows")
        with _progress("工作流 workflows") as progress:
            rebuilt = await rebuild_workflows(
                database, client, settings.task_queue, progress, by=machine_user().person
            )
    for incident_id, why in rebuilt.failed.items():
        out.print(f"{incident_id}: {why}", markup=False)
    counts = len(rebuilt.started), len(rebuilt.running), len(rebuilt.failed)
    out.print("重新启动 {} 件，在运行 {} 件，失败 {} 件。".format(*counts), end=" ")
    out.print("Started {}, running {}, failed {}.".format(*counts))
    return rebuilt.exit_status


def _say_out_of_reach(settings: Settings) -> None:
    out.print(
        f"连不上 Temporal（{settings.temporal_address}）；请先启动系统再重试。 "
        "Temporal is out of reach: start the system and try again."
    )


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    database = open_database(settings.database_url)
    try:
        yield database
    finally:
        await database.close()


async def client_of(settings: Settings) -> Client | None:
    """A client of Temporal; None where nobody answers.

    Ends the program in words where one elsewhere would be reached in clear.
    """
    try:
        client = await connect(
            settings.temporal_address, settings.temporal_namespace, settings.keys_dir, lazy=True
        )
        await client.workflow_service.get_system_info(GetSystemInfoRequest(), timeout=_PATIENCE)
    except Unprotected as why:
        out.print(str(why))
        raise SystemExit(_UNREACHABLE) from None
    except (RPCError, RuntimeError):
        return None
    return client


@contextmanager
def _progress(title: str) -> Iterator[ShowProgress]:
    with Progress(console=out, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
