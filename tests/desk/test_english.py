"""Somebody who switched to English reads English: the workbench, an incident and its steps,
forms and what refuses them.
"""

from typing import Final

from domain.terms.roles import Actor, Role
from domain.terms.workdays import SHANGHAI
from storage import queries
from storage.filters import IncidentFilter
from storage.regulation_text import sentences
from storage.regulations import load_law
from tests.desk.conftest import Office
from tests.desk.test_steps import FACTORS, TITLE, registered, takes
from tests.pages.english import chinese_in, texts_in

AUDITOR: Final = Actor(person="auditor", role=Role.AUDITOR, unit="discipline")
PAGES: Final = ("/desk", "/register", "/password")


async def test_the_desk_speaks_english_to_whoever_switched(office: Office):
    law = load_law("gaoan-2020", office.now().astimezone(SHANGHAI).year)
    quoted = {*texts_in(law), *sentences("gaoan-2020").values(), TITLE, "夜间照明不足", "道路运输", "轻微"}
    leader = await office.sits("office.leader")
    answer = await leader.open("/language/en?after=/desk")
    assert answer.headers["location"] == "/desk"
    incident = await registered(leader)
    async with office.database.session() as session:
        held = (await queries.incidents(session, IncidentFilter(), actor=AUDITOR, limit=500)).items
    quoted |= {words for line in held for words in (line.number, line.title)}
    forms = (
        f"{incident}/do/{kind}" for kind in ("judge", "request_verification", "add_source", "merge_into")
    )
    for path in (*PAGES, incident, *forms):
        page = (await leader.open(path)).text
        assert '<html lang="en">' in page
        assert chinese_in(page, quoted) == set(), path
    typed = {name.replace(".", "__"): value for name, value in FACTORS.items()}
    refused = await takes(leader, incident, "judge", level="complex_sensitive", **typed)
    unfinished = await leader.fill_in("/register", {"title": ""})
    unreadable = await leader.fill_in("/register", {"title": TITLE, "discovered_at": "at noon"})
    assert "Time of discovery" in unreadable.text.partition('id="trouble"')[2].partition("</ul>")[0]
    for page in (refused.text, unfinished.text, unreadable.text):
        assert 'id="trouble"' in page
        assert chinese_in(page, quoted) == set()
    wrong = await leader.fill_in("/password", {"old": "x", "new": "y", "again": "y"})
    assert "The password is wrong." in wrong.text
