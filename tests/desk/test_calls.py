"""A warning leaves the house, a telephone's link acknowledges it, and its receipts are seen."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import text as sql
from temporalio.testing import WorkflowEnvironment

from storage.accounts import row_of
from storage.audit_book import BookDeed
from storage.call_channels import set_up
from storage.call_links import LASTS, link_token
from storage.receipts import of_attempt, write
from tests.api.office import address
from tests.api.office import system as make_system
from tests.channels.peers import HOST, GatewayPeer, MailPeer, a_gateway, a_mail_server
from tests.desk.conftest import PEOPLE, Office
from tests.desk.seat import Seat
from tests.desk.test_notices import acknowledged, positions
from tests.desk.test_steps import FACTORS, done, registered

LINK = re.compile(r"http://huiying\.test:8000(/k/[\w.-]+)")
CHANNELS = "/system/channels"
SECRET = "whsec_" + "c2VjcmV0" * 5  # some bytes in base64
SCRIPT = "<script>alert(1)</script>"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def calling(
    desk_temporal: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    """An office whose messages may reach this machine."""
    folder = tmp_path_factory.mktemp("calls")
    own = {"internal_hosts": HOST, "hosts": "huiying.test", "temporal_task_queue": "calls"}
    async with (
        make_system(folder, address(desk_temporal), **own) as system,
        await system.worker(),
        AsyncExitStack() as stack,
    ):
        made = Office(system, stack)
        for login, (post, unit) in PEOPLE.items():
            await made.account(login, post, unit)
        yield made


@pytest.fixture(scope="module")
def mail() -> Iterator[MailPeer]:
    with a_mail_server() as peer:
        yield peer


@pytest.fixture
def gateway() -> Iterator[GatewayPeer]:
    with a_gateway() as peer:
        yield peer


async def switched_on(office: Office, mail: MailPeer, **typed: str) -> httpx2.Response:
    """Mail set up by the administrator's page."""
    admin = await office.sits("sys.admin")
    settings = {"host": HOST, "port": str(mail.port), "security": "none", "sender": "desk@gaoan.example"}
    return await admin.fill_in(CHANNELS, {**settings, "enabled": "true", **typed}, f"{CHANNELS}/mail")


async def reached(seat: Seat, mail: str) -> httpx2.Response:
    """Somebody's own address entered."""
    return await seat.fill_in("/me/calls", {"mail": mail})


async def instructed(office: Office) -> str:
    """An incident of which the town has an instruction."""
    leader = await office.sits("office.leader")
    incident = await registered(leader)
    wakes = {
        "level": "major_situation",
        "reason": "涉及面广",
    }  # at any hour, so that no call waits for the morning
    await done(leader, incident, "judge", {**wakes, "trend": "level", **FACTORS})
    await done(leader, incident, "assign", {"first": ["qingxi"]})
    await done(leader, incident, "instruct", {"text": "立即核实", "to": ["qingxi"]})
    return incident


async def until_mailed(mail: MailPeer, to: str, number: int = 1) -> list[str]:
    """The texts of the mails to somebody, once there are so many."""
    async with asyncio.timeout(60):
        while True:
            texts = [str(one.get_content()) for one in mail.mails if one["To"] == to]
            if len(texts) >= number:
                return texts
            await asyncio.sleep(0.05)


def link_in(text: str) -> str:
    found = LINK.search(text)
    assert found is not None, text
    return found[1]


async def book(office: Office, deed: BookDeed) -> list[tuple[str, str]]:
    """Who did something, as the audit book has it, and how it ended."""
    async with office.database.session() as session:
        rows = await session.execute(
            sql("SELECT person, outcome FROM audit_entry WHERE deed = :deed ORDER BY position"),
            {"deed": deed},
        )
        return [tuple(row) for row in rows]


async def test_an_instruction_is_mailed_and_acknowledged_by_its_link_alone_once(
    calling: Office, mail: MailPeer
):
    to = "handler@town.example"
    assert (await switched_on(calling, mail)).status_code == 303
    handler = await calling.sits("town.handler")
    assert (await reached(handler, to)).status_code == 303
    incident = await instructed(calling)
    text = next(one for one in await until_mailed(mail, to) if "批示" in one)
    assert "立即核实" not in text  # number, deed and due instant, nothing that anybody wrote
    link = link_in(text)
    phone = await calling.seat()
    page = await phone.open(link)
    assert page.status_code == 200
    assert "立即核实" not in page.text
    assert "set-cookie" not in page.headers
    assert page.headers["cache-control"] == "no-store"
    waiting = await positions(handler)
    answer = await phone.post(link, {})
    assert answer.status_code == 200
    assert "已确认" in answer.text
    assert len(await positions(handler)) == len(waiting) - 1
    again = await phone.post(link, {})
    assert again.status_code == 410
    assert "已经用过" in again.text
    assert (await phone.open(link)).status_code == 410
    assert await book(calling, BookDeed.LINK_ACKNOWLEDGEMENT) == [
        ("town.handler", "done"),
        ("town.handler", "refused"),
    ]
    assert (await phone.open("/desk")).status_code == 303  # nobody is signed in by it
    whole = (await handler.open("/notices?all=true")).text
    assert "已送达服务方" in whole
    assert "已凭链接确认" in whole
    assert "已送达服务方" in (await handler.open(incident)).text


@pytest.mark.parametrize("spoilt", ["x", "0123456789abcdef.AAAA", "变", "a" * 300, SCRIPT])
async def test_a_forged_link_is_refused_in_words_and_recorded(calling: Office, spoilt: str):
    before = len(await book(calling, BookDeed.LINK_ACKNOWLEDGEMENT))
    phone = await calling.seat()
    path = f"/k/{spoilt.replace('/', '')}"
    for answer in (await phone.open(path), await phone.post(path, {})):
        assert answer.status_code == 404
        assert "链接无效" in answer.text
    assert (await book(calling, BookDeed.LINK_ACKNOWLEDGEMENT))[before:] == [("", "refused")]


async def sent(calling: Office, mail: MailPeer, login: str) -> tuple[Seat, str]:
    """A link in the hand of somebody of the town, fresh."""
    to = f"{login}.{len(mail.mails)}@town.example"
    await switched_on(calling, mail)
    seat = await calling.sits(login)
    await reached(seat, to)
    await instructed(calling)
    return seat, link_in((await until_mailed(mail, to))[0])


async def test_one_changed_letter_spoils_a_link(calling: Office, mail: MailPeer):
    _, link = await sent(calling, mail, "town.handler")
    phone = await calling.seat()
    for place in (len("/k/") + 2, -30, -1):
        letters = list(link)
        letters[place] = "A" if letters[place] != "A" else "B"
        assert (await phone.post("".join(letters), {})).status_code == 404
    assert (await phone.open(link)).status_code == 200


async def test_a_link_serves_for_a_day(calling: Office, mail: MailPeer):
    _, link = await sent(calling, mail, "town.handler")
    calling.ahead = LASTS + timedelta(seconds=5)
    try:
        answer = await (await calling.seat()).post(link, {})
    finally:
        calling.ahead = timedelta(0)
    assert answer.status_code == 410
    assert "已过期" in answer.text


async def test_whoever_left_acknowledges_nothing(calling: Office, mail: MailPeer):
    _, link = await sent(calling, mail, "town.handler")
    async with calling.database.writing() as session:
        row = await row_of(session, "town.handler")
        assert row is not None
        row.disabled_at = calling.now()
    try:
        assert (await (await calling.seat()).post(link, {})).status_code == 404
    finally:
        async with calling.database.writing() as session:
            row = await row_of(session, "town.handler")
            assert row is not None
            row.disabled_at = None


async def test_who_is_called_for_another_unit_is_noted_and_acknowledges_nothing_for_it(
    calling: Office, mail: MailPeer
):
    town, _ = await sent(calling, mail, "town.handler")
    async with calling.system.app.state.database.writing() as session:
        last = await session.scalar(sql("SELECT attempt FROM call_receipt ORDER BY position DESC LIMIT 1"))
        (begun, *_) = await of_attempt(session, last)
        await write(session, replace(begun, attempt="a" * 24, person="office.clerk", hearer="office"))
        link = f"/k/{link_token(session, 'a' * 24, calling.now() + LASTS)}"
    waiting = await positions(town)
    phone = await calling.seat()
    answer = await phone.post(link, {})
    assert answer.status_code == 200
    assert "仍将继续通知" in answer.text
    assert await positions(town) == waiting
    assert (await phone.post(link, {})).status_code == 410


async def test_acknowledging_on_the_page_ends_the_call(calling: Office, mail: MailPeer):
    town, _ = await sent(calling, mail, "town.handler")
    for position in await positions(town):  # grave ones are acknowledged one by one
        await acknowledged(town, position)
    client = calling.system.app.state.commands.cases._client

    async def running() -> int:
        query = 'WorkflowType = "Call" AND ExecutionStatus = "Running" AND TaskQueue = "calls"'
        return sum([1 async for _ in client.list_workflows(query)])

    assert await _unread(calling, "qingxi") == 0
    async with asyncio.timeout(60):
        while await running() > await _unread(calling):
            await asyncio.sleep(0.1)


async def _unread(calling: Office, unit: str = "") -> int:
    """The notices of which calls may still run: those that nobody of their units has acknowledged."""
    statement = """SELECT count(*) FROM notice WHERE acknowledged_at IS NULL AND (unit = :unit OR :unit = '')
        AND purpose IN ('warning', 'paper_issued', 'instructed', 'breach', 'reminder')"""
    async with calling.database.session() as session:
        return int(await session.scalar(sql(statement), {"unit": unit}))


async def test_an_address_is_sealed_and_stands_in_no_book(calling: Office):
    town = await calling.sits("town.leader")
    assert (await reached(town, "very.private@town.example")).status_code == 303
    async with calling.database.session() as session:
        stored = (await session.execute(sql("SELECT address FROM person_address"))).scalars().all()
        told = (await session.execute(sql("SELECT subject || detail FROM audit_entry"))).scalars().all()
    assert stored
    assert all(one.startswith("sealed:") for one in stored)
    assert not any("very.private" in one for one in told)
    assert "very.private@town.example" in (await town.open("/me/calls")).text
    assert (await reached(town, "no address")).status_code == 422
    assert "very.private@town.example" in (await town.open("/me/calls")).text
    assert (await reached(town, "")).status_code == 303
    assert "very.private" not in (await town.open("/me/calls")).text


async def test_a_channel_is_set_up_tried_and_never_shows_its_password(calling: Office, mail: MailPeer):
    assert (await switched_on(calling, mail, password="right horse")).status_code == 303
    admin = await calling.sits("sys.admin")
    assert "right horse" not in (await admin.open(CHANNELS)).text
    answer = await admin.fill_in(CHANNELS, {"to": "one@town.example"}, f"{CHANNELS}/mail/test")
    assert answer.status_code == 303, answer.text
    assert len(mail.subjects("one@town.example")) == 1
    assert "正常" in (await admin.open(CHANNELS)).text
    await switched_on(calling, mail)  # nothing typed: the password stays as it is
    async with calling.system.app.state.database.session() as session:
        assert (await set_up(session))["mail"].settings["password"] == "right horse"
    async with calling.database.session() as session:
        stored = (await session.execute(sql("SELECT settings FROM call_channel"))).scalars().all()
    assert all(one.startswith("sealed:") for one in stored)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("port", "0"),
        ("port", "x"),
        ("host", "a b"),
        ("sender", "nobody"),
        ("security", "maybe"),
        ("user", "a\x00"),
    ],
)
async def test_a_setting_that_is_none_is_refused_and_what_stands_stays(
    calling: Office, mail: MailPeer, field: str, value: str
):
    await switched_on(calling, mail)
    answer = await switched_on(calling, mail, **{field: value})
    assert answer.status_code == 422
    assert "未保存" in answer.text
    async with calling.system.app.state.database.session() as session:
        assert (await set_up(session))["mail"].settings["host"] == HOST


async def test_a_private_address_that_nobody_allowed_is_not_reached(calling: Office, gateway: GatewayPeer):
    admin = await calling.sits("sys.admin")
    answer = await admin.fill_in(
        CHANNELS, {"url": f"https://localhost:{gateway.port}/call", "secret": SECRET}, f"{CHANNELS}/webhook"
    )
    assert answer.status_code == 303, answer.text
    answer = await admin.fill_in(CHANNELS, {"to": "1"}, f"{CHANNELS}/webhook/test")
    assert answer.status_code == 422
    assert "address_refused" in answer.text
    assert gateway.posts == []


async def test_a_kept_secret_goes_to_no_other_server(calling: Office, mail: MailPeer):
    await switched_on(calling, mail, password="right horse")
    assert (await switched_on(calling, mail, host="mail.elsewhere.example")).status_code == 303
    async with calling.system.app.state.database.session() as session:
        settings = (await set_up(session))["mail"].settings
        detail = await session.scalar(
            sql(
                "SELECT detail FROM audit_entry WHERE subject = 'channel:mail' ORDER BY position DESC LIMIT 1"
            )
        )
    assert settings["host"] == "mail.elsewhere.example"
    assert settings["password"] == ""
    assert "host password" in str(detail)
    assert "mail.elsewhere.example" in str(detail)
    assert "right horse" not in str(detail)
    await switched_on(calling, mail)


async def test_a_channel_can_be_switched_off_whatever_else_is_typed(calling: Office, mail: MailPeer):
    await switched_on(calling, mail)
    answer = await switched_on(calling, mail, enabled="", port="x")
    assert answer.status_code == 422
    assert "渠道已停用" in answer.text
    async with calling.system.app.state.database.session() as session:
        stands = (await set_up(session))["mail"]
    assert not stands.enabled
    assert stands.settings["port"] == str(mail.port)
    await switched_on(calling, mail)


ROBOT_KEY = "693a91f6-7xxx-4bc4"


@pytest.mark.parametrize(
    ("robot", "to", "taken"),
    [
        ("wecom", "13800000000", b'{"errcode": 0, "errmsg": "ok"}'),
        ("dingtalk", "13800000000", b'{"errcode": 0, "errmsg": "ok"}'),
        ("feishu", "ou_18eac8", b'{"code": 0, "msg": "success"}'),
    ],
)
async def test_a_robot_is_set_up_and_tried_and_its_refusal_is_told_in_words(
    calling: Office, gateway: GatewayPeer, robot: str, to: str, taken: bytes
):
    admin, page = await calling.sits("sys.admin"), f"{CHANNELS}/{robot}"
    typed = {"url": gateway.url, "key": ROBOT_KEY, "secret": "SEC0123456789"}
    if robot == "wecom":  # which signs nothing
        del typed["secret"]
    assert (await admin.fill_in(CHANNELS, {**typed, "key": "no key"}, page)).status_code == 422
    assert (await admin.fill_in(CHANNELS, typed, page)).status_code == 303
    gateway.content = taken
    assert (await admin.fill_in(CHANNELS, {"to": to}, f"{page}/test")).status_code == 303
    assert "试发消息" in json.dumps(gateway.posts[-1].told, ensure_ascii=False)
    gateway.content = b'{"errcode": -1, "code": -1}'
    answer = await admin.fill_in(CHANNELS, {"to": to}, f"{page}/test")
    assert answer.status_code == 422
    assert "服务方暂时故障" in answer.text
    whole = (await admin.open(CHANNELS)).text
    assert ROBOT_KEY not in whole
    assert "SEC0123456789" not in whole
    own = await calling.sits("town.leader")
    assert (await own.fill_in("/me/calls", {robot: "@all"})).status_code == 422
    assert (await own.fill_in("/me/calls", {robot: to})).status_code == 303
    assert (await own.fill_in("/me/calls", {robot: ""})).status_code == 303


async def test_a_provider_of_text_messages_is_described_and_tried(calling: Office, gateway: GatewayPeer):
    admin, page = await calling.sits("sys.admin"), f"{CHANNELS}/sms"
    typed = {
        "url": gateway.url,
        "kind": "json",
        "body": '{"phone": "{to}", "text": "{text}"}',
        "success": "code=0",
    }
    assert (await admin.fill_in(CHANNELS, typed, page)).status_code == 303
    gateway.content = b'{"code": 0}'
    assert (await admin.fill_in(CHANNELS, {"to": "13800000000"}, f"{page}/test")).status_code == 303
    assert gateway.posts[-1].told["phone"] == "13800000000"
    assert "试发消息" in gateway.posts[-1].told["text"]
    gateway.content = b'{"code": 7}'
    assert "未接收" in (await admin.fill_in(CHANNELS, {"to": "13800000000"}, f"{page}/test")).text
