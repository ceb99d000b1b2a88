"""Registration without a script: likely duplicates are asked about once, screenshots come along,
and nothing typed is lost.
"""

import asyncio
import re
from datetime import timedelta
from itertools import count
from uuid import uuid4

import httpx2

from tests.desk.conftest import Office
from tests.desk.pictures import PDF, REFUSED, picture
from tests.desk.seat import Form, Seat, forms
from tests.desk.test_steps import local, registered, said

Files = dict[str, bytes]
TYPED = {
    "sources[0].platform": "douyin",
    "sources[0].gist": "夜间照明不足",
    "involved[0].unit": "青溪镇",
    "discovered_at": local(timedelta(minutes=5)),
}


_FRESH = count(0x4E00, 12)  # the first of twelve characters that no title before has


def title() -> str:
    """A title that no other incident has, not in a single character: likeness is told by them."""
    first = next(_FRESH)
    return f"网传{''.join(chr(first + place) for place in range(12))}"


async def blank(seat: Seat) -> Form:
    return forms((await seat.open("/register")).text)["/register"]


async def send(seat: Seat, form: Form, typed: dict[str, str], files: Files | None = None) -> httpx2.Response:
    """A form sent with files, as a browser sends it."""
    fields = {**form.fields, **{name: [value] for name, value in typed.items()}}
    fields.pop("_files", None)
    headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin", "Origin": "null"}
    sent = [("_files", (name, content, "image/png")) for name, content in (files or {"": b""}).items()]
    return await seat.http.post(form.action, data=fields, files=sent, headers=headers)


def path_of(answer: httpx2.Response) -> str:
    assert answer.status_code == 303, said(answer.text)
    return answer.headers["location"].split("?")[0]


async def recorded(seat: Seat, path: str) -> str:
    """The page of an incident once it is on record."""
    async with asyncio.timeout(60):
        while (page := await seat.open(path)).status_code != 200:
            await asyncio.sleep(0.1)
    return page.text


async def test_a_unit_is_named_and_what_is_left_blank_has_its_sense(office: Office):
    clerk = await office.sits("office.clerk")
    form = await blank(clerk)
    assert form.fields["involved[0].role"] == ["accountable"]
    answer = await send(clerk, form, {**TYPED, "title": title(), "sources[0].at": ""})
    page = await recorded(clerk, path_of(answer))
    assert "青溪镇" in page
    answer = await send(clerk, await blank(clerk), {**TYPED, "title": title(), "involved[0].unit": ""})
    assert answer.status_code == 303


async def test_what_may_be_the_same_is_asked_about_once_and_may_be_registered_anyway(office: Office):
    clerk, name = await office.sits("office.clerk"), title()
    first = path_of(await send(clerk, await blank(clerk), {**TYPED, "title": name}))
    await recorded(clerk, first)
    asked = await send(clerk, await blank(clerk), {**TYPED, "title": name})
    assert asked.status_code == 409
    assert first in asked.text
    assert "第一责任主体" in asked.text
    again = forms(asked.text)["/register"]
    assert (again.fields["title"], again.fields["_join"]) == ([name], [""])
    second = path_of(await send(clerk, again, {}))
    assert second != first


async def test_the_form_of_an_incident_sent_again_leads_to_it_and_does_not_offer_it_as_another(
    office: Office,
):
    clerk, name = await office.sits("office.clerk"), title()
    form = await blank(clerk)
    first = path_of(await send(clerk, form, {**TYPED, "title": name}))
    await recorded(clerk, first)
    assert path_of(await send(clerk, form, {**TYPED, "title": name})) == first
    other = await send(clerk, form, {**TYPED, "title": f"{name}另"})
    assert other.status_code == 422
    assert "本页已提交过其他内容" in other.text


async def test_what_was_typed_may_go_to_the_running_incident_as_one_more_source(office: Office):
    clerk, name = await office.sits("office.clerk"), title()
    first = path_of(await send(clerk, await blank(clerk), {**TYPED, "title": name}))
    await recorded(clerk, first)
    asked = await send(clerk, await blank(clerk), {**TYPED, "title": name, "sources[0].gist": "又有一条"})
    joined = await send(
        clerk, forms(asked.text)["/register"], {"_join": first.rsplit("/", 1)[1]}, {"a.png": picture()}
    )
    assert path_of(joined) == first
    assert joined.headers["location"].endswith("done=add_source")
    assert "又有一条" in await recorded(clerk, first)
    assert (await clerk.open(f"{first}/attachments/1")).status_code == 200


async def test_nobody_is_shown_or_joined_to_what_is_not_theirs_to_see(office: Office):
    clerk, stranger, name = await office.sits("office.clerk"), await office.sits("stranger"), title()
    first = path_of(await send(clerk, await blank(clerk), {**TYPED, "title": name}))
    await recorded(clerk, first)
    fields = {**(await blank(stranger)).fields, "title": [name], "_join": [""]}
    mine = {**(await blank(clerk)).fields, "title": [name]}
    assert first not in (await stranger.post("/register/similar", fields)).text
    assert first in (await clerk.post("/register/similar", mine)).text
    forged = {**fields, **{k: [v] for k, v in TYPED.items()}, "_join": [first.rsplit("/", 1)[1]]}
    assert (await stranger.post("/register", forged)).status_code == 404
    assert (await stranger.post("/register", {**forged, "_join": [""]})).status_code == 303


async def test_the_same_address_goes_to_the_incident_that_holds_it(office: Office):
    clerk, url = await office.sits("office.clerk"), f"https://post.example/{uuid4().hex}"
    first = path_of(await send(clerk, await blank(clerk), {**TYPED, "title": title(), "sources[0].url": url}))
    await recorded(clerk, first)
    form = await blank(clerk)
    form.fields["_looked"] = ["1"]
    typed = {**TYPED, "title": title(), "sources[0].url": url, "discovered_at": local()}
    assert path_of(await send(clerk, form, typed)) == first


async def test_files_wait_with_what_was_typed_until_the_registration_is_accepted(office: Office):
    clerk, name = await office.sits("office.clerk"), title()
    files = {"截图.png": picture(), "setup.png": REFUSED["setup.exe"][0]}
    refused = await send(clerk, await blank(clerk), {**TYPED, "title": name}, files)
    assert refused.status_code == 422
    assert "setup.png" in said(refused.text)
    again = forms(refused.text)["/register"]
    assert again.fields["title"] == [name]
    assert len(again.fields["_kept"]) == 1
    path = path_of(await send(clerk, again, {}, {"说明.pdf": PDF}))
    page = await recorded(clerk, path)
    assert re.findall(rf'href="{path}/attachments/(\d)"', page) == ["1", "2"]
    assert (await clerk.open(f"{path}/attachments/1")).content == picture()


async def test_what_waits_is_the_senders_alone(office: Office):
    clerk, other = await office.sits("office.clerk"), await office.sits("town.handler")
    refused = await send(clerk, await blank(clerk), {"title": ""}, {"a.png": picture(colour="red")})
    kept = forms(refused.text)["/register"].fields["_kept"]
    form = await blank(other)
    form.fields["_kept"] = kept
    path = path_of(await send(other, form, {**TYPED, "title": title()}))
    assert (await other.open(f"{path}/attachments/1")).status_code == 404


async def test_files_are_added_later_and_seen_by_those_alone_who_see_the_incident(office: Office):
    clerk, handler = await office.sits("office.clerk"), await office.sits("town.handler")
    incident = await registered(clerk)
    page = f"{incident}/attachments"
    form = forms((await handler.open(page)).text)[page]
    for _ in range(2):  # the same content hangs there once
        assert (await send(handler, form, {}, {"现场.webp": picture("WEBP")})).status_code == 303
    fetched = await clerk.open(f"{page}/1")
    assert fetched.headers["content-disposition"].startswith("attachment")
    assert fetched.headers["content-type"] == "image/webp"
    assert fetched.headers["x-content-type-options"] == "nosniff"
    assert (await clerk.open(f"{page}/1/thumbnail")).headers["content-type"] == "image/webp"
    assert (await clerk.open(f"{page}/2")).status_code == 404
    auditor, stranger = await office.sits("auditor"), await office.sits("stranger")
    assert (await auditor.open(f"{page}/1")).status_code == 200
    own = forms((await auditor.open("/me")).text)["/sign-out"]
    barred = Form(action=page, fields={"_csrf": own.fields["_csrf"]})
    assert (await send(auditor, barred, {}, {"a.png": picture()})).status_code == 403
    for path in (page, f"{page}/1", f"{page}/1/thumbnail"):
        assert (await stranger.open(path)).status_code == 404


async def test_a_form_with_files_from_elsewhere_is_not_taken(office: Office):
    clerk = await office.sits("office.clerk")
    incident = await registered(clerk)
    foreign = Form(action=f"{incident}/attachments", fields={"_csrf": ["0" * 64]})
    assert (await send(clerk, foreign, {}, {"a.png": picture()})).status_code == 403


async def test_an_incident_holds_two_hundred_files(office: Office):
    clerk = await office.sits("office.clerk")
    incident = await registered(clerk)
    page = f"{incident}/attachments"
    form = forms((await clerk.open(page)).text)[page]
    for row in range(1, 11):
        files = {f"{row}-{number}.png": picture(size=(number, row)) for number in range(1, 21)}
        assert (await send(clerk, form, {}, files)).status_code == 303
    full = await send(clerk, form, {}, {"201.png": picture(size=(21, 9))})
    assert full.status_code == 422
    assert "200" in said(full.text)
    short = (await clerk.open(incident)).text
    assert "全部 200 个附件" in short
    assert short.count('id="attachment-') == 20
