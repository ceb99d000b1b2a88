"""稿件存在服务器上: what a unit types into the form of a longer text is kept as it is typed,
for all of the unit, until it is sent.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import JSONResponse

from api.parts import parts_of
from casework.ledger_session import reading, writing
from casework.outcomes import Unavailable
from casework.recorded import is_on_record
from desk.frame.page import now_of
from desk.step.special_forms import special_form
from domain.terms.roles import Actor
from storage.working_texts import LONGEST, DraftPlace, Overtaken, WorkingText, forget_text, keep_text
from words.language import say
from words.wording import absolute


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """What the page of a form says of the text that the unit is writing:
    its version, and who left it when, in words.
    """

    version: int
    words: str
    is_loaded: bool


def working_view(text: WorkingText | None, *, is_loaded: bool) -> Working:
    """For a form that begins with the text, or leaves it aside."""
    if text is None:
        return Working(version=0, words="", is_loaded=False)
    words = (
        say(
            "已载入本单位未提交的草稿：{person} {time} 保存，第 {version} 稿。",
            person=text.person,
            time=absolute(text.changed_at),
            version=text.version,
        )
        if is_loaded
        else say(
            "本单位另有未提交的草稿：{person} {time} 保存，第 {version} 稿。在本页保存，会替换它。",
            person=text.person,
            time=absolute(text.changed_at),
            version=text.version,
        )
    )
    return Working(version=text.version, words=words, is_loaded=is_loaded)


async def keep(
    request: Request,
    person: Actor,
    place: DraftPlace,
    fields: Mapping[str, Sequence[str]],
    *,
    over: int,
    key: str,
) -> JSONResponse:
    """Keep what is typed: its version and what to say of it, or who went on with it meanwhile (409).

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
            return _answer(say("已经提交，不再保存草稿。"), 0, HTTPStatus.CONFLICT)
    try:
        async with writing(database) as session:
            version = await keep_text(session, place, filled, person=person.person, over=over, at=now)
    except Overtaken as overtaken:
        if (text := overtaken.text) is None:
            return _answer(say("本单位另有人刚保存了草稿：请刷新页面。"), 0, HTTPStatus.CONFLICT)
        words = say(
            "{person} 已于 {time} 改过这份草稿，这里的改动没有保存：请复制出来，刷新页面后再改。",
            person=text.person,
            time=absolute(text.changed_at),
        )
        return _answer(words, text.version, HTTPStatus.CONFLICT)
    return _answer(
        say("草稿已保存在服务器：{time}，本单位人员在任何电脑都可以接着写。", time=absolute(now)), version
    )


def _answer(words: str, version: int, status: HTTPStatus = HTTPStatus.OK) -> JSONResponse:
    return JSONResponse({"words": words, "version": version}, status_code=status)


async def give_up(request: Request, place: DraftPlace) -> None:
    """Forget the text, which was sent or given up; where the ledger does not answer it lapses by itself."""
    if special_form(place.kind).is_written:
        with suppress(Unavailable):
            async with writing(parts_of(request).database) as session:
                await forget_text(session, place)
