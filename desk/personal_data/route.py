"""个人信息: what is held about one person, across cases, for the office;
a text is reduced, or a correction of it noted.
"""

from functools import partial
from http import HTTPStatus
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncSession

from api.admission import CallerClass, admits
from api.audit_book import add_detail, unwritten, writes
from api.parts import parts_of
from api.security import access
from audit.reducing import clear_ledger, of_the_public, reduce_texts
from audit.reducing_rows import ReductionObstacle
from casework.ledger_session import reading
from casework.outcomes import Unavailable
from desk.administration.access import at_work
from desk.frame.page import is_of_office, now_of, rendered
from desk.personal_data.view import PersonalDataPage, personal_data_page
from desk.sign_in.own_forms import FormRoute, OwnForm, trimmed
from desk.sign_in.sessions import NotForThisPost
from domain.rules.permissions import may_see
from domain.terms.roles import Actor
from storage import reductions
from storage.audit_book import BookDeed
from storage.case_texts import texts_of
from storage.event_log import decisions
from storage.personal_data import TooShort, is_place, older_text, places, sought
from storage.reduced_rows import TextInRow
from storage.reductions import ROWS, Reduction, ReductionCause
from storage.snapshots import snapshot
from words.language import marked, say

_SECONDS: Final = 10.0  # every text of the ledger is looked through
_LONGEST: Final = 200
_LONGEST_REASON: Final = 500
_LARGEST: Final = 16 * 1024  # bytes of a form
_OBSTACLES: Final = {
    ReductionObstacle.DIFFERS: marked("该事件核验有差异，不能删减，请报审计管理员。"),
    ReductionObstacle.UNARCHIVED: marked("该事件的历史尚未存齐，请稍后再删减。"),
    ReductionObstacle.LATER: marked("升级后的记录中也有这段文字，不能单独删减，可以注明更正。"),
    ReductionObstacle.READ: marked("核验时规则要用到这段文字，删减后不能再核验，可以注明更正。"),
    ReductionObstacle.GONE: marked("这段文字已不在，请重新查找。"),
}
_DEEDS: Final = {"reduce": ReductionCause.PERSON, "correct": ReductionCause.CORRECTED}
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=FormRoute)


@access
@admits({CallerClass.OFFICE})
async def office_person(request: Request) -> Actor:
    """Access `office_person`: the people of the office, but neither city leaders nor auditors."""
    account = await at_work(request)
    if account.actor is None or not is_of_office(request, account):
        raise NotForThisPost
    return account.actor


Office = Annotated[Actor, Depends(office_person)]


class SoughtForm(OwnForm):
    """Who is looked for, which of the places found is meant, and what is to be done with it and why."""

    largest: ClassVar[int] = _LARGEST
    text: Annotated[str, trimmed(_LONGEST)] = ""
    chosen: Annotated[str, trimmed(_LONGEST)] = ""
    reason: Annotated[str, trimmed(_LONGEST_REASON)] = ""
    deed: Annotated[str, trimmed(_LONGEST)] = ""


@router.get("/personal-data")
@unwritten("an empty form")
async def show_personal_data(request: Request, _: Office) -> HTMLResponse:
    """个人信息查询。 The form by which the office looks for what is held about one person."""
    return await rendered(request, "personal_data/page.html", page=PersonalDataPage())


@router.post("/personal-data")
@writes(BookDeed.SEARCH)
async def search_personal_data(
    request: Request, actor: Office, form: Annotated[SoughtForm, Form()]
) -> HTMLResponse:
    """查找一个人的信息；姓名、号码不进网址。

    Where that person's data stand; a form, so that no name stands in an address.
    """
    add_detail(request, text=form.text)
    return await _shown(request, actor, form)


@router.post("/personal-data/act")
@writes(BookDeed.TEXT_REDUCE)
async def act_on_personal_data(
    request: Request, actor: Office, form: Annotated[SoughtForm, Form()]
) -> HTMLResponse:
    """删减一段文字，或注明更正；留痕。

    Reduce a text, or note a correction of whatever was found; both are recorded.
    """
    why = _DEEDS.get(form.deed)
    incident_id, _, about = form.chosen.partition(" ")
    add_detail(request, incident=incident_id, reference=about, why=why.value if why else "")
    if why is None or not about:
        return await _shown(request, actor, form, trouble=say("请先选定一段文字。"))
    if len(form.reason) < 2:  # noqa: PLR2004  a word
        return await _shown(request, actor, form, trouble=say("请写明理由，或正确的内容。"))
    async with reading(parts_of(request).database) as session:
        older = await older_text(session, incident_id, about)
        trouble = await _trouble(session, actor, incident_id, about, why)
    if trouble:
        return await _shown(request, actor, form, trouble=trouble)
    act = Reduction(
        at=now_of(request),
        incident_id=incident_id,
        why=why,
        by=actor.person,
        unit=actor.unit,
        reason=form.reason,
        about=ROWS if older and why is ReductionCause.PERSON else about,
    )
    if trouble := await _do(request, act, older):
        return await _shown(request, actor, form, trouble=trouble)
    done = say("已删减，并已留痕。") if why is ReductionCause.PERSON else say("已注明更正，并已留痕。")
    return await _shown(request, actor, form, done=done)


async def _do(request: Request, act: Reduction, older: TextInRow | None) -> str:
    """Enter the act; of a reduction destroy the key too,
    or take the text `older` out of the rows that hold it.

    Gives why that is not done, in words. Raises Unavailable where it cannot be done: it is ended later.
    """
    database, cases = parts_of(request).database, parts_of(request).commands.cases
    keys = cases.text_keys
    if act.about == ROWS and older is not None:
        obstacle = await cases.reduce_older(database, act, older.text, of_the_house=not older.is_public)
        await clear_ledger(database, tries=2)
        return say(_OBSTACLES[obstacle]) if obstacle else ""
    if act.why is ReductionCause.CORRECTED or keys is None:
        work = (
            reductions.note
            if act.why is ReductionCause.CORRECTED
            else partial(reductions.enter, references=[act.about])
        )
        await database.write(partial(work, act=act))
        return ""
    try:
        await reduce_texts(database, keys, act, [act.about])
    except OSError:
        raise Unavailable("texts") from None
    await clear_ledger(database, tries=2)
    return ""


async def _trouble(
    session: AsyncSession, actor: Actor, incident_id: str, about: str, why: ReductionCause
) -> str:
    """Why nothing is done to a place, in words; empty where it is.

    Another unit's is as one that is not there.
    """
    current = await snapshot(session, incident_id)
    older = await older_text(session, incident_id, about)
    is_text = older is not None or bool(await texts_of(session, incident_id, [about]))
    is_there = is_text or await is_place(session, incident_id, about)
    if current is None or not may_see(actor, current.state) or not is_there:
        return say("这段文字已不在，请重新查找。")
    if why is ReductionCause.CORRECTED:
        return ""
    is_archived = current.state.archived_at is not None
    if older is not None:
        return "" if is_archived else say("事件尚在办理，旧版本记录中的文字归档后才能删减。")
    if not is_text:
        return say("标题、链接和附件不能删减，可以注明更正。")
    if is_archived or about in of_the_public([one.decision for one in await decisions(session, incident_id)]):
        return ""
    return say("事件尚在办理，本单位所写的文字归档后才能删减。")


async def _shown(
    request: Request, actor: Actor, form: SoughtForm, *, trouble: str = "", done: str = ""
) -> HTMLResponse:
    try:
        forms = sought(form.text)
    except TooShort:
        trouble = trouble or say("请输入两个字以上的姓名，或四位以上的号码，不超过五十个字符。")
        page = PersonalDataPage(text=form.text, reason=form.reason, trouble=trouble)
        return await rendered(request, "personal_data/page.html", HTTPStatus.UNPROCESSABLE_ENTITY, page=page)
    async with reading(parts_of(request).database, _SECONDS) as session:
        hits = await places(session, actor, forms)
        ids = {place.incident_id for place in hits}
        acts = {one: await reductions.reductions_of(session, one) for one in ids}
    page = personal_data_page(
        form.text,
        hits,
        acts,
        chosen=form.chosen,
        reason="" if done else form.reason,
        trouble=trouble,
        done=done,
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if trouble else HTTPStatus.OK
    return await rendered(request, "personal_data/page.html", status, page=page)
