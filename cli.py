"""The command line, and the place where the parts are wired.

Each command imports what it needs when it is called, so that `huiying --help` answers at once.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from terminal import bundle_commands
from terminal.app import app as terminal
from terminal.checkpoint_commands import checkpoint, witness
from terminal.public_commands import public
from terminal.retention_commands import retention

if TYPE_CHECKING:
    from temporalio.client import Client

    from deploy.supervisor import Beats
    from settings import Settings

app = typer.Typer(
    name="huiying",
    help="回应：政务舆情回应处置的办理、时限与核查。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

# What the processes of a system have in common; importing it begins no thread and opens nothing.
SHARED = ("worker", "terminal.starting", "terminal.people")


@app.callback()
def huiying() -> None:
    """回应：政务舆情回应处置的办理、时限与核查。"""


@app.command()
def run() -> None:
    """启动全系统（Temporal、工作进程、网页），Ctrl-C 停止；下次启动接着走。"""
    from deploy.startup_errors import StartupError
    from deploy.supervisor import Steps, supervise

    settings = read_settings()
    steps = Steps(
        prepare=prepare_database,
        reconcile=reconcile_records,
        fill=fill_demonstration,
        beats=worker_beats(settings),
        connect=reach_engine,
    )
    try:
        supervise(settings, steps, typer.echo, shared=SHARED)
    except StartupError as obstacle:
        refuse(str(obstacle))


@app.command()
def rehearse(
    files: Annotated[
        list[Path] | None, typer.Argument(help="演练文件；不写则为 rehearsals/ 的全部。")
    ] = None,
    *,
    live: Annotated[bool, typer.Option("--live", help="在运行中的系统上，当着人演练。")] = False,
    scale: Annotated[float | None, typer.Option(min=1, help="时钟快多少倍，如 3600：一小时当一秒。")] = None,
    pure: Annotated[bool, typer.Option("--pure", help="只用规则本身，不启动服务。")] = False,
) -> None:
    """演练：按文件逐步办理，逐秒核对期望与实际。 Rehearse incidents described in files."""
    from rehearsals.command import rehearse as run_all
    from worker import build_worker

    status = run_all(
        files or [], settings=read_settings(), build_worker=build_worker, live=live, scale=scale, pure=pure
    )
    raise typer.Exit(status)


app.add_typer(terminal)
audit = typer.Typer(help="核查：规则、哈希链、历史三方核对。", no_args_is_help=True)
rebuild = typer.Typer(help="由事件日志重建台账或工作流。", no_args_is_help=True)
app.add_typer(audit, name="audit")
app.add_typer(rebuild, name="rebuild")


@audit.callback()
def auditing() -> None:
    """核查：规则、哈希链、历史三方核对。"""


@audit.command("verify")
def audit_verify(
    incidents: Annotated[list[str] | None, typer.Argument(help="事件标识；不写则核对全部")] = None,
    *,
    processes: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="用几个进程；不写则每核一个。 In how many processes."),
    ] = None,
) -> None:
    """重跑规则、核对哈希链、重放 Temporal 历史；逐条指出差异，状态码说明结果。"""
    from terminal.upkeep import audit_verify as verify

    raise typer.Exit(asyncio.run(verify(read_settings(), incidents or [], processes)))


audit.command("export")(bundle_commands.export)
audit.command("certificate")(bundle_commands.certificate)
audit.command("check")(bundle_commands.check)
audit.add_typer(checkpoint)
app.add_typer(public)
app.add_typer(retention)
audit.add_typer(witness)


@rebuild.command("ledger")
def rebuild_ledger() -> None:
    """由事件日志重建台账（读模型）。"""
    from terminal.upkeep import rebuild_ledger as ledger

    raise typer.Exit(asyncio.run(ledger(read_settings())))


@rebuild.command("log")
def rebuild_log() -> None:
    """由 Temporal 的历史（在线的和已归档的）补齐或重建事件日志，并逐件核对工作流。"""
    from audit.apart import Apart
    from deploy.engine import engine
    from deploy.startup_errors import StartupError
    from terminal.upkeep import rebuild_log as log

    settings = read_settings()

    async def whole() -> int:
        async with engine(settings, typer.echo):
            return await log(settings)

    try:
        status = asyncio.run(whole())
    except (StartupError, Apart) as why:
        refuse(str(why))
    raise typer.Exit(status)


@rebuild.command("workflows")
def rebuild_workflows() -> None:
    """Temporal 数据丢失后，由事件日志恢复在办事件的工作流，时限不变。"""
    from terminal.upkeep import rebuild_cases

    raise typer.Exit(asyncio.run(rebuild_cases(read_settings())))


@app.command()
def backup(
    into: Annotated[
        Path, typer.Argument(help="新目录，或以 .tar 结尾的新文件。 A new folder, or a new .tar file.")
    ],
) -> None:
    """备份台账和 Temporal 两个库（系统运行时也可以），写完即校验。 Back up both stores, even in use."""
    from deploy.backup import back_up, in_words
    from deploy.restoring import require_whole
    from deploy.startup_errors import StartupError
    from storage.audit_book import BookDeed
    from terminal.starting import ledger_file
    from terminal.writing_down import try_to_write_down_now

    settings = read_settings()
    ledger = ledger_file(settings)
    if ledger is None:
        refuse(
            "台账在 PostgreSQL 上：请用 pg_dump 备份数据库，再按 Temporal 集群自己的办法备份它。"
            " The ledger is on PostgreSQL: back it up with pg_dump, and Temporal by its own means."
        )
    try:
        require_whole(settings.var_dir)
        try_to_write_down_now(settings, "backup", deed=BookDeed.BACKUP, subject=into.name)
        manifest = back_up(ledger, settings.var_dir, settings.release, into, keys_dir=settings.keys_dir)
    except StartupError as obstacle:
        refuse(str(obstacle))
    except (OSError, sqlite3.Error) as error:
        refuse(f"备份没有写成（{error}）。 The backup was not written.")
    for line in in_words(manifest, into):
        typer.echo(line)


@app.command()
def restore(
    backup_: Annotated[Path, typer.Argument(metavar="BACKUP", help="备份的目录或 .tar 文件。 The backup.")],
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="把现有文件移到一旁。 Move what is there aside.")
    ] = False,
    keys: Annotated[
        Path | None,
        typer.Option("--keys", help="备份时另存的密钥文件。 The key file written beside the backup."),
    ] = None,
) -> None:
    """校验并恢复备份（系统须已停止）；下次启动时自行核对。 Restore a backup; the next start reconciles."""
    from deploy.key_file import of_lost_key
    from deploy.restoring import restore as put_back
    from deploy.startup_errors import StartupError
    from storage.audit_book import RESTORE, BookDeed
    from terminal.starting import ledger_file
    from terminal.writing_down import try_to_write_down_now

    settings = read_settings()
    ledger = ledger_file(settings)
    if ledger is None:
        refuse("台账在 PostgreSQL 上：请用 pg_restore 恢复。 The ledger is on PostgreSQL: use pg_restore.")
    try:
        manifest, aside = put_back(
            backup_, ledger, settings.var_dir, replace=replace, keys_dir=settings.keys_dir, keys=keys
        )
    except StartupError as obstacle:
        refuse(str(obstacle))
    except OSError as error:
        refuse(f"没有恢复成（{error}）。 The backup was not restored.")
    # Into the book that came back: of one that was moved aside nobody reads any more.
    try_to_write_down_now(
        settings, RESTORE, deed=BookDeed.BACKUP, subject=backup_.name, taken_at=manifest.taken_at
    )
    if warning := of_lost_key(ledger, settings.keys_dir):
        typer.echo(warning, err=True)
    if aside is not None:
        typer.echo(f"原有文件移到 {aside}。 What was there is in {aside}.")
    typer.echo(
        f"已恢复 {manifest.taken_at} 的备份（{manifest.decisions} 条记录）；请启动系统，启动时自行核对。"
        f" Restored the backup of {manifest.taken_at} ({manifest.decisions} decisions): start the system."
    )


@app.command()
def doctor() -> None:
    """体检：权限、端口、磁盘、时钟、版本、待升级、账号；逐条说明怎么办。 Examine the installation."""
    from deploy.private_files import require_private
    from deploy.startup_errors import StartupError
    from terminal.doctor.examination import examine
    from terminal.doctor.findings import fault, well

    settings = read_settings()
    folders = []
    for place in (settings.var_dir, settings.keys_dir):
        try:
            require_private(place)
            folders.append(well(f"{place} 只对本账号开放。", f"{place} is open to this account alone."))
        except StartupError as obstacle:
            folders.append(fault(obstacle.chinese, obstacle.english))
    raise typer.Exit(asyncio.run(examine(settings, folders)))


keys = typer.Typer(help="密封流程引擎记录的密钥。", no_args_is_help=True)
app.add_typer(keys, name="keys")


@keys.callback()
def sealing_keys() -> None:
    """密封流程引擎记录的密钥。 The keys by which what the engine holds is sealed."""


@keys.command("rotate")
def keys_rotate() -> None:
    """启用一把新密钥；旧密钥仍能打开以前的记录，不得删除。 Seal by a new key; older ones still open."""
    from audit.apart import Apart
    from terminal.upkeep import rotate_keys as rotate

    try:
        raise typer.Exit(asyncio.run(rotate(read_settings())))
    except Apart as apart:
        refuse(str(apart))


@keys.command("lost")
def keys_lost(name: Annotated[str, typer.Argument(help="密钥的名称。 The name of the key.")]) -> None:
    """密钥确已丢失：在办事件改由日志恢复。 A key is gone: open cases start anew from their log."""
    from terminal.upkeep import give_up_key

    raise typer.Exit(give_up_key(read_settings(), name))


texts = typer.Typer(help="案件旁的文字。", no_args_is_help=True)
app.add_typer(texts, name="texts")


@texts.callback()
def texts_beside_cases() -> None:
    """案件旁的文字。 The texts that stand beside cases."""


@texts.command("reduce")
def texts_reduce(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只统计，不删减。 Count alone.")] = False,
) -> None:
    """删减保存期满的公众原文：只删文字，案卷照旧可核验。 Reduce posts past their months; all verifies."""
    from audit.apart import Apart
    from terminal.texts import reduce_texts

    try:
        raise typer.Exit(asyncio.run(reduce_texts(read_settings(), dry_run=dry_run)))
    except Apart as apart:
        refuse(str(apart))


async def prepare_database(settings: Settings) -> None:
    """Bring the tables of the database up to this release, and give an empty system its first accounts."""
    from sqlalchemy.exc import SQLAlchemyError

    from audit.apart import Apart
    from deploy.startup_errors import StartupError
    from terminal.people import first_accounts
    from terminal.starting import prepare_database as prepare

    try:
        await prepare(settings)
        # Before anything is said to run: nobody else writes yet, and a password shown once is not lost.
        await first_accounts(settings, typer.echo)
    except Apart as apart:
        raise StartupError(apart.chinese, apart.english) from None
    except (OSError, SQLAlchemyError) as error:
        raise StartupError(
            f"无法使用数据库（{str(error).splitlines()[0]}）；请检查 HUIYING_DATABASE_URL。",
            "The database cannot be used: check HUIYING_DATABASE_URL.",
        ) from error


async def reconcile_records(settings: Settings) -> None:
    """Bring ledger, Temporal and files together before worker and web begin."""
    from audit.apart import Apart
    from deploy.startup_errors import StartupError
    from terminal.starting import reconcile

    try:
        await reconcile(settings, typer.echo)
    except Apart as apart:
        raise StartupError(apart.chinese, apart.english) from None


async def fill_demonstration(settings: Settings) -> None:
    """Put incidents in every stage into an empty system, marked as drill."""
    if settings.demonstration:
        from rehearsals.demonstration import fill_demonstration as fill

        try:
            await fill(settings)
        except Exception as error:  # noqa: BLE001  whatever befalls the demonstration, the system goes on
            typer.echo(f"演示事件未能全部放入（{type(error).__name__}），不影响办理。 It is incomplete.")


async def reach_engine(settings: Settings) -> Client:
    """A client of Temporal, on this machine or elsewhere."""
    from deploy.startup_errors import StartupError
    from workflows.access import Unprotected
    from workflows.client import connect

    try:
        return await connect(settings.temporal_address, settings.temporal_namespace, settings.keys_dir)
    except Unprotected as why:
        raise StartupError(why.chinese, why.english) from None


def worker_beats(settings: Settings) -> Beats:
    """Tells whether a worker takes an empty step within so many seconds."""
    from workflows.beat import beats

    # The queue is asked for each time: before its first start a folder has no installation that names it.
    return lambda client, seconds: beats(settings.task_queue, client, seconds)


def read_settings() -> Settings:
    """The settings of this environment; a wrong one ends the program with one line that names it."""
    from pydantic import ValidationError

    from settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        # A setting that is computed from a wrong one is reported too, and would only confuse.
        faults = [error_of for error_of in error.errors() if error_of["type"] != "default_factory_not_called"]
        wrong = "; ".join(f"HUIYING_{str(one['loc'][0]).upper()}: {one['msg']}" for one in faults)
        refuse(f"设置有误。 A setting is wrong: {wrong}")


def refuse(line: str) -> NoReturn:
    """Say why the command cannot be carried out, in one line, and end with status 1."""
    typer.echo(line, err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    gc.set_threshold(50_000)  # what is imported stays: looking through it again and again, and once more
    atexit.register(gc.freeze)  # at the end, took a third of a command
    app(prog_name="huiying")
