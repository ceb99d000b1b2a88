"""The examination of an installation: each thing that is open,
old or not looked after is named with what to do.
"""

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text, update

from audit.keys import require_keys
from audit.sealing import carry_out, seal, sealed_now
from domain.terms.roles import Role
from settings import Settings
from storage.account_tables import AccountRow
from storage.accounts import Administrator, create_account
from storage.attachments import attach
from storage.checkpoint_keys import CheckpointKeys
from storage.checkpoints import checkpoint
from storage.database import open_database
from storage.migrations import downgrade_now
from storage.record import record
from storage.sealing_keys import enter_keys
from terminal.doctor import ledger, listeners, machine
from terminal.doctor.examination import examine
from terminal.doctor.findings import DoctorFinding, Grade, well
from tests.audit.sealed import CLERK, PICTURE
from tests.ledgers import empty_ledger
from tests.storage.cases import Case
from workflows.keys import Keyring

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    nobody = {
        f"{name}_port": 1 for name in ("web", "temporal", "temporal_metrics", "worker_metrics", "temporal_ui")
    }
    return Settings.model_validate({"var_dir": tmp_path, **nobody})


@pytest.fixture(params=["0.0.0.0", "127.0.0.1"])  # noqa: S104  what must be found open
def listener(request: pytest.FixtureRequest) -> Iterator[socket.socket]:
    with closing(socket.create_server((request.param, 0))) as listening:
        yield listening


def listening_at(settings: Settings, **ports: int) -> Settings:
    return settings.model_copy(update=ports)


def test_a_port_of_the_engine_that_is_open_beyond_this_machine_is_a_fault(
    settings: Settings, listener: socket.socket
):
    address, port = listener.getsockname()
    (found,) = listeners.findings(listening_at(settings, temporal_port=port))
    is_open = address == "0.0.0.0"  # noqa: S104  what must be found open
    assert found.grade is (Grade.FAULT if is_open else Grade.WELL)
    assert (str(port) in found.chinese) is is_open


def test_addresses_are_read_as_the_kernel_writes_them(tmp_path: Path):
    any_six, loop_six, mapped = "0" * 32, "0" * 24 + "01000000", "0" * 16 + "FFFF0000" + "0100007F"
    lines = ["  sl  local_address rem_address   st"]
    lines += [f"   0: {one}:1F90 {any_six}:0000 0A 0" for one in (any_six, loop_six, mapped)]
    lines += [f"   0: {any_six}:1F90 {any_six}:0000 01 0", f"   0: {any_six}:1F91 {any_six}:0000 0A 0"]
    table = tmp_path / "tcp6"
    table.write_text("\n".join(lines), encoding="ascii")
    assert [str(one) for one in listeners.addresses([table], 8080)] == ["::", "::1", "127.0.0.1"]


def test_the_web_may_be_open_behind_tls_alone(settings: Settings):
    with closing(socket.create_server(("0.0.0.0", 0))) as listening:  # noqa: S104  what must be found open
        port = listening.getsockname()[1]
        (found,) = listeners.findings(listening_at(settings, web_port=port))
        assert found.grade is Grade.FAULT
        assert "HUIYING_BEHIND_TLS" in found.english
        (found,) = listeners.findings(listening_at(settings, web_port=port, behind_tls=True))
        assert found.grade is Grade.WELL


@pytest.mark.parametrize(
    ("families", "grade", "words"),
    [
        ((), Grade.NOTE, "fonts-noto-cjk"),
        (("Noto Serif CJK SC",), Grade.NOTE, "缺仿宋、楷体、黑体"),
        (("Noto Serif CJK SC", "SimHei", "KaiTi"), Grade.NOTE, "缺仿宋，"),
        (("Noto Serif CJK SC", "SimHei", "KaiTi", "FangSong"), Grade.WELL, "Noto Serif CJK SC"),
    ],
)
def test_fonts_that_papers_lack_are_named_with_what_brings_them(
    families: tuple[str, ...], grade: Grade, words: str
):
    class Fonts:
        def families(self) -> list[str]:
            return list(families)

    finding = machine.of_fonts(Fonts())
    assert finding.grade is grade
    assert words in finding.chinese


def test_a_disk_says_how_much_is_free_and_that_it_wants_encrypting(tmp_path: Path):
    free, encrypted = machine.of_disk(tmp_path / "not" / "made" / "yet")
    assert "GiB" in free.english
    assert "encrypt" in encrypted.english


async def test_an_engine_that_is_not_there_is_a_fault_only_where_it_is_another_machine_s(settings: Settings):
    assert (await machine.of_engine(None, settings)).grade is Grade.NOTE
    elsewhere = settings.model_copy(update={"temporal_address": "temporal.example:7233"})
    assert (await machine.of_engine(None, elsewhere)).grade is Grade.FAULT


async def _with_accounts(settings: Settings, days: float, *, must_change: bool) -> list[DoctorFinding]:
    """What is found so many days after an administrator,
    a leader and a handler were given their passwords.
    """
    empty_ledger(settings.database_url)
    database = open_database(settings.database_url)
    try:
        for login, post in (
            ("sys", Administrator.SYSTEM),
            ("boss", Role.PRINCIPAL_LEADER),
            ("han", Role.HANDLER),
        ):
            async with database.writing() as session:
                await create_account(
                    session, login=login, name=login, post=post, unit="qingxi", password_hash="", at=NOW
                )
        if not must_change:
            async with database.writing() as session:
                await session.execute(update(AccountRow).values(must_change=False))
    finally:
        await database.close()
    return await ledger.findings(settings, NOW + timedelta(days=days))


async def test_first_passwords_that_nobody_claimed_for_a_day_are_named(settings: Settings):
    found = await _with_accounts(settings, 0.9, must_change=True)
    assert not any("unclaimed" in one.english for one in found)
    found = await ledger.findings(settings, NOW + timedelta(days=1.1))
    (unclaimed,) = (one for one in found if "unclaimed" in one.english)
    assert unclaimed.grade is Grade.FAULT
    assert "boss han sys" in unclaimed.chinese


async def test_leaders_and_administrators_without_a_second_factor_are_named(settings: Settings):
    found = await _with_accounts(settings, 1, must_change=False)
    (bare,) = (one for one in found if "second factor" in one.english)
    assert bare.grade is Grade.NOTE  # nothing is in earnest yet
    assert "boss sys。" in bare.chinese
    database, case = open_database(settings.database_url), Case()
    try:
        await record(database, case.incident_id, case.decisions)
    finally:
        await database.close()
    named = settings.model_copy(update={"second_factor": "principal_leader"})
    (bare,) = (one for one in await ledger.findings(named, NOW) if "second factor" in one.english)
    assert bare.grade is Grade.FAULT
    assert "：boss。" in bare.chinese


async def test_old_passwords_and_idle_accounts_are_noted(settings: Settings):
    found = await _with_accounts(settings, 91, must_change=False)
    old, idle = (one for one in found if "90" in one.english)
    assert {old.grade, idle.grade} == {Grade.NOTE}
    assert "boss han sys" in old.chinese
    assert "boss han sys" in idle.chinese


async def test_a_key_that_histories_may_name_and_the_folder_lacks_is_a_fault(settings: Settings):
    empty_ledger(settings.database_url)
    keys, database = Keyring(settings.keys_dir), open_database(settings.database_url)
    try:
        await require_keys(database, keys)
        (name,) = keys.names
        (whole,) = (one for one in await ledger.findings(settings, NOW) if "key" in one.english)
        assert (whole.grade, "All 1 keys" in whole.english) == (Grade.WELL, True)
        await enter_keys(database, {"f" * 16: NOW})
        (lacking,) = (one for one in await ledger.findings(settings, NOW) if "key" in one.english)
        assert lacking.grade is Grade.FAULT
        assert "f" * 16 in lacking.chinese
        assert name not in lacking.chinese
    finally:
        await database.close()


async def test_a_large_attachment_that_is_not_beside_the_ledger_is_a_fault(settings: Settings):
    empty_ledger(settings.database_url)
    database = open_database(settings.database_url)
    try:
        async with database.writing() as session:
            await attach(session, "inc-1", PICTURE, by=CLERK, at=NOW, lies_beside=True)
        (fault,) = (one for one in await ledger.findings(settings, NOW) if "attachments" in one.english)
        assert (fault.grade, PICTURE.sha256[:12] in fault.chinese) == (Grade.FAULT, True)
        assert database.files is not None
        database.files.keep(PICTURE.sha256, PICTURE.content)
        (well,) = (one for one in await ledger.findings(settings, NOW) if "attachments" in one.english)
        assert well.grade is Grade.WELL
    finally:
        await database.close()


async def test_tables_of_another_release_are_told(settings: Settings):
    (nothing,) = await ledger.findings(settings, NOW)
    assert nothing.grade is Grade.NOTE
    empty_ledger(settings.database_url)
    downgrade_now(settings.database_url, "0013")
    (pending,) = await ledger.findings(settings, NOW)
    assert pending.grade is Grade.FAULT
    assert "0013" in pending.english


async def test_the_whole_examination_is_printed_line_by_line(
    settings: Settings, capsys: pytest.CaptureFixture[str]
):
    assert await examine(settings, [well("甲", "one")]) == 0
    told = capsys.readouterr().out
    assert settings.release in told
    assert "0 to mend" in told


async def test_records_that_nobody_seals_are_a_fault_also_before_the_first_checkpoint(settings: Settings):
    empty_ledger(settings.database_url)
    database, case = open_database(settings.database_url), Case()

    async def waiting(minutes: float) -> list[Grade]:
        said = await ledger.findings(settings, case.now + timedelta(minutes=minutes))
        return [one.grade for one in said if "not in the sealed log" in one.english]

    try:
        await record(database, case.incident_id, case.decisions)
        assert await waiting(5) == []
        assert await waiting(20) == [Grade.FAULT]
        await seal(database)
        assert await waiting(20) == []
    finally:
        await database.close()


async def test_a_checkpoint_of_a_time_to_come_and_a_key_without_the_one_before_are_faults(
    settings: Settings, tmp_path: Path
):
    empty_ledger(settings.database_url)
    database = open_database(settings.database_url)
    try:
        for number in ("1", "2"):
            case = Case(number)
            await record(database, case.incident_id, case.decisions)
            await seal(database)
            keys = CheckpointKeys(tmp_path / number)
            keys.make("huiying/another")
            await database.write(partial(checkpoint, keys=keys, at=NOW, replacing=True))
        said = await ledger.findings(settings, NOW - timedelta(days=1))
        english = [one.english for one in said if one.grade is Grade.FAULT]
        assert any("which is to come" in one for one in english)
        assert any("not vouched for" in one for one in english)
    finally:
        await database.close()


async def test_checkpoints_that_stay_in_the_house_or_stop_are_named(settings: Settings, tmp_path: Path):
    empty_ledger(settings.database_url)
    database = open_database(settings.database_url)
    outside = tmp_path / "elsewhere.txt"
    kept_outside = settings.model_copy(update={"checkpoint_file": outside})

    async def sealing(settings: Settings, at: datetime = NOW) -> list[tuple[Grade, str]]:
        words = ("checkpoint", "sealed log")
        said = (await ledger.findings(settings, at))[:-1]  # the last is what is missing before going live
        return [
            (one.grade, one.english) for one in said if any(word in one.english.lower() for word in words)
        ]

    try:
        assert await sealing(settings) == []
        case = Case()
        await record(database, case.incident_id, case.decisions)
        await sealed_now(database, CheckpointKeys(tmp_path / "keys"), NOW)
        assert [grade for grade, _ in await sealing(settings)] == [Grade.WELL, Grade.NOTE]
        assert [grade for grade, _ in await sealing(kept_outside)] == [Grade.WELL, Grade.FAULT]
        await carry_out(database, outside)
        assert [grade for grade, _ in await sealing(kept_outside)] == [Grade.WELL]
        later = Case("2")
        await record(database, later.incident_id, later.decisions)
        await seal(database)
        late = await sealing(kept_outside, NOW + timedelta(hours=4))
        assert [(grade, "worker" in english) for grade, english in late] == [(Grade.FAULT, True)]
        async with database.writing() as session:
            await session.execute(text("DROP TRIGGER sealed_leaf_no_update"))
            await session.execute(text("UPDATE sealed_leaf SET hash = x'00' WHERE position = 0"))
        assert [grade for grade, _ in await sealing(kept_outside)] == [Grade.FAULT]
    finally:
        await database.close()
