"""Who has a form open is seen by the others of the unit alone, and ends by itself."""

from datetime import timedelta

from storage.database import Database
from storage.forms_open import MOST_NAMED, has_closed, has_open, who_else
from storage.working_texts import DraftPlace
from tests.domain.cast import h

PLACE = DraftPlace("inc-1", "draft_response", "qingxi")
SPAN = timedelta(seconds=100)


async def test_it_is_seen_by_others_until_it_ends_or_is_left(database: Database):
    async def opened(person: str, place: DraftPlace = PLACE) -> None:
        async with database.writing() as session:
            await has_open(session, place, person, at=h(), until=h() + SPAN)

    async def others(person: str, seconds: float = 0) -> tuple[str, ...]:
        async with database.session() as session:
            return await who_else(session, PLACE, person, h() + timedelta(seconds=seconds))

    await opened("wang")
    await opened("wang")
    await opened("zhao", DraftPlace("inc-1", "draft_response", "health"))
    assert await others("wang") == ()
    assert (await others("li"), await others("li", 99), await others("li", 100)) == (("wang",), ("wang",), ())
    for number in range(MOST_NAMED + 3):
        await opened(f"person-{number}")
    assert len(await others("li")) == MOST_NAMED
    async with database.writing() as session:
        await has_closed(session, PLACE, "wang")
        await has_closed(session, PLACE, "nobody")
    assert "wang" not in await others("li")
