"""What a start does with the records: tables made, ledger, Temporal and files tied together."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Final

from sqlalchemy import make_url

from audit.apart import Apart
from audit.healing import place_of
from audit.installation import lost_file, tie
from audit.keys import require_keys
from audit.marking import write_marks
from audit.reconciling import Progress, Reconciled, reconcile_open
from settings import Settings
from storage.at_rest import seal_what_stands
from storage.database import SQLITE, Database, open_database
from storage.installation import Note
from storage.log_hash import OtherHash, choose_log_hash
from storage.merkle import LogHash
from storage.migrations import migrate, revision_of
from storage.paper_numbers import PatternsFault, patterns
from storage.regulations import regulations
from storage.revisions import is_known
from terminal.setting_changes import write_down_settings
from workflows.client import connect
from workflows.keys import keyring
from workflows.search_attributes import register_search_attributes

Say = Callable[[str], None]
_EVERY: Final = 3.0  # seconds between lines about how far it has come


async def prepare_database(settings: Settings) -> None:
    """Bring the tables of the database up to this release,
    and seal what stands there and earlier ones left in clear.

    Raises Apart where a regulation says wrongly how papers are numbered, where the ledger of this folder is
    gone, was written by a newer release, names a key that is missing, or has a log by another hash than is
    set, OSError and SQLAlchemyError where it cannot be used.
    """
    _require_patterns()
    file = ledger_file(settings)
    if file is not None and (lost := lost_file(file, settings.var_dir)) is not None:
        raise lost
    revision = await revision_of(settings.database_url)
    if revision and not is_known(revision):
        raise Apart(
            f"数据库由更新的版本写成（表结构 {revision}），{settings.release} 版用不了；请装回较新的版本，"
            "或用 huiying restore 恢复升级前的备份。",
            f"The database was written by a newer release (tables {revision}),"
            f" which release {settings.release} cannot"
            " read: install the newer one again, or restore a backup of before the upgrade with huiying"
            " restore.",
        )
    await migrate(settings.database_url)
    database = open_database(settings.database_url)
    try:
        await require_keys(database, keys := keyring(settings.keys_dir))
        await _settle_log_hash(database, settings)
        await seal_what_stands(database, keys)
        await write_down_settings(database, settings)
    finally:
        await database.close()


async def _settle_log_hash(database: Database, settings: Settings) -> None:
    """Have the hash of the sealed log chosen before its first leaf; from then on the setting agrees, or is
    refused.
    """
    wanted = LogHash(settings.log_hash) if settings.log_hash else None
    try:
        chosen = await database.write(partial(choose_log_hash, wanted=wanted, at=datetime.now(UTC)))
    except OtherHash as other:
        raise Apart(
            f"本库的存证日志自首次启动起用 {other}，HUIYING_LOG_HASH 却是 {settings.log_hash}："
            "哈希算法在首次启动时选定，此后不能更换，未启动。请去掉这项设置，或改为"
            f" {other}；要用另一种，须另建一套新系统。",
            f"The sealed log has been made by {other} since the first start, and HUIYING_LOG_HASH asks for"
            f" {settings.log_hash}: the hash is chosen once. Unset it, or set {other};"
            " another hash takes a new system.",
        ) from None
    if not chosen.is_available:
        raise Apart(
            f"存证日志用 {chosen}，本机 Python 的 OpenSSL 没有这种算法，未启动；请换用带有它的 Python。",
            f"The sealed log is made by {chosen}, which the OpenSSL of this Python lacks:"
            " use a Python that has it.",
        )


def _require_patterns() -> None:
    """How papers are numbered is read here, where somebody is told of a fault:
    what records would stop at it.
    """
    try:
        for regulation in regulations():
            patterns(regulation)
    except PatternsFault as fault:
        raise Apart(
            "文书编号的设置有误，请更正后再启动。",
            f"Correct how papers are numbered, then start again.\n{fault}",
        ) from None


def ledger_file(settings: Settings) -> Path | None:
    """The file of the ledger; None where it is no SQLite."""
    address = make_url(settings.database_url)
    return Path(address.database) if address.drivername == SQLITE and address.database else None


async def reconcile(settings: Settings, say: Say) -> None:
    """Bring ledger, Temporal and folder together before anything works on them, and say what was out of step.

    Every open case has then a running workflow of this release that stands where its log ends; one that could
    not be healed is named, and the others go on. Raises Apart where the records do not belong together.
    """
    database = open_database(settings.database_url)
    try:
        client = await connect(settings.temporal_address, settings.temporal_namespace, settings.keys_dir)
        tied = await tie(database, client, settings.var_dir, settings.release)
        for line in tied.said:
            say(line)
        await register_search_attributes(client)
        async with place_of(database, client, settings.task_queue) as place:
            done = await reconcile_open(place, "start", progress=_progress(say), ended_too=tied.log_is_older)
        _tell(done, say)
        await write_marks(database, client, settings.var_dir, Note(id=tied.id, release=settings.release))
    finally:
        await database.close()


def _progress(say: Say) -> Progress:
    """Says how far it has come, every few seconds."""
    last = monotonic()

    def told(done: int, total: int) -> None:
        nonlocal last
        if monotonic() - last >= _EVERY:
            last = monotonic()
            say(f"正在核对 {done}/{total} 件。 Reconciling {done} of {total} cases.")

    return told


def _tell(done: Reconciled, say: Say) -> None:
    for failed in done.failed:
        say(f"事件 {failed.incident_id} 未能恢复（{failed.failure}）。 It could not be healed.")
    if not done.healed:
        return
    started = sum(healed.is_started for healed in done.healed)
    added = sum(healed.appended for healed in done.healed)
    forked = sum(healed.forked for healed in done.healed)
    say(
        f"核对在办事件：{len(done.healed)} 件已恢复（工作流由日志启动 {started} 件，日志补 {added} 条），"
        f"{done.well} 件一致。"
        f" Healed {len(done.healed)} cases: {started} started from their log, {added} decisions added;"
        f" {done.well} in step."
    )
    if forked:
        say(
            f"有 {forked} 条决定与另一份记录冲突，未生效，已全部保留；请审计管理员查看。"
            f" {forked} decisions contradict the other record: kept whole, not in force;"
            " see the audit administrator's page."
        )
