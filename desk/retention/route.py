"""到期档案: destruction lists, approved by two with the archive's consent, each known by password and second
factor (decision 0184); drawn and carried out on the server.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.admission import CallerClass, admits
from api.audit_book import add_detail, origin_of, writes
from api.parts import parts_of
from api.security import access
from audit.destroying import DestructionRefused, Refusal, may_speak
from audit.destroying import say as say_of_list
from casework.edge import text_fault
from casework.ledger_session import answering, reading
from casework.outcomes import NotFound
from desk.administration.access import at_work
from desk.frame.page import now_of, rendered
from desk.retention.view import list_page, lists_page, refusal_words, word_words
from desk.sign_in.factor_proof import ProofForm, factor_unproven
from desk.sign_in.own_forms import FormRoute, Line
from desk.sign_in.proof import unproven
from desk.sign_in.relying_party import relying_party
from desk.sign_in.sessions import NotForThisPost
from storage.accounts import Account
from storage.audit_book import BookDeed
from storage.destruction import DestructionList, Word, destroyed_under, latest_lists, lists
from words.language import say

ROWS: Final = 30
_LARGEST: Final = 2**53
_LAST_PAGE: Final = 1000
_LONGEST: Final = 200
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=FormRoute)
Number = Annotated[int, Query(ge=1, le=_LARGEST)]


@access
@admits({CallerClass.OFFICE, CallerClass.AUDIT_ADMINISTRATOR})
async def retention_speaker(request: Request) -> Account:
    """Access `retention_speaker`: leaders of the office of the city government, and the audit
    administrator.
    """
    account = await at_work(request)
    if not may_speak(account, parts_of(request).law_now().offices.office):
        raise NotForThisPost
    return account


Speaker = Annotated[Account, Depends(retention_speaker)]


class WordForm(ProofForm):
    """What is said of a list, and by which letter of the archive; with what proves who says so."""

    word: Line = ""
    reference: Line = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordRefused:
    """What was typed and is not entered, and why."""

    form: WordForm
    trouble: str
    status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY


@router.get("/retention")
@writes(BookDeed.LIST_READ)
async def show_lists(request: Request, _: Speaker, before: Number | None = None) -> HTMLResponse:
    """到期档案。 Destruction lists, the latest first."""
    async with reading(parts_of(request).database) as session:
        counts = await latest_lists(session, ROWS + 1, before)
    return await rendered(request, "retention/page.html", page=lists_page(counts, ROWS))


@router.get("/retention/{list_number}")
@writes(BookDeed.LIST_READ)
async def show_list(
    request: Request,
    speaker: Speaker,
    list_number: int,
    page: Annotated[int, Query(ge=1, le=_LAST_PAGE)] = 1,
    done: str = "",
) -> HTMLResponse:
    """一份销毁清单。 One list: its cases, and what was said of it."""
    sentence = word_words(Word(done)) if done in set(Word) else ""
    return await _page(request, speaker, list_number, page=page, done=sentence)


@router.post("/retention/{list_number}")
@writes(BookDeed.DESTRUCTION)
async def say_word(
    request: Request, speaker: Speaker, list_number: int, form: Annotated[WordForm, Form()]
) -> Response:
    """同意、不同意，或记下档案馆的同意；须再验证口令和第二因素。 What a person says of a list, who shows
    password and second factor once more.
    """
    add_detail(request, list=str(list_number))
    if form.word not in set(Word):
        trouble: str | None = say("请选择一项。")
    elif text_fault(form.reference) is not None:
        trouble = say("文号中有不能使用的字符。")
    else:
        trouble = await unproven(request, speaker, form.password)
        trouble = trouble or await factor_unproven(request, speaker, form)
    if trouble is not None:
        refused = WordRefused(form=form, trouble=trouble)
        return await _page(request, speaker, list_number, refused=refused)
    word = Word(form.word)
    try:
        with answering():
            await say_of_list(
                parts_of(request).database,
                list_number,
                word,
                speaker,
                office=parts_of(request).law_now().offices.office,
                now=now_of(request),
                reference=form.reference if word is Word.ARCHIVE_CONSENTED else "",
                origin=origin_of(request),
            )
    except DestructionRefused as why:
        if why.why is Refusal.NO_LIST:
            raise NotFound from None
        refused = WordRefused(form=form, trouble=refusal_words(why.why), status=HTTPStatus.CONFLICT)
        return await _page(request, speaker, list_number, refused=refused)
    request.state.is_written_down = True
    return RedirectResponse(f"/retention/{list_number}?done={word.value}", HTTPStatus.SEE_OTHER)


async def _page(
    request: Request,
    speaker: Account,
    number: int,
    *,
    page: int = 1,
    done: str = "",
    refused: WordRefused | None = None,
) -> HTMLResponse:
    one, destroyed = await _list(request, number)
    form = refused.form if refused else WordForm()
    return await rendered(
        request,
        "retention/list.html",
        refused.status if refused else HTTPStatus.OK,
        page=list_page(one, destroyed, speaker, page),
        account=speaker,
        is_offered=relying_party(request) is not None,
        word=form.word,
        reference=form.reference,
        longest=_LONGEST,
        trouble=refused.trouble if refused else "",
        done=done,
    )


async def _list(request: Request, number: int) -> tuple[DestructionList, frozenset[str]]:
    """A list, with the ids of its cases that were destroyed; raises NotFound."""
    if not 0 < number <= _LARGEST:
        raise NotFound
    async with reading(parts_of(request).database) as session:
        matches = await lists(session, number)
        destroyed = await destroyed_under(session, number)
    if not matches:
        raise NotFound
    return matches[0], destroyed
