"""A form that comes back: after a look at the outcome, which sends nothing, and after a refusal,
with each fault beside its field.
"""

import re

from tests.desk.conftest import Office
from tests.desk.seat import forms
from tests.desk.test_steps import FACTORS, registered, takes


async def test_a_check_sends_nothing_and_keeps_what_was_typed(office: Office):
    leader = await office.sits("office.leader")
    incident = await registered(leader)
    path = f"{incident}/do/judge"
    count = len(await office.system.events(incident.rsplit("/", 1)[1]))
    typed = {"level": "general_matter", "reason": "按实", "_check": "1", **FACTORS}
    answer = await leader.fill_in(path, typed)
    assert answer.status_code == 200
    assert "检查结果：可以提交" in answer.text
    assert forms(answer.text)[path].fields["reason"] == ["按实"]
    assert len(await office.system.events(incident.rsplit("/", 1)[1])) == count
    assert (await leader.send(forms(answer.text)[path], {})).status_code == 303


async def test_a_refusal_stands_beside_the_field_that_is_at_fault(office: Office):
    leader = await office.sits("office.leader")
    incident = await registered(leader)
    answer = await takes(
        leader,
        incident,
        "judge",
        level="complex_sensitive",
        **{name.replace(".", "__"): value for name, value in FACTORS.items()},
    )
    field = re.search(r'<textarea[^>]*name="reason"[^>]*>', answer.text)
    assert field is not None
    assert 'aria-invalid="true"' in field[0]
    assert "fault-reason" in field[0]
    assert 'id="fault-reason"' in answer.text
    assert "与系统建议（一般性事项）不同的等级" in answer.text
    early = await leader.fill_in(f"{incident}/do/judge", {"level": "general_matter"})
    assert 'id="fault-factors"' in early.text
    assert 'id="trouble" tabindex="-1" autofocus' in early.text
