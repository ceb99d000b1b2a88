"""当时的状态: every page that shows a case takes `?at=`, says in a band that it is of a time that is past,
and offers no step.
"""

import asyncio
import re
from datetime import timedelta

from fastapi.routing import iter_route_contexts

from api.uploads import checked_file
from domain.terms.roles import Actor, Role
from storage.attachments import attach
from tests.desk.conftest import Office
from tests.desk.pictures import picture
from tests.desk.seat import Seat
from tests.desk.test_steps import FACTORS, done, registered

SHOWN = {
    "": "/incidents/{incident_id}",
    "/heat": "/incidents/{incident_id}/heat",
    "/attachments": "/incidents/{incident_id}/attachments",
    "/attachments/1/view": "/incidents/{incident_id}/attachments/{number}/view",
    "/papers/assignment_order-1": "/incidents/{incident_id}/papers/{paper}",
    "/certificates": "/incidents/{incident_id}/certificates",
    "/bundle": "/incidents/{incident_id}/bundle",
    "auditor": "/auditor/{incident_id}",
}
OF_ITS_OWN_TIME = {"/incidents/{incident_id}/replay", "/incidents/{incident_id}/replay/report"}
STEPS = {"/incidents/{incident_id}/do/{kind}"}  # it leads to the case as it then stood
FILES = {  # what never changes once it is there, or says of itself by which record it was made
    "/incidents/{incident_id}/attachments/{number}",
    "/incidents/{incident_id}/attachments/{number}/picture",
    "/incidents/{incident_id}/attachments/{number}/thumbnail",
    "/incidents/{incident_id}/certificates/{place}/{form}",
    "/incidents/{incident_id}/papers/{paper}.{ending}",
}
BY_THE_API = {"", "/events", "/obligations", "/attachments"}
OF_NOW_BY_THE_API = {  # what may be done now, and files
    "/permitted",
    "/history",
    "/certificates",
    "/certificates/{place}.json",
    "/certificates/{place}.pdf",
    "/attachments/{number}",
    "/papers/{paper}.{ending}",
}
CLERK = Actor(person="office.leader", role=Role.HANDLER, unit="gov_office")


async def a_case(office: Office) -> tuple[str, Seat]:
    """The path of a case that was judged and assigned, with a file that came last; and an auditor."""
    leader = await office.sits("office.leader")
    path = await registered(leader)
    await done(leader, path, "judge", {"level": "general_matter", "trend": "level", **FACTORS})
    await done(leader, path, "assign", {"first": ["qingxi"]})
    file = await checked_file("现场.png", picture())
    async with office.database.writing() as session:
        later = office.now() + timedelta(minutes=10)
        await attach(session, path.rsplit("/", 1)[1], file, by=CLERK, at=later)
    return path, await office.sits("auditor")


def address(path: str, part: str) -> str:
    return f"/auditor/{path.rsplit('/', 1)[1]}" if part == "auditor" else f"{path}{part}"


def routes(office: Office, method: str = "GET") -> set[str]:
    paths = {
        str(getattr(context, "path", ""))
        for context in iter_route_contexts(office.system.app.routes)
        if method in (getattr(context, "methods", None) or ())
    }
    return {path for path in paths if "{incident_id}" in path}


def test_every_page_that_names_a_case_is_held_to_the_time_that_is_asked_for(office: Office):
    pages = {path for path in routes(office) if not path.startswith("/api/")}
    assert pages == set(SHOWN.values()) | OF_ITS_OWN_TIME | STEPS | FILES
    answers = {path.removeprefix("/api/v1/incidents/{incident_id}") for path in routes(office) - pages}
    assert answers == BY_THE_API | OF_NOW_BY_THE_API


async def test_a_page_of_a_time_that_is_past_says_so_and_offers_no_step(office: Office):
    path, auditor = await a_case(office)
    last = await last_number(auditor, path)
    for part in SHOWN:
        now = (await auditor.open(address(path, part))).text
        assert 'class="then"' not in now, part
        if part == "/attachments/1/view":
            continue  # the file came after the last record
        page = await auditor.open(f"{address(path, part)}?at={last}")
        assert page.status_code == 200, (part, page.text)
        assert f"第 {last} 号记录之后" in page.text, part
        assert 'class="then"' in page.text, part
        body = page.text[page.text.index("<main") : page.text.index("</main>")]
        assert 'method="post"' not in body, part
        assert "/do/" not in body, part
        assert (await auditor.open(f"{address(path, part)}?at=99999")).status_code == 404, part
        assert (await auditor.open(f"{address(path, part)}?at=yesterday")).status_code == 422, part


async def test_a_clerk_is_offered_nothing_of_a_time_that_is_past(office: Office):
    path, _ = await a_case(office)
    leader = await office.sits("office.leader")
    last = await last_number(leader, path)
    assert f'action="{path}/attachments"' in (await leader.open(f"{path}/attachments")).text
    for part in ("", "/attachments", "/papers/assignment_order-1", "/certificates"):
        page = (await leader.open(f"{address(path, part)}?at={last}")).text
        body = page[page.index("<main") : page.index("</main>")]
        assert 'method="post"' not in body, part
        assert "/do/" not in body, part
        assert ".docx" not in body, part
    step = await leader.open(f"{path}/do/judge?at=1")
    assert (step.status_code, step.headers["location"]) == (303, f"{path}?at=1")


async def test_what_came_later_is_on_no_page_of_a_time_before_it(office: Office):
    path, auditor = await a_case(office)
    last = await last_number(auditor, path)
    assert "现场.png" in (await auditor.open(f"{path}/attachments")).text
    assert "现场.png" not in (await auditor.open(f"{path}/attachments?at={last}")).text
    assert (await auditor.open(f"{path}/attachments/1/view?at={last}")).status_code == 404
    assert (await auditor.open(f"{path}/papers/assignment_order-1?at=1")).status_code == 404
    at_first = (await auditor.open(f"{path}/certificates?at=1")).text
    assert at_first.count('id="certificate-') < (await auditor.open(f"{path}/certificates")).text.count(
        'id="certificate-'
    )
    await asyncio.sleep(1.1)  # what is written in the second of a record was there by then
    text = "核对一遍"
    desk = address(path, "auditor")
    sent = await auditor.fill_in(desk, {"text": text}, f"{desk}/notes")
    assert sent.status_code == 303, sent.text
    assert text in (await auditor.open(desk)).text
    assert text not in (await auditor.open(f"{desk}?at=1")).text


async def test_a_report_ends_at_the_time_that_is_asked_for(office: Office):
    path, auditor = await a_case(office)
    assert (await auditor.open(f"{path}/replay/report")).text.count('class="report-step"') > 1
    assert (await auditor.open(f"{path}/replay/report?at=1")).text.count('class="report-step"') == 1
    assert (await auditor.open(f"{path}/replay/report?at=99999")).status_code == 404


async def last_number(seat: Seat, path: str) -> int:
    """The number of the last record of a case."""
    said = re.search(r"台账记到第 (\d+) 号记录", (await seat.open(path)).text)
    assert said is not None
    return int(said[1])
