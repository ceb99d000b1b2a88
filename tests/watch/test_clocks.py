"""A process whose clock is a minute and more from the engine's is named, and no other."""

from datetime import UTC, datetime, timedelta

from storage.heartbeats import Heartbeat
from watch.clocks import Clocks
from workflows.engine_clock import EngineClock

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


class Sure(EngineClock):
    """A clock that shows noon, by a machine that is ahead by so much; measured, as it says."""

    def __init__(self, ahead: timedelta = timedelta(0)) -> None:
        super().__init__(own=lambda: NOON + ahead)
        self.ahead = ahead

    def is_sure(self) -> bool:
        return True


def looked(
    clocks: Clocks, *, times: int, web: timedelta, worker: timedelta = timedelta(0)
) -> dict[str, str] | None:
    """What is found after so many looks between which both have beaten."""
    found = None
    for beats in range(times):
        found = clocks.wrong(
            {
                "web": Heartbeat(beats=beats, at=NOON + web),
                "worker": Heartbeat(beats=beats, at=NOON + worker),
                "watch": Heartbeat(beats=beats, at=NOON - timedelta(days=1)),
            }
        )
    return found


def test_a_clock_far_ahead_or_behind_is_named_with_its_seconds():
    assert looked(Clocks(Sure()), times=3, web=timedelta(hours=26), worker=timedelta(hours=-26)) == {
        "web": "+93600",
        "worker": "-93600",
    }


def test_a_few_seconds_are_the_age_of_a_heartbeat():
    assert looked(Clocks(Sure()), times=9, web=timedelta(seconds=-12)) == {}


def test_one_heartbeat_of_before_a_sleep_is_no_wrong_clock():
    clocks = Clocks(Sure())
    assert looked(clocks, times=2, web=timedelta(hours=-8)) == {}
    assert looked(clocks, times=9, web=timedelta(0)) == {}


def test_of_a_process_that_does_not_beat_what_was_known_stays():
    clocks = Clocks(Sure())
    assert looked(clocks, times=3, web=timedelta(hours=26))
    silent = {"web": Heartbeat(beats=2, at=NOON + timedelta(hours=26))}
    assert clocks.wrong(silent) == {"web": "+93600"}


def test_the_watch_tells_of_its_own_clock():
    assert Clocks(Sure(timedelta(hours=26))).wrong({}) == {"watch": "+93600"}


def test_who_does_not_know_the_time_blames_nobody():
    assert looked(Clocks(EngineClock()), times=9, web=timedelta(hours=26)) is None
