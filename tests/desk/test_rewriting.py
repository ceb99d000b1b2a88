"""A text that came back is written anew from its own words, with the remarks beside;
what stands for it takes it off all lists.
"""

import re
from typing import Any

import pytest
from pydantic import TypeAdapter

from casework.edge import read_content
from desk.step.form_data import to_command_json
from desk.step.rewriting import typed_again
from domain.case.records import Claim, ConcernAnswer, Draft, Evidence, Interim
from domain.case.state import Incident
from domain.rules.rewriting import is_superseded, to_rewrite
from domain.steps.respond import DraftResponse, ReviewDraft
from domain.terms.roles import Actor, Role
from domain.terms.vocabulary import PublicationForm, ReviewStage
from storage.attachments import Attachment
from tests.desk.conftest import Office
from tests.desk.pictures import picture
from tests.desk.seat import forms
from tests.desk.test_steps import FACTORS, PROOF, done, registered
from tests.desk.test_workbench import items
from tests.domain.cast import BOB, UNIT, assigned, concluded, draft, h, judged, of, reviewed, step
from tests.domain.cast import registered as reported
from tests.domain.given import given

DRAFT: dict[str, object] = {
    "form": "situation_notice",
    "title": "塌方情况通报",
    "facts": "凌晨塌方\n无人受伤",
    "measures": "已抢通",
    "result": "恢复通行",
    **PROOF,
}
NUMBERED = Attachment(
    number=3,
    name="现场.png",
    media_type="image/png",
    size=9,
    sha256="a" * 64,
    width=1,
    height=1,
    attached_at=h(),
    by=BOB,
)
FULL = Draft(
    id="draft-1",
    unit=UNIT,
    drafted_at=h(3),
    drafted_by=BOB,
    form=PublicationForm.INTERIM_RESPONSE,
    title="阶段性回应",
    facts="凌晨塌方",
    measures="抢通",
    result="",
    clarification="并无伤亡",
    interim=Interim(verifying="原因", verifying_by="应急管理局", next_update_at=h(30)),
    answers=(ConcernAnswer(concern=1, paragraph="已封路"), ConcernAnswer(concern=2, paragraph="明日通车")),
    claims=(Claim(subject="受伤人数", type="number", value="0"),),
    evidence=(
        Evidence(url="/incidents/inc/attachments/3", sha256="a" * 64),
        Evidence(url="https://archive.example/1", note="存档"),
    ),
    co_issuers=("transport", "emergency"),
    updates=("publication-1",),
)


def test_all_that_was_drafted_is_typed_again():
    typed = typed_again(FULL, [NUMBERED])
    assert typed["evidence.files"] == ["3"]
    content = to_command_json("draft_response", typed)
    command: Any = read_content("draft_response", content)
    names = [
        name for name in TypeAdapter(DraftResponse).dump_python(command) if name not in {"kind", "evidence"}
    ]
    assert {name: getattr(command, name) for name in names} == {name: getattr(FULL, name) for name in names}
    assert command.evidence == (FULL.evidence[1],)  # the file is chosen, not typed


START = (reported(), judged(), assigned(), concluded())
SPOKESPERSON = of(UNIT, Role.SPOKESPERSON)
RETURNED = step(
    h(5),
    SPOKESPERSON,
    ReviewDraft(draft="draft-1", stage=ReviewStage.FIRST_REVIEW, approved=False, comment="数字不准"),
)


def names(case: Incident, actor: Actor) -> list[str]:
    return [one.id for one in to_rewrite(case, actor)]


@pytest.mark.parametrize("later", [PublicationForm.SITUATION_NOTICE, PublicationForm.PRESS_RELEASE])
def test_what_came_back_goes_to_its_author_until_a_later_text_stands_for_it(later: PublicationForm):
    first = step(h(4), BOB, draft())
    assert names(given(*START, first).by(h(4)).state, BOB) == []
    case = given(*START, first, RETURNED).by(h(5)).state
    assert (names(case, BOB), names(case, SPOKESPERSON)) == (["draft-1"], [])
    after = given(*START, first, RETURNED, step(h(6), BOB, draft(later))).by(h(6)).state
    assert names(after, BOB) == []
    assert [is_superseded(after, one) for one in after.drafts] == [True, False]


def test_a_text_on_its_way_gives_way_to_a_later_one_of_its_form_until_the_final_review():
    two = (step(h(4), BOB, draft()), step(h(6), BOB, draft()))
    case = given(*START, *two).by(h(6)).state
    assert [is_superseded(case, one) for one in case.drafts] == [True, False]
    passed = given(*START, two[0], *reviewed(UNIT, h(5)), two[1]).by(h(6)).state
    assert [is_superseded(passed, one) for one in passed.drafts] == [False, False]
    other = step(h(6), BOB, draft(PublicationForm.PRESS_RELEASE))
    beside = given(*START, two[0], other).by(h(6)).state
    assert [is_superseded(beside, one) for one in beside.drafts] == [False, False]


async def returned(office: Office) -> str:
    """A case whose first text was sent back with a remark."""
    leader, handler = await office.sits("office.leader"), await office.sits("town.handler")
    incident = await registered(leader, title="退稿样件：某村道路塌方")
    await done(leader, incident, "judge", {"level": "general_matter", **FACTORS})
    await done(leader, incident, "assign", {"first": ["qingxi"]})
    await done(handler, incident, "conclude", {"value": "TRUE", "finding": "凌晨塌方", **PROOF})
    shot = {"现场照片.png": picture(colour="olive")}
    await done(handler, incident, "draft_response", DRAFT, shot)
    second = await office.sits("town.second")
    verdict = {"draft": "draft-1", "stage": "first_review", "approved": "", "comment": "请写明抢通时间"}
    await done(second, incident, "review_draft", verdict)
    return incident


async def test_a_returned_text_comes_back_with_its_words_and_remarks_in_one_click(office: Office):
    incident = await returned(office)
    handler, second = await office.sits("town.handler"), await office.sits("town.second")
    mine = await items(handler, incident)
    way = mine["修改退回或暂停的文稿：塌方情况通报（情况通报，青溪镇）"]
    assert way == f"{incident}/do/draft_response?from=draft-1"
    assert "修改退回或暂停的文稿：塌方情况通报（情况通报，青溪镇）" not in await items(second, incident)
    page = (await handler.open(way)).text
    form = forms(page)[f"{incident}/do/draft_response"]
    assert form.fields["title"] == ["塌方情况通报"]
    assert form.fields["facts"] == ["凌晨塌方\n无人受伤"]
    assert form.fields["form"] == ["situation_notice"]
    assert form.fields["evidence.files"] == ["1"]
    assert form.fields["evidence[0].url"] == [PROOF["evidence[0].url"]]
    assert "《塌方情况通报》被退回：请写明抢通时间" in page
    assert (await handler.send(form, {"measures": "已于 6 时抢通"})).status_code == 303
    waiting = await items(handler, incident)
    assert "修改退回或暂停的文稿：塌方情况通报（情况通报，青溪镇）" not in waiting
    reviews = [href for deed, href in (await items(second, incident)).items() if deed.startswith("审核：")]
    assert reviews == [f"{incident}/do/review_draft?draft=draft-2"]


async def test_a_text_of_another_unit_fills_no_form(office: Office):
    incident = await returned(office)
    leader = await office.sits("office.leader")
    page = await leader.open(f"{incident}/do/draft_response?from=draft-1")
    assert "无人受伤" not in page.text


async def test_who_signs_sees_proofs_sources_and_screenshots_beside_the_text(office: Office):
    incident = await returned(office)
    handler, second = await office.sits("town.handler"), await office.sits("town.second")
    added = {"群里截图.png": picture(colour="gold")}
    assert (await handler.fill_in(f"{incident}/attachments", {}, files=added)).status_code == 303
    form = forms((await handler.open(f"{incident}/do/draft_response?from=draft-1")).text)
    await handler.send(form[f"{incident}/do/draft_response"], {})
    page = (await second.open(f"{incident}/do/review_draft?draft=draft-2")).text
    beside = re.search(r'<article class="panel reading".*?</article>', page, re.DOTALL)
    assert beside is not None
    told = beside.group(0)
    assert "依据的证据：2 份" in told
    assert f'src="{incident}/attachments/1/thumbnail"' in told
    assert PROOF["evidence[0].url"] in told
    assert "仅有地址，未留存" in told
    assert "夜间照明不足" in told  # what the source said
    assert f'href="{incident}/attachments/2"' in told
