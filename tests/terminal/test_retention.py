"""The end of retention at the terminal: who approves is known by the password, refusals say what to do."""

from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from cli import app
from domain.terms.roles import Role
from settings import Settings
from storage.accounts import create_account, hashed, row_of
from storage.audit_book_pages import rows
from storage.database import open_database
from storage.destruction import DestructionList, ListEntry, Word, digest_of, draw_up, lists
from storage.one_time_codes import begin_code, confirm_code
from storage.second_proofs import code_shown
from terminal import retention
from terminal.machine_user import machine_user
from tests.ledgers import empty_ledger

AT = datetime(2070, 1, 1, 17, tzinfo=UTC)  # of the second, in Shanghai
PASSWORD = "four quiet brown herons"
ENTRY = ListEntry(
    incident_id="inc-" + "0" * 24,
    number="舆〔2026〕1号",
    retention="short",
    closed_at=datetime(2026, 9, 7, tzinfo=UTC),
    due_at=datetime(2036, 12, 31, 16, tzinfo=UTC),
    decisions=3,
    seal="0" * 64,
)


@pytest.fixture
async def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A ledger with one list, a leader of the office, and a clerk."""
    monkeypatch.setenv("HUIYING_VAR_DIR", str(tmp_path))
    made = Settings()
    empty_ledger(made.database_url)
    database = open_database(made.database_url)
    try:
        hash_ = hashed(PASSWORD)
        async with database.writing() as session:
            for login, role in (("zhou", Role.PRINCIPAL_LEADER), ("li", Role.HANDLER)):
                await create_account(
                    session,
                    login=login,
                    name=login,
                    post=role,
                    unit="gov_office",
                    password_hash=hash_,
                    at=AT,
                )
            await session.execute(text("UPDATE account SET must_change = false"))
        await database.write(
            lambda connection: draw_up(connection, entries=[ENTRY], origin=machine_user(), at=AT)
        )
    finally:
        await database.close()
    return made


async def stored(settings: Settings) -> DestructionList:
    database = open_database(settings.database_url)
    try:
        async with database.session() as session:
            (one,) = await lists(session)
        return one
    finally:
        await database.close()


def speaker(login: str, password: str, code: str = "") -> retention.Speaker:
    return retention.Speaker(login=login, password=password, code=lambda: code)


async def test_a_second_factor_that_is_on_is_asked_for_too_and_each_code_serves_once(
    settings: Settings, capsys: pytest.CaptureFixture[str]
):
    database = open_database(settings.database_url)
    try:
        async with database.writing() as session:
            zhou = await row_of(session, "zhou")
            assert zhou is not None
            code = pyotp.TOTP(await begin_code(session, zhou.id))
            enrolled = datetime.now(UTC)
            (recovery, *_) = await confirm_code(session, zhou.id, code.at(enrolled), enrolled) or ("",)
        for typed in ("", "000000", code.at(enrolled)):
            assert await retention.say_of_list(1, Word.APPROVED, speaker("zhou", PASSWORD, typed), "") == 1
            assert "动态码不对" in capsys.readouterr().out
        assert not (await stored(settings)).approvals
        assert await retention.say_of_list(1, Word.APPROVED, speaker("zhou", PASSWORD, recovery), "") == 0
        async with database.writing() as session:
            await session.execute(
                text("UPDATE account SET one_time_secret = NULL, passkeys = 1 WHERE login = 'zhou'")
            )
        assert await retention.say_of_list(1, Word.DECLINED, speaker("zhou", PASSWORD), "") == 1
        assert "只有通行密钥" in capsys.readouterr().out
        assert (await stored(settings)).approvals == {"zhou"}
    finally:
        await database.close()


@pytest.mark.parametrize(
    ("login", "password", "told"),
    [
        ("zhou", PASSWORD, "已记入"),
        ("ZHOU", PASSWORD, "已记入"),
        ("zhou", "wrong", "账号或口令不对"),
        ("nobody", PASSWORD, "账号或口令不对"),
        ("li", PASSWORD, "只有市政府办公室负责同志"),
    ],
)
async def test_who_approves_is_known_by_the_password(
    settings: Settings, login: str, password: str, told: str, capsys: pytest.CaptureFixture[str]
):
    status = await retention.say_of_list(1, Word.APPROVED, speaker(login, password), "")
    assert told in capsys.readouterr().out
    assert (status == 0) is (told == "已记入")
    assert (await stored(settings)).approvals == (frozenset({"zhou"}) if status == 0 else frozenset())


async def test_a_list_says_what_is_lacking_and_nothing_goes_before(
    settings: Settings, capsys: pytest.CaptureFixture[str]
):
    assert await retention.show_lists() == 0
    told = capsys.readouterr().out
    assert digest_of([ENTRY]) in told
    for words in ("舆〔2026〕1号", "销毁清单 1  2070-01-02", "10年", "还须 2 人同意", "档案馆尚未同意"):
        assert words in told
    assert await retention.destroy_list(1, confirmed=False) == 1
    assert "--yes" in capsys.readouterr().out
    assert await retention.show_due() == 0
    assert await retention.draw_list() == 1
    assert "没有保管期满的事件" in capsys.readouterr().out
    assert await retention.write_certificates("舆〔2026〕1号", Path()) == 1


async def test_a_wrong_password_stands_in_the_audit_book(settings: Settings):
    await retention.say_of_list(1, Word.APPROVED, speaker("zhou", "wrong"), "")
    database = open_database(settings.database_url)
    try:
        entries = [row async for row in rows(database) if row["deed"] == "destruction"]
    finally:
        await database.close()
    assert ["drawn" in row["detail"] for row in entries] == [True, False]
    assert '"refused"' in entries[-1]["detail"]


def test_nothing_is_destroyed_while_the_engine_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("HUIYING_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("HUIYING_TEMPORAL_ADDRESS", "127.0.0.1:1")
    result = CliRunner().invoke(app, ["retention", "destroy", "1", "--yes"])
    assert result.exit_code == 1
    assert "Temporal 没有应答" in result.output


async def test_guesses_at_the_terminal_are_slowed_down_as_at_the_desk(
    settings: Settings, capsys: pytest.CaptureFixture[str]
):
    for _ in range(5):
        assert await retention.say_of_list(1, Word.APPROVED, speaker("zhou", "wrong"), "") == 1
    capsys.readouterr()
    assert await retention.say_of_list(1, Word.APPROVED, speaker("zhou", PASSWORD), "") == 1
    assert "错误次数过多，请在 1 分钟后再试" in capsys.readouterr().out
    assert not (await stored(settings)).approvals


async def test_guesses_at_a_code_count_at_terminal_and_desk_alike(
    settings: Settings, capsys: pytest.CaptureFixture[str]
):
    database = open_database(settings.database_url)
    try:
        async with database.writing() as session:
            zhou = await row_of(session, "zhou")
            assert zhou is not None
            code = pyotp.TOTP(await begin_code(session, zhou.id))
            enrolled = datetime.now(UTC)
            (recovery, *_) = await confirm_code(session, zhou.id, code.at(enrolled), enrolled) or ("",)
        for _ in range(5):
            assert await retention.say_of_list(1, Word.APPROVED, speaker("zhou", PASSWORD, "000000"), "") == 1
        capsys.readouterr()
        assert await retention.say_of_list(1, Word.APPROVED, speaker("zhou", PASSWORD, recovery), "") == 1
        assert "错误次数过多" in capsys.readouterr().out
        async with database.writing() as session:
            shown = await code_shown(session, zhou.id, recovery, datetime.now(UTC))
        assert (shown.fits, shown.minutes) == (False, 1)
    finally:
        await database.close()
