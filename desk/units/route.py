"""单位: the registry of units, read by who takes part, kept by the system administrator."""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.audit_book import writes
from api.parts import parts_of
from casework.ledger_session import reading, writing
from casework.outcomes import NotFound
from desk.administration.access import RegistryReader, System, author
from desk.frame.page import now_of, rendered
from desk.people.view import unit_name
from desk.sign_in.sessions import form_of
from desk.units.form import (
    CHANNELS,
    PERSONS,
    EntryForm,
    FaultyEntry,
    entry_form,
    fresh,
    read_entry,
    typed_of,
)
from desk.units.view import unit_page, units_page
from domain.law.registry import Channel, UnitPerson, UnitReadiness, standings
from domain.law.regulation import Law
from domain.terms.workdays import SHANGHAI
from storage.accounts import Account, AccountFilter, list_accounts
from storage.audit_book import BookDeed
from storage.registry import channels, persons
from storage.unit_entries import (
    EntryPlace,
    EntryRefused,
    alter,
    channels_of,
    persons_of,
    put_in,
    take_out,
)
from words.labels import word

_LONGEST: Final = 200
_LONGEST_POSITION: Final = 18
Kind = Literal["persons", "channels"]
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/units")
@writes(BookDeed.UNITS_READ)
async def show_units(
    request: Request, reader: RegistryReader, *, gaps: Annotated[bool, Query()] = False
) -> HTMLResponse:
    """单位。 Every unit, what it has and what it lacks."""
    law, today = _law(request), _today(request)
    async with reading(parts_of(request).database) as session:
        stands = standings(law, await persons(session), await channels(session), today)
    return await rendered(request, "units/page.html", page=units_page(law, stands, reader, only_gaps=gaps))


@router.get("/units/{code}")
@writes(BookDeed.UNITS_READ)
async def show_unit(request: Request, reader: RegistryReader, code: str) -> HTMLResponse:
    """一个单位。 One unit with its persons and channels."""
    law, today = _law(request), _today(request)
    async with reading(parts_of(request).database) as session:
        own_persons, own_channels = await persons_of(session, code), await channels_of(session, code)
    standing = _standing(
        law, code, [one.entry for one in own_persons], [one.entry for one in own_channels], today
    )
    done = request.query_params.get("done", "")
    page = unit_page(law, standing, reader, own_persons, own_channels, today=today, done=done)
    return await rendered(request, "units/unit.html", page=page)


def _standing(
    law: Law, code: str, own: list[UnitPerson], spoken: list[Channel], today: date
) -> UnitReadiness:
    for one in standings(law, own, spoken, today):
        if one.unit.code == code:
            return one
    raise NotFound


@router.get("/units/{code}/{kind}/{entry}")
@writes(BookDeed.UNITS_READ)
async def show_entry(request: Request, _: System, code: str, kind: Kind, entry: str) -> HTMLResponse:
    """登记或变更人员、渠道的表单。 The form of a person or a channel."""
    if not _law(request).knows(code):
        raise NotFound
    if entry == "new":
        return await _form(
            request, code, entry_form(_law(request), kind, code, entry, fresh(kind, _today(request)))
        )
    return await _form(request, code, await _as_it_stands(request, code, kind, entry))


async def _as_it_stands(request: Request, code: str, kind: Kind, entry: str) -> EntryForm:
    async with reading(parts_of(request).database) as session:
        entries = await persons_of(session, code) if kind == PERSONS else await channels_of(session, code)
    for stored_entry in entries:
        if str(stored_entry.position) == entry:
            return entry_form(
                _law(request), kind, code, entry, typed_of(stored_entry.entry), digest=stored_entry.digest
            )
    raise NotFound


@router.post("/units/{code}/{kind}/{entry}")
@writes(BookDeed.UNITS_CHANGE)
async def save_entry(request: Request, administrator: System, code: str, kind: Kind, entry: str) -> Response:
    """登记或变更人员、渠道。 Put a person or a channel in, or alter it."""
    if not _law(request).knows(code):
        raise NotFound
    typed, digest = await _typed(request)
    form = entry_form(_law(request), kind, code, entry, typed, digest=digest)
    try:
        await _save(request, administrator, form, code, entry)
    except FaultyEntry as faulty:
        return await _form(request, code, form, faulty.faults, HTTPStatus.UNPROCESSABLE_ENTITY)
    except EntryRefused as refused:
        return await _form(request, code, form, (word(refused.reason),), HTTPStatus.CONFLICT)
    return RedirectResponse(f"/units/{code}?done=saved", HTTPStatus.SEE_OTHER)


async def _save(request: Request, administrator: Account, form: EntryForm, code: str, entry: str) -> None:
    reading_of = read_entry(_law(request), form.kind, code, form.typed)
    by, now = author(request, administrator), now_of(request)
    async with writing(parts_of(request).database) as session:
        if form.is_new:
            await put_in(session, by, reading_of, at=now)
        else:
            await alter(session, by, _place(code, entry, form.digest), reading_of, at=now)


@router.post("/units/{code}/{kind}/{entry}/remove")
@writes(BookDeed.UNITS_CHANGE)
async def remove_entry(
    request: Request, administrator: System, code: str, kind: Kind, entry: str
) -> Response:
    """移出登记错的人员、渠道。 Take out what should never have been entered."""
    _, digest = await _typed(request)
    of = UnitPerson if kind == PERSONS else Channel
    try:
        async with writing(parts_of(request).database) as session:
            place = _place(code, entry, digest)
            await take_out(session, author(request, administrator), place, of, at=now_of(request))
    except EntryRefused as refused:
        form = await _as_it_stands(request, code, kind, entry)
        return await _form(request, code, form, (word(refused.reason),), HTTPStatus.CONFLICT)
    return RedirectResponse(f"/units/{code}?done=removed", HTTPStatus.SEE_OTHER)


async def _typed(request: Request) -> tuple[Mapping[str, str], str]:
    """What was typed, and the digest of the entry that the form was made of."""
    form = await form_of(request)
    typed = {name: str(value).strip()[:_LONGEST] for name, value in form.items() if not name.startswith("_")}
    return typed, str(form.get("_seen", ""))[:_LONGEST]


def _place(code: str, entry: str, digest: str) -> EntryPlace:
    if not (entry.isascii() and entry.isdecimal()) or len(entry) > _LONGEST_POSITION:
        raise NotFound
    return EntryPlace(unit=code, position=int(entry), digest=digest)


async def _form(
    request: Request, code: str, form: EntryForm, faults: tuple[str, ...] = (), status: int = HTTPStatus.OK
) -> HTMLResponse:
    async with reading(parts_of(request).database) as session:
        accounts = await list_accounts(session, AccountFilter(unit=code)) if form.kind != CHANNELS else ()
    people = [one for one in accounts if one.disabled_at is None]
    unit = unit_name(_law(request), code)
    return await rendered(
        request,
        "units/unit_entry.html",
        status,
        form=form,
        unit=unit,
        code=code,
        people=people,
        faults=faults,
    )


def _law(request: Request) -> Law:
    return parts_of(request).law_now()


def _today(request: Request) -> date:
    return now_of(request).astimezone(SHANGHAI).date()
