"""The sealed log: whether it still is what was signed last, and whether its checkpoints leave the house."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from storage import sealed_log
from storage.checkpoints import StoredCheckpoint, last_checkpoint
from storage.signed_notes import notes_in
from terminal.doctor.findings import Finding, fault, note, well

_LATE: Final = timedelta(hours=3)  # they are made each hour


def of_sealed_log(connection: Connection, file: Path | None, now: datetime) -> list[Finding]:
    """Nothing before the first checkpoint."""
    last, size = last_checkpoint(connection), sealed_log.size(connection)
    if last is None:
        return []
    return [_of_log(connection, last, size, now), *_of_file(file, last)]


def _of_log(connection: Connection, last: StoredCheckpoint, size: int, now: datetime) -> Finding:
    if last.size > size or sealed_log.Tree(connection).root(last.size) != last.root:
        return fault(
            "存证日志已不是上一存证点签署时的样子，不再签署：请运行 huiying audit verify，并与外存的存证点核对。",
            "The sealed log is no longer what was signed last, and nothing is signed: run huiying audit verify.",
        )
    if size > last.size and now - last.at > _LATE:
        return fault(
            f"存证点停在 {last.at:%Y-%m-%d %H:%M} UTC：请看工作进程的日志。",
            f"The last checkpoint is of {last.at:%Y-%m-%d %H:%M} UTC: look at the worker's log.",
        )
    return well(f"存证日志 {size} 片叶，已签署。", f"The sealed log has {size} leaves, and is signed.")


def _of_file(file: Path | None, last: StoredCheckpoint) -> Iterator[Finding]:
    if file is None:
        yield note(
            "存证点没有留存在外，改写全部记录的人无从发现：请设 HUIYING_CHECKPOINT_FILE，最好在另一台机器的盘上。",
            "Checkpoints do not leave the house: set HUIYING_CHECKPOINT_FILE, best to another machine's disk.",
        )
        return
    try:
        notes = [text for _, text in notes_in(file.read_text(encoding="utf-8", errors="replace"))]
    except OSError:
        notes = []
    if last.note not in notes:
        yield fault(
            f"{file} 里没有最新的存证点：请检查能否写入。",
            f"{file} lacks the last checkpoint: see whether it can be written.",
        )
