"""Heat and statistics: the figures, who sees them, and that a browser draws them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser

from desk.charts.heat import heat_page
from desk.charts.performance import Span, performance_page, quarter_of, quarters_to, spread_lines
from domain.case.obligations import Status
from domain.law.levels import Metrics
from domain.steps.register import RecordMetrics
from domain.terms.roles import Role
from domain.terms.vocabulary import Marking
from domain.terms.workdays import SHANGHAI
from storage.api_tokens import create_token
from storage.performance import PublicResponse, Spread, tallied
from tests.pages import stories
from tests.pages.serving import application, browsing
from tests.pages.stories import NOON
from tests.pages.telling import OFFICE, Story
from tests.pages.test_browser import FAINT, browser, opened, overflow, site
from tests.pages.test_browser import pytestmark as in_a_browser

__all__ = ["browser"]
LOOP, NO_CHROMIUM = in_a_browser
DUE = datetime(2026, 9, 9, 2, 0, tzinfo=UTC)
SPAN = Span(first=date(2026, 7, 1), last=date(2026, 9, 30))
UNITS = (("qingxi", "青溪镇"), ("shiqiao", "石桥镇"))


def answer(unit: str, status: Status, hours: float | None = 10) -> PublicResponse:
    begun = DUE - timedelta(hours=48)
    given = begun + timedelta(hours=hours) if hours is not None else None
    return PublicResponse(
        incident_id="inc-" + "0" * 24,
        number="舆〔2026〕1号",
        title="停水",
        unit=unit,
        status=status,
        marking=Marking.NONE,
        clock_start=begun,
        due_at=DUE,
        fulfilled_at=given,
    )


def test_what_is_overdue_and_not_answered_counts_in_the_rate():
    found = [answer("qingxi", Status.ON_TIME)] * 3 + [answer("qingxi", Status.ON_TIME_LATE_EVIDENCE)]
    found += [answer("qingxi", Status.BREACHED, 58), answer("qingxi", Status.BREACHED, None)]
    found += [answer("qingxi", Status.OPEN, None), answer("shiqiao", Status.ON_TIME)]
    page = performance_page(SPAN, tallied(found), UNITS, DUE, drill=False)
    first, second = page.lines
    assert (first.due, first.on_time, first.late, first.missing) == (7, 4, 1, 2)
    assert first.rate == "57%（4/7）"
    assert first.mean == "19小时36分"
    assert (second.rate, second.mean) == ("样本过少", "样本过少")
    assert [line.name for line in page.lines] == ["青溪镇", "石桥镇"]


@pytest.mark.parametrize(
    ("at", "first", "last"),
    [
        (datetime(2026, 9, 30, 23, 59, tzinfo=SHANGHAI), date(2026, 7, 1), date(2026, 9, 30)),
        (datetime(2026, 9, 30, 16, 0, tzinfo=UTC), date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_a_quarter_is_shanghais(at: datetime, first: date, last: date):
    assert quarter_of(at) == Span(first=first, last=last)


def heated(story: Story) -> Story:
    for hours, posts in ((4, 40), (9, 90)):
        counts = Metrics(at=story.at(hours), posts=posts, reads=posts * 900, comments=610 + posts, local=1)
        story.does(hours, OFFICE, RecordMetrics(metrics=counts))
    return story


def test_the_trend_by_quarter_says_no_mean_of_a_few():
    quarters = quarters_to(Span(first=date(2026, 9, 1), last=date(2026, 9, 30)))
    assert [(one.first, one.last) for one in quarters[-2:]] == [
        (date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2026, 9, 30)),
    ]
    lines = spread_lines([(quarters[-1], Spread(covered=5, coverage=3000, counted=4, reach=900))])
    assert lines[0].quarter == "2026年第3季度"
    assert (lines[0].coverage, lines[0].reach) == ("60.0%（5 件）", "样本过少")


def test_the_curve_has_all_counts_and_what_was_recorded_on_it():
    story = heated(stories.city_management(NOON, until_hours=2))
    page = heat_page(story.told(), story.decisions, story.at(10))
    assert [(count.posts, count.new_posts) for count in page.counts] == [(15, ""), (40, "+25"), (90, "+50")]
    assert [mark.name for mark in page.marks][:2] == ["已登记", "已研判"]
    assert page.chart["series"][0]["points"][0] == ["2026-09-07T10:00:00", 15]


async def test_a_unit_sees_its_own_line_alone(tmp_path: Path):
    told = [stories.city_management(NOON, until_hours=60), stories.tap_water(NOON)]
    later = NOON + timedelta(hours=60)
    async with application(tmp_path, told, lambda: later) as app, browsing(app) as http:
        async with app.state.database.writing() as session:
            token = await create_token(session, "wang-fang", Role.HANDLER, "qingxi")
        own = {"Authorization": f"Bearer {token}"}
        everybody = (await http.get("/performance")).text
        line = (await http.get("/performance", headers=own)).text
        detail = await http.get("/performance/urban_management")
        others = await http.get("/performance/urban_management", headers=own)
        heat = await http.get(f"/incidents/{told[0].incident_id}/heat", headers=own)
        backwards = await http.get("/performance?first=2026-09-02&last=2026-09-01")
    assert "市城市管理局" in everybody
    assert ("按重点类别" in everybody, "各环节自发现起的平均用时" in everybody) == (True, True)
    assert "按重点类别" not in line  # a unit sees its own line alone
    assert "青溪镇" in everybody
    assert "青溪镇" in line
    assert "市城市管理局" not in line
    assert "-3" in detail.text
    assert "超时未回应" in detail.text
    assert (others.status_code, heat.status_code, backwards.status_code) == (404, 404, 422)


async def test_a_unit_reads_the_sum_of_its_points(tmp_path: Path):
    told = [stories.city_management(NOON, until_hours=60)]
    async with application(tmp_path, told, lambda: NOON + timedelta(hours=60)) as app, browsing(app) as http:
        detail = await http.get("/performance/urban_management")
    said = detail.text[detail.text.index("合计 ") :].split("<")[0]
    assert said.strip() == "合计 96.5：基础分 100，加减 -3.5（自主发现加分每年至多 5）"


@LOOP
@NO_CHROMIUM
async def test_both_charts_are_drawn_and_their_tables_fit_a_phone(
    browser: Browser, tmp_path: Path, free_port: Callable[[], int]
):
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=60)
    story = heated(stories.city_management(start, until_hours=2)).clock(start + timedelta(hours=60))
    async with site(tmp_path, [story], free_port()) as address:
        for path in (f"/incidents/{story.incident_id}/heat", "/performance", "/performance/urban_management"):
            page, seen = await opened(browser, address + path, 1366)
            drawn = await page.locator("canvas").count()
            assert drawn == (0 if path.endswith("management") else 1)
            assert await page.locator("table caption").first.is_visible()
            await page.locator("main").hover()
            assert await page.evaluate(FAINT) == []
            await page.set_viewport_size({"width": 360, "height": 740})
            assert await overflow(page) <= 0, path
            assert seen.errors == []
            assert {url.startswith(address + "/") for url in seen.requests} == {True}
            await page.context.close()
