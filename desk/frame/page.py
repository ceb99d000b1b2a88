"""Pages rendered from templates: what frames each of them, and the headers of their answers."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from api.file_kinds import KINDS
from api.parts import parts_of
from api.static_files import static
from casework.ledger_session import reading
from casework.outcomes import Unavailable
from desk.alarms.view import WatchView, watch_view
from desk.frame.checkpoint_code import code_of_page
from desk.frame.marking import mark_words, marking_of, watermark
from desk.frame.navigation import Tab, tabs
from desk.notices.view import Bell, bell, bell_of_alarms
from domain.terms.roles import Role
from domain.terms.vocabulary import Marking
from domain.terms.workdays import SHANGHAI
from storage.accounts import Account, Administrator
from storage.notice_board import waiting_notices
from storage.regulations import load_law
from storage.sign_ins import SignedIn
from words.clauses import clause_href, clause_name
from words.labels import label_of, word
from words.language import Language, say, spoken
from words.wording import moment

_CHINESE: Final = re.compile(r"([^\s,#]*[一-鿿][^\s,#]*)")
_IN_CHINESE: Final = Markup('<span lang="zh-CN">{}</span>')
_BELL_SECONDS: Final = 0.5  # a page does not wait longer for the count of its notices
TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).resolve().parents[2] / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def written(text: str, **parts: object) -> str:
    """A sentence in a template; parts that are HTML of the page's own, such as a time, stay so,
    all others are escaped.
    """
    if any(isinstance(part, Markup) for part in parts.values()):
        return escape(say(text)).format(**parts)
    return say(text, **parts)


def law(text: str) -> str:
    """Words of the law, which has no English: on an English page marked as Chinese,
    so that they are read out rightly.
    """
    if spoken() is Language.CHINESE:
        return text
    pieces = _CHINESE.split(text)
    return Markup("").join(
        _IN_CHINESE.format(piece) if turn % 2 else piece for turn, piece in enumerate(pieces)
    )


def cited(key: str) -> str:
    """A clause key as pages cite it, `61号#2` as 61号第2句; words of the law."""
    return law(clause_name(key))


TEMPLATES.globals["_"] = written
TEMPLATES.filters["cited"] = cited
TEMPLATES.filters["law"] = law
TEMPLATES.filters["mark_words"] = mark_words
TEMPLATES.globals["clause_href"] = clause_href
TEMPLATES.globals["static"] = static
TEMPLATES.globals["file_kinds"] = KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentUser:
    """Whom a page is shown to: the account, name, unit and post in words, the token that its forms carry,
    and what waits for the unit.
    """

    account: str
    name: str
    unit: str
    post: str
    csrf: str
    tabs: tuple[Tab, ...]
    bell: Bell | None
    is_of_office: bool
    searches: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContext:
    """What frames every page: server time, the law in force, the release, whether steps are being taken,
    what the watch says, for whom, in which language, and the code of a checkpoint where it bears one.
    """

    now_iso: str
    now_text: str
    regulation: str
    release: str
    temporal_answers: bool
    watch: WatchView
    who: CurrentUser | None
    path: str
    address: str
    lang: str
    marking: str = ""
    watermark: str = ""
    code: str = ""


def now_of(request: Request) -> datetime:
    """The real time in whole seconds, as the application tells it."""
    now = parts_of(request).clock()
    return now.replace(microsecond=0)


async def rendered(
    request: Request, template: str, status: int = 200, headers: dict[str, str] | None = None, **views: object
) -> HTMLResponse:
    """A page; `views` are what the template shows."""
    settings = parts_of(request).settings
    now = now_of(request)
    instant = moment(now)
    law = load_law(settings.regulation, now.astimezone(SHANGHAI).year)
    signed_in: SignedIn | None = getattr(request.state, "signed_in", None)
    shell = PageContext(
        now_iso=instant.iso,
        now_text=instant.text,
        regulation=law.title,
        release=settings.release,
        temporal_answers=await parts_of(request).pulse.beats(),
        watch=watch_view(await parts_of(request).watching.lately()),
        who=None if signed_in is None else await _who(request, signed_in.account),
        path=request.url.path,
        address=_address(request),
        lang=spoken().value,
        code=code_of_page(request),
    )
    marking = marking_of(request)
    if marking is not Marking.NONE:
        name = f"{shell.who.unit} {shell.who.name}" if shell.who else ""
        shell = replace(shell, marking=word(marking), watermark=watermark(marking, name, instant.text))
    text = TEMPLATES.get_template(template).render(shell=shell, **views)
    return HTMLResponse(text, status_code=status, headers=headers)


async def _who(request: Request, account: Account) -> CurrentUser:
    settings = parts_of(request).settings
    law = load_law(settings.regulation, now_of(request).astimezone(SHANGHAI).year)
    unit = law.unit(account.unit).name if law.knows(account.unit) else account.unit
    return CurrentUser(
        account=account.id,
        name=account.name,
        unit=unit,
        post=label_of(account.post).here,
        csrf=request.state.csrf,
        tabs=tabs(account, request.url.path),
        bell=await _bell(request, account),
        is_of_office=is_of_office(request, account),
        searches=account.actor is not None and not account.must_change,
    )


def hears_alarms(request: Request, account: Account) -> bool:
    """Whether the bell tells of the watch's alarms: to the system administrator,
    and to the office's people but auditors.
    """
    if account.post is Administrator.SYSTEM:
        return True
    law = parts_of(request).law_now()
    return (
        account.actor is not None
        and account.unit == law.offices.office
        and account.actor.role is not Role.AUDITOR
    )


def is_of_office(request: Request, account: Account) -> bool:
    """Whether somebody works for the office, and neither leads the city nor audits."""
    return (
        account.actor is not None and account.post is not Role.CITY_LEADER and hears_alarms(request, account)
    )


async def _bell(request: Request, account: Account) -> Bell | None:
    """What waits for the unit, with what the watch found wrong for whoever hears of that.

    None for other administrators, and while the ledger cannot say.
    """
    if account.must_change:
        return None
    alarms = len((await parts_of(request).watching.lately()).shown) if hears_alarms(request, account) else 0
    if account.post is Administrator.SYSTEM:
        return bell_of_alarms(alarms) if alarms else None
    if account.actor is None:
        return None
    try:
        async with reading(parts_of(request).database, _BELL_SECONDS) as session:
            return bell(await waiting_notices(session, account.unit, account.login), alarms)
    except Unavailable:
        return None


def _address(request: Request) -> str:
    """The page with its query, for the switch of language; a form that was sent leads back to its page."""
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
