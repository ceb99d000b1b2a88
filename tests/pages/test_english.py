"""In English the pages of incidents say nothing in Chinese but what was typed,
names of units and words of the law.
"""

from datetime import timedelta
from pathlib import Path

from api.locale_middleware import COOKIE
from domain.terms.drill import DrillClock
from storage.regulation_text import sentences
from tests.pages import stories
from tests.pages.english import chinese_in, texts_in
from tests.pages.serving import application, browsing
from tests.pages.stories import NOON
from words.language import Language

NOW = NOON + timedelta(hours=400)
ENGLISH = {"Cookie": f"{COOKIE}={Language.ENGLISH}"}


async def test_incidents_of_every_sort_are_told_in_english(tmp_path: Path):
    drill = DrillClock(epoch=NOW - timedelta(minutes=5), origin=NOON, scale=60.0)
    told = [
        stories.city_management(NOON),
        stories.tap_water(NOW - timedelta(hours=24)),
        stories.explosion(NOW - timedelta(hours=4)),
        stories.school(NOON, drill=drill),
    ]
    quoted = {words for story in told for words in texts_in((story.told(), story.decisions))} | set(
        sentences("gaoan-2020").values()
    )
    async with application(tmp_path, told, lambda: NOW) as app, browsing(app) as browser:
        for path in (*(f"/incidents/{story.incident_id}" for story in told), "/no/such/page"):
            page = (await browser.get(path, headers=ENGLISH)).text
            assert '<html lang="en">' in page
            assert chinese_in(page, quoted) == set(), path
