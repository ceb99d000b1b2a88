"""The audit book at the desk: who signed in, looked and administered stands in it, or it did not happen."""

import asyncio
import hashlib
import json
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from api.audit_book import Denials, require_written
from api.security import PUBLIC
from audit.book import book_differences
from storage.audit_book_pages import rows
from tests.api.office import CLERK, OFFICE, registration
from tests.desk.administrators import administrators, deed, id_of, sits, someone
from tests.desk.conftest import Office
from tests.desk.seat import PASSWORD, Seat, forms
from tests.desk.things import assigned
from web import create_app

__all__ = ["administrators"]
Rows = list[Mapping[str, Any]]


async def end_of(office: Office) -> int:
    """The position of the last entry."""
    async with office.database.session() as session:
        return int(
            (await session.execute(text("SELECT coalesce(max(position), 0) FROM audit_entry"))).scalar_one()
        )


async def since(office: Office, position: int) -> Rows:
    """The entries after a position."""
    return [row async for row in rows(office.database, position)]


@asynccontextmanager
async def unwritable(office: Office) -> AsyncIterator[None]:
    """The book takes no entry; all else in the database is as it was."""
    refusal = (
        "CREATE TRIGGER audit_entry_full BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT,"
        " 'no entry'); END"
    )
    async with office.database.writing() as session:
        await session.execute(text(refusal))
    try:
        yield
    finally:
        async with office.database.writing() as session:
            await session.execute(text("DROP TRIGGER audit_entry_full"))


def test_a_route_that_declares_nothing_does_not_start():
    app = FastAPI()

    async def quiet() -> None: ...

    app.get("/quiet", dependencies=[PUBLIC])(quiet)
    with pytest.raises(RuntimeError, match="/quiet"):
        require_written(app.routes)
    require_written(create_app().routes)


async def test_a_sign_in_stands_in_the_book_with_person_post_unit_session_and_address(office: Office):
    before = await end_of(office)
    seat = await office.sits("town.handler")
    [entry] = await since(office, before)
    assert (entry["deed"], entry["outcome"], entry["person"], entry["post"], entry["unit"]) == (
        "sign_in",
        "done",
        "town.handler",
        "handler",
        "qingxi",
    )
    assert entry["means"] == "session"
    assert entry["address"].startswith("2001:db8:1:")
    await seat.fill_in("/me", {}, action="/sign-out")
    [out] = [one for one in await since(office, before) if one["deed"] == "sign_out"]
    assert out["means_id"] == entry["means_id"] != ""


async def test_a_failure_names_the_account_that_exists_and_nothing_that_was_typed(office: Office):
    before = await end_of(office)
    seat = await office.seat()
    await seat.sign_in("town.handler", "a wrong password of somebody")
    await seat.sign_in("my password in the wrong field", "x" * 12)
    known, unknown = await since(office, before)
    assert (known["deed"], known["outcome"], known["person"]) == ("sign_in", "refused", "town.handler")
    assert (unknown["deed"], unknown["outcome"], unknown["person"]) == ("sign_in", "refused", "")
    assert "wrong" not in json.dumps([known["detail"], unknown["detail"]])


async def test_an_opened_case_is_one_entry_and_its_renewals_are_none(office: Office):
    incident = await assigned(office)
    seat = await office.sits("town.handler")
    before = await end_of(office)
    page = f"/incidents/{incident}"
    await seat.open(page)
    for _ in range(3):
        answer = await seat.http.get(page, headers={"Accept": "text/html", "X-Huiying-Renewal": "1"})
        assert answer.status_code == 200
    await seat.open(page)
    entries = await since(office, before)
    assert [(one["deed"], one["subject"], one["person"]) for one in entries] == [
        ("incident_read", incident, "town.handler")
    ] * 2


async def test_who_says_that_a_page_renews_itself_must_have_opened_it(office: Office):
    incident = await assigned(office)
    seat = await office.sits("town.handler")
    before = await end_of(office)
    await seat.http.get(f"/incidents/{incident}", headers={"Accept": "text/html", "X-Huiying-Renewal": "1"})
    assert [one["subject"] for one in await since(office, before)] == [incident]


async def test_another_units_case_is_a_denial_with_the_person(office: Office):
    incident = await assigned(office)
    seat = await office.sits("stranger")
    before = await end_of(office)
    assert (await seat.open(f"/incidents/{incident}")).status_code == 404
    [entry] = await since(office, before)
    assert (entry["deed"], entry["outcome"], entry["person"], entry["subject"]) == (
        "incident_read",
        "refused",
        "stranger",
        incident,
    )


async def test_words_that_were_searched_for_stand_as_their_mark_and_are_found_by_it(office: Office):
    seat = await office.sits("office.clerk")
    before = await end_of(office)
    await seat.open("/?text=王小明 13800138000")
    [entry] = await since(office, before)
    assert entry["deed"] == "search"
    assert "王" not in entry["detail"]
    assert "138" not in entry["detail"]
    audit = await sits(office, "audit.one")
    answer = await audit.fill_in("/acts/book", {"words": "王小明  13800138000"})
    assert "王" not in answer.headers["location"]
    shown = (await audit.open(answer.headers["location"])).text
    assert "office.clerk" in shown
    assert "town.handler" not in shown


async def test_what_cannot_be_written_down_does_not_happen_and_commands_go_on(office: Office):
    incident = await assigned(office)
    login = await someone(office)
    clerk, security, away = (
        await office.sits("town.handler"),
        await sits(office, "security.one"),
        await office.seat(),
    )
    signing_in = forms((await away.open("/sign-in")).text)["/sign-in"]
    disabling = forms((await security.open(f"/people/{await id_of(office, login)}")).text)
    before = await end_of(office)
    async with unwritable(office):
        for seat, path in ((clerk, f"/incidents/{incident}"), (clerk, "/ledger.xlsx"), (clerk, "/")):
            answer = await seat.open(path)
            assert (answer.status_code, "台账" in answer.text) == (503, True), path
        answer = await away.send(signing_in, {"login": "town.handler", "password": PASSWORD})
        assert answer.status_code == 503
        assert "huiying_session" not in away.http.cookies
        form = next(form for action, form in disabling.items() if action.endswith("/disable"))
        assert (await security.send(form, {})).status_code == 503
        registered = await office.system.recorded("incidents", registration())
        assert registered.status_code == 201
        denied = await office.system.give(f"incidents/{incident}/close", {}, CLERK)
        assert denied.status_code in {403, 422}
    assert await since(office, before) == []
    assert (await office.seat()) is not None
    assert (await (await office.seat()).sign_in(login)).status_code == 303  # not disabled
    assert await book_differences(office.database) == ()


async def test_a_locked_database_keeps_reads_waiting_and_then_refuses_them(office: Office):
    seat = await office.sits("town.handler")
    path = office.system.settings.database_url.split("///", 1)[1]
    lock = sqlite3.connect(Path(path), isolation_level=None, check_same_thread=False)
    try:
        lock.execute("BEGIN IMMEDIATE")
        answer = await seat.open("/clauses/61号-2")  # a list of incidents under a clause
        assert answer.status_code in {404, 503}
        assert (await seat.open("/")).status_code == 503
    finally:
        lock.execute("ROLLBACK")
        lock.close()
    assert (await seat.open("/")).status_code == 200


async def test_a_page_in_place_of_a_step_is_a_look_at_the_case(office: Office):
    incident = await assigned(office)
    seat = await office.sits("town.handler")
    page = f"/incidents/{incident}/do/add_source"
    form = forms((await seat.open(page)).text)[page]
    before = await end_of(office)
    answer = await seat.send(form, {})
    assert answer.status_code == 422
    [entry] = await since(office, before)
    assert (entry["deed"], entry["subject"]) == ("incident_read", f"{incident}/add_source")
    async with unwritable(office):
        assert (await seat.send(form, {})).status_code == 503


async def test_a_list_that_is_shown_again_with_what_was_wrong_is_a_look_at_it(office: Office):
    seat = await office.sits("town.handler")
    form = forms((await seat.open("/ledger")).text)["/ledger/views"]
    before = await end_of(office)
    assert (await seat.send(form, {"name": ""})).status_code == 422
    assert [one["deed"] for one in await since(office, before)] == ["list_read"]


@pytest.mark.parametrize("path", ["/ledger.xlsx", "/ledger"])
async def test_only_pages_that_renew_themselves_are_spared_an_entry(office: Office, path: str):
    seat = await office.sits("town.handler")
    before = await end_of(office)
    for _ in range(2):
        await seat.http.get(path, headers={"Accept": "text/html", "X-Huiying-Renewal": "1"})
    assert len(await since(office, before)) == 2


async def test_a_renewal_after_a_refusal_is_a_look(office: Office):
    incident = await assigned(office)
    seat = await office.sits("stranger")
    renewing = {"Accept": "text/html", "X-Huiying-Renewal": "1"}
    before = await end_of(office)
    for _ in range(2):
        assert (await seat.http.get(f"/incidents/{incident}", headers=renewing)).status_code == 404
    assert [one["outcome"] for one in await since(office, before)] == ["refused", "refused"]


async def test_what_somebody_writes_into_an_address_stands_as_its_mark(office: Office):
    seat = await office.sits("town.handler")
    before = await end_of(office)
    await seat.open("/units/王小明13800138000")
    await seat.open(
        "/ledger?tel=138-0013-8000&q=wangxiaoming.password1&status=404&request=x&others=999&unit=qingxi"
    )
    content = json.dumps(await since(office, before), default=str, ensure_ascii=False)
    assert "王" not in content
    assert "13800138000" not in content
    assert "138-0013-8000" not in content
    assert "password1" not in content
    detail = json.loads((await since(office, before))[-1]["detail"])
    assert (detail["status"], detail["?unit"], detail["request"]) == ("200", "qingxi", "GET /ledger")
    assert "others" not in detail


async def test_what_did_not_end_does_not_stand_as_done(office: Office):
    seat = await office.sits("town.handler")
    token = forms((await seat.open("/me")).text)["/sign-out"].fields["_csrf"]
    before = await end_of(office)
    for path in ("/me/tokens/nothing/revoke", "/me/sessions/nothing/end"):
        assert (await seat.post(path, {"_csrf": token})).status_code == 404
    assert {one["outcome"] for one in await since(office, before)} == {"refused"}


async def test_an_act_of_an_administrator_is_one_entry_with_the_address(office: Office):
    login, seat = await someone(office), await sits(office, "security.one")
    account = await id_of(office, login)
    before = await end_of(office)
    await deed(office, seat, login, "disable")
    acts = [one for one in await since(office, before) if one["deed"] == "people_change"]
    assert [(one["subject"], one["person"], json.loads(one["detail"])["act"]) for one in acts] == [
        (login, "security.one", "account_disabled")
    ]
    assert acts[0]["address"]
    assert account


async def test_many_looks_at_one_moment_share_commits_and_keep_the_chain(office: Office):
    seat = await office.sits("office.clerk")
    before = await end_of(office)
    answers = await asyncio.gather(*(seat.open("/notices") for _ in range(30)))
    shown = sum(answer.status_code == 200 for answer in answers)  # a busy machine may turn some away
    assert 0 < shown <= len(await since(office, before)) <= 30
    assert await book_differences(office.database) == ()


async def test_denials_of_one_source_are_counted_beyond_a_bound(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    now = [monotonic() + 3600]  # well after whatever other tests were denied
    monkeypatch.setattr("api.audit_book.monotonic", lambda: now[0])
    monkeypatch.setattr(Denials, "_MOST", 30)  # as it is, whatever other tests of this process need
    denials = Denials()
    assert [denials.admit("192.0.2.1") for _ in range(32)] == [0] * 30 + [None] * 2
    assert denials.admit("192.0.2.2") == 0
    now[0] += 61
    assert denials.admit("192.0.2.1") == 2
    before = await end_of(office)
    for _ in range(35):
        assert (await office.system.ask("GET", "incidents", None)).status_code == 401
    assert len(await since(office, before)) == 30


async def test_the_audit_administrator_searches_the_book_and_stands_in_it(office: Office):
    incident = await assigned(office)
    await (await office.sits("town.handler")).open(f"/incidents/{incident}")
    audit = await sits(office, "audit.one")
    before = await end_of(office)
    page = await audit.open(f"/acts/book?person=&subject={incident}&deed=&day=")
    assert page.status_code == 200
    for words in ("town.handler", "查看事件", incident, "成功", "经办人"):
        assert words in page.text
    [look] = await since(office, before)
    assert (look["deed"], look["person"]) == ("book_read", "audit.one")
    assert (await audit.open("/acts/book?day=never")).status_code == 422
    assert (await audit.open("/acts/book?deed=sign_in&person=AUDIT.ONE")).text.count("audit.one") > 0


@pytest.mark.parametrize("login", ["office.leader", "auditor", "system.one", "security.one"])
async def test_nobody_else_reads_the_book(office: Office, login: str):
    seat = await sits(office, login)
    for path in ("/acts/book", "/acts/book.jsonl"):
        assert (await seat.open(path)).status_code == 403


async def test_the_export_is_checked_by_plain_hashing(office: Office):
    audit: Seat = await sits(office, "audit.one")
    answer = await audit.open("/acts/book.jsonl")
    assert answer.headers["content-type"] == "application/jsonl"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    previous = "0" * 64
    for number, line in enumerate(lines, 1):
        assert line["previous"] == previous
        previous = hashlib.sha256(f"{previous}\n{line['entry']}".encode()).hexdigest()
        assert line["seal"] == previous
        assert json.loads(line["entry"])["position"] == number
    assert json.loads(lines[-1]["entry"])["deed"] == "book_read"


async def test_a_change_of_the_law_is_one_entry(office: Office):
    before = await end_of(office)
    proposed = await office.system.give(
        "law/changes",
        {"parameters": {"limits.h48": "PT40H"}, "reason": "试行", "effective_from": "2098-01-01T00:00:00Z"},
        OFFICE,
    )
    assert proposed.status_code == 201
    [entry] = await since(office, before)
    assert (entry["deed"], entry["person"], entry["means"]) == ("law_change", OFFICE.person, "token")
    assert entry["subject"] == str(proposed.json()["number"])
