"""Texts that units are writing: versions are counted, nothing of another person's is overwritten unseen,
and they lapse.
"""

import asyncio
from datetime import datetime, timedelta

import pytest

from storage.database import Database
from storage.working_texts import (
    KEPT_EVERY,
    LAPSES,
    LONGEST_KEPT,
    MOST_KEPT,
    DraftPlace,
    Overtaken,
    forget_text,
    keep_aside,
    keep_text,
    set_aside,
    versions_of,
    working_text,
)
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


async def keep(database: Database, words: str, person: str, over: int, at: datetime) -> int:
    async with database.writing() as session:
        return await keep_text(session, PLACE, {"facts": [words]}, person=person, over=over, at=at)


async def kept(database: Database, at: datetime) -> list[tuple[str, str, bool]]:
    async with database.session() as session:
        return [
            (one.fields["facts"][0], one.person, one.is_aside)
            for one in await versions_of(session, PLACE, at)
        ]


async def test_what_stood_before_is_kept_where_somebody_else_goes_on_or_much_goes_and_every_ten_minutes(
    database: Database,
):
    long = "长" * 250
    await keep(database, "一", "wang", 0, h())
    await keep(database, "一二", "wang", 1, h() + timedelta(seconds=5))
    assert await kept(database, h()) == []
    await keep(database, long, "li", 2, h() + timedelta(seconds=9))  # somebody else
    await keep(database, "短", "li", 3, h() + timedelta(seconds=12))  # much goes
    await keep(database, "短句", "li", 4, h() + timedelta(seconds=15))
    expected = [(long, "li", False), ("一二", "wang", False)]
    assert await kept(database, h()) == expected
    later = h() + timedelta(seconds=12) + KEPT_EVERY
    await keep(database, "短句。", "li", 5, later)
    assert await kept(database, later) == [("短句", "li", False), *expected]
    await keep(database, "短句。", "wang", 6, later)  # nothing changes: nothing is kept
    assert len(await kept(database, later)) == 3
    assert await kept(database, later + LAPSES + timedelta(seconds=1)) == []


async def test_words_typed_beside_are_kept_too_and_grow_as_their_writer_types_on(database: Database):
    async def beside(words: str, person: str) -> None:
        async with database.writing() as session:
            await keep_aside(session, PLACE, {"facts": [words]}, person=person, at=h())

    await keep(database, "一", "li", 0, h())
    await beside("甲", "wang")
    await beside("甲乙", "wang")
    await beside("丙", "zhao")
    await beside("丁", "wang")
    assert await kept(database, h()) == [("丁", "wang", True), ("丙", "zhao", True), ("甲乙", "wang", True)]


async def test_of_two_who_save_at_once_one_stands_and_the_other_is_told(database: Database):
    outcomes = await asyncio.gather(
        keep(database, "甲", "wang", 0, h()), keep(database, "乙", "li", 0, h()), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["Overtaken", "int"]


async def test_an_older_version_takes_the_place_of_the_one_that_was_seen_alone(database: Database):
    async def back(over: int) -> int:
        async with database.writing() as session:
            fields = {"facts": ["旧"]}
            return await keep_text(session, PLACE, fields, person="wang", over=over, at=h(), is_exact=True)

    await keep(database, "一", "wang", 0, h())
    await keep(database, "二", "wang", 1, h())
    with pytest.raises(Overtaken):
        await back(1)
    assert await back(2) == 3
    assert await kept(database, h()) == [("二", "wang", False)]


async def test_of_many_versions_the_oldest_go_by_number_and_by_length(database: Database):
    for number in range(MOST_KEPT + 3):
        await keep(database, f"第{number}", f"person-{number}", number, h())
    there = await kept(database, h())
    assert len(there) == MOST_KEPT
    assert there[0][0] == f"第{MOST_KEPT + 1}"
    whole, over = LONGEST_KEPT // 90_100, MOST_KEPT + 3
    for number in range(whole + 4):
        long = "长文稿篇幅很大又一"[number % 9] * 90_000
        await keep(database, long, f"person-{number}", over + number, h())
    async with database.session() as session:
        sizes = [len(one.fields["facts"][0]) for one in await versions_of(session, PLACE, h())]
    assert sum(sizes) <= LONGEST_KEPT
    assert sizes[:whole] == [90_000] * whole


async def test_what_dies_in_the_middle_keeps_nothing_and_loses_nothing(database: Database):
    async def dies() -> None:
        async with database.writing() as session:
            await keep_text(session, PLACE, {"facts": ["二"]}, person="li", over=1, at=h())
            raise OSError("killed")

    await keep(database, "一", "wang", 0, h())
    with pytest.raises(OSError, match="killed"):
        await dies()
    async with database.session() as session:
        text = await working_text(session, PLACE, h())
    assert text is not None
    assert (text.version, text.fields, await kept(database, h())) == (1, {"facts": ["一"]}, [])


async def test_what_is_given_up_is_kept_as_a_version_and_what_was_sent_is_not(database: Database):
    await keep(database, "一", "wang", 0, h())
    async with database.writing() as session:
        await set_aside(session, PLACE)
    assert await kept(database, h()) == [("一", "wang", False)]
    await keep(database, "二", "wang", 0, h())
    async with database.writing() as session:
        await forget_text(session, PLACE)
    assert await kept(database, h()) == []
