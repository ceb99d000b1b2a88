"""The table of roles and routes: each cell as the application answers it, and nothing of other units' anywhere."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import pytest_asyncio

from api.admission import PEOPLE, Answer, Kind
from api.permissions import _STANDINGS, DOCUMENT, POSTS, Row, document, table
from domain.catalogue import COMMANDS
from domain.rules.permissions import standings
from domain.terms.roles import Role
from storage.accounts import Administrator, Post, row_of
from storage.callers import create_token
from storage.inbox import inbox
from storage.sign_ins import begin
from storage.snapshots import snapshot
from tests.desk.asking import Asked, Callers, Specimen, ask
from tests.desk.conftest import Office
from tests.desk.test_steps import FACTORS, done, registered

AT_ONCE = asyncio.Semaphore(4)  # one case decides one step after another
UNITS = {"concerned": "qingxi", "office": "gov_office", "cyberspace": "cac_office"}
OF_THEIR_OWN = {
    Kind.OTHER_UNIT: "health",
    Kind.PUBLICITY_DEPARTMENT: "publicity_dept",
    Kind.PUBLIC_SECURITY: "public_security",
    Kind.AUDITOR: "discipline",
}
BESIDE: dict[Kind, tuple[Post, str]] = {
    Kind.DISABLED: (Role.HANDLER, "qingxi"),
    Kind.MUST_CHANGE: (Role.HANDLER, "qingxi"),
    Kind.SYSTEM_ADMINISTRATOR: (Administrator.SYSTEM, "gov_office"),
    Kind.SECURITY_ADMINISTRATOR: (Administrator.SECURITY, "gov_office"),
    Kind.AUDIT_ADMINISTRATOR: (Administrator.AUDIT, "gov_office"),
}
NAMING_ANOTHER = {"merge_into", "absorb_duplicate"}  # refused already for the other incident that they name
NOT_SET_UP = {"/sign-in/openid", "/sign-in/openid/back"}  # this office has no provider
ABSENT = "inc-" + "f" * 24
TITLE = "网传某学校午餐变质"


@dataclass(frozen=True, slots=True)
class Scene:
    """One caller of each kind, and an incident registered by the office and assigned to the town."""

    office: Office
    callers: Callers
    specimen: Specimen
    rows: list[Row]
    refused: set[tuple[str, bool]] = field(default_factory=set)

    async def asked(self, row: Row, kind: Kind, specimen: Specimen | None = None) -> tuple[Asked, bool]:
        path, whole = (specimen or self.specimen).path(row.path)
        return await ask(self.office.system.app, row, path, kind, self.callers), whole


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def scene(office: Office) -> AsyncIterator[Scene]:
    leader = await office.sits("office.leader")
    path = await registered(leader, title=TITLE)
    await done(leader, path, "judge", {"level": "general_matter", "trend": "level", **FACTORS})
    await done(leader, path, "assign", {"first": ["qingxi"]})
    incident = path.rsplit("/", 1)[1]
    callers = Callers({}, {})
    posts = {
        kind: (role, OF_THEIR_OWN.get(kind) or UNITS[unit]) for kind, (role, unit) in POSTS.items()
    } | BESIDE
    for kind, (post, unit) in posts.items():
        await office.account(f"cell.{kind}", post, unit, must_change=kind is Kind.MUST_CHANGE)
        await sits_down(office, callers, kind)
    proposed = await office.system.give(
        "law/changes",
        {"parameters": {"limits.h48": "PT36H"}, "reason": "试行", "effective_from": "2099-01-01T00:00:00Z"},
    )
    async with office.database.session() as session:
        notices = (await inbox(session, "qingxi", waiting=False, cursor=None, limit=1)).items
    known = {"incident_id": incident, "unit": "qingxi", "code": "qingxi", "language": "en"}
    known |= {"position": str(notices[0].position), "number": str(proposed.json()["number"])}
    rows = table(office.system.app)
    yield Scene(office, callers, Specimen(known), rows)


async def sits_down(office: Office, callers: Callers, kind: Kind) -> None:
    async with office.database.writing() as session:
        row = await row_of(session, f"cell.{kind}")
        assert row is not None
        callers.sessions[kind] = await begin(session, row.id, browser="", at=office.now())
        if kind in PEOPLE:
            callers.tokens[kind] = await create_token(session, row.login, Role(row.role), row.unit)
        if kind is Kind.DISABLED:
            row.disabled_at = office.now()


def wanted(scene: Scene, kind: Kind) -> Iterator[Row]:
    """The rows to ask: of a step that is refused over the API, which the case decides, one cell for each reason."""
    for row in scene.rows:
        if row.path.startswith("/api/") and row.step and row.answers[kind] is Answer.FORBIDDEN:
            reason = (row.step, POSTS[kind][0] in COMMANDS[row.step].roles)
            if reason in scene.refused:
                continue
            scene.refused.add(reason)
        yield row


async def wrong_cells(scene: Scene, kind: Kind) -> list[str]:
    found = []
    for row in wanted(scene, kind):
        async with AT_ONCE:
            asked, whole = await scene.asked(row, kind)
        told, expected = asked.answer, row.answers[kind]
        if told is Answer.NOT_FOUND and (not whole or row.path in NOT_SET_UP):
            told = Answer.ALLOWED  # the address names what is not there
        if told != expected and not (row.step in NAMING_ANOTHER and asked.status == 409):
            found.append(f"{kind} {row.method} {row.path}: {told}, not {expected}; {asked.body[:120]}")
    return found


def test_the_document_of_permissions_is_up_to_date(scene: Scene):
    assert DOCUMENT.read_text(encoding="utf-8") == document(scene.rows), "make permissions"


async def test_the_units_stand_to_the_incident_as_the_table_says(scene: Scene):
    async with scene.office.database.session() as session:
        held = await snapshot(session, scene.specimen.known["incident_id"])
    assert held is not None
    for name, unit in (UNITS | {"elsewhere": "health"}).items():
        assert standings(unit, held.state) == _STANDINGS[name], unit


async def test_every_cell_of_the_table_is_as_the_application_answers(scene: Scene):
    wrong = await asyncio.gather(*(wrong_cells(scene, kind) for kind in Kind))
    assert [cell for cells in wrong for cell in cells] == []


CHANGING = re.compile(
    r'"trace_id":"[^"]*"|追踪编号[^<]*|<time[^>]*>[^<]*|inc-[0-9a-f]{24}|after=[^"]*|data-clock="[^"]*"'
)


async def test_another_units_incident_is_answered_as_one_that_does_not_exist(scene: Scene):
    rows = [row for row in scene.rows if "{incident_id}" in row.path]
    nowhere = Specimen({**scene.specimen.known, "incident_id": ABSENT})
    assert len(rows) > 100
    for row in rows:
        real, _ = await scene.asked(row, Kind.OTHER_UNIT)
        absent, _ = await scene.asked(row, Kind.OTHER_UNIT, nowhere)
        assert (real.status, absent.status) == (404, 404), row
        assert CHANGING.sub("", real.body) == CHANGING.sub("", absent.body), row


async def test_no_list_feed_or_export_tells_of_another_units_incident(scene: Scene):
    own = scene.specimen.known["incident_id"]
    for row in scene.rows:
        if row.method == "GET" and "{" not in row.path:
            seen, _ = await scene.asked(row, Kind.OTHER_UNIT)
            assert own not in seen.body, row.path
            assert TITLE not in seen.body, row.path
    listed, _ = await scene.asked(
        next(row for row in scene.rows if row.path == "/api/v1/incidents" and row.method == "GET"),
        Kind.HANDLER,
    )
    assert own in listed.body


async def test_who_oversees_all_changes_nothing(scene: Scene):
    incident = scene.specimen.known["incident_id"]
    before = await scene.office.system.events(incident)
    for row in scene.rows:
        if row.method != "GET" and row.step not in {"", "register"} and "/do/" in row.path:
            asked, _ = await scene.asked(row, Kind.AUDITOR)
            assert asked.status in {403, 404, 409}, row
    assert await scene.office.system.events(incident) == before
