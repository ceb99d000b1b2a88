"""A form whose outcome nobody knows: its page keeps text and key,
so that it is not done twice when it is sent again.
"""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from domain.terms.roles import Role
from tests.api.office import system as make_system
from tests.desk.conftest import Office
from tests.desk.seat import forms
from tests.desk.test_steps import TITLE, local

NOBODY = "127.0.0.1:9"  # where no engine listens


async def test_a_registration_that_no_engine_answers_keeps_its_text_and_its_key(tmp_path: Path):
    async with asyncio.timeout(60), make_system(tmp_path, NOBODY) as system, AsyncExitStack() as stack:
        office = Office(system, stack)
        await office.account("office.clerk", Role.HANDLER, "gov_office")
        clerk = await office.sits("office.clerk")
        form = forms((await clerk.open("/register")).text)["/register"]
        typed = {
            "title": TITLE,
            "discovered_at": local(),
            "sources[0].platform": "douyin",
            "sources[0].gist": "灯不亮",
        }
        answer = await clerk.send(form, typed)
        assert answer.status_code == 503
        assert "按原样重新提交，不会重复办理" in answer.text
        again = forms(answer.text)["/register"]
        assert (again.fields["_key"], again.fields["title"]) == (form.fields["_key"], [TITLE])
