"""What is held about one person: the texts, attachments' names and records of cases in which a name
or a number stands.
"""

import json
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.case.state import Incident
from domain.rules.permissions import SEES_ALL, may_see
from domain.terms.free_texts import is_reference, public_references
from domain.terms.roles import Actor
from domain.terms.vocabulary import Marking
from storage.attachment_tables import AttachmentRow
from storage.case_text_tables import CaseTextRow
from storage.reduced_rows import TextInRow, texts_in_row
from storage.snapshots import snapshots
from storage.tables import EventLogRow, IncidentRow, IncidentUnitRow, SnapshotRow

MOST: Final = 50
_MOST_ROWS: Final = 1_000  # of 0.3 and before: many say the same, or say it in a title
_AROUND: Final = 24  # characters of a text before and after what was sought
_PHONE: Final = 11
_DIGITS, _PARTS = 9, 2  # of what names a text in a row
_SHORTEST, _SHORTEST_NUMBER, _LONGEST = 2, 4, 50


class Where(StrEnum):
    """Where it stands."""

    TEXT = "text"
    ROW = "row"  # of the log, in which 0.3 and before wrote texts
    ATTACHMENT = "attachment"
    CASE = "case"  # title, addresses of posts, names: what a case holds besides texts


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPlace:
    """One place: the case, an excerpt, what a correction is noted about,
    and whether it is a text that may be reduced now.
    """

    incident_id: str
    number: str
    title: str
    marking: Marking
    where: Where
    excerpt: str
    about: str
    is_reducible: bool = False


_TEXTS: Final[Any] = select(
    col(CaseTextRow.incident_id), col(CaseTextRow.text).label("content"), col(CaseTextRow.reference)
).join(IncidentRow, col(IncidentRow.incident_id) == col(CaseTextRow.incident_id))
_FILES: Final[Any] = select(
    col(AttachmentRow.incident_id), col(AttachmentRow.name).label("content"), col(AttachmentRow.number)
).join(IncidentRow, col(IncidentRow.incident_id) == col(AttachmentRow.incident_id))
_ROWS: Final[Any] = (
    select(
        col(EventLogRow.incident_id),
        col(EventLogRow.decision).label("content"),
        col(EventLogRow.first_number).label("number"),
    )
    .join(IncidentRow, col(IncidentRow.incident_id) == col(EventLogRow.incident_id))
    .where(col(EventLogRow.lineage).is_(None))
)
_CASES: Final[Any] = select(col(IncidentRow.incident_id), col(SnapshotRow.state).label("content")).join(
    IncidentRow, col(IncidentRow.position) == col(SnapshotRow.position)
)


@dataclass(frozen=True, slots=True)
class _InRow:
    """A text in a row of 0.3 or before: in which row of its case, the how manieth there."""

    incident_id: str
    content: str
    number: int
    ordinal: int
    is_public: bool


class TooShort(ValueError):  # noqa: N818  named for what was typed
    """Too little, or too much, was typed to look for a person."""


def sought(typed: str) -> tuple[str, ...]:
    """The forms in which a name or a number may stand;
    raises TooShort for less than two characters or four digits.
    """
    plain = " ".join(unicodedata.normalize("NFKC", typed).split())
    bare = plain.replace(" ", "").replace("-", "")
    shortest = _SHORTEST_NUMBER if bare.isdecimal() else _SHORTEST
    if not shortest <= len(bare) <= len(plain) <= _LONGEST:
        raise TooShort
    forms = [typed.strip(), plain, bare, bare.upper(), bare.lower()]
    if bare.isdecimal() and len(bare) == _PHONE:
        parts = bare[:3], bare[3:7], bare[7:]
        forms += [" ".join(parts), "-".join(parts)]
    return tuple(dict.fromkeys(forms))


async def places(session: AsyncSession, actor: Actor, forms: Sequence[str]) -> list[TextPlace]:
    """Where one of the forms stands in cases that the actor may see,
    at most `MOST` and one more of each kind.
    """
    texts, files, cases = [await _rows(session, one, actor, forms) for one in (_TEXTS, _FILES, _CASES)]
    older = _older(await _rows(session, _ROWS, actor, forms, _MOST_ROWS), forms)
    ids = list(dict.fromkeys(row.incident_id for row in (*texts, *older, *files, *cases)))
    current = {one: snapshot.state for one, snapshot in (await snapshots(session, ids)).items()}
    states = {one: state for one, state in current.items() if may_see(actor, state)}
    public = {one: public_references(state) for one, state in states.items()}
    hits: list[TextPlace] = []
    in_rows = {row.incident_id for row in older}
    by_where = (texts, Where.TEXT), (older, Where.ROW), (files, Where.ATTACHMENT), (cases, Where.CASE)
    for rows, where in by_where:
        for row in rows:
            if (state := states.get(row.incident_id)) is None:
                continue
            if where is Where.CASE and row.incident_id in in_rows and not _said(state, forms):
                continue  # the case holds what its rows say
            about = _about(where, row)
            is_archived = state.archived_at is not None
            is_text = where is Where.TEXT and (is_archived or about in public[row.incident_id])
            hits.append(
                TextPlace(
                    incident_id=row.incident_id,
                    number=state.number,
                    title=state.title,
                    marking=state.gravest_marking,
                    where=where,
                    excerpt=_excerpt(
                        (_said(state, forms) or "…") if where is Where.CASE else row.content, forms
                    ),
                    about=about,
                    is_reducible=is_text or (where is Where.ROW and is_archived),
                )
            )
    return hits


def _about(where: Where, row: Any) -> str:
    """What stands in an act for the place: the reference of a text, an attachment's number,
    or the case itself.
    """
    if where is Where.TEXT:
        return str(row.reference)
    if where is Where.ROW:
        return f"{where.value} {row.number} {row.ordinal}"
    return f"{where.value} {row.number}" if where is Where.ATTACHMENT else where.value


async def is_place(session: AsyncSession, incident_id: str, about: str) -> bool:
    """Whether a case has a place of that name which is no text: itself, or an attachment."""
    where, _, number = about.partition(" ")
    if where != Where.ATTACHMENT or not number.isdecimal():
        return about == Where.CASE
    named = select(col(AttachmentRow.number)).where(col(AttachmentRow.incident_id) == incident_id)
    return number in map(str, (await session.execute(named)).scalars())


async def older_text(session: AsyncSession, incident_id: str, about: str) -> TextInRow | None:
    """The text of a row of 0.3 or before that a place names; None where there is none, or no more."""
    where, _, rest = about.partition(" ")
    parts = rest.split(" ")
    if where != Where.ROW or len(parts) != _PARTS or not all(map(_is_number, parts)):
        return None
    number, ordinal = map(int, parts)
    of_row = col(EventLogRow.incident_id) == incident_id, col(EventLogRow.first_number) == number
    rows = await session.execute(_ROWS.where(*of_row))
    item = dict(enumerate(text for row in rows for text in _texts(row.content))).get(ordinal)
    return None if item is None or is_reference(item.text) else item


def _is_number(part: str) -> bool:
    return part.isdecimal() and len(part) <= _DIGITS


def _older(rows: Sequence[Any], forms: Sequence[str]) -> list[_InRow]:
    """The texts in rows of 0.3 and before in which one of the forms stands, each once a case,
    where it stands first.

    Of the first cases first, and as many as of the other kinds.
    """
    order = {one: at for at, one in enumerate(dict.fromkeys(row.incident_id for row in rows))}
    texts: dict[tuple[str, TextInRow], _InRow] = {}
    for row in sorted(rows, key=lambda one: (order[one.incident_id], one.number)):
        for ordinal, item in enumerate(_texts(row.content)):
            if not is_reference(item.text) and any(one.lower() in item.text.lower() for one in forms):
                place = _InRow(row.incident_id, item.text, row.number, ordinal, item.is_public)
                texts.setdefault((row.incident_id, item), place)
    return list(texts.values())[: MOST + 1]


def _texts(decision: str) -> tuple[TextInRow, ...]:
    try:
        return texts_in_row(json.loads(decision))
    except (ValueError, RecursionError):  # what was tampered with does not read; the audit tells
        return ()


async def _rows(
    session: AsyncSession, statement: Any, actor: Actor, forms: Sequence[str], most: int = MOST + 1
) -> Sequence[Any]:
    """The rows whose content holds one of the forms, of the youngest cases that the actor may see first."""
    content = statement.selected_columns["content"]
    narrowed = statement.where(_holds(content, forms), *_visible(actor))
    narrowed = narrowed.order_by(col(IncidentRow.position).desc()).limit(most)
    rows: Sequence[Any] = (await session.execute(narrowed)).all()
    return rows


def _holds(content: Any, forms: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(content.contains(one, autoescape=True) for one in forms))


def _visible(actor: Actor) -> Iterator[ColumnElement[bool]]:
    if actor.role not in SEES_ALL:
        yield exists().where(
            col(IncidentUnitRow.unit) == actor.unit,
            col(IncidentUnitRow.position) == col(IncidentRow.position),
        )


def _said(state: Incident, forms: Sequence[str]) -> str:
    """Of the title and the posts of a case, that in which one of the forms stands; empty where none does."""
    said = (state.title, *(part for item in state.sources for part in (item.url, item.foreign_id)))
    return next((part for part in said if any(one.lower() in part.lower() for one in forms)), "")


def _excerpt(content: str, forms: Sequence[str]) -> str:
    """What stands around the first of the forms."""
    lowered = content.lower()
    at, form = min(
        ((lowered.find(one.lower()), one) for one in forms if one.lower() in lowered), default=(0, "")
    )
    begin, end = max(at - _AROUND, 0), at + len(form) + _AROUND
    return f"{'…' if begin else ''}{content[begin:end]}{'…' if end < len(content) else ''}"
