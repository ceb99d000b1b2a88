"""The whole job by forms, each step by the person whose it is, without a script;
and what is refused keeps what was typed.
"""

import asyncio
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import httpx2

from domain.terms.workdays import SHANGHAI
from tests.desk.conftest import Office
from tests.desk.pictures import picture
from tests.desk.seat import Files, Seat, forms

PROOF = {"evidence[0].url": "https://archive.example/1"}
SCREENSHOT = {"公布截图.png": picture()}
FACTORS = {
    f"factors.{name}.{part}": value
    for name in ("nature", "intensity", "public_reaction", "media_involvement")
    for part, value in (("score", "1"), ("text", "轻微"))
}
TITLE = "网传青溪镇某路段路灯长期不亮"


def local(ago: timedelta = timedelta(0)) -> str:
    """An instant as a browser's field holds it."""
    return (datetime.now(UTC) - ago).astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M:%S")


async def registered(seat: Seat, **typed: object) -> str:
    """The path of an incident registered by form."""
    answer = await seat.fill_in(
        "/register",
        {
            "title": TITLE,
            "discovered_at": local(timedelta(hours=1)),
            "sources[0].at": local(timedelta(hours=2)),
            "sources[0].platform": "douyin",
            "sources[0].gist": "夜间照明不足",
            "involved[0].unit": "qingxi",
            "involved[0].role": "accountable",
            "topic": "道路运输",
            **typed,
        },
    )
    if answer.status_code == 409:  # an incident of another test looks the same
        answer = await seat.send(forms(answer.text)["/register"], {"_join": ""})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("?")[0]


async def takes(seat: Seat, incident: str, kind: str, **typed: object) -> httpx2.Response:
    """A step by its form, once what came before it is on record."""
    return await sent(seat, incident, kind, {name.replace("__", "."): value for name, value in typed.items()})


async def sent(
    seat: Seat, incident: str, kind: str, typed: Mapping[str, object], files: Files | None = None
) -> httpx2.Response:
    """The same, with files."""
    async with asyncio.timeout(60):
        while (answer := await seat.fill_in(f"{incident}/do/{kind}", typed, files=files)).status_code == 412:
            await asyncio.sleep(0.1)
    return answer


def said(page: str) -> str:
    """What a page says is in the way."""
    found = re.search(r'id="trouble".*?</div>', page, re.DOTALL)
    return re.sub(r"<[^>]+>|\s+", " ", found.group(0)) if found else page


async def done(
    seat: Seat, incident: str, kind: str, typed: Mapping[str, object], files: Files | None = None
) -> None:
    answer = await sent(seat, incident, kind, typed, files)
    assert answer.status_code == 303, said(answer.text)
    async with asyncio.timeout(60):
        while "已受理" in (await seat.open(answer.headers["location"])).text:
            await asyncio.sleep(0.2)
            answer.headers["location"] = incident


async def offered(seat: Seat, incident: str) -> set[str]:
    page = await seat.open(incident)
    return set(re.findall(r'class="button" href="[^"]+/do/(\w+)"', page.text))


async def test_an_incident_is_carried_by_forms_from_registration_to_close(office: Office):
    leader, clerk = await office.sits("office.leader"), await office.sits("office.clerk")
    handler, second = await office.sits("town.handler"), await office.sits("town.second")
    deputy, head = await office.sits("town.deputy"), await office.sits("town.leader")
    incident = await registered(clerk)
    await done(leader, incident, "judge", {"level": "general_matter", "trend": "level", **FACTORS})
    await done(leader, incident, "assign", {"first": ["qingxi"]})
    assert "签收" in (await handler.open("/desk")).text
    await done(handler, incident, "sign_for", {})
    await done(handler, incident, "conclude", {"value": "UNTRUE", "finding": "系检修停电", **PROOF})
    draft = {
        "form": "situation_notice",
        "title": "情况通报",
        "facts": "系检修停电",
        "measures": "已复电",
        "result": "照明恢复",
        "clarification": "并非长期不亮",
        **PROOF,
    }
    await done(handler, incident, "draft_response", draft)
    for seat, stage in ((second, "first_review"), (deputy, "second_review"), (head, "final_review")):
        assert "review_draft" in await offered(seat, incident)
        await done(seat, incident, "review_draft", {"draft": "draft-1", "stage": stage, "approved": "on"})
    assert "publish" in await offered(handler, incident)
    await done(
        handler,
        incident,
        "publish",
        {"draft": "draft-1", "published_at": local(), "channels": ["wechat"]},
        SCREENSHOT,
    )
    await done(handler, incident, "report_up", {"to": "gov_office", "report": "已公布，已复电"})
    await done(handler, incident, "record_handling", {"text": "已更换灯具", "needed": "on"})
    await done(
        leader, incident, "close", {"opinion": "同意办结", "heat_override": "已平息", "papers_waiver": "从简"}
    )
    page = (await leader.open(incident)).text
    assert "已办结" in page
    assert set(await offered(leader, incident)) >= {"archive"}


async def test_what_is_offered_is_what_the_rules_allow_the_person(office: Office):
    clerk, handler = await office.sits("office.clerk"), await office.sits("town.handler")
    incident = await registered(clerk)
    assert {"judge", "request_verification"} <= await offered(clerk, incident)
    assert "judge" not in await offered(handler, incident)
    assert "assign" not in await offered(clerk, incident)
    assert await offered(await office.sits("auditor"), incident) == set()
    refused = await handler.open(f"{incident}/do/judge")
    assert refused.status_code == 403
    assert "不能" in refused.text


async def test_another_units_incident_is_not_there(office: Office):
    incident = await registered(await office.sits("office.clerk"))
    stranger = await office.sits("stranger")
    assert (await stranger.open(incident)).status_code == 404
    assert (await stranger.open(f"{incident}/do/add_source")).status_code == 404


async def test_a_refused_step_keeps_what_was_typed_and_says_what_to_do(office: Office):
    leader = await office.sits("office.leader")
    incident = await registered(leader)
    answer = await takes(
        leader,
        incident,
        "judge",
        level="complex_sensitive",
        **{k.replace(".", "__"): v for k, v in FACTORS.items()},
    )
    assert answer.status_code == 409
    assert "须说明理由" in answer.text or "理由" in answer.text
    kept = forms(answer.text)[f"{incident}/do/judge"].fields
    assert kept["level"] == ["complex_sensitive"]
    assert kept["factors.nature.text"] == ["轻微"]


async def test_a_registration_with_faults_names_the_fields_and_keeps_the_rest(office: Office):
    clerk = await office.sits("office.clerk")
    answer = await clerk.fill_in(
        "/register", {"title": TITLE, "discovered_at": "nonsense", "topic": "x" * 50, "sources[0].gist": "y"}
    )
    assert answer.status_code == 422
    for place in ("发现时间", "来源 第1项 平台"):
        assert f"<strong>{place}</strong>" in answer.text
    assert forms(answer.text)["/register"].fields["title"] == [TITLE]


async def test_a_step_on_what_has_changed_meanwhile_is_not_taken(office: Office):
    leader, clerk = await office.sits("office.leader"), await office.sits("office.clerk")
    incident = await registered(clerk)
    path = f"{incident}/do/record_concern"
    early = forms((await leader.open(path)).text)[path]
    await done(clerk, incident, "record_concern", {"text": "何时修好"})
    answer = await leader.send(early, {"text": "谁来赔偿"})
    assert answer.status_code == 412
    again = forms(answer.text)[path]
    assert again.fields["text"] == ["谁来赔偿"]
    assert (await leader.send(again, {})).status_code == 303
    for seen in ("", "x", "-1"):  # no page of ours says so: what it knew is not known
        forged = forms((await leader.open(path)).text)[path]
        forged.fields["_seen"] = [seen]
        assert (await leader.send(forged, {"text": "再问一次"})).status_code == 412


async def test_a_form_sent_twice_is_one_step(office: Office):
    clerk = await office.sits("office.clerk")
    incident = await registered(clerk)
    path = f"{incident}/do/record_concern"
    form = forms((await clerk.open(path)).text)[path]
    first, second = [await clerk.send(form, {"text": "何时修好"}) for _ in range(2)]
    assert (first.status_code, second.status_code) == (303, 303)
    listed = await office.system.events(incident.rsplit("/", 1)[1])
    assert [item["event"]["kind"] for item in listed].count("concern_recorded") == 1


async def test_a_page_speaks_of_fields_and_never_of_interfaces(office: Office):
    clerk = await office.sits("office.clerk")
    incident = await registered(clerk)
    path = f"{incident}/do/record_metrics"
    form = forms((await clerk.open(path)).text)[path]
    name = next(name for name in form.names if name.endswith("reads"))
    answer = await clerk.send(form, {name: "许多"})
    assert answer.status_code == 422
    assert "数字请只填阿拉伯数字" in answer.text
    lost = await clerk.send(form, {"_key": "", name: "12"})
    assert lost.status_code == 400
    for page in (answer, lost, await clerk.post("/sign-out", {"a": ["x" * 1_100_000]})):
        assert not re.search("接口|Idempotency|trace_id|KiB|JSON", page.text), page.text


async def test_what_the_rules_miss_is_named_as_the_form_does_with_the_sentence_it_rests_on(office: Office):
    clerk = await office.sits("office.clerk")
    answer = await clerk.fill_in("/register", {"title": "  "})
    assert answer.status_code == 409
    assert "“标题”" in said(answer.text)
    assert "依据 三(一)第2句" in said(answer.text)
