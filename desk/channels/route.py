"""通知渠道: setting a channel up, sending a message of test, and seeing how each fares;
for the system administrator alone.
"""

import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.audit_book import enter_deed, writes
from api.parts import parts_of
from casework.ledger_session import reading, writing
from casework.outcomes import NotFound
from channels.message import BadSettings, Message, NotTaken, Taken
from channels.outgoing import Outgoing
from channels.table import CHANNELS, OutgoingChannel, Sender
from desk.administration.access import System
from desk.channels.view import channel_view, field_name
from desk.frame.page import now_of, rendered
from desk.sign_in.sessions import form_of
from storage import call_channels, channels_on, receipts
from storage.audit_book import BookDeed
from storage.receipts import CallStatus, ReceiptEntry
from words.deliveries import detail_words
from words.language import say

PATH: Final = "/system/channels"
_LONGEST: Final = 500
_ATTEMPT_BYTES: Final = 12
_WHERE: Final = frozenset({"host", "port", "security", "user", "url"})  # to whom a secret is handed, and how
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get(PATH)
@writes(BookDeed.SYSTEM_READ)
async def show_channels(request: Request, _: System, done: str = "") -> HTMLResponse:
    """通知渠道。 Each channel, its settings without its secrets, and how it has fared."""
    words = {"kept": say("已保存。"), "sent": say("试发成功，服务方已接收。")}.get(done, "")
    return await _page(request, done=words)


@router.post(f"{PATH}/{{channel}}")
@writes(BookDeed.SETTINGS_CHANGE)
async def keep_channel(request: Request, _: System, channel: str) -> Response:
    """Set a channel up; a secret of which nothing is typed stays as it is,
    as long as it goes to where it went.

    Switching off is done whatever else was typed.
    """
    way, form = _way(channel), await form_of(request)
    typed = {field: str(form.get(field, ""))[:_LONGEST] for field in way.fields}
    async with reading(parts_of(request).database) as session:
        before = (await call_channels.set_up(session)).get(channel)
    former = before.settings if before else {}
    enabled = form.get("enabled") == "true"
    try:
        values = _with_kept_secrets(way, way.apart(typed), former)
        way.read(values)
    except BadSettings as bad:
        if not enabled and before is not None and before.enabled:
            await _keep(request, channel, former, former, enabled=False)
            problem = say("渠道已停用；“{field}”填写有误，设置未改。", field=field_name(bad.field, channel))
        else:
            problem = say("“{field}”填写有误，未保存。", field=field_name(bad.field, channel))
        return await _page(request, problem=problem, typed={channel: _without_keys(way, typed)})
    await _keep(request, channel, values, former, enabled=enabled)
    return RedirectResponse(f"{PATH}?done=kept", HTTPStatus.SEE_OTHER)


async def _keep(
    request: Request, channel: str, values: Mapping[str, str], former: Mapping[str, str], *, enabled: bool
) -> None:
    """Set a channel up, and enter which of its settings changed and where its messages go."""
    changed = sorted(name for name in values if values[name] != former.get(name, ""))
    host = values.get("host") or urlsplit(values.get("url", "")).hostname or ""
    async with writing(parts_of(request).database) as session:
        await call_channels.keep(session, channel, values, enabled=enabled, at=now_of(request))
        await enter_deed(
            request,
            session,
            BookDeed.SETTINGS_CHANGE,
            f"{channels_on.SUBJECT}{channel}",
            enabled="on" if enabled else "off",
            changed=" ".join(changed),
            host=host,
        )


@router.post(f"{PATH}/{{channel}}/test")
@writes(BookDeed.CHANNEL_TEST)
async def test_channel(request: Request, account: System, channel: str) -> Response:
    """Send a message of test to an address that is typed for it, which is kept nowhere."""
    way, form = _way(channel), await form_of(request)
    async with reading(parts_of(request).database) as session:
        stands = (await call_channels.set_up(session)).get(channel)
    if stands is None or not stands.settings:
        return await _page(request, problem=say("请先填写并保存设置，再试发。"))
    try:
        to = way.address(str(form.get("to", ""))[:_LONGEST])
    except BadSettings as bad:
        return await _page(
            request, problem=say("“{field}”填写有误，未发送。", field=field_name(bad.field, channel))
        )
    outcome = await _sent(request, channel, stands.settings, to, account.login)
    if isinstance(outcome, NotTaken):
        return await _page(
            request,
            problem=say("试发失败：{why}（{code}）", why=detail_words(outcome.detail), code=outcome.detail),
        )
    return RedirectResponse(f"{PATH}?done=sent", HTTPStatus.SEE_OTHER)


async def _sent(
    request: Request, name: str, settings: Mapping[str, str], to: str, login: str
) -> Taken | NotTaken:
    """Send a message of test, with its receipts."""
    now, attempt = parts_of(request).clock(), secrets.token_hex(_ATTEMPT_BYTES)
    message = Message(
        id=f"msg_{attempt}",
        attempt=attempt,
        number="",
        deed=say("试发消息，收到即说明渠道可用"),
        purpose="test",
        due_at=None,
        at=now,
    )
    begun = ReceiptEntry(
        at=now,
        attempt=attempt,
        incident_id="",
        event_number=0,
        purpose="test",
        unit="",
        rung=0,
        hearer="",
        person=login,
        channel=name,
        status=CallStatus.BEGUN,
    )
    async with writing(parts_of(request).database) as session:
        await receipts.write(session, begun)
        await enter_deed(request, session, BookDeed.CHANNEL_TEST, f"channel:{name}", attempt=attempt)
    sender = Sender(Outgoing(parts_of(request).settings.internal_names))
    outcome: Taken | NotTaken
    try:
        outcome = await sender.send(name, settings, to, message)
        entry = receipts.after(
            begun,
            CallStatus.SENT,
            at=parts_of(request).clock(),
            provider=outcome.provider,
            message_id=outcome.message_id,
            detail=outcome.detail,
        )
    except NotTaken as why:
        outcome = why
        at = parts_of(request).clock()
        entry = receipts.after(
            begun, CallStatus(why.outcome), at=at, provider=why.provider, detail=why.detail
        )
    finally:
        sender.close()
    async with writing(parts_of(request).database) as session:
        await receipts.write(session, entry)
    return outcome


async def _page(
    request: Request,
    *,
    done: str = "",
    problem: str = "",
    typed: Mapping[str, Mapping[str, str]] | None = None,
) -> HTMLResponse:
    now = now_of(request)
    async with reading(parts_of(request).database) as session:
        stand = await call_channels.set_up(session)
        fared = {name: await call_channels.health(session, name) for name in CHANNELS}
        persons = await call_channels.persons_with_addresses(session)
    return await rendered(
        request,
        "channels/page.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        channels=[
            channel_view(way, stand.get(name), fared[name], now, (typed or {}).get(name))
            for name, way in CHANNELS.items()
        ],
        persons=persons,
        has_links=bool(parts_of(request).settings.base_address),
        done=done,
        problem=problem,
    )


def _way(name: str) -> OutgoingChannel:
    way = CHANNELS.get(name)
    if way is None:
        raise NotFound
    return way


def _without_keys(way: OutgoingChannel, typed: Mapping[str, str]) -> Mapping[str, str]:
    """What may be repeated of what was typed: no address of a robot, in which its key may stand."""
    return {**typed, "url": ""} if "key" in way.secrets else typed


def _with_kept_secrets(
    way: OutgoingChannel, typed: Mapping[str, str], before: Mapping[str, str]
) -> dict[str, str]:
    """What was typed, with the secrets that stand; none is handed to another server, or in another way,
    than it was entered for.
    """
    if any(typed[field] != before.get(field, "") for field in typed if field in _WHERE):
        return dict(typed)
    return {
        field: before.get(field, "") if field in way.secrets and not value else value
        for field, value in typed.items()
    }
