"""Heartbeats are counted, and heard by the listener's own clock."""

from datetime import UTC, datetime, timedelta

from storage.database import Database
from storage.heartbeats import Listener, beat, heartbeats

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


async def test_each_beat_is_counted_and_the_last_is_dated(database: Database):
    for minute in range(3):
        await beat(database, "worker", NOON + timedelta(minutes=minute))
    await beat(database, "web", NOON)
    async with database.session() as session:
        heard = await heartbeats(session)
    assert {name: one.beats for name, one in heard.items()} == {"worker": 3, "web": 1}
    assert heard["worker"].at == NOON + timedelta(minutes=2)


def test_silence_is_measured_since_the_count_last_moved():
    now = [100.0]
    listener = Listener(lambda: now[0])
    assert listener.silence("worker", 5) == 0
    now[0] += 8
    assert listener.silence("worker", 5) == 8
    assert listener.silence("worker", 6) == 0
    now[0] += 3
    assert listener.silence("worker", 6) == 3
