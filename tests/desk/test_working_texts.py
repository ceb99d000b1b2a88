"""What is typed into a longer form is kept on the server for the unit, says who left it,
and goes when it is sent.
"""

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
    assert status == 409


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
