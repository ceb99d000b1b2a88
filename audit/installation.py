"""Whether ledger, Temporal and the files of a folder belong to one installation,
and how far each had come.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from audit.apart import Apart
from storage.database import Database
from storage.installation import Marks, Note, found, installation_id, marks, new_id, read_note, write_note
from workflows.namespace import NamespaceNote, namespace_note, write_namespace_note

_PATIENCE: Final = timedelta(seconds=10)
_SHORT: Final = 8  # characters of an id, where people read it


@dataclass(frozen=True, slots=True, kw_only=True)
class Tied:
    """An installation whose records belong together: its id, what was mended to tie them,
    and whether the log had come further before.

    `said` holds sentences for people. Where `log_is_older` ended cases are to be looked
    for in Temporal as well.
    """

    id: str
    said: tuple[str, ...] = ()
    log_is_older: bool = False


async def tie(database: Database, client: Client, folder: Path, release: str) -> Tied:
    """Tie ledger, namespace and folder to one installation at a start.

    1. Nothing carries an id: it is a first start, or the first of this release; one is made.
    2. The ledger has records and a part is new: it gets the id, and which is said.
    3. Two ids: Apart, unless ledger and Temporal agree and only the folder's note is another's.
    4. The ledger is empty, and Temporal or the note know of cases: Apart, since the ledger was lost.

    Raises Apart, and RPCError when Temporal does not answer.
    """
    async with database.session() as session:
        installation, now = await installation_id(session), await marks(session)
    namespace, note = await namespace_note(client), read_note(folder)
    _require_one(installation or "", namespace.installation, note.id if note else "", folder)
    before = _furthest(namespace, note)
    if now == Marks() and (before != Marks() or await _holds_cases(client)):
        raise _lost(folder)
    wanted = installation or namespace.installation or (note.id if note else "") or new_id()
    tied = Tied(
        id=await found(database, wanted),
        said=tuple(_mended(wanted, installation, namespace, note, now)),
        log_is_older=before.is_past(now),
    )
    # The marks of before stand until what they call for has been done: a start that is broken off asks again.
    await write_namespace_note(
        client, NamespaceNote(installation=tied.id, position=before.position, decisions=before.decisions)
    )
    write_note(folder, Note(id=tied.id, marks=before, release=release))
    return tied


async def adopt(database: Database, client: Client, folder: Path) -> str:
    """Give a ledger that is to be built anew the id of what is left; gives the id.

    Raises Apart and RPCError.
    """
    async with database.session() as session:
        installation = await installation_id(session) or ""
    namespace, note = await namespace_note(client), read_note(folder)
    noted = note.id if note else ""
    _require_one(installation, namespace.installation, noted, folder)
    return await found(database, installation or namespace.installation or noted or new_id())


def _require_one(ledger: str, namespace: str, folder_note: str, folder: Path) -> None:
    if ledger and namespace and ledger != namespace:
        raise Apart(
            f"台账属于安装 {ledger[:_SHORT]}，Temporal 的数据属于安装 {namespace[:_SHORT]}，不是一套，"
            "未启动；"
            f"请核对 {folder} 和 HUIYING_TEMPORAL_ADDRESS，放回同一套文件，或用 huiying restore 恢复备份。",
            f"The ledger belongs to installation {ledger[:_SHORT]},"
            f" Temporal's data to {namespace[:_SHORT]}: put the"
            f" files of one installation into {folder}, or restore a backup with huiying restore.",
        )
    if not ledger and folder_note and namespace and folder_note != namespace:
        raise Apart(
            f"{folder} 属于安装 {folder_note[:_SHORT]}，Temporal 的数据属于安装 {namespace[:_SHORT]}，"
            "不是一套，未启动；"
            "请放回同一套文件。",
            f"{folder} belongs to installation {folder_note[:_SHORT]},"
            f" Temporal's data to {namespace[:_SHORT]}: put"
            " the files of one installation back.",
        )
    if ledger and not namespace and folder_note and ledger != folder_note:
        raise Apart(
            f"台账属于安装 {ledger[:_SHORT]}，{folder} 属于安装 {folder_note[:_SHORT]}，不是一套，未启动；"
            "请放回同一套文件，或用 huiying restore 恢复备份。",
            f"The ledger belongs to installation {ledger[:_SHORT]}, {folder} to {folder_note[:_SHORT]}:"
            " put the files"
            " of one installation back, or restore a backup with huiying restore.",
        )


def _furthest(namespace: NamespaceNote, note: Note | None) -> Marks:
    noted = note.marks if note else Marks()
    return Marks(
        position=max(namespace.position, noted.position), decisions=max(namespace.decisions, noted.decisions)
    )


async def _holds_cases(client: Client) -> bool:
    """Whether the namespace knows of any case, running or ended."""
    try:
        counted = await client.count_workflows('WorkflowType = "Incident"', rpc_timeout=_PATIENCE)
    except RPCError as error:
        if error.status is RPCStatusCode.UNIMPLEMENTED:  # the time-skipping test server cannot count
            return False
        raise
    return counted.count > 0


def _lost(folder: Path) -> Apart:
    return Apart(
        f"台账是空的，但 {folder} 或 Temporal 中有办理记录：台账已丢失，未启动；"
        "请用 huiying restore 恢复备份，"
        "或执行 huiying rebuild log 由 Temporal 的历史重建事件日志（账号、名录、附件须另行恢复）。",
        f"The ledger is empty, but {folder} or Temporal know of cases: it was lost. Restore a backup with"
        " huiying"
        " restore, or run huiying rebuild log to build the event log from Temporal's histories (accounts,"
        " registry and"
        " attachments are not in them).",
    )


def lost_file(file: Path, folder: Path) -> Apart | None:
    """What to say before tables are made in a new file where a ledger with records had stood;
    None where none had.
    """
    note = read_note(folder)
    if file.exists() or note is None or note.marks == Marks():
        return None
    return Apart(
        f"台账文件 {file} 不见了（原有 {note.marks.decisions} 条记录），未启动；请放回原文件，"
        "用 huiying restore 恢复备份，"
        "或执行 huiying rebuild log 由 Temporal 的历史重建事件日志（账号、名录、附件须另行恢复）。",
        f"The ledger {file} is gone (it held {note.marks.decisions} decisions): put it back,"
        " restore a backup with"
        " huiying restore, or run huiying rebuild log to build the event log from Temporal's histories"
        " (accounts,"
        " registry and attachments are not in them).",
    )


def _mended(
    wanted: str, noted: str | None, namespace: NamespaceNote, note: Note | None, now: Marks
) -> list[str]:
    """What is out of step among records that belong together, and what comes of it, in sentences."""
    said = []
    if noted is not None and not namespace.installation:
        said.append(
            "Temporal 的数据是新的：在办事件由事件日志恢复。 Temporal's store is new:"
            " open cases are started from their log."
        )
    elif note is not None and namespace.position < note.marks.position:
        said.append(
            "Temporal 的数据比上次旧：逐件核对后恢复。 Temporal's store is older than it was:"
            " each case is compared and healed."
        )
    if _furthest(namespace, note).is_past(now):
        said.append(
            "台账比上次旧：缺少的记录由 Temporal 的历史补上。 The ledger is older than it was:"
            " what it lacks is added from Temporal's"
            " histories."
        )
    if note is not None and note.id != wanted:
        said.append(
            f"目录标记原属安装 {note.id[:_SHORT]}，已改正。 The folder's note was another installation's"
            " and is mended."
        )
    return said
