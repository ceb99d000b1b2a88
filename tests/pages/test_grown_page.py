"""The page of a grown case: small enough for a phone, the latest of each list, a way to the rest,
and words in their places.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from settings import Settings
from storage.database import open_database
from storage.record import record
from tests.domain.grown import Grown
from tests.pages.serving import application, browsing

LARGEST = 150 * 1024  # bytes
MORE = re.compile(r"另有 (\d+) 项未列出")


@pytest.fixture(scope="module")
def grown() -> Grown:
    return Grown(share=0.1)


@asynccontextmanager
async def browser(folder: Path, grown: Grown) -> AsyncIterator[httpx2.AsyncClient]:
    """The pages over a ledger of the case, each decision recorded with its texts."""
    async with application(folder, (), lambda: grown.now) as app, browsing(app) as asking:
        settings: Settings = app.state.settings
        database = open_database(settings.database_url)
        try:
            await record(database, grown.state.incident_id, tuple(grown.decisions), texts=tuple(grown.texts))
        finally:
            await database.close()
        yield asking


async def test_the_page_stays_small_and_leads_to_the_rest(tmp_path: Path, grown: Grown):
    path = f"/incidents/{grown.state.incident_id}"
    async with browser(tmp_path, grown) as asking:
        page = await asking.get(path)
        assert page.status_code == 200
        assert len(page.content) < LARGEST
        assert len(MORE.findall(page.text)) >= 4
        assert "来源只计数量" in page.text
        assert "text:" not in page.text
        sources = await asking.get(path, params={"all": "sources"})
        assert len(MORE.findall(sources.text)) == len(MORE.findall(page.text)) - 1
        texts = await asking.get(path, params={"all": "texts"})
        assert texts.text.count('<article class="text">') == 30
        for more in ({"view": "brief"}, {"all": "concerns"}, {"all": "obligations"}, {"all": "papers"}):
            other = await asking.get(path, params=more)
            assert other.status_code == 200
            assert "text:" not in other.text
        assert "text:" not in sources.text + texts.text
        first = next(item.text for item in grown.texts if item.text != "视频" and len(item.text) == 1_000)
        assert first[:100] in sources.text


async def test_the_timeline_is_paged_to_its_beginning(tmp_path: Path, grown: Grown):
    path = f"/incidents/{grown.state.incident_id}"
    seen: set[int] = set()
    async with browser(tmp_path, grown) as asking:
        query, pages = "", 0
        while True:
            page = await asking.get(path + query)
            seen |= {int(number) for number in re.findall(r'<li id="e(\d+)"', page.text)}
            pages += 1
            found = re.search(r'href="(\?[^"#]*before=\d+)#h-timeline">更早的记录', page.text)
            if found is None:
                break
            query = found[1].replace("&amp;", "&")
            assert len(page.content) < LARGEST
    assert seen == set(range(1, grown.state.event_number + 1))
    assert pages > 10
