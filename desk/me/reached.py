"""接收通知: where a person is reached when nobody looks at the pages;
the person's own to enter and to take away.
"""

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.audit_book import enter_deed, unwritten, writes
from api.parts import parts_of
from casework.ledger_session import reading, writing
from channels.message import BadSettings
from channels.table import CHANNELS
from desk.frame.page import now_of, rendered
from desk.sign_in.sessions import Person, form_of
from domain.terms.roles import Actor
from storage import call_channels
from storage.audit_book import BookDeed
from storage.sign_ins import SignedIn
from words.labels import label
from words.language import marked, say

PATH: Final = "/me/calls"
_LONGEST: Final = 254
_HINTS: Final = {
    "mail": marked("本人邮箱；建议在手机上开启新邮件提醒。"),
    "webhook": marked("网关用来认出本人的号码或编号，由系统管理员告知。"),
    "wecom": marked("本人在企业微信的手机号或成员账号；本人须在机器人所在的群里。"),
    "sms": marked("本人手机号。"),
    "voice": marked("本人手机号；夜间也会响铃。"),
    "dingtalk": marked("本人在钉钉的手机号或员工编号；本人须在机器人所在的群里。"),
    "feishu": marked("本人在飞书的用户编号（如 ou_ 开头），不能用手机号；本人须在机器人所在的群里。"),
}
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get(PATH)
@unwritten("a page of one's own, of no incident")
async def show_addresses(request: Request, person: Person, done: bool = False) -> HTMLResponse:  # noqa: FBT001, FBT002  the address asks for it
    """接收通知。 By which channels a person is reached, in which order."""
    return await _page(request, person, done=done)


@router.post(PATH)
@writes(BookDeed.ADDRESS_CHANGE)
async def keep_addresses(request: Request, person: Person) -> Response:
    """Enter one's own addresses in place of those before; an empty one is taken away.

    The audit book has the channels alone.
    """
    form = await form_of(request)
    typed = {
        name: str(form.get(name, "")).strip()[:_LONGEST] for name in _in_order(str(form.get("first", "")))
    }
    addresses = {}
    for name, text in typed.items():
        if not text:
            continue
        try:
            addresses[name] = CHANNELS[name].address(text)
        except BadSettings:
            problem = say("“{channel}”的地址填写有误，未保存。", channel=label("call_channels", name).here)
            return await _page(request, person, typed=typed, problem=problem)
    login_session: SignedIn = request.state.signed_in
    async with writing(parts_of(request).database) as session:
        await call_channels.enter_addresses(session, login_session.account.id, addresses, at=now_of(request))
        channels = ",".join(addresses)
        await enter_deed(
            request, session, BookDeed.ADDRESS_CHANGE, login_session.account.login, channels=channels
        )
    return RedirectResponse(f"{PATH}?done=true", HTTPStatus.SEE_OTHER)


def _in_order(first: str) -> list[str]:
    """The channels, the one that is tried first before the others."""
    return sorted(CHANNELS, key=lambda name: name != first)


async def _page(
    request: Request,
    _: Actor,
    *,
    typed: dict[str, str] | None = None,
    problem: str = "",
    done: bool = False,
) -> HTMLResponse:
    login_session: SignedIn = request.state.signed_in
    async with reading(parts_of(request).database) as session:
        entered = await call_channels.addresses_of(session, login_session.account.id)
        ways = await call_channels.set_up(session)
    texts = typed if typed is not None else {one.channel: one.address for one in entered}
    first = next(iter(texts), next(iter(CHANNELS)))
    return await rendered(
        request,
        "me/calls.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        channels=[
            {
                "name": name,
                "title": label("call_channels", name).here,
                "hint": say(_HINTS[name]),
                "address": texts.get(name, ""),
                "is_first": name == first,
                "is_on": name in ways and ways[name].enabled,
            }
            for name in CHANNELS
        ],
        problem=problem,
        done=done,
    )
