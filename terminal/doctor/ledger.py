"""The ledger database: its tables against this release, the keys that it names, and the accounts in it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from casework.going_live import going_live
from settings import Settings
from storage.account_review import AccountReview, review
from storage.attachments import LargeFile, large_files
from storage.database import open_database
from storage.files_beside import FilesBeside
from storage.lists import holds_more_than_drills
from storage.migrations import revision_of
from storage.revisions import head, is_known
from storage.sealing_keys import key_names
from terminal.doctor.findings import DoctorFinding, fault, note, well
from terminal.doctor.going_live import of_the_list
from terminal.doctor.sealing import of_sealed_log
from workflows.keys import Keyring

_MIB: Final = 1024 * 1024
_NAMED: Final = 5  # logins in a line


async def findings(settings: Settings, now: datetime) -> list[DoctorFinding]:
    """Tables and accounts; nothing of accounts where the tables are not those of this release."""
    revision = await revision_of(settings.database_url)
    if not revision:
        return [note("还没有台账：系统未启动过。", "There is no ledger yet: the system was never started.")]
    if not is_known(revision):
        return [
            fault(
                f"台账由更新的版本写成（表结构 {revision}）：请装回较新的版本。",
                f"A newer release wrote the ledger (tables {revision}): install that one again.",
            )
        ]
    if revision != head():
        return [
            fault(
                f"台账的表结构（{revision}）待升级到 {head()}：启动时自动升级，请先备份。",
                (
                    f"The tables ({revision}) await migration to {head()}: the next start does it;"
                    " back up first."
                ),
            )
        ]
    database = open_database(settings.database_url)
    try:
        async with database.session() as session:
            accounts = await review(session, _posts(settings), now)
            named = await key_names(session)
            is_in_earnest = await holds_more_than_drills(session)
            connection = await session.connection()
            large = await large_files(session)
            sealed = await connection.run_sync(of_sealed_log, settings.checkpoint_file, now)
            to_go_live = of_the_list(await going_live(session, settings, now))
    finally:
        await database.close()
    return [
        well(
            f"台账的表结构是本版本的（{revision}）。", f"The tables are those of this release ({revision})."
        ),
        *_of_keys(named, Keyring(settings.keys_dir)),
        *sealed,
        *_of_files(large, database.files),
        *_of_accounts(accounts, is_in_earnest=is_in_earnest),
        to_go_live,
    ]


def _of_keys(named: frozenset[str], keys: Keyring) -> Iterator[DoctorFinding]:
    """Whether each key that histories may name is at hand; nothing before the first start."""
    if lacking := sorted(named - keys.names - keys.lost):
        yield fault(
            f"{keys.folder} 缺少密钥 {' '.join(lacking)}，下次启动会被拒绝：请从密钥备份放回。",
            (
                f"{keys.folder} lacks the key {' '.join(lacking)}, and no start will go on without it:"
                " put it back from its backup."
            ),
        )
    elif named:
        yield well(f"密钥 {len(named)} 把，都在或已作废。", f"All {len(named)} keys are at hand or given up.")


def _of_files(large: Sequence[LargeFile], beside: FilesBeside | None) -> Iterator[DoctorFinding]:
    """Whether each attachment that lies beside the ledger is there in its size;
    whether it is whole, `audit verify` reads.
    """
    if beside is None or not large:
        return
    if lacking := [one for one in large if not beside.is_there(one.sha256, one.size)]:
        yield fault(
            (
                f"{beside.folder} 缺少或截断了 {len(lacking)}"
                f" 个大附件（{_several(tuple(one.sha256[:12] for one in lacking))}）：请从备份恢复。"
            ),
            (
                f"{len(lacking)} large attachments in {beside.folder} are missing or cut off:"
                " restore them from a backup."
            ),
        )
    else:
        size = f"{sum(one.size for one in large) / _MIB:.0f}"
        yield well(
            f"大附件 {len(large)} 个（{size} MB），都在 {beside.folder}。",
            f"All {len(large)} large attachments ({size} MB) are in {beside.folder}.",
        )


def _posts(settings: Settings) -> frozenset[str]:
    """The posts that ought to have a second factor."""
    return frozenset(name.strip() for name in settings.second_factor.split(","))


def _of_accounts(accounts: AccountReview, *, is_in_earnest: bool) -> Iterator[DoctorFinding]:
    if logins := accounts.without_second_factor:
        grade = fault if is_in_earnest else note  # among drills nobody is asked for one
        yield grade(
            f"管理员和领导应有第二因素，尚未设置：{_several(logins)}。请本人在“我的账号”里开启。",
            (
                f"Administrators and leaders without a second factor: {_several(logins)}."
                " Each sets it up on their own page."
            ),
        )
    if logins := accounts.unclaimed:
        yield fault(
            f"一次性口令已到期而没有改：{_several(logins)}。请用 huiying people password 重发，或停用账号。",
            (
                f"First passwords past their end and unclaimed: {_several(logins)}. Make new ones,"
                " or disable the accounts."
            ),
        )
    if logins := accounts.old_password:
        yield note(
            f"口令超过 90 天未换：{_several(logins)}。", f"Passwords older than 90 days: {_several(logins)}."
        )
    if logins := accounts.idle:
        yield note(
            f"超过 90 天没有使用：{_several(logins)}。不用的账号请停用。",
            f"Accounts unused for 90 days: {_several(logins)}. Disable those that are not needed.",
        )
    if accounts == AccountReview(without_second_factor=(), old_password=(), unclaimed=(), idle=()):
        yield well("账号都有人用、口令都不旧。", "Every account is looked after.")


def _several(logins: tuple[str, ...]) -> str:
    more = len(logins) - _NAMED
    return " ".join(logins[:_NAMED]) + (f" (+{more})" if more > 0 else "")
