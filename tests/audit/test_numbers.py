"""Numbers that no case bears are named: what an erased case leaves behind, and a registration that failed."""

from datetime import UTC, datetime

from audit.numbers import number_notes
from storage.database import Database
from storage.paper_tables import PaperNumberRow
from storage.tables import DrawnNumberRow
from tests.audit.conftest import ENDED
from tests.audit.forger import Forger

YEAR = datetime(2026, 9, 7, tzinfo=UTC).year


async def draw(database: Database, command_id: str, ordinal: int, *, drill: bool = False) -> None:
    async with database.writing() as session:
        session.add(DrawnNumberRow(command_id=command_id, drill=drill, year=YEAR, ordinal=ordinal))


async def test_a_number_of_an_erased_case_is_named(database: Database, forger: Forger):
    ((command_id,),) = forger.run(
        "SELECT command_id FROM event_log WHERE incident_id = ? AND first_number = 1", ENDED
    )
    await draw(database, command_id, 7)
    assert await number_notes(database) == ()
    forger.run("DELETE FROM event_log WHERE incident_id = ?", ENDED)
    (note,) = await number_notes(database)
    assert note.startswith("舆〔2026〕7号已取用而没有事件")


async def test_many_are_counted(database: Database):
    for ordinal in range(1, 26):
        await draw(database, f"{ordinal:a>64}", ordinal, drill=True)
    notes = await number_notes(database)
    assert len(notes) == 21
    assert "演〔2026〕25号" in notes[0]
    assert notes[-1].startswith("另有 5 个")


async def test_a_number_of_a_paper_that_no_case_holds_and_a_gap_are_told(database: Database):
    def drawn(ordinal: int) -> PaperNumberRow:
        return PaperNumberRow(
            incident_id=f"inc-{ordinal}",
            paper="opinion_hint-1",
            series="舆提〔{year}〕{number}号",
            drill=False,
            year=YEAR,
            ordinal=ordinal,
            number=f"舆提〔{YEAR}〕{ordinal}号",
            drawn_at=datetime(YEAR, 9, 7, tzinfo=UTC),
        )

    async with database.writing() as session:
        session.add_all([drawn(1), drawn(3)])
    notes = await number_notes(database)
    assert [
        f"舆提〔{YEAR}〕{ordinal}号已取用而没有文书" in note
        for ordinal, note in zip((1, 3), notes, strict=False)
    ] == [True, True]
    assert "应有 3 个号，只有 2 个" in notes[-1]
