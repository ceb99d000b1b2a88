"""Numbers that no case bears are named: what an erased case leaves behind, and a registration that failed."""

from datetime import UTC, datetime

from audit.numbers import number_notes
from storage.database import Database
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
