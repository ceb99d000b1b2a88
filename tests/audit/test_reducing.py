"""Reduced texts: gone from ledger and files, opened by no key, told by the audit as such,
and everything else as before.
"""

import asyncio
import base64
import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from activities.archive import as_kept
from activities.record import Recorder
from audit.differences import DifferenceKind, Report
from audit.healing import heal_in, place_of
from audit.histories import find
from audit.rebuild import rebuild_workflows
from audit.reducing import due, end_broken_off, of_the_public, reduce_texts, sweep_texts
from audit.replay import replays
from audit.verify import verify
from domain.case.records import Source
from domain.case.state import Incident
from domain.catalogue import Submission
from domain.reading import read
from domain.steps.close import Archive
from domain.steps.register import AddSource
from domain.terms.free_texts import CaseText, references, referred
from domain.terms.instants import months_after
from domain.terms.vocabulary import Platform
from settings import Settings
from storage import event_log, histories, ledger, reductions
from storage.case_texts import salted_texts
from storage.codec import command_digest
from storage.database import Database, open_database
from storage.proof import prove_whole
from storage.record import record
from storage.reductions import Reduction, ReductionCause
from storage.regulations import EDITION
from storage.text_keys import TextKeys
from terminal.texts import reduce_texts as reduce_texts_there
from tests.domain.cast import ALICE, Step, h, registered, registration, step
from tests.keys import KEYS
from tests.workflows.course import WHOLE_COURSE
from tests.workflows.stage import INCIDENT, QUEUE, Stage, Steps, a_database, a_live_stage, a_stage
from workflows.keys import Keyring

# A time-out that comes as the activity ends lets the SDK warn, and a warning is an error here.
pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")

GIST, ASKED, HOUSE = "canary-张某某被物业打伤-4f1d", "canary-物业公司何时赔偿-77aa", "研判"


SOURCES = (Source(at=h(), platform=Platform.DOUYIN, gist=GIST),)


@dataclass(slots=True)
class Worded(Stage):
    """A stage on which steps go as the web sends them: read, their texts beside them and sealed."""

    keys: TextKeys | None = None

    def submission(
        self, step: Step, case: Incident | None, *, key: str | None = None, digest: str = ""
    ) -> Submission:
        plain = Stage.submission(self, step, case, key=key, digest=digest)
        command, texts = referred(plain.command, f"salt-{self.given}")
        reading = read(plain.command, case, EDITION)
        beside = replace(plain, command=command, digest=command_digest(command), texts=texts, reading=reading)
        assert self.keys is not None
        return self.keys.closed(INCIDENT, beside)


def keys_in(folder: Path) -> Keyring:
    """A folder of its own with the key of the tests."""
    if not folder.exists():
        shutil.copytree(KEYS.folder, folder, ignore=shutil.ignore_patterns("texts"))
    return Keyring(folder)


@dataclass(frozen=True)
class House:
    """One archived case, its history in the archive, its texts in the ledger, and the keys."""

    folder: Path
    database: Database
    keyring: Keyring
    due_at: datetime

    @property
    def keys(self) -> TextKeys:
        return TextKeys(self.keyring)

    async def verified(self) -> Report:
        return await verify(self.database, None, keys=self.keyring)

    async def texts(self) -> set[str]:
        async with self.database.session() as session:
            return {one.text for one in (await salted_texts(session, INCIDENT)).values()}

    async def public(self) -> list[str]:
        async with self.database.session() as session:
            log = await event_log.decisions(session, INCIDENT)
        return sorted(of_the_public([one.decision for one in log]))


def course() -> tuple[Steps, ...]:
    said = step(h(m=12), ALICE, AddSource(source=Source(at=h(), platform=Platform.WEIBO, gist=ASKED)))
    return (said, *WHOLE_COURSE, step(h(241), ALICE, Archive()))


async def lived(folder: Path) -> datetime:
    """A case from its registration to its archive, kept in a folder; gives when its posts are due."""
    async with a_stage(folder) as plain:
        keys = TextKeys(keys_in(folder / "keys"))
        stage = Worded(environment=plain.environment, database=plain.database, drill=plain.drill, keys=keys)
        async with stage.worker(Recorder(stage.database, keys)):
            await stage.register(registered(sources=SOURCES))
            await stage.give(course())
            await asyncio.wait_for(stage.handle.result(), 60)
            history = await stage.client.get_workflow_handle(INCIDENT).fetch_history()
            await histories.keep(stage.database, as_kept(history, history.run_id))
            await stage.database.write(partial(prove_whole, incident_id=INCIDENT))
        return stage.drill.real(months_after(h(241), 6))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, datetime]:
    folder = tmp_path_factory.mktemp("lived")
    return folder, asyncio.run(lived(folder))


@pytest.fixture
async def house(made: tuple[Path, datetime], tmp_path: Path) -> AsyncIterator[House]:
    """A copy, for a test to reduce in."""
    folder = Path(shutil.copytree(made[0], tmp_path / "house"))
    database = open_database(f"sqlite+aiosqlite:///{folder}/huiying.db")
    yield House(folder=folder, database=database, keyring=Keyring(folder / "keys"), due_at=made[1])
    await database.close()


def forms(words: str) -> tuple[bytes, ...]:
    """A text as a file may hold it: as it is, as JSON escapes it, and in base64 at each of three places."""
    raw = words.encode()
    shifted = (base64.b64encode(b"x" * shift + raw)[4:-4] for shift in range(3))
    return raw, json.dumps(words)[1:-1].encode(), *shifted


def holding(folder: Path, *words: str) -> set[str]:
    sought = [form for one in words for form in forms(one)]
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {file.name for file in files if any(form in file.read_bytes() for form in sought)}


async def test_after_its_months_what_the_public_said_is_no_more_and_all_still_verifies(house: House):
    assert {GIST, ASKED, HOUSE} <= await house.texts()
    assert (await house.verified()).differences == ()
    assert holding(house.folder, GIST) == {"huiying.db"}
    async with house.database.session() as session:
        assert await due(session, house.due_at.replace(year=house.due_at.year - 1)) == []
        (case,) = await due(session, house.due_at)
    swept = await sweep_texts(house.database, house.keys, house.due_at)
    assert (swept.cases, swept.texts, swept.failed) == (1, len(case.references), {})
    assert HOUSE in await house.texts()
    assert not {GIST, ASKED} & await house.texts()
    report = await house.verified()
    assert report.differences == ()
    assert any(note.startswith("reduced on") and "retention" in note for note in report.cases[0].notes)
    assert holding(house.folder, GIST, ASKED) == set()
    again = await sweep_texts(house.database, house.keys, house.due_at)
    assert (again.cases, again.ended) == (0, 0)


async def test_what_went_is_in_no_file_though_the_sweep_fails_later(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    async def failing(*_: object) -> None:
        raise LookupError

    monkeypatch.setattr("audit.reducing.sweep_rows", failing)
    with pytest.raises(LookupError):
        await sweep_texts(house.database, house.keys, house.due_at)
    assert holding(house.folder, GIST, ASKED) == set()


async def test_no_key_opens_what_histories_hold_of_it_and_the_house_s_own_words_still_open(house: House):
    async with house.database.session() as session:
        before = await salted_texts(session, INCIDENT)
        public = await house.public()
    await sweep_texts(house.database, house.keys, house.due_at)
    await house.database.write(_forget_texts)
    async with house.database.session() as session:
        found = await verify(house.database, None, keys=house.keyring)
        assert {one.kind for one in found.differences} == {
            DifferenceKind.TEXT
        }  # the ledger's own are gone as well
    texts = await testified(house)
    opened = {one.reference for one in house.keys.opened(INCIDENT, texts)}
    assert opened == before.keys() - set(public)


async def testified(house: House) -> list[CaseText]:
    """The texts in the case's history, as a replay hands them over."""
    async with house.database.session() as session:
        runs = (await find(session, None, INCIDENT, house.keyring)).runs
    async with replays() as replayer:
        return [one for run in runs for one in (await replayer.replay(run)).texts]


def _forget_texts(connection: Connection) -> None:
    connection.execute(text("DELETE FROM case_text"))


async def test_killed_between_entry_and_key_no_reader_sees_it_and_the_next_sweep_ends_it(house: House):
    act = Reduction(at=house.due_at, incident_id=INCIDENT, why=ReductionCause.RETENTION)
    names = await house.public()
    assert await house.database.write(partial(reductions.enter, act=act, references=names)) == len(names)
    assert not {GIST, ASKED} & await house.texts()
    (difference,) = (await house.verified()).differences
    assert (difference.kind, difference.actual) == (DifferenceKind.TEXT, str(len(names)))
    assert await end_broken_off(house.database, house.keys) == 1
    assert (await house.verified()).differences == ()
    assert await end_broken_off(house.database, house.keys) == 0


async def test_one_text_goes_alone_and_never_comes_back(house: House):
    name, *others = await house.public()
    act = Reduction(
        at=house.due_at,
        incident_id=INCIDENT,
        why=ReductionCause.PERSON,
        by="office",
        unit="office",
        reason="本人要求",
    )
    async with house.database.session() as session:
        all_texts = await salted_texts(session, INCIDENT)
        log = await event_log.decisions(session, INCIDENT)
    assert await reduce_texts(house.database, house.keys, act, [name]) == 1
    assert await reduce_texts(house.database, house.keys, act, [name]) == 0
    (decision,) = [one.decision for one in log if one.decision.first_number == 1]
    await record(house.database, INCIDENT, (decision,), texts=tuple(all_texts.values()))
    async with house.database.session() as session:
        kept = await salted_texts(session, INCIDENT)
    assert kept.keys() == all_texts.keys() - {name}
    assert set(others) <= kept.keys()
    assert (await house.verified()).differences == ()


async def test_what_is_left_after_single_texts_went_is_reduced_and_a_sweep_comes_to_its_end(house: House):
    for name in await house.public():
        act = Reduction(at=house.due_at, incident_id=INCIDENT, why=ReductionCause.PERSON)
        await reduce_texts(house.database, house.keys, act, [name])
    swept = await sweep_texts(house.database, house.keys, house.due_at)
    assert (swept.cases, swept.ended, swept.failed) == (0, 0, {})


async def test_an_older_ledger_that_is_put_back_learns_from_the_keys_what_was_reduced(house: House):
    name, *_ = await house.public()
    act = Reduction(at=house.due_at, incident_id=INCIDENT, why=ReductionCause.PERSON)
    await asyncio.to_thread(house.keys.destroy, INCIDENT, [name], act.at, act.why.value)
    swept = await sweep_texts(house.database, house.keys, act.at.replace(year=act.at.year - 1))
    assert (swept.cases, swept.ended) == (0, 1)
    async with house.database.session() as session:
        assert (await reductions.reduced_of(session, INCIDENT))[name].why is ReductionCause.PERSON
        assert name not in await salted_texts(session, INCIDENT)


async def test_a_case_that_does_not_read_holds_up_no_sweep(house: House):
    await house.database.write(partial(_said, statement="UPDATE snapshot SET state = '{}'"))
    swept = await sweep_texts(house.database, house.keys, house.due_at)
    assert swept.cases == 0


async def test_a_text_that_was_changed_or_struck_out_is_a_difference(house: House):
    await house.database.write(
        lambda connection: connection.execute(text("UPDATE case_text SET text = '别的'"))
    )
    assert {one.kind for one in (await house.verified()).differences} == {DifferenceKind.TEXT}
    await house.database.write(_forget_texts)
    assert {one.actual for one in (await house.verified()).differences} == {"neither"}


async def test_the_entry_can_neither_be_changed_nor_struck_out(house: House):
    await sweep_texts(house.database, house.keys, house.due_at)
    for statement in (
        "DELETE FROM reduced_text",
        "DELETE FROM reduction",
        "UPDATE reduction SET why = 'person'",
    ):
        with pytest.raises(Exception, match="append-only"):
            await house.database.write(partial(_said, statement=statement))


def _said(connection: Connection, statement: str) -> None:
    connection.execute(text(statement))


async def test_the_ledger_is_derived_anew_and_the_text_stays_away(house: House):
    await sweep_texts(house.database, house.keys, house.due_at)
    await ledger.rebuild(house.database)
    assert (await house.verified()).differences == ()
    assert not {GIST, ASKED} & await house.texts()


async def test_an_open_case_one_of_whose_texts_went_takes_steps_replays_and_is_begun_anew(tmp_path: Path):
    async with a_live_stage(tmp_path) as plain:
        keys = TextKeys(KEYS)
        stage = Worded(environment=plain.environment, database=plain.database, drill=plain.drill, keys=keys)
        async with stage.worker(Recorder(stage.database, keys)):
            said = step(h(m=5), ALICE, registration(sources=SOURCES))
            await stage.register(said)
            async with stage.database.session() as session:
                log = [one.decision for one in await event_log.decisions(session, INCIDENT, unproven=True)]
            act = Reduction(at=h(1), incident_id=INCIDENT, why=ReductionCause.PERSON)
            await reduce_texts(stage.database, keys, act, of_the_public(log))
            await stage.give(course()[0])
            assert (await verify(stage.database, stage.client, keys=KEYS)).differences == ()
            await stage.handle.terminate()
            assert (await rebuild_workflows(stage.database, stage.client, QUEUE)).started == [INCIDENT]
            stage.handles[INCIDENT] = stage.client.get_workflow_handle(INCIDENT)
            await stage.give(course()[1])
            assert (await verify(stage.database, stage.client, keys=KEYS)).differences == ()


async def test_a_log_built_anew_from_histories_knows_what_was_reduced_and_holds_the_rest(tmp_path: Path):
    """The ledger is gone: histories give decisions and the house's words,
    and the keys say what was reduced.
    """
    async with a_stage(tmp_path) as plain:
        keys = TextKeys(KEYS)
        stage = Worded(environment=plain.environment, database=plain.database, drill=plain.drill, keys=keys)
        async with stage.worker(Recorder(stage.database, keys)):
            await stage.register(registered(sources=SOURCES))
            await stage.give(course()[:3])
            async with stage.database.session() as session:
                log = [one.decision for one in await event_log.decisions(session, INCIDENT, unproven=True)]
            named = {name for one in log for name in (*references(one.cause), *references(one.events))}
            public = of_the_public(log)
            act = Reduction(at=h(300), incident_id=INCIDENT, why=ReductionCause.RETENTION)
            await reduce_texts(stage.database, keys, act, public)
        (folder := tmp_path / "anew").mkdir()
        async with a_database(folder) as anew, place_of(anew, stage.client, QUEUE) as place:
            healing = await heal_in(place, INCIDENT, "rebuild")
            assert healing.failure == ""
            async with anew.session() as session:
                assert (await salted_texts(session, INCIDENT)).keys() == named - public
                assert (await reductions.reduced_of(session, INCIDENT)).keys() == public
                assert [one.decision for one in await event_log.decisions(session, INCIDENT)] == log


async def test_the_terminal_counts_first_and_then_reduces(house: House, capsys: pytest.CaptureFixture[str]):
    settings = Settings.model_validate({"var_dir": house.folder, "keys_dir": house.folder / "keys"})
    assert await reduce_texts_there(settings, dry_run=True, now=house.due_at) == 0
    assert "1 incidents, 2 texts; nothing was changed" in capsys.readouterr().out
    assert GIST in await house.texts()
    assert await reduce_texts_there(settings, dry_run=False, now=house.due_at) == 0
    assert "1 incidents, 2 texts reduced" in capsys.readouterr().out
    assert GIST not in await house.texts()
