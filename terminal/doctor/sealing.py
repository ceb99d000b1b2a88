"""The sealed log: whether it still is what was signed last, and whether its checkpoints leave the house."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from storage import sealed_log
from storage.checkpoints import StoredCheckpoint, key_notes, last_checkpoint
from storage.signed_notes import notes_in, vouched
from terminal.doctor.findings import DoctorFinding, fault, note, well

_LATE: Final = timedelta(hours=3)  # they are made each hour
_SOON: Final = timedelta(minutes=10)  # what is durable is sealed within seconds


def of_sealed_log(connection: Connection, file: Path | None, now: datetime) -> list[DoctorFinding]:
    """Whether durable records are sealed; and once there is a checkpoint, how it stands with log,
    keys and file.
    """
    last, size = last_checkpoint(connection), sealed_log.size(connection)
    said = [*_of_waiting(connection, now)]
    if last is None:
        return said
    of_log = [*_of_log(connection, last, size, now), *_of_keys(connection)]
    sealed = [] if said or of_log else [_signed(size)]
    return [*said, *of_log, *sealed, *_of_file(file, last)]


def _signed(size: int) -> DoctorFinding:
    return well(f"存证日志 {size} 片叶，已签署。", f"The sealed log has {size} leaves, and is signed.")


def _of_waiting(connection: Connection, now: datetime) -> Iterator[DoctorFinding]:
    if waiting := sealed_log.waiting(connection, now - _SOON):
        yield fault(
            f"{waiting} 条十分钟前的记录尚未封存：由工作进程封存，请看它是否在运行、日志里写了什么。",
            (
                f"{waiting} records older than ten minutes are not in the sealed log:"
                " see whether the worker runs, and its log."
            ),
        )


def _of_keys(connection: Connection) -> Iterator[DoctorFinding]:
    if vouched(key_notes(connection))[1]:
        yield fault(
            "签署存证点的密钥换过，前一把没有交接签署：请运行 huiying audit verify，并查明旧密钥文件的下落。",
            "A key of the sealed log is not vouched for by the one before: run huiying audit verify.",
        )


def _of_log(
    connection: Connection, last: StoredCheckpoint, size: int, now: datetime
) -> Iterator[DoctorFinding]:
    if last.size > size or sealed_log.Tree(connection).root(last.size) != last.root:
        yield fault(
            (
                "存证日志已不是上一存证点签署时的样子，不再签署：请运行 huiying audit verify，"
                "并与外存的存证点核对。"
            ),
            (
                "The sealed log is no longer what was signed last, and nothing is signed:"
                " run huiying audit verify."
            ),
        )
    elif last.at - now > _SOON:
        yield fault(
            f"上一存证点的时刻 {last.at:%Y-%m-%d %H:%M} UTC 在将来：签署时的时钟走快了，请核对时钟。",
            f"The last checkpoint is of {last.at:%Y-%m-%d %H:%M} UTC, which is to come: see to the clock.",
        )
    elif size > last.size and now - last.at > _LATE:
        yield fault(
            f"存证点停在 {last.at:%Y-%m-%d %H:%M} UTC：请看工作进程的日志。",
            f"The last checkpoint is of {last.at:%Y-%m-%d %H:%M} UTC: look at the worker's log.",
        )


def _of_file(file: Path | None, last: StoredCheckpoint) -> Iterator[DoctorFinding]:
    if file is None:
        yield note(
            (
                "存证点没有留存在外，改写全部记录的人无从发现：请设 HUIYING_CHECKPOINT_FILE，"
                "最好在另一台机器的盘上。"
            ),
            (
                "Checkpoints do not leave the house: set HUIYING_CHECKPOINT_FILE,"
                " best to another machine's disk."
            ),
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
