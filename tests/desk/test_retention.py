"""到期档案 in the browser: who sees the lists, who says what of them, and how it is known who says it."""

from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count

import pytest

from audit.destroyed import destruction_differences
from domain.terms.roles import Role
from storage.accounts import row_of
from storage.destruction import DestructionList, ListEntry, draw_up, lists
from terminal.machine_user import machine_user
from tests.desk.administrators import administrators, sits
from tests.desk.conftest import Office
from tests.desk.seat import PASSWORD, Seat
from tests.desk.test_audit_book import end_of, since
from tests.desk.test_own_pages import enrolled as coded

__all__ = ["administrators"]
_numbers = count(1)
CLOSED = datetime(2026, 9, 7, tzinfo=UTC)


async def drawn(office: Office, cases: int = 1) -> int:
    """A list of cases of which nothing else is known; gives its number."""
    entries = [
        ListEntry(
            incident_id=f"inc-{next(_numbers):024x}",
            number=f"舆〔2026〕{number + 1:04}号",
            retention="short",
            closed_at=CLOSED,
            due_at=CLOSED + timedelta(days=3700),
            decisions=3,
            seal="0" * 64,
        )
        for number in range(cases)
    ]
    return await office.database.write(
        partial(draw_up, entries=entries, origin=machine_user(), at=office.now())
    )


async def stored(office: Office, number: int) -> DestructionList:
    async with office.database.session() as session:
        (one,) = await lists(session, number)
    return one


async def says(seat: Seat, number: int, word: str, **typed: str) -> tuple[int, str]:
    """What somebody says by the form of a list; the status, and the page that follows."""
    path = f"/retention/{number}"
    answer = await seat.fill_in(path, {"word": word, "password": PASSWORD, **typed})
    status = answer.status_code
    if status == 303:
        answer = await seat.open(answer.headers["location"])
    return status, answer.text


async def test_two_approve_and_the_archive_s_letter_is_recorded(office: Office):
    number, before = await drawn(office), await end_of(office)
    leader, auditing = await office.sits("office.leader"), await sits(office, "audit.one")
    assert "还须 2 人同意和档案馆书面同意" in (await leader.open("/retention")).text
    status, page = await says(leader, number, "approved")
    assert (status, "已记入：同意销毁" in page, "还须 1 人同意" in page) == (303, True, True)
    assert 'value="approved"' not in page  # once by each person
    status, page = await says(leader, number, "archive_consented")
    assert (status, "请写明档案馆复函的文号" in page) == (409, True)
    status, page = await says(leader, number, "archive_consented", reference="档函〔2036〕7号")
    assert (status, "档函〔2036〕7号" in page) == (303, True)
    status, page = await says(auditing, number, "approved")
    assert (status, "已批准，待系统管理员销毁" in page, "retention destroy" in page) == (303, True, True)
    one = await stored(office, number)
    assert (set(one.approvals), one.is_complete) == ({"office.leader", "audit.one"}, True)
    entries = [entry for entry in await since(office, before) if entry["deed"] == "destruction"]
    assert [entry["outcome"] for entry in entries] == ["done", "refused", "done", "done"]
    assert {entry["means"] for entry in entries} == {"session"}
    differences, _ = await destruction_differences(office.database)
    assert [str(one) for one in differences if f"list {number}" in str(one)] == []


async def test_who_declines_ends_the_list(office: Office):
    number = await drawn(office)
    leader = await office.sits("office.leader")
    status, page = await says(leader, number, "declined")
    assert (status, "已不同意，作废" in page, "我的表示" in page) == (303, True, False)
    auditing = await sits(office, "audit.one")
    token = (await auditing.open("/retention/" + str(await drawn(office)))).text
    csrf = token.split('name="_csrf" value="')[1].split('"')[0]
    sent = {"_csrf": [csrf], "word": ["approved"], "password": [PASSWORD]}
    late = await auditing.post(f"/retention/{number}", sent)
    assert (late.status_code, "作废" in late.text) == (409, True)


@pytest.mark.parametrize("login", ["office.clerk", "town.leader", "auditor", "sys.admin"])
async def test_nobody_else_sees_the_lists(office: Office, login: str):
    number = await drawn(office)
    seat = await office.sits(login)
    for path in ("/retention", f"/retention/{number}"):
        assert (await seat.open(path)).status_code == 403
    assert 'href="/retention"' not in (await seat.open("/papers")).text


async def test_leaders_of_the_office_are_led_there_and_no_text_of_a_case_stands_on_it(office: Office):
    number = await drawn(office)
    leader, auditing = await office.sits("office.leader"), await sits(office, "audit.one")
    assert 'href="/retention"' in (await leader.open("/papers")).text
    assert 'href="/retention"' in (await auditing.open("/acts")).text
    assert 'href="/incidents/inc-' in (await leader.open(f"/retention/{number}")).text
    assert "/incidents/" not in (await auditing.open(f"/retention/{number}")).text
    for wrong in (0, 10**6, 10**15, 10**30):
        assert (await leader.open(f"/retention/{wrong}")).status_code in {404, 422}
    assert (await leader.open(f"/retention/{number}?done=%3Cb%3E&page=2")).status_code == 200


async def test_a_wrong_password_or_factor_is_a_guess_and_is_slowed_down(clock: Office):
    number = await drawn(clock)
    seat, totp, _ = await coded(clock, "retention.leader")
    async with clock.database.writing() as session:
        row = await row_of(session, "retention.leader")
        assert row is not None
        row.role, row.unit = Role.DEPUTY_LEADER, "gov_office"
    for wrong in ({"password": "wrong"}, {"proof_code": "000000"}, {}):
        status, page = await says(seat, number, "approved", **wrong)
        assert (status, "不正确" in page or "动态码" in page) == (422, True)
    clock.ahead += timedelta(seconds=60)
    for _ in range(5):
        status, page = await says(seat, number, "approved", proof_code="000000")
    status, page = await says(seat, number, "approved", proof_code=totp.at(clock.now()))
    assert (status, "错误次数过多" in page) == (422, True)
    assert not (await stored(clock, number)).approvals
    clock.ahead += timedelta(minutes=20)
    status, _ = await says(seat, number, "approved", proof_code=totp.at(clock.now()))
    assert (status, set((await stored(clock, number)).approvals)) == (303, {"retention.leader"})


async def test_a_list_of_very_many_is_shown_in_pages(office: Office):
    number = await drawn(office, cases=450)
    leader = await office.sits("office.leader")
    page = (await leader.open(f"/retention/{number}")).text
    assert (page.count("<tr><th"), f"/retention/{number}?page=2" in page) == (201, True)
    last = (await leader.open(f"/retention/{number}?page=3")).text
    assert ("0450" in last, "下一页" in last, len(page.encode()) < 150_000) == (True, False, True)
