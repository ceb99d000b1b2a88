"""The end of retention at the terminal; each act stands in the audit book before it is done."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console

from audit.destroying import (
    DestructionHouse,
    DestructionOutcome,
    DestructionRefused,
    Refusal,
    carry_out,
    draw,
    due,
    say,
)
from audit.keys import require_keys
from domain.terms.workdays import SHANGHAI
from settings import Settings
from storage.accounts import Account, account_of, row_of
from storage.audit_book import BookDeed
from storage.checkpoint_keys import CheckpointKeys
from storage.database import Database, open_database
from storage.destruction import (
    APPROVALS,
    DestructionList,
    ListEntry,
    Word,
    destroyed_cases,
    kept_certificates,
    lists,
)
from storage.regulations import load_law
from storage.second_proofs import code_shown, password_shown
from storage.text_keys import TextKeys
from terminal.bundles import write_new
from terminal.machine_user import machine_user
from terminal.own_tables import require_own_tables
from terminal.upkeep import client_of
from terminal.writing_down import write_down
from words.labels import label
from workflows.keys import keyring

out = Console(highlight=False, soft_wrap=True)
_WORDS: Final = {
    Word.APPROVED: "同意 approved",
    Word.DECLINED: "不同意 declined",
    Word.ARCHIVE_CONSENTED: "档案馆同意 the archive consents",
}
_UNKNOWN: Final = "账号或口令不对，或账号不能用。 Login or password is wrong, or the account is not usable."
_WRONG_CODE: Final = "动态码不对，或已用过。 The one-time code is wrong, or was used before."
_TOO_MANY: Final = "错误次数过多，请在 {0} 分钟后再试。 Too many wrong ones: try again in {0} minutes."
_PASSKEY_ALONE: Final = (
    "这个账号只有通行密钥，终端上不能用：请在“到期档案”页面表示，或先登记动态码。"
    " The account has passkeys alone, which a terminal cannot ask for: say so on the page of retention."
)
_WHY: Final = {
    Refusal.NO_LIST: "没有这份清单。 There is no such list.",
    Refusal.DECLINED: "这份清单已不同意，作废。 The list was declined.",
    Refusal.INCOMPLETE: "还不能销毁：须有两人同意和档案馆的同意。"
    " Two approvals and the archive's consent are needed.",
    Refusal.SAID: "此人已表示过。 This person said so before.",
    Refusal.DONE: "清单上已有销毁的，不能再作废。 Something of the list was destroyed already.",
    Refusal.ALTERED: "清单与拟定时或审计簿不符：请先核查。"
    " The list is not as it was drawn, or as the audit book has it: look into it first.",
    Refusal.NOT_FOR_YOU: "只有市政府办公室负责同志和审计管理员可以审批。"
    " Leaders of the office and the audit administrator alone.",
    Refusal.NO_REFERENCE: "请写明档案馆复函的文号。 Name the archive's letter.",
    Refusal.NOTHING_DUE: "没有保管期满的事件。 Nothing is due.",
    Refusal.ENGINE: "Temporal 没有应答：它可能还存有历史，不能销毁。"
    " Temporal does not answer, and may hold histories: nothing was destroyed.",
    Refusal.CHANGED: "与清单不符：拟清单之后有了变动。 Not as the list has it any more.",
    Refusal.DIFFERS: "核验有差异：销毁后再也说不清，请先核查。"
    " The audit finds differences: look into them first.",
    Refusal.UNARCHIVED: "有历史尚未归档。 The engine has a history that is not archived.",
    Refusal.LAST: "是日志的最后一件：等以后有了记录再销毁。"
    " It is the last of the log: wait until something follows.",
}


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    database = open_database(settings.database_url)
    try:
        await require_own_tables(database)
        yield database
    finally:
        await database.close()


def _refuse(refused: DestructionRefused) -> int:
    out.print(_WHY[refused.why], markup=False)
    return 1


def _line(entry: ListEntry) -> str:
    kept_for = label("RetentionClass", entry.retention).zh
    return f"  {entry.number}  {kept_for}  {_day(entry.closed_at)} → {_day(entry.due_at)}"


def _day(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d}"


async def show_due() -> int:
    """Print what is due; 0."""
    async with _database(Settings()) as database, database.session() as session:
        entries = await due(session, datetime.now(UTC))
    for entry in entries:
        out.print(_line(entry), markup=False)
    out.print(f"保管期满 {len(entries)} 件。 {len(entries)} cases are due.")
    return 0


async def draw_list() -> int:
    """Draw a list; 0, or 1 where nothing is due."""
    async with _database(Settings()) as database:
        try:
            position = await draw(database, machine_user(), datetime.now(UTC))
        except DestructionRefused as refused:
            return _refuse(refused)
        async with database.session() as session:
            one = next(one for one in await lists(session) if one.position == position)
    _print_list(one, ())
    return 0


async def show_lists() -> int:
    """Print all lists; 0."""
    async with _database(Settings()) as database, database.session() as session:
        every, destroyed = await lists(session), await destroyed_cases(session)
    for one in every:
        _print_list(one, tuple(destroyed))
    out.print(f"共 {len(every)} 份清单，已销毁 {len(destroyed)} 件。 {len(destroyed)} cases were destroyed.")
    return 0


def _print_list(one: DestructionList, destroyed: Sequence[str]) -> None:
    out.print(f"销毁清单 {one.position}  {_day(one.at)}  SHA-256 {one.sha256}", markup=False)
    for entry in one.entries:
        done = "  已销毁 destroyed" if entry.incident_id in destroyed else ""
        out.print(_line(entry) + done, markup=False)
    for word in one.words:
        said = f"{_WORDS[word.kind]}  {word.person}  {_day(word.at)}  {word.reference}".rstrip()
        out.print(f"  · {said}", markup=False)
    if not one.is_declined and not one.is_complete:
        lacking = max(APPROVALS - len(one.approvals), 0)
        letter = "" if one.has_consent else "，档案馆尚未同意 the archive's consent is lacking"
        out.print(f"  还须 {lacking} 人同意 {lacking} approvals lacking{letter}", markup=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who says something of a list: the login, the password, and whom to ask for a one-time code."""

    login: str
    password: str
    code: Callable[[], str]


async def say_of_list(position: int, word: Word, speaker: Speaker, reference: str) -> int:
    """Enter what a person says, who is known by the password, and by a one-time code where the account has
    those; 0, or 1 with a reason.
    """
    settings = Settings()
    now = datetime.now(UTC)
    law = load_law(settings.regulation, now.astimezone(SHANGHAI).year)
    async with _database(settings) as database:
        account, trouble = await _known(database, speaker, now)
        if account is None:
            login = speaker.login
            await write_down(database, "retention", deed=BookDeed.DESTRUCTION, word="refused", login=login)
            out.print(trouble, markup=False)
            return 1
        try:
            await say(
                database, position, word, account, office=law.offices.office, now=now, reference=reference
            )
        except DestructionRefused as refused:
            return _refuse(refused)
    out.print(f"已记入：{_WORDS[word]}  {account.login}", markup=False)
    return 0


async def _known(database: Database, speaker: Speaker, now: datetime) -> tuple[Account | None, str]:
    """Whose login, password and second factor were shown; None, and why, where they are not somebody's.

    What is wrong counts as a guess, as at the desk.
    """
    attempt = await password_shown(database, speaker.login, speaker.password, now)
    if attempt.wait:
        return None, _TOO_MANY.format(attempt.minutes)
    async with database.session() as session:
        row = await row_of(session, speaker.login)
    if row is None or not attempt.fits or row.disabled_at is not None or row.must_change:
        return None, _UNKNOWN
    if row.password_until is not None and row.password_until <= now:
        return None, _UNKNOWN
    account = account_of(row)
    trouble = await _unproven(database, account, speaker.code, now)
    return (None, trouble) if trouble else (account, "")


async def _unproven(database: Database, account: Account, ask: Callable[[], str], now: datetime) -> str:
    """Why a second factor that the account has is not proven; empty where it is, or there is none."""
    if not account.has_second_factor:
        return ""
    if not account.has_one_time_code:
        return _PASSKEY_ALONE
    code = ask()
    async with database.writing() as session:
        attempt = await code_shown(session, account.id, code, now)
    if attempt.wait:
        return _TOO_MANY.format(attempt.minutes)
    return "" if attempt.fits else _WRONG_CODE


async def destroy_list(position: int, *, confirmed: bool) -> int:
    """Destroy the cases of a list; 0 where all went, 1 where not."""
    if not confirmed:
        out.print("销毁不能恢复：确认无误后加 --yes。 It cannot be undone: add --yes.")
        return 1
    settings = Settings()
    client = await client_of(settings)
    if client is None:
        return _refuse(DestructionRefused(Refusal.ENGINE))
    keys = keyring(settings.keys_dir)
    async with _database(settings) as database:
        await require_keys(database, keys)
        await write_down(database, "retention destroy", deed=BookDeed.DESTRUCTION, list=str(position))
        house = DestructionHouse(
            client=client,
            signing=CheckpointKeys(settings.keys_dir, settings.checkpoint_signature),
            keys=keys,
            texts=TextKeys(keys),
        )
        try:
            ended = await carry_out(database, house, position, machine_user(), datetime.now(UTC))
        except DestructionRefused as refused:
            return _refuse(refused)
    return _print_ended(ended)


def _print_ended(ended: DestructionOutcome) -> int:
    for number, why in ended.left.items():
        out.print(f"  {number}：{_WHY[why]}", markup=False)
    counts = len(ended.destroyed), ended.certificates, len(ended.left)
    out.print("已销毁 {} 件，留存时限凭证 {} 份，未销毁 {} 件。".format(*counts), end=" ")
    out.print("{} destroyed, {} certificates kept, {} left.".format(*counts))
    return int(bool(ended.left))


async def write_certificates(case: str, into: Path) -> int:
    """Write the certificates of a destroyed case into a folder; 0, or 1 where there are none."""
    async with _database(Settings()) as database:
        async with database.session() as session:
            destroyed = await destroyed_cases(session)
            wanted = [one for one in destroyed.values() if case in {one.incident_id, one.number}]
            certificates = [
                one for each in wanted for one in await kept_certificates(session, each.incident_id)
            ]
        if certificates:
            await write_down(
                database, "retention certificates", deed=BookDeed.EXPORT, subject=wanted[0].incident_id
            )
    for one in certificates:
        place = into / f"{wanted[0].incident_id}-{one.place}.json"
        try:
            write_new(place, one.content)
        except FileExistsError:
            out.print(f"{place}：文件已存在。 The file exists.", markup=False)
            return 1
        out.print(f"{place}  SHA-256 {one.sha256}", markup=False)
    if not certificates:
        out.print("没有这一件，或没有留存的凭证。 No such case, or no certificate remains of it.")
    return int(not certificates)
