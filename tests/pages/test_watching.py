"""What the watch found stands on every page, in both languages,
with the bell of the office and of who keeps the system.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.locale_middleware import COOKIE
from casework import watched
from desk.alarms.view import alarm_lines, band
from desk.notices.view import bell, bell_of_alarms
from storage.alarms import AlarmKind, WatchAlarm, settle
from storage.database import open_database
from storage.heartbeats import beat
from tests.pages import stories
from tests.pages.serving import application, browsing
from tests.pages.stories import NOON
from words.language import Language, speak

SAID = {
    Language.CHINESE: "值守报警：有事件的流程没有在运行。",
    Language.ENGLISH: "The watch raises an alarm: the workflow of an incident does not run.",
}


@pytest.mark.parametrize("language", list(Language))
async def test_an_alarm_stands_on_every_page_and_the_last_look_on_the_wall(
    tmp_path: Path, language: Language
):
    headers = {"Cookie": f"{COOKIE}={language}"}
    async with application(tmp_path, [stories.school(NOON)], lambda: NOON) as app, browsing(app) as browser:
        other = open_database(app.state.settings.database_url)
        try:
            now = datetime.now(UTC)
            await settle(other, {(AlarmKind.CASE_MISSING, "inc-x"): "none"}, list(AlarmKind), now)
            await beat(other, "watch", NOON)
        finally:
            await other.close()
        for path in ("/", "/wall", "/sign-in"):
            page = (await browser.get(path, headers=headers)).text
            assert SAID[language] in page, path
            assert "inc-x" not in page
        assert "2026-" in (await browser.get("/wall", headers=headers)).text.split('id="wall-watch"')[1][:400]


async def test_a_watch_that_looks_no_more_is_told_on_every_page_and_on_the_wall_with_its_last_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(watched, "SILENT_SECONDS", -1.0)
    async with application(tmp_path, [stories.school(NOON)], lambda: NOON) as app, browsing(app) as browser:
        other = open_database(app.state.settings.database_url)
        try:
            await beat(other, "watch", NOON)
        finally:
            await other.close()
        wall = (await browser.get("/wall")).text
        for page in (wall, (await browser.get("/")).text):
            assert "值守报警：值守程序没有在巡查。" in page
        foot = wall.split('id="wall-watch"')[1][:400]
    assert "已停止巡查" in foot
    assert "2026-" in foot


def test_while_all_is_well_nothing_is_said():
    assert band(()) == ""


def test_alarms_count_in_the_bell_and_lead_whoever_keeps_the_system_to_it():
    assert bell([], alarms=2).count == "2"
    assert (bell_of_alarms(1).count, bell_of_alarms(1).href) == ("1", "/system")
    assert bell_of_alarms(0).count == ""


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        ("+93600", "网页进程的时钟快26小时00分，时间以流程引擎为准"),
        ("-93600", "网页进程的时钟慢26小时00分，时间以流程引擎为准"),
    ],
)
def test_a_wrong_clock_is_told_with_whose_it_is_and_by_how_much(seconds: str, said: str):
    speak(Language.CHINESE)
    alarm = WatchAlarm(
        position=1,
        kind=AlarmKind.CLOCK,
        subject="web",
        detail=seconds,
        since=NOON,
        seen_at=NOON + timedelta(seconds=5),
        closed_at=None,
    )
    (line,) = alarm_lines([alarm], "sys.admin")
    assert line.what == said
