"""Houses that keep each other's checkpoints: what is handed over, taken in and compared, as files."""

import asyncio
import os
from pathlib import Path

from rich.console import Console

from audit.witnessing import LONGEST, NothingSigned, Parted, as_text, log_named, to_hand_over, witnessed
from settings import Settings
from storage.database import open_database
from storage.signed_notes import NoteUnreadable
from terminal.bundles import write_new
from terminal.writing_down import try_to_write_down, write_down

out = Console(highlight=False, soft_wrap=True)
FOLDER = "witness"


async def hand_over(file: Path, since: int) -> int:
    """Write the last checkpoint, with the proof from `since` leaves on, into a new file for another house;
    1 where that cannot be.
    """
    settings = Settings()
    database = open_database(settings.database_url)
    try:
        async with database.snapshot() as session:
            text = await (await session.connection()).run_sync(to_hand_over, since)
        await write_down(database, "audit witness hand-over", subject=str(since))
        write_new(file, text.encode())
    except NothingSigned:
        out.print("还没有存证点：请先运行 huiying audit checkpoint make。 There is no checkpoint yet.")
        return 1
    except ValueError:
        out.print(f"存证点从未有过 {since} 片叶。 No checkpoint covers {since} leaves.")
        return 1
    except FileExistsError:
        out.print("文件已存在，请另给名称。 The file exists: give another name.")
        return 1
    finally:
        await database.close()
    out.print(f"{file}：请交对方单位 audit witness add。 To be added by the other house.", markup=False)
    return 0


async def take_in(file: Path, *, keep: bool) -> int:
    """Compare what another house handed over with what is kept of it, and keep it where `keep`;
    1 where it does not follow.

    A signed checkpoint that does not follow is kept apart, in a file of its own: with what was kept it shows
    that the log was changed, unless the house proves that the one begins the other.
    """
    settings = Settings()
    name = "add" if keep else "verify"
    await try_to_write_down(settings, f"audit witness {name}", subject=file.name)
    return await asyncio.to_thread(_taken_in, file, settings.var_dir / FOLDER, keep=keep)


def _taken_in(file: Path, folder: Path, *, keep: bool) -> int:
    try:
        text = _text_of(file)
        place = folder / f"{log_named(text)}.txt"
        said = witnessed(text, _text_of(place) if place.exists() else "")
        if keep:
            _append(place, as_text(said.to_keep))
    except OSError as error:
        out.print(f"{error.filename}：读不了（{error.strerror}）。 Cannot be read.", markup=False)
        return 1
    except NoteUnreadable as why:
        out.print(f"没有收存：{why}。 Not kept.", markup=False)
        return 1
    except Parted as why:
        apart = folder / f"{log_named(text)}.parted.txt"
        if keep:
            _append(apart, as_text([why.note]))  # signed, and hence theirs
        out.print(f"不符：对方日志已不是我方留存的样子（{why}）。", markup=False)
        out.print("The log of that house does NOT go on from what was kept here.")
        return 1
    size, at = said.checkpoint.size, said.checkpoint.at
    first = (
        ""
        if said.before
        else (
            "首次收存，请与对方当面核对密钥。 Kept for the first time: compare the key with the other house. "
        )
    )
    out.print(
        f"{said.origin}：前 {said.before} 片叶没有改动，现为 {size} 片叶（{at:%Y-%m-%d %H:%M} UTC）。{first}"
        f"下次请对方 --since {size if keep else said.before}。 The first {said.before} leaves are as they"
        " were kept.",
        markup=False,
    )
    return 0


def _text_of(file: Path) -> str:
    with file.open("rb") as opened:
        return opened.read(LONGEST).decode("utf-8", "replace")


def _append(place: Path, text: str) -> None:
    """Add to a file for its owner alone, and have the disk hold it."""
    place.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
