"""Time stamps at the terminal: a request to be sent by whoever may reach the authority,
and the response kept once it is verified.
"""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from rich.console import Console

from audit.stamping import LONGEST, NoStamp, Stamped, request_for, stamp_of_one
from settings import Settings
from storage.checkpoints import checkpoints, last_checkpoint
from storage.database import open_database
from storage.stamps import add_stamp
from terminal.bundles import write_new
from terminal.writing_down import write_down

out = Console(highlight=False, soft_wrap=True)
_INSTANT: Final = "%Y-%m-%d %H:%M:%S UTC"


async def write_request(file: Path) -> int:
    """Write the request for a stamp on the last checkpoint into a new file;
    1 where there is none, or the file is there.
    """
    settings = Settings()
    database = open_database(settings.database_url)
    try:
        async with database.session() as session:
            last = await (await session.connection()).run_sync(last_checkpoint)
        if last is None:
            out.print(
                "还没有存证点：请先运行 huiying audit checkpoint make。 There is no checkpoint yet:"
                " make one first."
            )
            return 1
        await write_down(database, "audit checkpoint stamp-request", subject=str(last.size))
        write_new(file, request_for(last.note))
    except FileExistsError:
        out.print("文件已存在，请另给名称。 The file exists: give another name.")
        return 1
    finally:
        await database.close()
    out.print(
        f"{file}：对 {last.size} 片叶的存证点。交机构后，用 huiying audit checkpoint stamp-add 收存答复。"
        f" A request on the checkpoint of {last.size} leaves; add the response by stamp-add.",
        markup=False,
    )
    return 0


async def add_response(response: Path, authority: Path) -> int:
    """Verify a response by the authority's certificates and keep it;
    1 with the reason where it does not hold.
    """
    settings = Settings()
    database = open_database(settings.database_url)
    try:
        content, certificates = _start_of(response), _start_of(authority).decode("ascii", "replace")
        async with database.session() as session:
            stored = await (await session.connection()).run_sync(checkpoints)
        of, stamp = stamp_of_one(reversed(stored), content, certificates)
        await write_down(database, "audit checkpoint stamp-add", subject=str(of.size))
        await database.write(partial(add_stamp, stamp=stamp, at=datetime.now(UTC)))
    except OSError as error:
        out.print(f"{error.filename}：读不了（{error.strerror}）。 Cannot be read.", markup=False)
        return 1
    except NoStamp as why:
        out.print(f"没有收存：时间戳核验不过（{why}）。 Not kept: the stamp does not hold.", markup=False)
        return 1
    finally:
        await database.close()
    out.print(told(Stamped(size=of.size, note=of.note, stamp=stamp, wrong="")), markup=False)
    return 0


def told(one: Stamped) -> str:
    """A stamp in a line for people."""
    at, authority = one.stamp.stamped_at.astimezone(UTC).strftime(_INSTANT), one.stamp.authority
    if one.wrong:
        return (
            f"{one.size} 片叶的存证点：时间戳不成立（{one.wrong}）。 The stamp on the checkpoint of"
            f" {one.size} leaves does NOT hold."
        )
    return (
        f"{one.size} 片叶的存证点：{at} 已由 {authority} 加盖时间戳，核验属实。"
        f" The checkpoint of {one.size} leaves was stamped at that time; the stamp holds."
    )


def _start_of(file: Path) -> bytes:
    """The content of a file that is not longer than what may be read of it by one byte."""
    with file.open("rb") as opened:
        return opened.read(LONGEST + 1)
