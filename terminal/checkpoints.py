"""What is done with checkpoints at the terminal."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.console import Console

from audit.sealed import FileReport, file_report
from audit.sealing import carry_out, sealed_now
from audit.stamping import kept_stamps
from settings import Settings
from storage.audit_book import BookDeed
from storage.checkpoint_keys import CheckpointKeys, KeyUnreadable
from storage.checkpoints import KeyLost, LogBroken
from storage.checkpoints import rotate as rotate_in
from storage.database import Database, open_database
from terminal.own_tables import require_own_tables
from terminal.stamps import told
from terminal.writing_down import try_to_write_down, write_down

out = Console(highlight=False, soft_wrap=True)


async def verify_files(files: Sequence[Path]) -> int:
    """Compare each file with the log; 0 where all agree, 1 where one does not or cannot be read."""
    settings = Settings()
    database = open_database(settings.database_url)
    status = 0
    try:
        await require_own_tables(database)
        await try_to_write_down(
            settings, "audit checkpoint verify", subject=" ".join(file.name for file in files)
        )
        for file in files:
            try:
                report = await file_report(database, file)
            except OSError as error:
                out.print(f"{file}：读不了（{error.strerror}）。 Cannot be read.", markup=False)
                status = 1
                continue
            _print(file, report)
            status = max(status, int(bool(report.differences)), await _print_stamps(database, file))
    finally:
        await database.close()
    return status


async def _print_stamps(database: Database, file: Path) -> int:
    """Print the stamps on the checkpoints of a file; 1 where one does not hold."""
    content = await asyncio.to_thread(file.read_text, encoding="utf-8", errors="replace")
    of_file = [one for one in await kept_stamps(database) if not one.note or one.note in content]
    for one in of_file:
        out.print(told(one), markup=False)
    return int(any(one.wrong for one in of_file))


def _print(file: Path, report: FileReport) -> None:
    for difference in report.differences:
        out.print(f"  {difference}", markup=False)
    counts = report.checkpoints, len(report.differences), report.agrees_until
    if report.differences:
        out.print(f"{file}：{{}} 个存证点，{{}} 处不符；前 {{}} 片叶相符。".format(*counts), markup=False)
        out.print("{} checkpoints, {} differences; the first {} leaves agree.".format(*counts))
    else:
        out.print(f"{file}：{counts[0]} 个存证点全部相符，前 {counts[2]} 片叶此后没有改动。", markup=False)
        out.print(f"All {counts[0]} checkpoints agree: the first {counts[2]} leaves were not changed since.")


async def make_now() -> int:
    """Seal and sign, copy outside where that is set, and print the checkpoint;
    1 where the log is broken or empty.
    """
    settings = Settings()
    database = open_database(settings.database_url)
    try:
        await write_down(database, "audit checkpoint make")
        stored = await sealed_now(
            database, CheckpointKeys(settings.keys_dir, settings.checkpoint_signature), datetime.now(UTC)
        )
        if settings.checkpoint_file is not None:
            await carry_out(database, settings.checkpoint_file)
    except (KeyLost, KeyUnreadable) as failed:
        _print_key(failed)
        return 1
    except LogBroken as broken:
        out.print(
            f"存证日志已不是上一存证点签署时的样子（{broken}），不再签署；请运行 huiying audit verify。"
            " The log is no longer what was signed last: nothing is signed. Run huiying audit verify."
        )
        return 1
    finally:
        await database.close()
    if stored is not None:
        out.print(stored.note, markup=False, end="")
    return 0 if stored is not None else 1


def _print_key(failed: KeyLost | KeyUnreadable) -> None:
    """Why nothing is signed for want of the key."""
    if isinstance(failed, KeyLost):
        out.print(
            f"签署密钥 {failed} 的文件不在密钥目录（HUIYING_KEYS_DIR）里，没有签署；请找回它。"
            f" The file of the key {failed} is not in the folder of keys: nothing was signed.",
            markup=False,
        )
    else:
        out.print(
            f"签署密钥读不了（{failed}），没有签署。 The key cannot be read: nothing was signed.",
            markup=False,
        )


async def rotate_key() -> int:
    """Announce another key, by which checkpoints are signed from now on."""
    settings = Settings()
    database = open_database(settings.database_url)
    try:
        await write_down(database, "audit checkpoint rotate", deed=BookDeed.KEYS_CHANGE)
        now = datetime.now(UTC)
        name = await database.write(
            partial(rotate_in, keys=CheckpointKeys(settings.keys_dir, settings.checkpoint_signature), at=now)
        )
    except (KeyLost, KeyUnreadable) as failed:
        _print_key(failed)
        return 1
    finally:
        await database.close()
    out.print(
        f"今后的存证点由密钥 {name} 签署；旧密钥请继续保留。 Key {name} signs from now on;"
        " keep the older one."
    )
    return 0
