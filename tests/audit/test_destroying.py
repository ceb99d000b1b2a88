"""The end of retention: a list, two who approve, the archive's consent; then leaves and certificates remain,
and the sealed log stands.
"""

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from activities.archive import as_kept
from audit import destroying
from audit.bundle.checking import checked
from audit.destroying import DestructionOutcome, DestructionRefused, Refusal, carry_out, draw, due, say
from audit.sealed import file_report, sealed_report
from audit.sealing import seal, sealed_now
from audit.verify import verify
from domain.case.records import Source
from domain.terms.roles import Role
from domain.terms.vocabulary import Platform
from storage import histories
from storage.accounts import Account, Administrator
from storage.attachments import attach
from storage.checkpoint_keys import CheckpointKeys
from storage.database import Database, open_database
from storage.destruction import Word, kept_certificates, lists
from storage.installation import marks
from storage.proof import prove_whole
from storage.record import record
from storage.text_keys import TextKeys
from tests.audit.conftest import ENDED, SILENT
from tests.audit.forger import Forger
from tests.audit.sealed import CLERK, LI, NOON, PICTURE
from tests.audit.test_histories import ENDED as CLOSED
from tests.audit.test_histories import QUICK
from tests.domain.cast import h, registered
from tests.keys import KEYS
from tests.storage.cases import Case
from tests.workflows.stage import a_stage

pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")
LATER = datetime(2070, 1, 2, tzinfo=UTC)
LATEST = Case("later")  # made by the rules alone, which the audit says of it
LETTER = "宜档函〔2070〕3号"


async def _made(folder: Path) -> None:
    async with a_stage(folder) as stage:
        async with stage.worker():
            await stage.register(registered(), ENDED)
            call = Source(at=h(), platform=Platform.HOTLINE, gist="来电")
            await stage.register(registered(sources=(call,), metrics=()), SILENT)
            await stage.give([QUICK, CLOSED], ENDED)
            await asyncio.wait_for(stage.handles[ENDED].result(), 60)
        for incident_id in (ENDED, SILENT):  # with no worker the other case says nothing in between
            history = await stage.client.get_workflow_handle(incident_id).fetch_history()
            await histories.keep(stage.database, as_kept(history, history.run_id))
            await stage.database.write(partial(prove_whole, incident_id=incident_id))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file with a case that was closed and archived, of no great weight, and one that goes on."""
    folder = tmp_path_factory.mktemp("retained")
    asyncio.run(_made(folder))
    return folder / "huiying.db"


def account(login: str, post: Role | Administrator, unit: str = "gov_office") -> Account:
    return Account(
        id=login,
        login=login,
        name=login,
        post=post,
        unit=unit,
        must_change=False,
        has_one_time_code=False,
        passkeys=0,
        disabled_at=None,
        created_at=NOON,
    )


LEADER = account("zhou", Role.PRINCIPAL_LEADER)
DEPUTY = account("wu", Role.DEPUTY_LEADER)
AUDIT = account("qian", Administrator.AUDIT)
CLERK_ACCOUNT = account("li", Role.HANDLER)
ELSEWHERE = account("sun", Role.PRINCIPAL_LEADER, "qingxi")


@pytest.fixture
def keys(kept_outside: tuple[CheckpointKeys, Path]) -> CheckpointKeys:
    return kept_outside[0]


@pytest.fixture
async def house(database: Database, keys: CheckpointKeys, tmp_path: Path) -> destroying.DestructionHouse:
    """The ended case is not the last of the log: something later is there, with a file of its own."""
    case = LATEST
    await record(database, case.incident_id, case.decisions)
    other = replace(PICTURE, sha256=hashlib.sha256(b"another").hexdigest(), content=b"another")
    async with database.writing() as session:
        await attach(session, case.incident_id, other, by=CLERK, at=NOON)
    await seal(database)
    return destroying.DestructionHouse(client=None, signing=keys, keys=KEYS, texts=TextKeys(KEYS))


async def said(database: Database, position: int, word: Word, who: Account, letter: str = "") -> None:
    await say(database, position, word, who, office="gov_office", now=LATER, reference=letter)


async def approved(database: Database) -> int:
    position = await draw(database, LI, LATER)
    for who in (LEADER, AUDIT):
        await said(database, position, Word.APPROVED, who)
    await said(database, position, Word.ARCHIVE_CONSENTED, AUDIT, LETTER)
    return position


async def proven(database: Database, incident_id: str) -> None:
    await database.write(partial(prove_whole, incident_id=incident_id))


async def wrong(database: Database) -> list[str]:
    """What the audit finds, but of the case that was put there to be the last."""
    report = await verify(database, None, keys=KEYS)
    return [str(one) for one in report.differences if one.incident_id != LATEST.incident_id]


async def ended(database: Database, house: destroying.DestructionHouse) -> DestructionOutcome:
    return await carry_out(database, house, await approved(database), LI, LATER)


async def test_a_list_holds_what_is_due_and_nothing_else(
    database: Database, house: destroying.DestructionHouse
):
    async with database.session() as session:
        assert await due(session, datetime(2036, 12, 31, 15, 59, 59, tzinfo=UTC)) == []
        (entry,) = await due(session, LATER)
    assert (entry.incident_id, entry.retention) == (ENDED, "short")
    position = await draw(database, LI, LATER)
    with pytest.raises(DestructionRefused, match=Refusal.NOTHING_DUE):  # it stands on a list already
        await draw(database, LI, LATER)
    await said(database, position, Word.DECLINED, LEADER)
    assert await draw(database, LI, LATER) == position + 1


async def test_two_who_draw_at_once_draw_one_list(database: Database, house: destroying.DestructionHouse):
    drawn = await asyncio.gather(*(draw(database, LI, LATER) for _ in range(4)), return_exceptions=True)
    assert [one for one in drawn if isinstance(one, int)] == [1]
    assert [one.why for one in drawn if isinstance(one, DestructionRefused)] == [Refusal.NOTHING_DUE] * 3
    async with database.session() as session:
        assert [one.position for one in await lists(session)] == [1]


async def test_nothing_is_destroyed_without_two_persons_and_the_archive(
    database: Database, house: destroying.DestructionHouse
):
    position = await draw(database, LI, LATER)
    for who in (CLERK_ACCOUNT, ELSEWHERE):
        with pytest.raises(DestructionRefused, match=Refusal.NOT_FOR_YOU):
            await said(database, position, Word.APPROVED, who)
    with pytest.raises(DestructionRefused, match=Refusal.INCOMPLETE):
        await carry_out(database, house, position, LI, LATER)
    await said(database, position, Word.APPROVED, LEADER)
    with pytest.raises(DestructionRefused, match=Refusal.SAID):  # the same person is no second one
        await said(database, position, Word.APPROVED, LEADER)
    with pytest.raises(DestructionRefused, match=Refusal.NO_REFERENCE):
        await said(database, position, Word.ARCHIVE_CONSENTED, LEADER, "  ")
    await said(database, position, Word.ARCHIVE_CONSENTED, LEADER, LETTER)
    with pytest.raises(DestructionRefused, match=Refusal.INCOMPLETE):
        await carry_out(database, house, position, LI, LATER)
    with pytest.raises(DestructionRefused, match=Refusal.NO_LIST):
        await carry_out(database, house, 99, LI, LATER)
    await said(database, position, Word.APPROVED, DEPUTY)
    await said(database, position, Word.DECLINED, AUDIT)
    with pytest.raises(DestructionRefused, match=Refusal.DECLINED):
        await carry_out(database, house, position, LI, LATER)
    with pytest.raises(DestructionRefused, match=Refusal.DECLINED):
        await said(database, position, Word.APPROVED, AUDIT)
    assert await wrong(database) == []


async def test_leaves_and_certificates_remain_and_the_log_stands(
    database: Database,
    house: destroying.DestructionHouse,
    kept_outside: tuple[CheckpointKeys, Path],
    tmp_path: Path,
):
    before = await sealed_report(database)
    async with database.session() as session:
        counted = await marks(session)
    result = await ended(database, house)
    assert (len(result.destroyed), result.left) == (1, {})
    assert result.certificates > 3
    async with database.session() as session:
        for statement in LEFT:
            assert (await session.execute(text(statement), {"case": ENDED})).scalar_one() == 0, statement
        contents = text("SELECT count(*) FROM attachment_content WHERE sha256 = :one")
        assert (await session.execute(contents, {"one": PICTURE.sha256})).scalar_one() == 0
        remaining = await kept_certificates(session, ENDED)
        assert await marks(session) == counted  # else the next start would take the database for an older one
    assert len(remaining) == result.certificates
    for one in remaining:
        file = tmp_path / f"{one.place}.json"
        file.write_bytes(one.content)
        assert checked(file, kept_outside[1]).holds
    assert await wrong(database) == []
    report = await verify(database, None, keys=KEYS, signing=house.signing)
    assert {case.incident_id for case in report.cases} >= {ENDED, SILENT}
    (case,) = [case for case in report.cases if case.incident_id == ENDED]
    assert "销毁清单 1" in case.notes[0]
    assert any("1 cases were destroyed" in note for note in report.notes)
    assert (await sealed_report(database)).leaves > before.leaves
    assert (await file_report(database, kept_outside[1])).differences == ()


LEFT = (
    "SELECT count(*) FROM event_log WHERE incident_id = :case",
    "SELECT count(*) FROM archived_history WHERE workflow_id = :case",
    "SELECT count(*) FROM incident WHERE incident_id = :case",
    "SELECT count(*) FROM case_text WHERE incident_id = :case",
    "SELECT count(*) FROM attachment WHERE incident_id = :case",
    "SELECT count(*) FROM notice WHERE incident_id = :case",
    "SELECT count(*) FROM proof WHERE incident_id = :case",
)


async def test_it_goes_on_where_it_was_broken_off(database: Database, house: destroying.DestructionHouse):
    position = await approved(database)
    first = await carry_out(database, house, position, LI, LATER)
    again = await carry_out(database, house, position, LI, LATER)
    assert (len(first.destroyed), again.destroyed, again.left) == (1, [], {})
    with pytest.raises(DestructionRefused, match=Refusal.DONE):
        await said(database, position, Word.DECLINED, DEPUTY)


async def test_a_case_that_differs_or_went_on_is_left(
    database: Database, house: destroying.DestructionHouse, forger: Forger
):
    position = await approved(database)
    forger.run("UPDATE obligation SET due_at = '2030-01-01 00:00:00.000000'")
    result = await carry_out(database, house, position, LI, LATER)
    assert (result.destroyed, list(result.left.values())) == ([], [Refusal.DIFFERS])
    forger.run("UPDATE incident SET hash = ? WHERE incident_id = ?", "0" * 64, ENDED)
    result = await carry_out(database, house, position, LI, LATER)
    assert (result.destroyed, list(result.left.values())) == ([], [Refusal.CHANGED])


async def test_the_last_of_the_log_waits(database: Database, keys: CheckpointKeys):
    alone = destroying.DestructionHouse(client=None, signing=keys, keys=KEYS, texts=TextKeys(KEYS))
    result = await ended(database, alone)
    assert list(result.left.values()) == [Refusal.LAST]


@pytest.fixture
async def guarded(made: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """The file with its guards, which nobody took away."""
    opened = open_database(f"sqlite+aiosqlite:///{shutil.copy(made, tmp_path / 'guarded.db')}")
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM event_log WHERE incident_id = :case",
        "DELETE FROM archived_history WHERE workflow_id = :case",
        "DELETE FROM destruction_entry WHERE incident_id = :case",
        "UPDATE destruction_list SET person = :case",
        "INSERT INTO destroyed_case VALUES (:case, 1, '2070-01-02 00:00:00.000000', 'x', 1, 1)",
    ],
)
async def test_the_database_itself_refuses_what_no_list_lets_go(guarded: Database, statement: str):
    position = await draw(guarded, LI, LATER)
    await said(guarded, position, Word.APPROVED, LEADER)
    await said(guarded, position, Word.ARCHIVE_CONSENTED, LEADER, LETTER)
    with pytest.raises(DatabaseError, match="append-only"):
        async with guarded.writing() as session:
            await session.execute(text(statement), {"case": ENDED})


async def test_what_a_list_lets_go_goes_past_the_guards(guarded: Database, tmp_path: Path):
    await record(guarded, LATEST.incident_id, LATEST.decisions)
    async with guarded.writing() as session:
        await attach(session, ENDED, PICTURE, by=CLERK, at=NOON)
        await attach(session, LATEST.incident_id, PICTURE, by=CLERK, at=NOON)
    signing = CheckpointKeys(tmp_path / "keys")
    await sealed_now(guarded, signing, NOON)
    house = destroying.DestructionHouse(client=None, signing=signing, keys=KEYS, texts=TextKeys(KEYS))
    assert len((await ended(guarded, house)).destroyed) == 1
    async with guarded.session() as session:  # of a file that another case has too the content stays
        count = text("SELECT count(*) FROM attachment_content WHERE sha256 = :one")
        assert (await session.execute(count, {"one": PICTURE.sha256})).scalar_one() == 1


async def test_an_erasure_passed_off_as_a_destruction_is_told(
    database: Database, house: destroying.DestructionHouse, forger: Forger
):
    await seal(database)
    forger.run("INSERT INTO destroyed_case VALUES (?, 7, '2070-01-02 00:00:00.000000', 'x', 3, 3)", SILENT)
    forger.run("DELETE FROM event_log WHERE incident_id = ?", SILENT)
    forger.run("DELETE FROM incident WHERE incident_id = ?", SILENT)
    told = {(one.incident_id, one.expected) for one in (await verify(database, None, keys=KEYS)).differences}
    assert (SILENT, "a list that names it") in told


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE destruction_entry SET retention = 'long'", "list 1 as it was drawn"),
        ("UPDATE destruction_word SET person = 'nobody' WHERE person = 'zhou'", "approved by nobody"),
        ("DELETE FROM destruction_word WHERE kind = 'archive_consented'", "the archive's consent"),
        ("DELETE FROM destruction_word WHERE person = 'zhou'", "two approvals"),
        ("DELETE FROM destruction_list", "a list that names it"),
        ("UPDATE kept_certificate SET content = x'7b7d' WHERE place = 1", "certificate 1 as it was kept"),
        ("UPDATE destroyed_case SET leaves = 1", "1 leaves"),
        ("DELETE FROM destroyed_case", "leaf"),
    ],
)
async def test_what_is_changed_of_a_destruction_is_told(
    database: Database, house: destroying.DestructionHouse, forger: Forger, statement: str, expected: str
):
    await ended(database, house)
    forger.run(statement)
    told = await wrong(database)
    assert any(expected in one for one in told), told


async def test_a_record_that_comes_back_is_told(
    database: Database, house: destroying.DestructionHouse, forger: Forger
):
    await ended(database, house)
    forger.run("INSERT INTO case_text VALUES (?, 'text:x:1', 's', 't')", ENDED)
    told = await wrong(database)
    assert any("no record" in one for one in told), told


async def test_who_said_what_stays_with_the_letter_of_the_archive(
    database: Database, house: destroying.DestructionHouse
):
    await ended(database, house)
    async with database.session() as session:
        (one,) = await lists(session)
    assert one.is_complete
    assert {(word.kind.value, word.person, word.reference) for word in one.words} == {
        ("approved", "zhou", ""),
        ("approved", "qian", ""),
        ("archive_consented", "qian", LETTER),
    }
