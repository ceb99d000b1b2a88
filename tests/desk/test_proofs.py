"""Proofs of a step: screenshots and files that the server hashes, files of the case,
and links that prove no publication.
"""

import re
from hashlib import sha256
from typing import Final

from desk.step.fields import NONE_TYPED, FormField, form_fields
from desk.step.form_prefill import field_names
from desk.step.proofs import proof_field
from domain.catalogue import COMMANDS
from storage.audit_book_pages import rows
from tests.desk.conftest import Office
from tests.desk.pictures import REFUSED, picture
from tests.desk.seat import Form, Seat, forms
from tests.desk.test_steps import FACTORS, PROOF, done, local, registered, said

DRAFT: Final = {
    "form": "situation_notice",
    "title": "情况通报",
    "facts": "系检修停电",
    "measures": "已复电",
    "result": "照明恢复",
    "clarification": "并非长期不亮",
}
REVIEWS: Final = (
    ("town.second", "first_review"),
    ("town.deputy", "second_review"),
    ("town.leader", "final_review"),
)
SHOT: Final = picture(colour="navy")
DIGEST: Final = sha256(SHOT).hexdigest()


def each(entries: tuple[FormField, ...]) -> set[str]:
    return set(field_names(entries))


def test_no_form_asks_for_a_digest():
    for kind in COMMANDS:
        fields = form_fields(kind, lambda _: None, NONE_TYPED, now="")
        assert not [name for name in each(fields) if "sha256" in name], kind


def test_each_step_with_proofs_takes_files():
    taking = {kind for kind in COMMANDS if proof_field(kind)}
    assert {
        "publish",
        "hold_press_conference",
        "conclude",
        "draft_response",
        "record_relay",
        "propose_clue",
    } <= taking
    for kind in taking:
        fields = form_fields(kind, lambda _: None, NONE_TYPED, now="")
        assert [one.kind for one in fields if one.name == proof_field(kind)] == ["proofs"]


class Ready:
    """A case whose text is ready to go out, and who publishes it."""

    def __init__(self, incident: str, handler: Seat) -> None:
        self.incident, self.handler = incident, handler

    @property
    def own_id(self) -> str:
        return self.incident.rsplit("/", 1)[1]

    @property
    def path(self) -> str:
        return f"{self.incident}/do/publish"

    async def form(self) -> Form:
        return forms((await self.handler.open(self.path)).text)[self.path]


OUT: Final = {"draft": "draft-1", "channels": ["wechat"]}


async def ready(office: Office) -> Ready:
    leader, handler = await office.sits("office.leader"), await office.sits("town.handler")
    incident = await registered(leader)
    await done(leader, incident, "judge", {"level": "general_matter", **FACTORS})
    await done(leader, incident, "assign", {"first": ["qingxi"]})
    await done(handler, incident, "conclude", {"value": "UNTRUE", "finding": "系检修停电", **PROOF})
    await done(handler, incident, "draft_response", {**DRAFT, **PROOF})
    for login, stage in REVIEWS:
        seat = await office.sits(login)
        await done(seat, incident, "review_draft", {"draft": "draft-1", "stage": stage, "approved": "on"})
    return Ready(incident, handler)


async def proofs_of(office: Office, case: Ready) -> list[dict[str, str]]:
    """The proofs of what was published, as the log has them."""
    events = [item["event"] for item in await office.system.events(case.own_id)]
    published = [event for event in events if event["kind"] == "published"]
    return [proof for event in published for proof in event["publication"]["evidence"]]


async def test_a_screenshot_is_hashed_attached_and_proves_a_publication(office: Office):
    case = await ready(office)
    await done(case.handler, case.incident, "publish", {**OUT, "published_at": local()}, {"截图.png": SHOT})
    (proof,) = await proofs_of(office, case)
    assert proof["sha256"] == DIGEST
    assert proof["url"] == f"{case.incident}/attachments/1"
    assert (await case.handler.open(proof["url"])).content == SHOT
    page = (await case.handler.open(case.incident)).text
    assert "附件 1：截图.png" in page
    assert DIGEST not in re.sub(r'id="attachment-1".*?</li>', "", page, flags=re.DOTALL)
    deeds = {(row["deed"], row["subject"].split("/")[0]) async for row in rows(office.database)}
    assert ("attachment_add", case.own_id) in deeds


async def test_a_link_alone_proves_no_publication_and_what_was_typed_stays(office: Office):
    case = await ready(office)
    typed = {**OUT, "published_at": local(), **PROOF}
    refused = await case.handler.send(await case.form(), typed)
    assert refused.status_code == 409
    assert "只有链接，不足为证" in said(refused.text)
    again = forms(refused.text)[case.path]
    assert again.fields["evidence[0].url"] == [PROOF["evidence[0].url"]]
    assert (await case.handler.send(again, {}, {"页面.png": SHOT})).status_code == 303
    held, link = await proofs_of(office, case)
    assert (held["sha256"], link["sha256"]) == (DIGEST, "")
    page = (await case.handler.open(case.incident)).text
    assert "仅有地址，未留存" in page


async def test_a_file_waits_while_the_rules_refuse_the_step(office: Office):
    case = await ready(office)
    files = {"截图.png": SHOT}
    refused = await case.handler.send(
        await case.form(), {**OUT, "channels": [], "published_at": local()}, files
    )
    assert refused.status_code == 409
    again = forms(refused.text)[case.path]
    assert len(again.fields["_kept"]) == 1
    assert (await case.handler.open(f"{case.incident}/attachments/1")).status_code == 404
    assert (await case.handler.send(again, {"channels": ["wechat"]})).status_code == 303
    (proof,) = await proofs_of(office, case)
    assert proof["sha256"] == DIGEST


async def test_a_file_of_the_case_is_chosen_without_sending_it_again(office: Office):
    case = await ready(office)
    page = f"{case.incident}/attachments"
    assert (await case.handler.fill_in(page, {}, files={"现场.png": SHOT})).status_code == 303
    form = await case.form()
    assert "evidence.files" in form.names
    typed = {**OUT, "published_at": local(), "evidence.files": ["1"]}
    assert (await case.handler.send(form, typed)).status_code == 303
    (proof,) = await proofs_of(office, case)
    assert proof == {"url": f"{page}/1", "sha256": DIGEST, "note": ""}


async def test_a_file_that_is_none_is_told_and_the_others_stay(office: Office):
    case = await ready(office)
    files = {"截图.png": SHOT, "setup.png": REFUSED["setup.exe"][0]}
    refused = await case.handler.send(await case.form(), {**OUT, "published_at": local()}, files)
    assert refused.status_code == 422
    assert "setup.png" in said(refused.text)
    again = forms(refused.text)[case.path]
    assert again.fields["draft"] == ["draft-1"]
    assert (await case.handler.send(again, {})).status_code == 303
    (proof,) = await proofs_of(office, case)
    assert proof["sha256"] == DIGEST


async def test_a_digest_that_somebody_types_and_a_file_that_is_not_there_prove_nothing(office: Office):
    case = await ready(office)
    form = await case.form()
    form.names |= {"evidence[0].sha256", "evidence.files"}
    typed = {**OUT, "published_at": local(), **PROOF, "evidence[0].sha256": "a" * 64, "evidence.files": ["7"]}
    refused = await case.handler.send(form, typed)
    assert refused.status_code == 409
    assert await proofs_of(office, case) == []


async def test_the_same_form_sent_twice_publishes_once(office: Office):
    case = await ready(office)
    form = await case.form()
    typed = {**OUT, "published_at": local()}
    first = await case.handler.send(form, typed, {"截图.png": SHOT})
    second = await case.handler.send(form, typed, {"截图.png": SHOT})
    assert (first.status_code, second.status_code) == (303, 303)
    assert len(await proofs_of(office, case)) == 1


async def test_a_file_that_waited_too_long_is_told_and_the_step_not_taken_without_it(office: Office):
    case = await ready(office)
    form = await case.form()
    form.names.add("_kept")
    typed = {**OUT, "published_at": local(), **PROOF, "_kept": ["0" * 24]}
    refused = await case.handler.send(form, typed)
    assert refused.status_code == 422
    assert "先前收到的附件已过保存时间" in said(refused.text)
    assert await proofs_of(office, case) == []


async def test_a_form_whose_file_waited_is_sent_twice_and_publishes_once(office: Office):
    case = await ready(office)
    typed = {**OUT, "channels": [], "published_at": local()}
    refused = await case.handler.send(await case.form(), typed, {"截图.png": SHOT})
    again = forms(refused.text)[case.path]
    first = await case.handler.send(again, {"channels": ["wechat"]})
    second = await case.handler.send(again, {"channels": ["wechat"]})
    assert (first.status_code, second.status_code) == (303, 303)
    assert len(await proofs_of(office, case)) == 1


async def test_no_more_files_wait_than_are_kept(office: Office):
    case = await ready(office)
    typed = {**OUT, "channels": [], "published_at": local()}
    few = {f"{number}.png": picture(size=(number, 7)) for number in range(1, 13)}
    first = await case.handler.send(await case.form(), typed, few)
    more = {f"{number}.png": picture(size=(number, 8)) for number in range(1, 13)}
    second = await case.handler.send(forms(first.text)[case.path], {}, more)
    assert second.status_code == 422
    assert said(second.text).count("一次最多 20 个，未接收") == 4
    assert len(forms(second.text)[case.path].fields["_kept"]) == 20
