"""The text of the regulation, sentence by sentence, with the rules and the incidents that each touches."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from desk.clauses.rules import rule_counts, rule_groups
from domain.terms.roles import Role
from storage.regulation_text import clauses, sentences
from storage.regulations import articles
from tests.desk.conftest import Office
from tests.desk.test_steps import registered
from tests.pages import stories
from tests.pages.serving import application, browsing
from tests.pages.stories import NOON
from words.clauses import clause_href, clause_key

LIMIT = "三(三)#4"


async def test_the_whole_text_stands_sentence_by_sentence(office: Office):
    page = (await (await office.sits("town.handler")).open("/clauses")).text
    for clause in clauses("gaoan-2020"):
        for sentence in clause["sentences"]:
            assert sentence["text"] in page
            assert clause_href(f"{clause['id']}#{sentence['n']}") in page


async def test_a_sentence_names_its_rules_and_its_incidents(office: Office):
    clerk = await office.sits("office.clerk")
    incident = await registered(clerk)
    page = (await clerk.open(clause_href(LIMIT))).text
    assert "48小时内予以回应" in page
    assert "R341–R348" in page
    assert f'href="{incident}"' in page
    await office.account("clauses.province", Role.HANDLER, "province_office")  # no test gives it a part
    stranger = (await (await office.sits("clauses.province")).open(clause_href(LIMIT))).text
    assert incident not in stranger
    assert "没有事件引用本句" in stranger


async def test_every_citation_of_an_incident_leads_to_its_sentence(office: Office):
    clerk = await office.sits("office.clerk")
    incident = await registered(clerk)
    for path in (incident, "/desk", f"{incident}/do/judge"):
        found = set(re.findall(r'href="(/clauses/[^"#?]+)"', (await clerk.open(path)).text))
        assert found, path
        for href in found:
            assert clause_key(unquote(href.rsplit("/", 1)[1])) in sentences("gaoan-2020")
            assert (await clerk.open(href)).status_code == 200


async def test_long_lists_of_incidents_go_on_on_the_next_page(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("desk.clauses.route.ROWS", 2)
    clerk = await office.sits("office.clerk")
    for _ in range(3):
        await registered(clerk)
    found: list[str] = []
    path: str | None = clause_href(LIMIT)
    while path:
        page = (await clerk.open(path)).text
        found += re.findall(r'class="touched" href="([^"]+)"', page)
        more = re.search(r'<p class="pager"><a href="([^"]+)">', page)
        path = more[1].replace("&amp;", "&") if more else None
    assert len(found) == len(set(found)) >= 3
    total = re.search(r'<span class="count">(\d+)</span>', page)
    assert total is not None
    assert int(total[1]) == len(found)
    assert (await clerk.open(f"{clause_href(LIMIT)}?cursor=zzz")).status_code == 422


async def test_a_clause_that_there_is_not_is_not_there(office: Office):
    clerk = await office.sits("office.clerk")
    for name in ("三(五)-1", "x", "-", "x" * 30):
        assert (await clerk.open(f"/clauses/{name}")).status_code == 404
    assert (await (await office.sits("sys.admin")).open("/clauses")).status_code == 403


async def test_another_regulation_has_its_own_text(tmp_path: Path):
    story = stories.school(NOON)
    async with (
        application(tmp_path, [story], lambda: NOON, regulation="state-council-2016") as app,
        browsing(app) as browser,
    ):
        whole = (await browser.get("/clauses")).text
        one = (await browser.get(clause_href("61号#2"))).text
        gone = await browser.get(clause_href(LIMIT))
    assert "要旨，非原文" in whole
    assert "其他政务舆情48小时内回应" in one
    assert "48小时内予以回应" in one
    assert gone.status_code == 404


@pytest.mark.parametrize("regulation", ["gaoan-2020", "state-council-2016"])
def test_every_clause_that_the_data_name_has_rules_and_every_rule_a_clause_of_the_text(regulation: str):
    counts = rule_counts(regulation)
    assert set(counts) <= set(sentences(regulation)) | {"overlay"}
    assert {clause for article, clause in articles(regulation) if article == "statutory_limit"} <= set(counts)
    assert all(rule_groups(regulation, key) for key in counts)


def test_a_clause_is_found_again_by_its_address():
    for key in (*sentences("gaoan-2020"), *sentences("state-council-2016")):
        assert clause_key(unquote(clause_href(key).rsplit("/", 1)[1])) == key


async def test_who_hears_how_soon_is_told_from_the_law_in_force(office: Office):
    page = (await (await office.sits("town.handler")).open("/clauses")).text
    panel = page[page.index('id="h-hearing"') :]
    for told in (
        "分管副市长",
        "L4及以上；24小时类",
        "每 15分00秒 上升一步；24小时类每 5分00秒",
        "22:00 至 07:00",
    ):
        assert told in panel
