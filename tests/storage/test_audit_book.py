"""The audit book: entries follow each other under one chain, take no change, and are found again."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from audit.book import book_differences
from storage.audit_book import (
    HOUSE,
    BookDeed,
    BookEntry,
    Means,
    Origin,
    append,
    canonical,
    enter,
    mark,
    sealed,
)
from storage.audit_book_pages import BookQuery, book_lines, rows
from storage.database import Database

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
LI = Origin(
    means=Means.SESSION, person="li.na", post="handler", unit="qingxi", means_id="s1", address="192.0.2.7"
)


def entry(
    number: int = 0, deed: BookDeed = BookDeed.INCIDENT_READ, origin: Origin = LI, subject: str = "inc-1"
) -> BookEntry:
    return BookEntry(at=NOON + timedelta(seconds=number), deed=deed, origin=origin, subject=subject)


async def written(database: Database, *entries: BookEntry) -> None:
    await database.write(partial(append, entries=entries))


async def unguarded(database: Database, change: str) -> None:
    """A change by somebody who takes the guards away first."""
    async with database.writing() as session:
        if (await session.connection()).dialect.name == "sqlite":
            for guard in ("update", "delete", "replace"):
                await session.execute(text(f"DROP TRIGGER audit_entry_no_{guard}"))
        else:
            await session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))
        await session.execute(text(change))


async def test_entries_follow_each_other_under_one_chain(database: Database):
    await written(database, entry(1), entry(2))
    async with database.writing() as session:
        await enter(session, entry(3))
    await asyncio.gather(*(written(database, entry(number)) for number in range(4, 40)))
    book = [row async for row in rows(database)]
    assert [row["position"] for row in book] == list(range(1, 40))
    assert await book_differences(database) == ()


async def test_the_seal_of_an_entry_can_be_computed_from_its_line_alone(database: Database):
    await written(database, entry(1), entry(2))
    first, second = [row async for row in rows(database)]
    assert canonical(second).startswith('{"address":"192.0.2.7","at":"2026-03-02T04:00:02.000000+00:00",')
    assert sealed(first["seal"], second) == second["seal"]


async def test_an_entry_whose_deed_is_undone_is_not_there(database: Database):
    async def undone() -> None:
        async with database.writing() as session:
            await enter(session, entry())
            raise LookupError

    with pytest.raises(LookupError):
        await undone()
    assert [row async for row in rows(database)] == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET person = 'nobody' WHERE position = 2",
        "DELETE FROM audit_entry WHERE position = 2",
    ],
)
async def test_the_book_takes_no_change(database: Database, statement: str):
    await written(database, entry(1), entry(2), entry(3))
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.writing() as session:
            await session.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "numbers"),
    [
        ("UPDATE audit_entry SET person = 'nobody' WHERE position = 2", {2}),
        ("DELETE FROM audit_entry WHERE position = 2", {2, 3}),
        ("UPDATE audit_entry SET seal = 'x' WHERE position = 2", {2, 3}),
        ("UPDATE audit_entry SET outcome = 'refused' WHERE position = 1", {1}),
    ],
)
async def test_an_entry_changed_past_the_guards_is_found(
    database: Database, statement: str, numbers: set[int]
):
    await written(database, entry(1), entry(2), entry(3))
    await unguarded(database, statement)
    assert {difference.number for difference in await book_differences(database)} == numbers


async def test_entries_are_found_by_person_thing_deed_and_day(database: Database):
    house = entry(5, BookDeed.HEAL, HOUSE, "inc-2")
    await written(
        database,
        entry(1),
        entry(2, BookDeed.SEARCH),
        entry(3, subject="inc-1/4"),
        entry(4, subject="inc-10"),
        house,
    )

    async def positions(**query: object) -> list[int]:
        async with database.session() as session:
            page = await book_lines(session, BookQuery(**query), limit=50)  # type: ignore[arg-type]  # by name
        return [line.position for line in page.items]

    assert await positions() == [5, 4, 3, 2, 1]
    assert await positions(person="li.na") == [4, 3, 2, 1]
    assert await positions(subject="inc-1") == [3, 2, 1]
    assert await positions(deed=BookDeed.SEARCH) == [2]
    assert await positions(since=NOON + timedelta(seconds=4)) == [5, 4]
    assert await positions(until=NOON + timedelta(seconds=2)) == [1]


async def test_the_book_is_read_in_pages(database: Database):
    await written(database, *(entry(number) for number in range(1, 6)))
    async with database.session() as session:
        first = await book_lines(session, BookQuery(), limit=3)
        second = await book_lines(session, BookQuery(), before=int(first.next_cursor or 0), limit=3)
    assert [line.position for line in first.items] == [5, 4, 3]
    assert [line.position for line in second.items] == [2, 1]
    assert second.next_cursor is None


def test_words_that_were_searched_for_leave_their_mark_alone():
    assert mark("house", " 李  娜 ") == mark("house", "李 娜") != mark("another house", "李 娜")


async def test_what_no_database_keeps_is_left_out(database: Database):
    await written(database, entry(subject="inc\0\ud800" + "x" * 500))
    [row] = [row async for row in rows(database)]
    assert row["subject"].startswith("inc?x")
    assert len(row["subject"]) == 200
