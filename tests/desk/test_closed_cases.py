"""A case that is closed to named persons: whoever is not named, of whatever post, meets it nowhere."""

import re
from io import BytesIO
from uuid import uuid4

from openpyxl import load_workbook

from domain.terms.roles import Role
from storage.api_tokens import create_token
from tests.desk.conftest import PEOPLE, Office
from tests.desk.seat import Seat
from tests.desk.test_steps import registered
from words.clauses import clause_href

NAMED = ("office.leader", "town.handler")
OTHERS = ("town.leader", "office.clerk", "auditor")
LISTS = (
    *("/", "/desk", "/ledger", "/notices", "/wall", "/performance/qingxi", "/performance/gov_office"),
    *("/api/v1/incidents?limit=200", "/api/v1/obligations?limit=200", "/api/v1/inbox?limit=200"),
)
PAGES_OF_IT = (
    "",
    "?view=brief",
    "?at=1",
    "/replay",
    "/replay/report",
    "/heat",
    "/attachments",
    "/do/judge",
    "/do/add_source",
)
API_OF_IT = ("", "/events", "/attachments")


async def a_closed_case(office: Office) -> tuple[str, str]:
    """The path and the title of a case of 青溪镇, closed to one of its handlers and to who closed it."""
    leader = await office.sits("office.leader")
    title = f"涉及未成年人{uuid4().hex[:8]}"
    incident = await registered(leader, title=title)
    for kind, typed in (
        ("judge", {"level": "general_matter", **FACTORS}),
        ("assign", {"first": ["qingxi"]}),
        ("name_readers", {"readers": "town.handler", "reason": "涉及未成年人"}),
    ):
        answer = await leader.fill_in(f"{incident}/do/{kind}", typed)
        assert answer.status_code == 303, answer.text
    return incident, title


FACTORS = {
    f"factors.{name}.{part}": value
    for name in ("nature", "intensity", "public_reaction", "media_involvement")
    for part, value in (("score", "1"), ("text", "轻微"))
}


async def told(seat: Seat, path: str) -> str:
    answer = await seat.open(path)
    return answer.text if answer.status_code == 200 else ""


async def token_of(office: Office, login: str) -> dict[str, str]:
    post, unit = PEOPLE[login]
    assert isinstance(post, Role)
    async with office.database.writing() as session:
        token = await create_token(session, login, post, unit)
    return {"Authorization": f"Bearer {token}"}


async def test_no_list_feed_sheet_or_search_tells_others_of_a_closed_case(office: Office):
    incident, title = await a_closed_case(office)
    name = incident.rpartition("/")[2]
    for login in OTHERS:
        seat, token = await office.sits(login), await token_of(office, login)
        searches = [f"{place}={title[-8:]}" for place in ("/ledger?text", "/?text", "/search?q")]
        for path in (*LISTS, *searches):
            answer = (
                await seat.open(path) if "/api/" not in path else await seat.http.get(path, headers=token)
            )
            assert title not in answer.text.replace(f'value="{title[-8:]}"', ""), (login, path)
            assert name not in answer.text, (login, path)
        sheet = load_workbook(BytesIO((await seat.open("/ledger.xlsx")).content)).worksheets[0]
        assert title not in {cell.value for row in sheet.rows for cell in row}
        alike = await seat.http.get(
            "/api/v1/incidents/similar",
            params={"title": title, "at": office.now().isoformat()},
            headers=token,
        )
        assert title not in alike.text


async def test_every_address_of_a_closed_case_is_answered_to_others_as_if_there_were_none(office: Office):
    incident, _ = await a_closed_case(office)
    for login in OTHERS:
        seat, token = await office.sits(login), await token_of(office, login)
        for path in PAGES_OF_IT:
            assert (await seat.open(f"{incident}{path}")).status_code in {403, 404}, (login, path)
        for path in API_OF_IT:
            answer = await seat.http.get(f"/api/v1{incident}{path}", headers=token)
            assert answer.status_code == 404, (login, path)
        step = await seat.http.post(
            f"/api/v1{incident}/record_concern",
            json={"text": "不应知悉"},
            headers={**token, "Idempotency-Key": uuid4().hex},
        )
        assert step.status_code == 404, (login, step.text)


async def test_named_persons_go_on_with_a_closed_case(office: Office):
    incident, title = await a_closed_case(office)
    handler = await office.sits("town.handler")
    assert title in (await handler.open(incident)).text
    assert title in await told(handler, f"/ledger?text={title[-8:]}")
    assert title in await told(handler, "/notices")
    assert title not in await told(handler, "/wall")  # which whoever comes by reads
    answer = await handler.fill_in(f"{incident}/do/sign_for", {})
    assert answer.status_code == 303, answer.text


async def test_a_case_that_is_opened_again_is_met_as_before(office: Office):
    incident, title = await a_closed_case(office)
    leader, other = await office.sits("office.leader"), await office.sits("town.leader")
    answer = await leader.fill_in(f"{incident}/do/name_readers", {"readers": "", "reason": "已公开"})
    assert answer.status_code == 303, answer.text
    assert title in (await other.open(incident)).text
    assert title in await told(other, f"/ledger?text={title[-8:]}")


async def test_the_page_of_a_clause_counts_no_case_that_is_closed_to_its_reader(office: Office):
    clerk, leader = await office.sits("office.clerk"), await office.sits("office.leader")
    before = [await _count(seat) for seat in (clerk, leader)]
    await a_closed_case(office)
    assert [await _count(seat) for seat in (clerk, leader)] == [before[0], before[1] + 1]


async def _count(seat: Seat) -> int:
    """How many cases the page of the 48 hours says that it touches."""
    page = (await seat.open(clause_href("三(三)#4"))).text
    count = re.search(r'<span class="count">(\d+)</span>', page)
    return int(count[1]) if count else 0
