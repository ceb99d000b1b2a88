"""稿件存在服务器上: what a unit types into the form of a longer text is kept as it is typed,
for all of the unit, until it is sent, and who else has the form open is said.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from fastapi import Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import parts_of
from casework.ledger_session import reading, writing
from casework.outcomes import Unavailable
from casework.recorded import is_on_record
from desk.frame.page import now_of
from desk.step.special_forms import special_form
from domain.terms.roles import Actor
from storage.forms_open import has_closed, has_open, names_of, who_else
from storage.working_texts import (
    LONGEST,
    DraftPlace,
    Overtaken,
    WorkingText,
    forget_text,
    keep_aside,
    keep_text,
    set_aside,
    versions_of,
    working_text,
)
from words.language import say
from words.wording import absolute, listed

_OPEN_WITHOUT_SCRIPT: Final = timedelta(minutes=10)  # after a page was asked for that does not say again
_OPEN: Final = timedelta(seconds=100)  # after each word of a form that it is still open


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """What the page of a form says of the text that the unit is writing: its version,
    and who left it when, in words; who else has it open, and whether versions of it are kept.
    """

    version: int
    words: str
    is_loaded: bool
    others: str = ""
    has_versions: bool = False


async def working(
    request: Request, person: Actor, place: DraftPlace, *, is_loaded: bool
) -> tuple[Working, WorkingText | None]:
    """For a form that begins with the unit's text, or leaves it aside; the person now has it open.

    Raises Unavailable.
    """
    now = now_of(request)
    async with reading(parts_of(request).database) as session:
        text = await working_text(session, place, now)
        others = await _others(session, place, person.person, now)
        has_versions = bool(await versions_of(session, place, now))
        names = {} if text is None else await names_of(session, (text.person,))
    await _note(request, place, person.person, now + _OPEN_WITHOUT_SCRIPT)
    view = Working(
        version=0 if text is None else text.version,
        words="" if text is None else _left(text, names.get(text.person, text.person), is_loaded=is_loaded),
        is_loaded=is_loaded and text is not None,
        others=others,
        has_versions=has_versions,
    )
    return view, text


def _left(text: WorkingText, person: str, *, is_loaded: bool) -> str:
    at = absolute(text.changed_at)
    if is_loaded:
        return say(
            "已载入本单位未提交的草稿：{person} {time} 保存，第 {version} 稿。",
            person=person,
            time=at,
            version=text.version,
        )
    return say(
        "本单位另有未提交的草稿：{person} {time} 保存，第 {version} 稿。在本页保存，会替换它。",
        person=person,
        time=at,
        version=text.version,
    )


async def _others(session: AsyncSession, place: DraftPlace, person: str, now: datetime) -> str:
    """Who else has the form open, in words; empty for nobody."""
    logins = await who_else(session, place, person, now)
    if not logins:
        return ""
    names = await names_of(session, logins)
    return say("正由 {names} 编写。", names=listed(names.get(login, login) for login in logins))


async def _note(request: Request, place: DraftPlace, person: str, until: datetime) -> None:
    """Note that the form is open; where that cannot be written down nobody is the worse for it."""
    with suppress(Unavailable, IntegrityError):
        async with writing(parts_of(request).database) as session:
            await has_open(session, place, person, at=now_of(request), until=until)


async def still_open(request: Request, person: Actor, place: DraftPlace) -> JSONResponse:
    """The form says that it is still open: who else has it, and which version stands. Raises Unavailable."""
    request.state.is_written_down = True  # nothing of the case was shown
    now = now_of(request)
    await _note(request, place, person.person, now + _OPEN)
    async with reading(parts_of(request).database) as session:
        others = await _others(session, place, person.person, now)
        text = await working_text(session, place, now)
        left = ""
        if text is not None and text.person != person.person:
            names = await names_of(session, (text.person,))
            name, at = names.get(text.person, text.person), absolute(text.changed_at)
            left = say("{person} 已于 {time} 保存了新的一稿：刷新页面接着写。", person=name, time=at)
    version = 0 if text is None else text.version
    return JSONResponse({"words": others, "version": version, "left": left})


async def closed(request: Request, person: Actor, place: DraftPlace) -> JSONResponse:
    """The form says that it was left."""
    request.state.is_written_down = True  # nothing of the case was shown
    with suppress(Unavailable):
        async with writing(parts_of(request).database) as session:
            await has_closed(session, place, person.person)
    return _answer("", 0)


async def keep(
    request: Request,
    person: Actor,
    place: DraftPlace,
    fields: Mapping[str, Sequence[str]],
    *,
    over: int,
    key: str,
) -> JSONResponse:
    """Keep what is typed: its version and what to say of it, or who went on with it meanwhile (409):
    then what is typed here is kept beside it.

    Raises Unavailable.
    """
    request.state.is_written_down = True  # nothing of the case was shown
    now = now_of(request)
    filled = {name: list(values) for name, values in fields.items() if any(value.strip() for value in values)}
    if sum(len(name) + sum(map(len, values)) for name, values in filled.items()) > LONGEST:
        return _answer(say("草稿过长，没有保存。"), 0, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    database = parts_of(request).database
    async with reading(database) as session:
        if await is_on_record(session, place.incident_id, person, place.kind, key):
            return _answer(say("已经提交，不再保存草稿。"), 0, HTTPStatus.GONE)
    try:
        async with writing(database) as session:
            version = await keep_text(session, place, filled, person=person.person, over=over, at=now)
            await has_open(session, place, person.person, at=now, until=now + _OPEN)
    except Overtaken as overtaken:
        return await _beside(request, person, place, filled, overtaken.text)
    return _answer(
        say("草稿已保存在服务器：{time}，本单位人员在任何电脑都可以接着写。", time=absolute(now)), version
    )


async def _beside(
    request: Request,
    person: Actor,
    place: DraftPlace,
    fields: Mapping[str, Sequence[str]],
    text: WorkingText | None,
) -> JSONResponse:
    """Keep what is typed beside what somebody else left meanwhile, and say so."""
    database, now = parts_of(request).database, now_of(request)
    async with writing(database) as session:
        if fields:
            await keep_aside(session, place, fields, person=person.person, at=now)
        names = {} if text is None else await names_of(session, (text.person,))
    if text is None:
        words = say("本单位另有人刚保存了草稿；这里的文字另存在“以前的各稿”里，请刷新页面。")
        return _answer(words, 0, HTTPStatus.CONFLICT)
    words = say(
        "{person} 已于 {time} 改过这份草稿；这里的文字没有混进去，另存在“以前的各稿”里，可比对、取回。",
        person=names.get(text.person, text.person),
        time=absolute(text.changed_at),
    )
    return _answer(words, text.version, HTTPStatus.CONFLICT)


def _answer(words: str, version: int, status: HTTPStatus = HTTPStatus.OK) -> JSONResponse:
    return JSONResponse({"words": words, "version": version}, status_code=status)


async def give_up(request: Request, place: DraftPlace) -> None:
    """Begin anew; what was written is kept as a version until it lapses. Raises Unavailable."""
    async with writing(parts_of(request).database) as session:
        await set_aside(session, place)


async def sent(request: Request, person: Actor, place: DraftPlace) -> None:
    """Forget the text, which is on record now; where the ledger does not answer it lapses by itself."""
    if special_form(place.kind).is_written:
        with suppress(Unavailable):
            async with writing(parts_of(request).database) as session:
                await forget_text(session, place)
                await has_closed(session, place, person.person)
