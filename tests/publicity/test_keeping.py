"""The public page follows the record: what is proven comes, what is withdrawn,
reduced or switched off is so at the next look.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import Connection, delete, select, update

from domain.steps.withdraw import WithdrawPublication
from domain.terms.vocabulary import Marking
from publicity import keeping
from publicity.data import Site
from publicity.folder import Folder
from publicity.keeping import Keeper
from publicity.reading import Coming, read_case
from publicity.responses import public_id
from storage import proof
from storage.acts import FIRST_START
from storage.case_text_tables import CaseTextRow
from storage.database import Database
from storage.public_units import switch
from storage.record import record
from storage.reductions import Reduction, ReductionCause, enter
from storage.snapshots import snapshots
from storage.tables import ProofRow, table
from tests.publicity.taking import written
from tests.storage.cases import Case

UNIT = "urban_management"
_TEXT, _PROOF = table(CaseTextRow), table(ProofRow)
TITLE = "情况通报"  # of every publication of these cases
AT = datetime(2026, 9, 8, 2, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "public"


@pytest.fixture
def keeper(database: Database, folder: Path) -> Keeper:
    return Keeper(database, Folder(folder), Site())


async def switched(database: Database, unit: str = UNIT, *, on: bool = True) -> bool:
    async with database.writing() as session:
        return await switch(session, FIRST_START, unit, on=on, at=AT)


def files(folder: Path) -> set[str]:
    return {file.name for file in folder.rglob("*") if file.is_file()}


def page(folder: Path, case: Case) -> Path:
    return folder / "responses" / f"{public_id(case.incident_id)}.html"


async def test_nothing_is_written_before_a_unit_is_switched_on(
    database: Database, keeper: Keeper, folder: Path
):
    case = Case().publish()
    await record(database, case.incident_id, case.decisions)
    await keeper.look()
    assert files(folder) == set()
    await switched(database, "qingxi")
    await keeper.look()
    assert not page(folder, case).exists()
    assert "还没有公开的回应" in (folder / "index.html").read_text(encoding="utf-8")


async def test_what_is_published_comes_and_goes_with_its_units_switch(
    database: Database, keeper: Keeper, folder: Path
):
    case, drill = Case("1").publish(), Case("2", drill=True).publish()
    for one in (case, drill):
        await record(database, one.incident_id, one.decisions)
    await switched(database)
    assert await keeper.look()
    assert "情况通报" in page(folder, case).read_text(encoding="utf-8")
    assert not page(folder, drill).exists()
    assert not await keeper.look()  # nothing is new
    await switched(database, on=False)
    await keeper.look()
    assert files(folder) == set()


async def test_a_publication_comes_once_it_is_proven(database: Database, keeper: Keeper, folder: Path):
    case = Case().publish()
    before, last = case.decisions[:-1], case.decisions[-1:]
    await record(database, case.incident_id, before)
    await switched(database)
    await keeper.look()
    await record(database, case.incident_id, last, durable=False)
    await keeper.look()
    assert not page(folder, case).exists()
    await database.write(partial(proof.prove, incident_id=case.incident_id, number=last[0].last_number))
    await keeper.look()
    assert page(folder, case).exists()
    assert "情况通报" in (folder / "index.html").read_text(encoding="utf-8")


async def test_a_withdrawal_is_told_beside_the_text(database: Database, keeper: Keeper, folder: Path):
    case = Case().publish()
    await record(database, case.incident_id, case.decisions)
    await switched(database)
    await keeper.look()
    command = WithdrawPublication(
        publication="publication-1", withdrawn_at=case.now, reason="内部理由", because_of_error=True
    )
    case.submit(command, case.unit_leader)
    await record(database, case.incident_id, case.decisions)
    await keeper.look()
    text = page(folder, case).read_text(encoding="utf-8")
    assert "撤回，原文留存备查" in text
    assert "<h2" in text
    assert "内部理由" not in text
    assert "【已撤回】" in (folder / "feed.atom").read_text(encoding="utf-8")


async def test_a_text_that_is_reduced_goes_from_the_page(database: Database, keeper: Keeper, folder: Path):
    case, texts = written(Case().publish())
    await record(database, case.incident_id, case.decisions, texts=texts)
    await switched(database)
    await keeper.look()
    assert "张三" in page(folder, case).read_text(encoding="utf-8")
    assert f"<h1>{TITLE}</h1>" in page(folder, case).read_text(encoding="utf-8")
    (name,) = [one.reference for one in texts if one.text.startswith("张三")]
    act = Reduction(
        at=AT, incident_id=case.incident_id, why=ReductionCause.PERSON, by="a", unit="gov_office", reason="r"
    )

    def reduce(connection: Connection) -> None:
        enter(connection, act, [name])
        connection.execute(delete(_TEXT).where(_TEXT.c.reference == name))

    await database.write(reduce)
    await keeper.look()
    text = page(folder, case).read_text(encoding="utf-8")
    assert "张三" not in text
    assert "为保护个人信息，已于 2026-09-08 删减" in text
    assert f">{TITLE}</h" not in text  # which may say the same
    assert "<h1>市城市管理局情况通报</h1>" in text
    assert f">{TITLE}<" not in (folder / "index.html").read_text(encoding="utf-8")


async def test_of_two_proofs_of_one_turn_the_later_is_seen_too(
    database: Database, keeper: Keeper, folder: Path
):
    """PostgreSQL gives the same turn to two that are proven at one time,
    and either may be committed first.
    """
    late, early = Case("1").publish(), Case("2").publish()
    await record(database, early.incident_id, early.decisions)
    await switched(database)
    await keeper.look()
    assert page(folder, early).exists()
    await record(database, late.incident_id, late.decisions)
    async with database.writing() as session:
        turn = (
            await session.execute(select(_PROOF.c.turn).where(_PROOF.c.incident_id == early.incident_id))
        ).scalar()
        await session.execute(
            update(_PROOF).where(_PROOF.c.incident_id == late.incident_id).values(turn=turn)
        )
    assert await keeper.look()
    assert page(folder, late).exists()
    assert not await keeper.look()


async def test_a_text_on_its_way_is_waited_for(database: Database, keeper: Keeper, folder: Path):
    case, texts = written(Case().publish())
    await record(database, case.incident_id, case.decisions)
    await switched(database)
    await keeper.look()
    assert not page(folder, case).exists()
    await record(database, case.incident_id, (), texts=texts)
    await keeper.look()
    assert "张三" in page(folder, case).read_text(encoding="utf-8")


async def test_a_case_that_is_closed_to_persons_goes_though_a_text_of_it_is_on_its_way(database: Database):
    case, _ = written(Case().publish())
    await record(database, case.incident_id, case.decisions)
    async with database.session() as session:
        state = (await snapshots(session, [case.incident_id]))[case.incident_id].state
        with pytest.raises(Coming):
            await read_case(session, state, {UNIT})
        assert await read_case(session, replace(state, readers=("alice",)), {UNIT}) is None
        assert await read_case(session, replace(state, marking=Marking.WORK_SECRET), {UNIT}) is None


async def test_a_case_that_cannot_be_written_keeps_no_other_waiting(
    database: Database, keeper: Keeper, folder: Path
):
    stuck, other = Case("1").publish(), Case("2").publish()
    await switched(database)
    await keeper.look()
    page(folder, stuck).mkdir(parents=True)
    for one in (stuck, other):
        await record(database, one.incident_id, one.decisions)
    with pytest.raises(IsADirectoryError):
        await keeper.look()
    assert keeper.is_settled
    assert page(folder, other).exists()
    assert (folder / "index.html").read_text(encoding="utf-8").count("<li>") == 1
    page(folder, stuck).rmdir()
    await keeper.look()
    assert page(folder, stuck).is_file()
    assert (folder / "index.html").read_text(encoding="utf-8").count("<li>") == 2


async def test_what_somebody_else_wrote_there_is_looked_through(
    database: Database, keeper: Keeper, folder: Path
):
    """Such as `huiying public build` beside a worker: it may write what the worker has just taken away."""
    await switched(database)
    await keeper.look()
    Folder(folder).write("responses/gone.html", "of a case that is public no more")
    Folder(folder).leave_word()
    assert await keeper.look()
    assert not (folder / "responses" / "gone.html").exists()
    assert not await keeper.look()


async def test_all_of_it_is_tried_ever_less_often_where_nothing_can_be_written(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    rests: list[float] = []

    async def rest(seconds: float) -> None:
        rests.append(seconds)
        if len(rests) == 7:
            block(folder, is_gone=True)
        if len(rests) == 9:
            raise asyncio.CancelledError

    await switched(database)
    block(folder)
    monkeypatch.setattr(keeping, "asyncio", SimpleNamespace(sleep=rest, to_thread=asyncio.to_thread))
    with pytest.raises(asyncio.CancelledError):
        await keeping.keep_public(database, Folder(folder), Site(), timedelta(seconds=2))
    assert rests == [4, 8, 16, 32, 60, 60, 60, 2, 2]


def block(folder: Path, *, is_gone: bool = False) -> None:
    if is_gone:
        folder.unlink()
    else:
        folder.write_text("in the way", encoding="utf-8")


async def test_a_folder_that_cannot_be_written_is_written_later(
    database: Database, keeper: Keeper, folder: Path
):
    case = Case().publish()
    await record(database, case.incident_id, case.decisions)
    await switched(database)
    block(folder)
    with pytest.raises(OSError, match="public"):
        await keeper.look()
    block(folder, is_gone=True)
    await keeper.look()
    assert page(folder, case).exists()


async def test_what_a_killed_writer_left_is_put_right_by_the_next_start(
    database: Database, keeper: Keeper, folder: Path
):
    case = Case().publish()
    await record(database, case.incident_id, case.decisions)
    await switched(database)
    await keeper.look()
    whole = page(folder, case).read_bytes()
    page(folder, case).write_bytes(whole[:100])
    (folder / "responses" / ".half-9-a.html").write_bytes(b"half")
    (folder / "responses" / "gone.html").write_bytes(b"of a case that is public no more")
    await Keeper(database, Folder(folder), Site()).look()
    assert page(folder, case).read_bytes() == whole
    assert files(folder / "responses") == {
        name
        for kind in ("html", "json")
        for end in ("", ".gz")
        for name in [f"{public_id(case.incident_id)}.{kind}{end}"]
    }
