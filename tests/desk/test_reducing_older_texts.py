"""A text in the records of 0.3, found by the office and reduced alone at a person's request,
once its case is archived.
"""

from pathlib import Path

import pytest

from audit.verify import verify
from storage.reductions import ReductionCause, reduced_of, reductions_of
from tests.audit.test_reducing_rows import RECORDED, copied, lived, recorded, said
from tests.desk.conftest import Office
from tests.desk.seat import forms
from tests.desk.test_personal_data import PAGE, look_for
from tests.workflows.stage import INCIDENT

# A time-out that comes as the activity ends lets the SDK warn, and a warning is an error here.
pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")

GIST, HOUSE = "视频", "研判"


async def test_one_text_of_an_archived_case_is_reduced_and_its_others_stay(office: Office, tmp_path: Path):
    await lived(tmp_path)
    await copied(tmp_path, office.database, beside=True)
    clerk = await office.sits("office.clerk")
    page = await look_for(clerk, GIST)
    value = f"{INCIDENT} row 1 0"
    assert f'value="{value}"' in page
    assert "不能再证明" in page
    fields = {**forms(page)[f"{PAGE}/act"].fields, "chosen": [value], "reason": ["本人要求删除"]}
    assert "已注明更正" in (await clerk.post(f"{PAGE}/act", {**fields, "deed": ["correct"]})).text
    answer = await clerk.post(f"{PAGE}/act", {**fields, "deed": ["reduce"]})
    assert "已删减，并已留痕" in answer.text
    assert value not in await look_for(clerk, GIST)
    async with office.database.session() as session:
        (_, act) = await reductions_of(session, INCIDENT)
        assert [one.why for one in (await reduced_of(session, INCIDENT)).values()] == [ReductionCause.PERSON]
    assert (act.by, act.reason, act.texts) == ("office.clerk", "本人要求删除", 1)
    client = office.system.app.state.commands.cases._client
    report = await verify(office.database, client, [INCIDENT])
    assert report.differences == ()
    assert any("(person) in rows of 0.3" in note for note in report.cases[0].notes)
    page = await look_for(clerk, HOUSE)
    own = next(part.split('"')[0] for part in page.split('value="') if part.startswith(f"{INCIDENT} row"))
    assert (
        "已删减，并已留痕"
        in (await clerk.post(f"{PAGE}/act", {**fields, "chosen": [own], "deed": ["reduce"]})).text
    )
    assert own not in await look_for(clerk, HOUSE)
    assert (await verify(office.database, client, [INCIDENT])).differences == ()
    again = await clerk.post(f"{PAGE}/act", {**fields, "deed": ["reduce"]})
    assert (again.status_code, "已不在" in again.text) == (422, True)


async def test_a_text_of_an_older_case_under_way_is_corrected_and_not_reduced(office: Office):
    incident_id = await recorded(office.database, RECORDED[0])
    text = max(said(RECORDED[0]), key=len)
    clerk = await office.sits("office.clerk")
    page = await look_for(clerk, text[:20])
    (value,) = {part.split('"')[0] for part in page.split('value="') if part.startswith(f"{incident_id} row")}
    fields = {**forms(page)[f"{PAGE}/act"].fields, "chosen": [value], "reason": ["本人要求删除"]}
    refused = await clerk.post(f"{PAGE}/act", {**fields, "deed": ["reduce"]})
    assert (refused.status_code, "旧版本记录中的文字归档后才能删减" in refused.text) == (422, True)
    for about in ("row", "row 1", "row 1 999", "row x 0", f"row {'9' * 40} 0", "row -1 0"):
        unknown = {**fields, "chosen": [f"{incident_id} {about}"], "deed": ["correct"]}
        assert (await clerk.post(f"{PAGE}/act", unknown)).status_code == 422, about
    noted = await clerk.post(f"{PAGE}/act", {**fields, "deed": ["correct"], "reason": ["系目击者"]})
    assert "已注明更正" in noted.text
    assert "注明更正：系目击者" in (await clerk.open(f"/incidents/{incident_id}")).text
