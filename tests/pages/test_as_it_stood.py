"""当时的状态: over every rehearsal the page says of a time that is past what the API says, offers nothing,
and refuses in words.
"""

import html
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from domain.case.obligations import Status
from domain.notices import Notice
from domain.purposes import Purpose
from domain.terms.drill import DrillClock
from domain.terms.roles import Role
from domain.terms.vocabulary import ObligationKind
from rehearsals.document import load
from rehearsals.folding import Folded, fold_rehearsal
from storage.api_tokens import create_token
from storage.audit_book_pages import rows
from storage.inbox import acknowledge, deliver
from tests.pages import stories
from tests.pages.serving import application, browsing
from words.labels import label, word
from words.wording import absolute, remaining

FILES = sorted((Path(__file__).parents[2] / "rehearsals").glob("*.yaml"))
NOW = datetime(2027, 6, 1, tzinfo=UTC)
EVERY = 13  # numbers of a case that are asked for, beside the first and the last
START = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Recorded:
    """A rehearsed case, to be recorded as a story is."""

    folded: Folded

    @property
    def incident_id(self) -> str:
        assert self.folded.incident is not None
        return self.folded.incident.incident_id

    @property
    def decisions(self) -> list[Any]:
        return list(self.folded.decisions)


def times(folded: Folded) -> Iterator[str]:
    """Numbers of events, and instants between two decisions:
    an hour after one, and the due instants that fall there.
    """
    last = folded.decisions[-1].last_number
    yield from (str(number) for number in sorted({1, last, *range(1, last, EVERY)}))
    assert folded.incident is not None
    dues = {obligation.due_at for obligation in folded.incident.obligations}
    for before, after in pairwise(folded.decisions[::EVERY]):
        for instant in {before.now + timedelta(seconds=1), *dues}:
            if before.now < instant < after.now:
                yield instant.isoformat()
                break


@asynccontextmanager
async def asked(
    folder: Path, told: list[Any], now: datetime
) -> AsyncIterator[tuple[httpx2.AsyncClient, FastAPI]]:
    async with application(folder, told, lambda: now) as app, browsing(app) as http:
        async with app.state.database.writing() as session:
            token = await create_token(session, "auditor", Role.AUDITOR, "gov_office")
        app.state.token = token
        yield http, app


async def of_api(http: httpx2.AsyncClient, app: FastAPI, incident_id: str, at: str) -> Any:
    headers = {"Authorization": f"Bearer {app.state.token}", "Accept": "application/json"}
    return await http.get(f"/api/v1/incidents/{incident_id}", params={"at": at}, headers=headers)


def words_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def card(page: str, obligation: str) -> str:
    """The words of the card of an obligation."""
    where = page.index(f'id="how-{obligation}"')
    return words_of(page[page.rindex('<li class="card ', 0, where) : page.index("</details>", where)])


def compare(page: str, api: dict[str, Any]) -> None:
    """What the page says of the case is what the API does."""
    text, as_of = words_of(page), datetime.fromisoformat(api["as_of"])
    assert f"当时的状态： {absolute(as_of)} " in text
    assert f"第 {api['event_number']} 号记录之后" in text
    assert "您现在可以办理" not in text
    ended = api["screening"]["voided"] or api["screening"]["merged_into"]
    if not ended:
        assert f'<span class="badge">{label("Stage", api["stage"]).zh}</span>' in page
    for obligation in api["obligations"]:
        said, due_at = card(page, obligation["id"]), datetime.fromisoformat(obligation["due_at"])
        assert word(ObligationKind(obligation["kind"])) in said
        assert absolute(due_at) in said
        assert word(Status(obligation["status"])) in said
        is_owed = (
            obligation["fulfilled_at"] is None
            and obligation["superseded_at"] is None
            and obligation["status"] in {"open", "breached"}
        )
        if is_owed and not (obligation["advisory"] and due_at < as_of):
            assert remaining(due_at, as_of) in said
    assert page.count('id="how-') == len(api["obligations"])
    assert page.count('id="proof-') == len(api["publications"])
    numbers = [int(number) for number in re.findall(r'<li id="e(\d+)"', page)]
    assert max(numbers) == api["event_number"]


async def test_the_page_says_of_a_time_that_is_past_what_the_api_says(tmp_path: Path):
    told = [
        Recorded(folded)
        for file in FILES
        for folded in fold_rehearsal(load(file))
        if folded.incident is not None
    ]
    async with asked(tmp_path, told, NOW) as (http, app):
        for case in told:
            for at in times(case.folded):
                page = await http.get(
                    f"/incidents/{case.incident_id}", params={"at": at, "all": "obligations"}
                )
                api = await of_api(http, app, case.incident_id, at)
                assert (page.status_code, api.status_code) == (200, 200), (case.folded.plan, at, page.text)
                compare(page.text, api.json())


async def test_a_drill_is_shown_at_the_second_of_its_own_clock(tmp_path: Path):
    drill = DrillClock(epoch=START, origin=START, scale=7.3)
    told = stories.school(START, drill=drill)
    async with asked(tmp_path, [told], NOW) as (http, app):
        for number in range(1, told.told().event_number + 1):
            page = await http.get(f"/incidents/{told.incident_id}?at={number}&all=obligations")
            api = await of_api(http, app, told.incident_id, str(number))
            compare(page.text, api.json())


async def test_what_came_later_is_not_shown_of_a_time_before_it(tmp_path: Path):
    told = stories.city_management(START, until_hours=80)
    async with asked(tmp_path, [told], NOW) as (http, app):
        path, unit = f"/incidents/{told.incident_id}", "urban_management"
        breach = [Notice(event_number=1, purpose=Purpose.BREACH, unit=unit, subject=f"RESP48:{unit}:1")]
        await deliver(app.state.database, told.incident_id, breach, drill=False, at=told.at(49))
        async with app.state.database.writing() as session:
            await acknowledge(session, 1, unit, person="li-na", at=told.at(60))
        shown = {
            hours: (await http.get(path, params={"at": told.at(hours).isoformat()})).text
            for hours in (48, 48.01, 50, 70)
        }
        assert ["尚未确认</span> 市城市管理局" in page for page in shown.values()] == [
            False,
            False,
            True,
            False,
        ]
        assert "还剩 0秒" in words_of(shown[48])
        assert "已超时 36秒" in words_of(shown[48.01])
        for part in ("", "/heat"):
            page = await http.get(path + part, params={"at": told.at(50).isoformat(), "view": "brief"})
            assert "当时的状态" in page.text
        assert f"{path}/heat?at=" in shown[50]
        assert "data-refresh" not in shown[50]


async def test_the_filters_of_the_timeline_stay_at_the_time(tmp_path: Path):
    told = stories.city_management(START, until_hours=80)
    async with asked(tmp_path, [told], NOW) as (http, _):
        page = (await http.get(f"/incidents/{told.incident_id}?at=9")).text
        links = re.findall(r'href="(/incidents/[^"]*#h-timeline)"', page)
        assert len(links) > 5
        assert all("at=9" in link for link in links)
        only = (await http.get(html.unescape(next(link for link in links if "who=people" in link)))).text
        assert {int(number) for number in re.findall(r' id="e(\d+)"', only)} == set(range(1, 10))


UNREADABLE, NOT_THERE = (
    ("看不出是哪一时刻", "Not a time that can be read"),
    ("没有这一时刻", "did not stand at that time"),
)


@pytest.mark.parametrize(
    ("at", "status", "said"),
    [
        ("yesterday", 422, UNREADABLE),
        ("9999-12-31T23:59:59Z", 422, UNREADABLE),
        ("9" * 41, 422, UNREADABLE),
        ("-1", 422, UNREADABLE),
        ("<b>", 422, UNREADABLE),
        ("0", 404, NOT_THERE),
        ("99999", 404, NOT_THERE),
        ("2020-01-01T00:00:00Z", 404, NOT_THERE),
        ("2099-01-01 10:00", 404, NOT_THERE),
        ("2026-09-07 10:06", 200, ("当时的状态", "As it stood")),
        ("2026-09-07T10:06", 200, ("当时的状态", "As it stood")),
        ("2026-09-07T02:06:00Z", 200, ("当时的状态", "As it stood")),
        ("2026-09-07T10:06:00 08:00", 200, ("当时的状态", "As it stood")),
    ],
)
async def test_a_time_is_read_as_people_write_it_or_refused_in_words(
    tmp_path: Path, at: str, status: int, said: tuple[str, str]
):
    told = stories.city_management(START, until_hours=2)
    async with asked(tmp_path, [told], NOW) as (http, _):
        for page in ("", "/heat"):
            for language, words in zip(("zh-CN", "en"), said, strict=True):
                http.cookies.set("huiying_language", language)
                answer = await http.get(f"/incidents/{told.incident_id}{page}", params={"at": at})
                assert answer.status_code == status, answer.text
                assert words in answer.text


async def test_looking_at_a_time_that_is_past_stands_in_the_audit_book(tmp_path: Path):
    told = stories.city_management(START, until_hours=2)
    async with asked(tmp_path, [told], NOW) as (http, app):
        await http.get(f"/incidents/{told.incident_id}?at=2")
        entries = [row async for row in rows(app.state.database) if row["deed"] == "incident_read"]
        assert [(entry["subject"], json.loads(entry["detail"])["?at"]) for entry in entries] == [
            (told.incident_id, "2")
        ]
