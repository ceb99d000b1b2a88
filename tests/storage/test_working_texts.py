"""Texts that units are writing: versions are counted, nothing of another person's is overwritten unseen,
and they lapse.
"""

from datetime import timedelta

import pytest

from storage.database import Database
from storage.working_texts import LAPSES, DraftPlace, Overtaken, forget_text, keep_text, working_text
from tests.domain.cast import h

PLACE = DraftPlace("inc-1", "draft_response", "qingxi")


async def test_versions_are_counted_and_another_person_is_not_overwritten_unseen(database: Database):
    async def keep(words: str, person: str, over: int) -> int:
        async with database.writing() as session:
            return await keep_text(session, PLACE, {"facts": [words]}, person=person, over=over, at=h())

    assert [await keep("一", "wang", 0), await keep("二", "li", 1), await keep("三", "li", 1)] == [1, 2, 3]
    with pytest.raises(Overtaken) as overtaken:
        await keep("四", "wang", 1)
    assert overtaken.value.text is not None
    assert (overtaken.value.text.person, overtaken.value.text.fields) == ("li", {"facts": ["三"]})
    assert await keep("四", "wang", 3) == 4
    async with database.session() as session:
        assert await working_text(session, DraftPlace("inc-1", "draft_response", "health"), h()) is None
        assert await working_text(session, PLACE, h() + LAPSES + timedelta(seconds=1)) is None
        text = await working_text(session, PLACE, h() + LAPSES)
    assert text is not None
    assert text.fields == {"facts": ["四"]}
    async with database.writing() as session:
        await forget_text(session, PLACE)
    assert await keep("五", "li", 0) == 1
