"""Short codes of checkpoints at the terminal: typed from paper, and compared with the whole log."""

from collections.abc import Sequence
from datetime import UTC

from rich.console import Console

from audit.printed_codes import CodeVerdict, code_verdict
from audit.sealed import text_report
from settings import Settings
from storage.checkpoint_codes import NoCode
from storage.database import Database, open_database
from terminal.own_tables import require_own_tables
from terminal.writing_down import try_to_write_down

out = Console(highlight=False, soft_wrap=True)


async def verify_codes(codes: Sequence[str]) -> int:
    """Look up each code, and compare its checkpoint with each leaf and record of the log;
    0 where all hold, 1 where one does not.
    """
    settings = Settings()
    database = open_database(settings.database_url)
    try:
        await require_own_tables(database)
        await try_to_write_down(settings, "audit checkpoint verify", subject=" ".join(codes)[:200])
        return max([await _verified(database, code) for code in codes])
    finally:
        await database.close()


async def _verified(database: Database, typed: str) -> int:
    try:
        async with database.snapshot() as session:
            verdict = await code_verdict(session, typed)
    except NoCode:
        out.print(
            f"{typed}：不是存证码，或抄错了一位（十二位数字和字母，末位也可能是 * ~ $ = 之一）。"
            " No code, or one letter was misread.",
            markup=False,
        )
        return 1
    differences = (await text_report(database, f"{verdict.note}\n")).differences if verdict.note else ()
    for difference in differences:
        out.print(f"  {difference}", markup=False)
    holds = verdict.holds and not differences
    _print(verdict, holds=holds)
    return 0 if holds else 1


def _print(verdict: CodeVerdict, *, holds: bool) -> None:
    at = f"{verdict.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if verdict.at else ""
    if holds:
        out.print(
            f"{verdict.code}：{at} 签署的存证点，前 {verdict.size} 片叶此后没有改动。"
            f" The first {verdict.size} leaves were not changed since.",
            markup=False,
        )
    elif verdict.note:
        out.print(
            f"{verdict.code}：{at} 签署的存证点（{verdict.size} 片叶）与现在的记录不符：此前的记录被改过。"
            " The log no longer begins with it: something before it was changed.",
            markup=False,
        )
    else:
        out.print(
            f"{verdict.code}：本系统没有这个存证点：纸是别处的，或恢复过更早的备份，或记录被整个改写。"
            " The log has no such checkpoint: the paper is another system's, an older backup was restored,"
            " or the log was made anew.",
            markup=False,
        )
    for one in verdict.left:
        out.print(
            f"  {one.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC  {one.subject}  {one.person}", markup=False
        )
