"""One look at the record and one making per change and view, however many look on."""

import asyncio
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.shutdown import on_shutdown
from desk.wall.feed import FreshScreen, TooManyScreens, View, WallFeed
from domain.terms.roles import Actor, Role
from settings import Settings
from storage.database import open_database
from storage.record import record
from tests.pages import stories
from tests.pages.serving import fill
from tests.pages.stories import NOON
from words.language import Language

LEADER = Actor(person="liu-bo", role=Role.CITY_LEADER, unit="city_government")
ALL = View(units=(), drill=None, language=Language.CHINESE)
OWN = View(units=("qingxi",), drill=None, language=Language.CHINESE)


async def beats() -> bool:
    return True


async def test_each_view_is_made_once_per_change_for_all_who_look_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("desk.wall.feed.LOOK_SECONDS", 0.02)
    settings = Settings.model_validate({"var_dir": tmp_path})
    await fill(settings, [stories.school(NOON)])
    database = open_database(settings.database_url)
    made: list[View] = []

    async def make(view: View, _: Actor) -> FreshScreen:
        made.append(view)
        return FreshScreen(html=str(len(made)), turns_at=None)

    feed = WallFeed(database, lambda: datetime.now(UTC), beats, make)
    screens = [feed.join(view, LEADER) for view in (ALL, ALL, ALL, OWN, OWN)]
    async with asyncio.timeout(60):
        await asyncio.gather(*(screen.changed(0, 10) for screen in screens))
        assert sorted(made, key=str) == sorted([ALL, OWN], key=str)
        story = stories.tap_water(NOON - timedelta(hours=1))
        await record(database, story.incident_id, tuple(story.decisions))
        await asyncio.gather(*(screen.changed(1, 10) for screen in screens))
    assert len(made) == 4
    feed.join(OWN, LEADER)
    with pytest.raises(TooManyScreens):
        feed.join(ALL, LEADER)
    for view in (ALL, ALL, ALL, OWN, OWN, OWN):
        feed.leave(view, LEADER)
    assert feed.viewers == 0
    await feed.close()
    await database.close()


async def test_a_stop_is_told_before_the_server_takes_it():
    told, taken = asyncio.Event(), []
    before = signal.signal(signal.SIGTERM, lambda number, _: taken.append(number))
    try:
        with on_shutdown(told.set):
            signal.raise_signal(signal.SIGTERM)
            async with asyncio.timeout(60):
                await told.wait()
        signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert taken == [signal.SIGTERM, signal.SIGTERM]
