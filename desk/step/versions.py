"""以前的各稿: what a text that is being written said before; the differences between two,
and an older one taken over.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from api.parts import parts_of
from casework.ledger_session import reading, writing
from casework.outcomes import NotFound
from desk.frame.page import now_of, rendered
from desk.step.fields import FILES, FormField, Typed
from desk.step.panels.differences import Piece, pieces
from domain.terms.roles import Actor
from storage.forms_open import names_of
from storage.working_texts import (
    DraftPlace,
    Overtaken,
    TextVersion,
    WorkingText,
    keep_text,
    versions_of,
    working_text,
)
from words.labels import label
from words.language import say
from words.wording import MomentText, moment

NOW: Final = 0  # the number under which the text that stands is asked for
_LONGEST_NUMBER: Final = 9  # digits


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """A version in the list; that which stands has the number 0."""

    number: int
    name: str
    person: str
    at: MomentText
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDifference:
    """What one field says otherwise in the later of two versions."""

    heading: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionsPage:
    """The versions of a text, two of them compared; `version` is that of the text as it stands."""

    action: str
    back: str
    case: str
    step: str
    drill: bool
    lines: tuple[VersionLine, ...]
    before: VersionLine | None
    after: VersionLine | None
    differences: tuple[FieldDifference, ...]
    version: int
    trouble: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionedForm:
    """The form whose text has versions: where it is, what it is called, and its fields with what is typed."""

    action: str
    back: str
    case: str
    step: str
    drill: bool
    place: DraftPlace
    fields: Iterable[FormField]


def is_asked(request: Request) -> bool:
    """Whether an address asks for the versions of a text in place of its form."""
    return "_versions" in request.query_params


async def show_versions(request: Request, form: VersionedForm, *, trouble: str = "") -> Response:
    """The versions of a text, with the differences between the two that the address names:
    between the one named and the text as it stands, where it names one alone.

    Raises NotFound for a version that is not kept, and Unavailable.
    """
    now = now_of(request)
    async with reading(parts_of(request).database) as session:
        text = await working_text(session, form.place, now)
        versions = await versions_of(session, form.place, now)
        names = await names_of(session, [one.person for one in versions] + ([text.person] if text else []))
    there = ([_standing(text)] if text is not None else []) + list(versions)
    lines = {one.number: _line(one, names) for one in there}
    contents: dict[int, Typed] = {one.number: one.fields for one in there}
    contents.setdefault(NOW, {})  # a text that was given up or not begun says nothing
    before = _asked(request, "_version")
    after = _asked(request, "_with") or NOW
    if before is not None and not {before, after} <= contents.keys():
        raise NotFound
    page = VersionsPage(
        action=form.action,
        back=form.back,
        case=form.case,
        step=form.step,
        drill=form.drill,
        lines=tuple(lines.values()),
        before=None if before is None else lines[before],
        after=None if before is None else lines.get(after),
        differences=()
        if before is None
        else tuple(_differences(contents[before], contents[after], form.fields)),
        version=0 if text is None else text.version,
        trouble=trouble,
    )
    status = HTTPStatus.CONFLICT if trouble else HTTPStatus.OK
    return await rendered(request, "step/versions.html", status=int(status), page=page)


async def take_over(
    request: Request, person: Actor, form: VersionedForm, *, number: str, over: int
) -> Response:
    """Go on with an older version; what stands is kept. Raises NotFound, and Unavailable."""
    now = now_of(request)
    database = parts_of(request).database
    try:
        async with writing(database) as session:
            versions = {one.number: one for one in await versions_of(session, form.place, now)}
            chosen = versions.get(_number(number) or NOW)
            if chosen is None:
                raise NotFound
            await keep_text(
                session, form.place, chosen.fields, person=person.person, over=over, at=now, is_exact=True
            )
    except Overtaken:
        return await show_versions(
            request, form, trouble=say("这期间有人改过这份草稿，没有取回：请看过现在的一稿再取。")
        )
    return RedirectResponse(form.action, HTTPStatus.SEE_OTHER)


def _asked(request: Request, name: str) -> int | None:
    """The number that the address asks for; raises NotFound for what is none."""
    text = request.query_params.get(name, "")
    if not text:
        return None
    number = _number(text)
    if number is None:
        raise NotFound
    return number


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER else None


def _standing(text: WorkingText) -> TextVersion:
    return TextVersion(
        number=NOW, fields=text.fields, person=text.person, changed_at=text.changed_at, is_aside=False
    )


def _line(one: TextVersion, names: Mapping[str, str]) -> VersionLine:
    if one.number == NOW:
        name = say("现在的一稿")
    elif one.is_aside:
        name = say("第 {number} 号（没有并入的文字）", number=one.number)
    else:
        name = say("第 {number} 号", number=one.number)
    return VersionLine(
        number=one.number,
        name=name,
        person=names.get(one.person, one.person),
        at=moment(one.changed_at),
        size=sum(len(value) for values in one.fields.values() for value in values),
    )


def _differences(before: Typed, after: Typed, entries: Iterable[FormField]) -> Iterator[FieldDifference]:
    """Each field that says something in either, in the order of the form."""
    known = {entry.name: entry for entry in _flat(entries)}
    names = dict.fromkeys([*(name for name in known), *before, *after])
    for name in names:
        old, new = _words(before.get(name, ()), known.get(name)), _words(after.get(name, ()), known.get(name))
        if old or new:
            yield FieldDifference(heading=_heading(name), pieces=pieces(old, new))


def _words(values: Sequence[str], entry: FormField | None) -> str:
    """What was typed or chosen, as the form has it."""
    said = {} if entry is None else {option.value: option.text for option in entry.options}
    return "\n".join(said.get(value, value) for value in values)


def _flat(entries: Iterable[FormField]) -> Iterator[FormField]:
    for entry in entries:
        yield entry
        if entry.kind == "proofs":
            yield replace(entry, name=f"{entry.name}{FILES}")
        yield from _flat(entry.parts)
        for row in entry.rows:
            yield from _flat(row)


def _heading(name: str) -> str:
    """The name of a field with those of the groups and rows that it stands in."""
    parts = []
    for part in name.removesuffix(FILES).split("."):
        field, _, row = part.rstrip("]").partition("[")
        words = label("fields", field).here
        parts.append(say("{field} 第{number}项", field=words, number=int(row) + 1) if row else words)
    return " · ".join(parts)
