"""The law is changed in the browser: one leader proposes, another confirms (R007, DD-39)."""

import asyncio
import re
from uuid import uuid4

import pytest

from desk.law_changes.form import flat
from domain.law.regulation import Law
from storage.law_changes import law_changes, law_in_force
from storage.regulations import parameters
from tests.desk.administrators import sits
from tests.desk.conftest import Office
from tests.desk.seat import Seat, forms
from words.labels import labels

REGULATION = "gaoan-2020"
DAYS = "2031-01-01 2031-01-23~2031-01-29\n5月1日～5月2日、10-01至10-07"


async def proposed(office: Office, seat: Seat, status: int = 303, **typed: str) -> str:
    """What the answer says to a proposal; the number of the latest where it was taken."""
    form = forms((await seat.open("/law-changes")).text)["/law-changes"]
    names = {name: [""] for name in form.names} | {"_csrf": form.fields["_csrf"]}
    fields = {**names, "page_key": [uuid4().hex], **{name: [value] for name, value in typed.items()}}
    answer = await seat.post("/law-changes", fields)
    assert answer.status_code == status, answer.text
    if status != 303:
        return answer.text
    async with office.database.session() as session:
        return str((await law_changes(session, REGULATION))[-1].number)


async def answered(seat: Seat, number: str, outcome: str, reason: str = "") -> int:
    shown = forms((await seat.open("/law-changes")).text)
    form = shown.get(f"/law-changes/{number}") or shown["/law-changes"]
    fields = {
        "_csrf": form.fields["_csrf"],
        "page_key": [uuid4().hex],
        "outcome": [outcome],
        "reason": [reason],
    }
    return (await seat.post(f"/law-changes/{number}", fields)).status_code


async def panel(seat: Seat, number: str) -> str:
    """What the page says of a proposal, without its markup."""
    shown = (await seat.open("/law-changes")).text.partition(f'id="h-{number}"')[2].partition("</section>")[0]
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", shown))


async def in_force(office: Office) -> Law:
    async with office.database.session() as session:
        return await law_in_force(session, REGULATION, office.now())


async def test_a_calendar_is_proposed_by_one_leader_and_confirmed_by_another(office: Office):
    one, other = await sits(office, "town.leader"), await sits(office, "office.leader")
    number = await proposed(office, one, year="2031", holidays=DAYS, makeup="2031-01-19", reason="国办发明电")
    assert await answered(one, number, "confirmed") == 409
    assert "待另一人确认" in (await other.open("/law-changes")).text
    assert await answered(other, number, "confirmed") == 303
    async with office.database.session() as session:
        change = next(one for one in await law_changes(session, REGULATION) if str(one.number) == number)
    assert '"2031-01-29"' in change.parameters
    assert '"2031-01-25"' not in change.parameters  # a Saturday, off anyway
    assert change.in_force_from is not None
    assert await answered(other, number, "declined", "晚了") == 409
    assert "2031" in (await one.open("/law-changes")).text


async def test_a_parameter_holds_from_its_date_on(office: Office):
    before = (await in_force(office)).limits.no_reply
    one, other = await sits(office, "office.leader"), await sits(office, "town.leader")
    number = await proposed(
        office, one, parameter="limits.no_reply", value="PT3H", reason="试行", since="2099-01-01T00:00"
    )
    assert await answered(other, number, "confirmed") == 303
    assert (await in_force(office)).limits.no_reply == before
    assert "已确认，尚未生效" in (await one.open("/law-changes")).text


async def test_the_second_person_reads_what_is_changed_by_its_name_and_what_stands(office: Office):
    one, other = await sits(office, "office.leader"), await sits(office, "town.leader")
    number = await proposed(office, one, parameter="limits.correction", value="PT90M", reason="试行")
    words = await panel(other, number)
    assert "更正的时限（limits.correction） PT90M（1小时30分） 现行 PT2H（2小时00分）" in words
    assert await answered(other, number, "confirmed") == 303
    assert "现行" not in await panel(other, number)


@pytest.mark.parametrize("regulation", ["gaoan-2020", "state-council-2016"])
def test_each_parameter_that_may_be_changed_has_its_name(regulation: str):
    assert {name for name, _ in flat(parameters(regulation))} <= labels()["law_parameters"].keys()


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ({"year": "20x1", "holidays": "2031-01-01"}, 422, "年份应写作 2027"),
        ({"year": "2031", "holidays": "元旦"}, 422, "“元旦”不是 2031 年的日期"),
        ({"year": "2031", "holidays": "2031-02-30"}, 422, "“2031-02-30”不是 2031 年的日期"),
        ({"year": "2031", "holidays": "2030-01-01"}, 422, "不是 2031 年的日期"),
        ({"year": "2031", "holidays": "2031-02-10~2031-02-05"}, 422, "止期应不早于起期"),
        ({"year": "2031", "holidays": "2031-01-01~2031-12-31"}, 422, "一段不超过 31 天"),
        ({"year": "2031", "holidays": " "}, 422, "请填写放假日期"),
        ({"year": "2031", "holidays": DAYS, "makeup": "2031-01-20"}, 422, "2031-01-20 不是周六或周日"),
        ({"year": "2031", "holidays": "2031-01-01"}, 409, "参数取值不当"),  # the fixed days are left out
        ({"parameter": "", "value": "1"}, 422, "请选择要改的参数"),
        ({"parameter": "limits.nothing", "value": "PT1H"}, 409, "没有这个参数"),
        ({"parameter": "limits.h48", "value": "[["}, 409, "参数取值不当"),
        ({"parameter": "limits.h48", "value": "[" * 3000}, 409, "参数取值不当"),
        ({"parameter": "limits.h48", "value": "PT36H", "since": "明天"}, 422, "生效时间应写作"),
        ({"parameter": "limits.h48", "value": "PT36H", "since": "0001-01-01T00:00"}, 422, "生效时间应写作"),
        ({"parameter": "limits.h48", "value": "PT36H", "since": "9999-12-31T23:59"}, 422, "生效时间应写作"),
        ({"parameter": "limits.h48", "value": "PT36H", "since": "2027-01-01T00:00Z"}, 422, "生效时间应写作"),
        ({"parameter": "limits.h48", "value": '"\\ud800"'}, 409, "参数取值不当"),
        ({"parameter": "limits.h48", "value": "NaN"}, 409, "参数取值不当"),
        ({"parameter": "scores.base", "value": "Infinity"}, 409, "参数取值不当"),
        ({"parameter": "scores.base", "value": "1e999"}, 409, "参数取值不当"),
        ({"parameter": "scores.contradiction", "value": "-Infinity"}, 409, "参数取值不当"),
        ({"parameter": "scores.base", "value": "9" * 400}, 409, "参数取值不当"),
        ({"parameter": "title", "value": '"\\ud800"'}, 409, "参数"),
        ({"parameter": "limits.h48", "value": "PT36H", "reason": " "}, 409, "理由"),
    ],
)
async def test_what_is_no_change_is_refused_in_words_and_keeps_what_was_typed(
    office: Office, typed: dict[str, str], status: int, said: str
):
    seat = await sits(office, "office.leader")
    async with office.database.session() as session:
        before = len(await law_changes(session, REGULATION))
    page = await proposed(office, seat, status, **{"reason": "试行", **typed})
    assert said in page, re.sub("<[^>]*>", " ", page)
    assert typed.get("holidays", "")[:10] in page
    async with office.database.session() as session:
        assert len(await law_changes(session, REGULATION)) == before


async def test_of_two_who_answer_at_once_one_is_heard(office: Office):
    number = await proposed(
        office,
        await sits(office, "office.leader"),
        parameter="limits.count_plain",
        value="PT4H",
        reason="试行",
    )
    seats = [await sits(office, login) for login in ("town.leader", "stranger")]
    codes = await asyncio.gather(*(answered(seat, number, "declined", "不同意") for seat in seats))
    assert sorted(codes) == [303, 409]


async def test_nobody_declines_without_a_reason_and_no_foreign_key_counts(office: Office):
    number = await proposed(
        office,
        await sits(office, "office.leader"),
        parameter="limits.count_plain",
        value="PT5H",
        reason="试行",
    )
    seat = await sits(office, "town.leader")
    assert await answered(seat, number, "declined") == 409
    assert await answered(seat, number, "nothing") == 404
    assert await answered(seat, "99999", "declined", "不同意") == 404
    form = forms((await seat.open("/law-changes")).text)["/law-changes"]
    assert (await seat.post("/law-changes", {**form.fields, "page_key": ["x y"]})).status_code == 404
    assert await answered(seat, number, "declined", "不同意") == 303


@pytest.mark.parametrize("login", ["office.clerk", "town.handler", "auditor"])
async def test_who_leads_nothing_reads_and_changes_nothing(office: Office, login: str):
    seat = await sits(office, login)
    page = (await seat.open("/law-changes")).text
    assert "/law-changes" not in forms(page)
    own = re.search(r'name="_csrf"\s+value="([^"]+)"', (await seat.open("/me")).text)
    assert own is not None
    fields = {"_csrf": [own[1]], "page_key": [uuid4().hex], "parameter": ["limits.h48"], "value": ["PT1H"]}
    assert (await seat.post("/law-changes", fields)).status_code == 403
    assert (await seat.post("/law-changes/1", {**fields, "outcome": ["confirmed"]})).status_code == 403
