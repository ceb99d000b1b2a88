"""What is typed into a longer form is kept on the server for the unit, says who left it,
and goes when it is sent.
"""

import asyncio
from datetime import timedelta
from typing import Any

from desk.step.special_forms import SPECIAL_FORMS
from domain.catalogue import COMMANDS
from storage.working_texts import LONGEST
from tests.desk.conftest import Office
from tests.desk.seat import Form, Seat, forms
from tests.desk.test_steps import FACTORS, PROOF, done, registered


def test_each_form_that_has_more_than_its_fields_is_of_a_step():
    assert set(COMMANDS) >= SPECIAL_FORMS.keys()


async def ready(office: Office) -> str:
    """A case whose facts are known, before anybody has drafted."""
    leader, handler = await office.sits("office.leader"), await office.sits("town.handler")
    incident = await registered(leader, title="草稿样件：某村断水")
    await done(leader, incident, "judge", {"level": "general_matter", **FACTORS})
    await done(leader, incident, "assign", {"first": ["qingxi"]})
    await done(handler, incident, "conclude", {"value": "TRUE", "finding": "管网抢修", **PROOF})
    return f"{incident}/do/draft_response"


async def form_of(seat: Seat, path: str) -> tuple[Form, str]:
    page = (await seat.open(path)).text
    return forms(page)[path], page


async def save(seat: Seat, form: Form, **typed: str) -> tuple[int, dict[str, Any]]:
    fields = {**form.fields, **{name: [value] for name, value in typed.items()}, "_save": ["1"]}
    answer = await seat.post(form.action, fields)
    form.fields["_version"] = [str(answer.json()["version"])]
    return answer.status_code, answer.json()


async def test_a_colleague_goes_on_with_it_and_it_goes_when_it_is_sent(office: Office):
    path = await ready(office)
    handler, second = await office.sits("town.handler"), await office.sits("town.second")
    mine, page = await form_of(handler, path)
    assert "未提交的草稿" not in page
    assert (await save(handler, mine, title="断水情况通报", facts="管网抢修"))[0] == 200
    theirs, page = await form_of(second, path)
    assert "第 1 稿" in page
    assert (theirs.fields["title"], theirs.fields["facts"]) == (["断水情况通报"], ["管网抢修"])
    assert (await save(second, theirs, measures="送水车已到"))[0] == 200
    status, told = await save(handler, mine, measures="另一句")
    assert (status, "改过这份草稿" in told["words"]) == (409, True)
    final, _ = await form_of(handler, path)
    assert final.fields["measures"] == ["送水车已到"]
    sent = await handler.send(final, {"form": "situation_notice", "result": "已通水", **PROOF})
    assert sent.status_code == 303, sent.text
    blank, page = await form_of(second, path)
    assert (blank.fields["title"], "未提交的草稿" in page) == ([""], False)
    status, _ = await save(handler, final, facts="迟到的保存")  # a form that was sent keeps nothing any more
    assert status == 410
    assert "管网抢修" not in (await second.open(f"{path}?_versions=1")).text


async def test_it_is_given_up_and_other_units_never_see_it(office: Office):
    path = await ready(office)
    handler, leader = await office.sits("town.handler"), await office.sits("office.leader")
    mine, _ = await form_of(handler, path)
    await save(handler, mine, facts="只有本单位可见的半句话")
    assert "只有本单位可见的半句话" not in (await leader.open(path)).text
    again, page = await form_of(handler, path)
    assert "只有本单位可见的半句话" in page
    again.names.add("_discard")  # its button stands above the form
    assert (await handler.send(again, {"_discard": "1"})).status_code == 303
    assert "只有本单位可见的半句话" not in (await handler.open(path)).text


async def test_a_text_without_end_is_not_kept(office: Office):
    path = await ready(office)
    handler = await office.sits("town.handler")
    mine, _ = await form_of(handler, path)
    assert (await save(handler, mine, facts="长" * (LONGEST + 1)))[0] == 413
    assert (await form_of(handler, path))[0].fields["facts"] == [""]


async def test_what_is_not_sent_yet_stands_on_the_desk_of_its_unit_alone(office: Office):
    path = await ready(office)
    handler, second = await office.sits("town.handler"), await office.sits("town.second")
    mine, _ = await form_of(handler, path)
    await save(handler, mine, title="写了一半的断水通报", facts="管网抢修")
    desk = (await second.open("/desk")).text
    under_way = desk.split('id="h-under-way"')[1].split("</section>")[0]
    assert "写了一半的断水通报" in under_way
    assert f'href="{path}"' in under_way
    assert "town.handler" in under_way
    for stranger in ("office.leader", "office.clerk"):
        assert "写了一半的断水通报" not in (await (await office.sits(stranger)).open("/desk")).text
    again, _ = await form_of(handler, path)
    again.names.add("_discard")  # its button stands above the form
    assert (await handler.send(again, {"_discard": "1"})).status_code == 303
    assert "写了一半的断水通报" not in (await second.open("/desk")).text


async def test_of_two_who_save_at_once_nothing_is_lost(office: Office):
    path = await ready(office)
    handler, second = await office.sits("town.handler"), await office.sits("town.second")
    mine, _ = await form_of(handler, path)
    theirs, _ = await form_of(second, path)
    answers = await asyncio.gather(
        save(handler, mine, facts="甲写的一句"), save(second, theirs, facts="乙写的一句")
    )
    assert sorted(status for status, _ in answers) == [200, 409]
    assert any("以前的各稿" in told["words"] for _, told in answers)
    versions = (await handler.open(f"{path}?_versions=1&_version=1")).text
    assert "没有并入的文字" in versions
    for words in ("甲写的一句", "乙写的一句"):
        assert words in versions


async def test_an_older_version_is_compared_and_taken_over(office: Office):
    path = await ready(office)
    handler, second = await office.sits("town.handler"), await office.sits("town.second")
    mine, page = await form_of(handler, path)
    assert "data-versions" in page
    await save(handler, mine, title="断水通报", facts="管网抢修。影响三个村。")
    theirs, _ = await form_of(second, path)
    await save(second, theirs, facts="管网抢修。已经通水。")
    compared = (await second.open(f"{path}?_versions=1&_version=1")).text
    for words in ("【删】影响三个村。", "【增】已经通水。", "断水通报", "town.handler", "town.second"):
        assert words in compared, words
    button = {"_csrf": theirs.fields["_csrf"], "_version": ["2"], "_take": ["1"]}
    assert '<input type="hidden" name="_version" value="2">' in compared
    stale = await second.post(path, {**button, "_version": ["7"]})
    assert (stale.status_code, "没有取回" in stale.text) == (409, True)
    taken = await second.post(path, button)
    assert (taken.status_code, taken.headers["location"]) == (303, path)
    again, page = await form_of(handler, path)
    assert again.fields["facts"] == ["管网抢修。影响三个村。"]
    assert "已经通水" in (await handler.open(f"{path}?_versions=1&_version=2")).text
    two = (await handler.open(f"{path}?_versions=1&_version=1&_with=2")).text
    assert "【增】已经通水。" in two


async def test_versions_that_are_none_and_other_units_are_refused(office: Office):
    path = await ready(office)
    handler, stranger = await office.sits("town.handler"), await office.sits("police.handler")
    for asked in ("9", "-1", "1e3", "x" * 100, "９"):
        assert (await handler.open(f"{path}?_versions=1&_version={asked}")).status_code == 404, asked
    mine, _ = await form_of(handler, path)
    for number in ("9", "0", "", "甲"):
        answer = await handler.post(path, {**mine.fields, "_take": [number]})
        assert answer.status_code == 404, number
    assert (await stranger.open(f"{path}?_versions=1")).status_code == 404
    closed = await (await office.sits("office.leader")).open(f"{path}?_versions=1")
    assert "town.handler" not in closed.text


async def test_who_else_has_the_form_open_is_said_by_name_and_ends_by_itself(office: Office):
    path = await ready(office)
    handler, second = await office.sits("town.handler"), await office.sits("town.second")
    mine, page = await form_of(handler, path)
    assert "编写。" not in page
    theirs, page = await form_of(second, path)
    assert "正由 town.handler 编写。" in page

    async def still_open(seat: Seat, form: Form, name: str = "_open") -> dict[str, Any]:
        answer = await seat.post(path, {"_csrf": form.fields["_csrf"], name: ["1"]})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    assert "town.second" in (await still_open(handler, mine))["words"]
    await save(second, theirs, facts="新的一句")
    told = await still_open(handler, mine)
    assert (told["version"], "保存了新的一稿" in told["left"]) == (1, True)
    await still_open(second, theirs, "_left")
    assert (await still_open(handler, mine))["words"] == ""
    await still_open(second, theirs)
    office.ahead = timedelta(minutes=3)
    try:
        assert (await still_open(handler, mine))["words"] == ""
    finally:
        office.ahead = timedelta(0)


async def test_a_text_is_seen_as_the_paper_that_it_becomes(office: Office):
    path = await ready(office)
    handler = await office.sits("town.handler")
    mine, _ = await form_of(handler, path)
    hostile = "<b>管网</b>{{ 7 * 7 }}抢修"
    typed = {
        "form": ["situation_notice"],
        "title": ["关于断水情况的通报"],
        "facts": [hostile],
        "measures": ["送水"],
        "result": ["已通水"],
        "evidence[0].url": ["https://example.org/1"],
    }
    answer = await handler.post(path, {**mine.fields, **typed, "_check": ["1"]})
    assert answer.status_code == 200
    sheet = answer.text.split('id="h-previewed"')[1].split("</article>")[0]
    shown = "&lt;b&gt;管网&lt;/b&gt;{{ 7 * 7 }}抢修"
    for words in ("关于断水情况的通报", "一、核查情况", shown, "三、处置结果"):
        assert words in sheet, words
    assert "断水情况" not in (await handler.open(path.rsplit("/do/", 1)[0])).text  # nothing was sent
