"""The table of roles and routes: each cell as the application answers it,
and nothing of other units' anywhere.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from sqlalchemy import select
from sqlmodel import SQLModel

from api.admission import PEOPLE, AccessOutcome, CallerClass
from api.audit_book import Denials, InTheLog, Unwritten, WrittenAct
from casework.watched import Watched
from domain.catalogue import COMMANDS
from domain.rules.permissions import standings
from domain.terms.roles import Role
from storage.accounts import Administrator, Post, row_of
from storage.api_tokens import Own, Scope, create_token
from storage.audit_book import BookDeed
from storage.audit_book_pages import rows
from storage.sign_ins import create_session
from storage.snapshots import snapshot
from tests.desk.asking import Asked, Callers, Specimen, ask
from tests.desk.conftest import Office
from tests.desk.things import TITLE, assigned, things
from tests.permissions_table import _STANDINGS, DOCUMENT, POSTS, Row, document, table

AT_ONCE = asyncio.Semaphore(4)  # one case decides one step after another
UNITS = {"concerned": "qingxi", "office": "gov_office", "cyberspace": "cac_office"}
OF_THEIR_OWN = {
    CallerClass.OTHER_UNIT: "health",
    CallerClass.PUBLICITY_DEPARTMENT: "publicity_dept",
    CallerClass.PUBLIC_SECURITY: "public_security",
    CallerClass.AUDITOR: "discipline",
}
BESIDE: dict[CallerClass, tuple[Post, str]] = {
    CallerClass.DISABLED: (Role.HANDLER, "qingxi"),
    CallerClass.MUST_CHANGE: (Role.HANDLER, "qingxi"),
    CallerClass.SYSTEM_ADMINISTRATOR: (Administrator.SYSTEM, "gov_office"),
    CallerClass.SECURITY_ADMINISTRATOR: (Administrator.SECURITY, "gov_office"),
    CallerClass.AUDIT_ADMINISTRATOR: (Administrator.AUDIT, "gov_office"),
}
NAMING_ANOTHER = {"merge_into", "absorb_duplicate"}  # refused already for the other incident that they name
OF_ONES_OWN = ("/sign-in", "/sign-out", "/password", "/me/", "/ledger/views", "/auditor/")
COPIES = {"/incidents/{incident_id}/bundle"}  # handed out to who may read it all; no case is changed by it
ASKING_NOBODY = ("/sign-in", "/k/")  # where it does not count whose session the browser holds
ABSENT = "inc-" + "f" * 24


@dataclass(frozen=True, slots=True)
class Scene:
    """One caller of each kind, and an incident registered by the office and assigned to the town."""

    office: Office
    callers: Callers
    specimen: Specimen
    rows: list[Row]
    refused: set[object] = field(default_factory=set)
    answered: list[tuple[Row, CallerClass, Asked]] = field(default_factory=list)

    async def asked(self, row: Row, kind: CallerClass, specimen: Specimen | None = None) -> Asked:
        path, whole = (specimen or self.specimen).path(row.path)
        assert whole, row.path  # else what is not found would pass for what is not to be seen
        return await ask(self.office.system.app, row, path, kind, self.callers)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def scene(office: Office) -> AsyncIterator[Scene]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Denials, "_MOST", 10**6)  # each denial is to be seen
        async for scene in _scene(office):
            yield scene


async def _scene(office: Office) -> AsyncIterator[Scene]:
    incident = await assigned(office)
    callers = Callers({}, {})
    posts = {
        kind: (role, OF_THEIR_OWN.get(kind) or UNITS[unit]) for kind, (role, unit) in POSTS.items()
    } | BESIDE
    for kind, (post, unit) in posts.items():
        await office.account(f"cell.{kind}", post, unit, must_change=kind is CallerClass.MUST_CHANGE)
        await sits_down(office, callers, kind)
    proposed = await office.system.give(
        "law/changes",
        {"parameters": {"limits.h48": "PT36H"}, "reason": "试行", "effective_from": "2099-01-01T00:00:00Z"},
    )
    known = await things(office, incident, f"cell.{CallerClass.HANDLER}") | {
        "number": str(proposed.json()["number"]),
        "token": "0",  # a link that was sent to nobody
        "channel": "mail",
        "item": "keys",
    }
    rows = table(office.system.app)
    yield Scene(office, callers, Specimen(known), rows)


async def sits_down(office: Office, callers: Callers, kind: CallerClass) -> None:
    async with office.database.writing() as session:
        row = await row_of(session, f"cell.{kind}")
        assert row is not None
        callers.sessions[kind] = await create_session(session, row.id, browser="", at=office.now())
        if kind in PEOPLE:
            callers.tokens[kind] = await create_token(session, row.login, Role(row.role), row.unit)
        if kind is CallerClass.DISABLED:
            row.disabled_at = office.now()


def wanted(scene: Scene, kind: CallerClass) -> Iterator[Row]:
    """The rows to ask: where several are refused for one and the same reason, one of them."""
    for row in scene.rows:
        reason = _reason(row, kind)
        if reason is None or reason not in scene.refused:
            yield row
        scene.refused.add(reason)


def _reason(row: Row, kind: CallerClass) -> object | None:
    """Why a step is refused, where that is decided for others alike.

    The one address of all forms of steps turns these callers away before it reads which step;
    of the others the rules decide, by role and standing.
    """
    answer = row.answers[kind]
    if "/do/" in row.path and (kind not in POSTS or answer is AccessOutcome.NOT_FOUND):
        return row.method, kind
    if row.step and answer is AccessOutcome.FORBIDDEN and kind in POSTS:
        return row.method, row.path, POSTS[kind][0] in COMMANDS[row.step].roles
    return None


async def wrong_cells(scene: Scene, kind: CallerClass) -> list[str]:
    found = []
    for row in wanted(scene, kind):
        async with AT_ONCE:
            asked = await scene.asked(row, kind)
        scene.answered.append((row, kind, asked))
        told, expected = asked.answer, row.answers[kind]
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


@pytest.mark.timeout(400)  # some two thousand requests, each durably written down
async def test_every_cell_of_the_table_is_as_the_application_answers(scene: Scene):
    wrong = [
        await wrong_cells(scene, kind) for kind in CallerClass
    ]  # all at one time would only wait for each other
    assert [cell for cells in wrong for cell in cells] == []
    assert await unwritten_cells(scene) == []


async def unwritten_cells(scene: Scene) -> list[str]:
    """The cells whose request does not stand in the audit book as its route declares:
    with person, address and outcome.
    """
    entries = {str(entry["trace_id"]): entry async for entry in rows(scene.office.database)}
    missing = []
    for row, kind, asked in scene.answered:
        entry = entries.get(asked.headers["x-trace-id"])
        denied = asked.answer in {
            AccessOutcome.FORBIDDEN,
            AccessOutcome.NOT_FOUND,
            AccessOutcome.UNAUTHENTICATED,
            AccessOutcome.SIGN_IN,
        }
        if isinstance(row.written, Unwritten) or (isinstance(row.written, InTheLog) and not denied):
            well = entry is None
        else:
            well = entry is not None and bool(entry["address"]) and is_told(row, kind, asked, entry)
        if not well:
            missing.append(f"{kind} {row.method} {row.path} {asked.status}: {entry}")
    return missing


def is_told(row: Row, kind: CallerClass, asked: Asked, entry: Mapping[str, Any]) -> bool:
    """Whether an entry names the deed, the person where one is known, and the outcome."""
    deed = row.written.deed if isinstance(row.written, WrittenAct) else BookDeed.COMMAND
    nobody = (
        kind in {CallerClass.ANONYMOUS, CallerClass.DISABLED} or asked.answer is AccessOutcome.UNAUTHENTICATED
    )
    named = entry["person"] == ("" if nobody or row.path.startswith(ASKING_NOBODY) else f"cell.{kind}")
    refused = asked.status >= 400 or asked.answer in {AccessOutcome.SIGN_IN, AccessOutcome.PASSWORD}
    return bool(entry["deed"] == deed and named and entry["outcome"] == ("refused" if refused else "done"))


CHANGING = re.compile(
    r'"trace_id":"[^"]*"|追踪编号[^<]*|<time[^>]*>[^<]*|inc-[0-9a-f]{24}|after=[^"]*|data-clock="[^"]*"'
    r"|\d{2}:\d{2}(:\d{2})?"
    r'|name="_csrf"\s+value="[^"]*"'
)


async def test_another_units_incident_is_answered_as_one_that_does_not_exist(scene: Scene):
    rows = [row for row in scene.rows if "{incident_id}" in row.path]
    nowhere = Specimen({**scene.specimen.known, "incident_id": ABSENT})
    assert len(rows) > 100
    for row in rows:
        real = await scene.asked(row, CallerClass.OTHER_UNIT)
        absent = await scene.asked(row, CallerClass.OTHER_UNIT, nowhere)
        assert (real.status, absent.status) == (404, 404), row
        assert CHANGING.sub("", real.body) == CHANGING.sub("", absent.body), row


async def lists(scene: Scene, kind: CallerClass) -> dict[str, str]:
    """Every list, feed and form that names no incident, searches among them, as one reads them;
    without what tells the time.
    """
    found = {}
    for row in scene.rows:
        if (
            row.method == "GET"
            and "{incident_id}" not in row.path
            and row.answers[kind] is AccessOutcome.ALLOWED
        ):
            path, _ = scene.specimen.path(row.path)
            for query in QUERIES.get(row.path, ("",)):
                seen = await ask(scene.office.system.app, row, path + query, kind, scene.callers)
                assert seen.status in {200, 303}, (path, seen.body)
                found[path + query] = CHANGING.sub("", seen.body)
    return found


class Still:
    """All parts at work: what a busy machine would make of them tells nothing of incidents."""

    async def beats(self) -> bool:
        return True

    async def lately(self) -> Watched:
        return Watched()

    async def now(self) -> Watched:
        return Watched()

    async def parts(self) -> dict[str, bool]:
        return {"database": True, "temporal": True, "worker": True}


@contextmanager
def standing(office: Office, at: datetime) -> Iterator[None]:
    """The office's clock at an instant, at which it stands meanwhile, as do its parts."""
    state = office.system.app.state
    office.stands_at, parts = at, (state.pulse, state.watching, state.vitals)
    state.pulse = state.watching = state.vitals = Still()
    try:
        yield
    finally:
        office.stands_at = None
        state.pulse, state.watching, state.vitals = parts


SEARCH = "?" + urlencode({"text": TITLE[2:]})
FOUND = "?" + urlencode({"q": TITLE[2:]})
ALIKE = "?" + urlencode({"title": TITLE})
QUERIES = {
    "/": ("", SEARCH, "?unit=qingxi", "?mine=true"),
    "/ledger": ("", SEARCH, "?unit=qingxi"),
    "/notices": ("", "?all=true"),
    "/search": ("", FOUND),
    "/api/v1/incidents": ("", SEARCH, "?unit=qingxi"),
    "/api/v1/obligations": ("", "?unit=qingxi"),
    "/api/v1/incidents/similar": (ALIKE,),
}
TELLING = {
    "/",
    f"/{SEARCH}",
    "/desk",
    "/ledger",
    f"/ledger{SEARCH}",
    "/notices",
    "/clauses",
    "/wall",
    f"/search{FOUND}",
} | {
    f"/api/v1/{path}"
    for path in ("incidents", f"incidents{SEARCH}", f"incidents/similar{ALIKE}", "obligations", "inbox")
}
UNEVEN = {"/ledger.xlsx", "/wall/stream", "/register"}  # they hold the time, or a key, in ways of their own


async def test_no_list_feed_or_count_tells_of_another_units_incident(scene: Scene):
    at, office = scene.office.now(), scene.office
    with standing(office, at):
        before = {kind: await lists(scene, kind) for kind in (CallerClass.OTHER_UNIT, CallerClass.HANDLER)}
    another = await assigned(office)
    with standing(office, at):  # the same instant, so that what is left of a limit tells nothing either
        after = {kind: await lists(scene, kind) for kind in before}
    for path, body in after[CallerClass.OTHER_UNIT].items():
        assert not [told for told in (TITLE, another, scene.specimen.known["incident_id"]) if told in body], (
            path
        )
        assert path in UNEVEN or body == before[CallerClass.OTHER_UNIT][path], path
    own = {
        path for path, body in after[CallerClass.HANDLER].items() if body != before[CallerClass.HANDLER][path]
    }
    assert own >= TELLING


async def record(scene: Scene) -> dict[str, list[str]]:
    """All that the database holds but the audit book, table by table,
    but when each session and token was last used.
    """
    found = {}
    async with scene.office.database.session() as session:
        for table in SQLModel.metadata.sorted_tables:
            if table.name == "audit_entry":
                continue
            columns = [column for column in table.columns if column.name not in {"used_at", "seen_at"}]
            found[table.name] = sorted(str(tuple(row)) for row in await session.execute(select(*columns)))
    return found


def unsafe(scene: Scene) -> list[Row]:
    return [row for row in scene.rows if row.method != "GET"]


async def test_who_oversees_all_changes_nothing_but_matters_of_their_own(scene: Scene):
    allowed = {row.path for row in unsafe(scene) if row.answers[CallerClass.AUDITOR] is AccessOutcome.ALLOWED}
    assert {path for path in allowed if not path.startswith(OF_ONES_OWN)} == COPIES
    before = await record(scene)
    for row in unsafe(scene):
        if row.path not in allowed and not (row.step and row.path.startswith("/api/")):
            assert (await scene.asked(row, CallerClass.AUDITOR)).status in {403, 404}, row
    assert await record(scene) == before


async def test_a_token_for_reading_is_refused_at_every_unsafe_address_and_changes_nothing(scene: Scene):
    async with scene.office.database.writing() as session:
        office = await row_of(session, f"cell.{CallerClass.OFFICE}")
        assert office is not None
        end = scene.office.now() + timedelta(days=1)
        own = Own(account_id=office.id, name="只读", scope=Scope.READ, expires_at=end)
        token = await create_token(session, office.login, Role(office.role), office.unit, own=own)
    reads = replace(scene, callers=Callers({}, {CallerClass.OFFICE: token}))
    refused = dict.fromkeys(
        CallerClass, AccessOutcome.FORBIDDEN
    )  # so that all is sent with which it would be done
    rows = [replace(row, answers=refused) for row in unsafe(scene) if row.path.startswith("/api/")]
    assert len(rows) > 60
    before = await record(scene)
    for row in rows:
        asked = await reads.asked(row, CallerClass.OFFICE)
        assert (asked.status, json.loads(asked.body)["type"]) == (
            403,
            "urn:huiying:problem:read_only_token",
        ), row
    assert await record(scene) == before
    assert (
        await reads.asked(next(row for row in scene.rows if row.path == "/api/v1/inbox"), CallerClass.OFFICE)
    ).status == 200
