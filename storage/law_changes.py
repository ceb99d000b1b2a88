"""The law in force at an instant: the files of a regulation and the changes that two persons
enacted (R007).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import pydantic_core
from pydantic import ValidationError
from sqlalchemy import Connection, bindparam, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.law.enactment import (
    ChangeAnswer,
    ChangeOutcome,
    Enacted,
    LawChange,
    check_answerer,
    check_fixed_days,
    check_parameters,
    check_profiles,
    check_proposer,
    enacted,
)
from domain.law.regulation import Law
from domain.terms.instants import whole
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Actor, Role
from domain.terms.workdays import SHANGHAI
from storage import law_records
from storage.audit_book import BookDeed, BookEntry, Origin, append
from storage.codec import canonical
from storage.database import Database
from storage.law_records import LawWord
from storage.law_tables import LawChangeAnswerRow, LawChangeRow
from storage.regulations import load_law, parameters
from storage.tables import table

_CHANGE, _ANSWER = table(LawChangeRow), table(LawChangeAnswerRow)
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('law', 0))")
_CHANGES = (
    select(
        *_CHANGE.c,
        _ANSWER.c.outcome,
        _ANSWER.c.answered_at,
        _ANSWER.c.reason.label("answer_reason"),
        _ANSWER.c.person.label("answer_person"),
        _ANSWER.c.role.label("answer_role"),
        _ANSWER.c.unit.label("answer_unit"),
        _ANSWER.c.command_id.label("answer_command_id"),
    )
    .outerjoin(_ANSWER, _ANSWER.c.number == _CHANGE.c.number)
    .where(_CHANGE.c.regulation == bindparam("wanted"))
    .order_by(col(LawChangeRow.number))
)


class CommandReused(Exception):  # noqa: N818  named for what was found
    """The same command id came with another content before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is proposed: new values by dotted name, why, and from when."""

    regulation: str
    parameters: Mapping[str, Any]
    reason: str
    effective_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sender:
    """By what the audit book knows who said something,
    and what the audit computes the command id from again.
    """

    command_id: str
    key: str
    origin: Origin


async def law_changes(session: AsyncSession, regulation: str) -> tuple[LawChange, ...]:
    """All changes ever proposed to a regulation, the oldest first."""
    return tuple(map(_change, (await session.execute(_CHANGES, {"wanted": regulation})).all()))


async def law_in_force(session: AsyncSession, regulation: str, at: datetime) -> Law:
    """The law for what is registered at an instant; its year is that of the instant in Shanghai."""
    versions = enacted(await law_changes(session, regulation), at)
    return load_law(regulation, at.astimezone(SHANGHAI).year, versions)


async def propose(
    database: Database,
    proposal: Proposal,
    actor: Actor,
    *,
    at: datetime,
    command_id: str,
    key: str = "",
    origin: Origin | None = None,
) -> LawChange:
    """Record a proposal; the same command id gives the same answer, once. Raises Refused and CommandReused.

    `origin` is what the audit book says of the actor, `key` by what it computes the command id again.
    """
    sender = _Sender(command_id=command_id, key=key, origin=origin or _origin(actor))
    return await database.write(
        partial(_propose, proposal=proposal, actor=actor, at=whole(at), sender=sender)
    )


async def answer(
    database: Database,
    regulation: str,
    number: int,
    reply: ChangeAnswer,
    *,
    command_id: str,
    key: str = "",
    origin: Origin | None = None,
) -> LawChange | None:
    """Record the second person's word; None for an unknown number.

    `origin` and `key` as for `propose`. Raises Refused.
    """
    sender = _Sender(command_id=command_id, key=key, origin=origin or _origin(reply.by))
    work = partial(_answer, regulation=regulation, number=number, reply=reply, sender=sender)
    return await database.write(work)


def _propose(
    connection: Connection,
    proposal: Proposal,
    actor: Actor,
    *,
    at: datetime,
    sender: _Sender,
) -> LawChange:
    known = _known(connection, proposal.regulation)
    content = canonical(dict(proposal.parameters)).decode()
    for row in known:
        if row.command_id == sender.command_id:
            if (row.parameters, row.reason) != (content, proposal.reason):
                raise CommandReused
            return _change(row)
    check_proposer(actor)
    if not proposal.reason.strip():
        raise Refused(Reason.REASON_MISSING, "reason")
    since = max(whole(proposal.effective_from), at)
    versions = enacted(map(_change, known), since)
    _check(proposal.regulation, versions, Enacted(number=0, parameters=content), since)
    row = {
        "regulation": proposal.regulation,
        "parameters": content,
        "reason": proposal.reason,
        "effective_from": whole(proposal.effective_from),
        "person": actor.person,
        "role": actor.role.value,
        "unit": actor.unit,
        "proposed_at": at,
        "command_id": sender.command_id,
    }
    connection.execute(insert(_CHANGE), row)
    change = _change(_known(connection, proposal.regulation)[-1])
    _enter(connection, law_records.proposal({"number": change.number, **row}), sender)
    return change


def _answer(
    connection: Connection,
    regulation: str,
    number: int,
    reply: ChangeAnswer,
    *,
    sender: _Sender,
) -> LawChange | None:
    known = _known(connection, regulation)
    row = next((change for change in known if change.number == number), None)
    if row is None or row.answer_command_id == sender.command_id:
        return None if row is None else _change(row)
    change = _change(row)
    year = reply.at.astimezone(SHANGHAI).year
    check_answerer(change, reply.by, reply.outcome, load_law(regulation, year).offices.office)
    if reply.outcome is ChangeOutcome.DECLINED and not reply.reason.strip():
        raise Refused(Reason.REASON_MISSING, "reason")
    if reply.outcome is ChangeOutcome.CONFIRMED:
        _check_among(regulation, map(_change, known), change, reply)
    values = {
        "number": number,
        "outcome": reply.outcome.value,
        "person": reply.by.person,
        "role": reply.by.role.value,
        "unit": reply.by.unit,
        "answered_at": whole(reply.at),
        "reason": reply.reason,
        "command_id": sender.command_id,
    }
    connection.execute(insert(_ANSWER), values)
    _enter(connection, law_records.answer_to(values), sender)
    return next(_change(row) for row in _known(connection, regulation) if row.number == number)


def _enter(connection: Connection, word: LawWord, sender: _Sender) -> None:
    """Write down in the audit book what became of a change."""
    detail = {"change": word.word, "content": word.content, "key": sender.key}
    subject = str(word.number)
    entry = BookEntry(
        at=word.at, deed=BookDeed.LAW_CHANGE, origin=sender.origin, subject=subject, detail=detail
    )
    append(connection, [entry])


def _origin(actor: Actor) -> Origin:
    return Origin(person=actor.person, post=actor.role.value, unit=actor.unit)


def _check_among(regulation: str, known: Iterable[LawChange], change: LawChange, reply: ChangeAnswer) -> None:
    """The change holds beside those confirmed meanwhile, those that come into force after it too."""
    since = max(change.effective_from, whole(reply.at))
    others = list(known)
    versions = enacted(others, since)
    own = Enacted(number=change.number, parameters=change.parameters)
    _check(regulation, versions, own, since)
    later = enacted(others, datetime.max.replace(tzinfo=since.tzinfo))[len(versions) :]
    before = (*versions, own)
    for following in later:
        _load(regulation, (*before, following), since)
        before = (*before, following)


def _check(regulation: str, versions: tuple[Enacted, ...], own: Enacted, since: datetime) -> None:
    wanted = pydantic_core.from_json(own.parameters)
    check_parameters(parameters(regulation, versions), wanted)
    law = load_law(regulation, since.astimezone(SHANGHAI).year, versions)
    check_fixed_days(wanted, law.calendar.fixed_days)
    check_profiles(wanted, (unit.code for unit in law.units))
    _load(regulation, (*versions, own), since)


def _load(regulation: str, versions: tuple[Enacted, ...], since: datetime) -> None:
    """Refuses parameters that make no law, naming the place."""
    try:
        load_law(regulation, since.astimezone(SHANGHAI).year, versions)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        inside = getattr(fault.get("ctx", {}).get("error"), "part", None)
        place = ".".join(str(part) for part in (*fault["loc"], inside) if part is not None)
        raise Refused(Reason.CHANGE_VALUE_WRONG, place) from None


def _known(connection: Connection, regulation: str) -> list[Any]:
    if connection.dialect.name == "postgresql":  # two persons who answer at once come one by one
        connection.execute(_LOCK)
    return list(connection.execute(_CHANGES, {"wanted": regulation}).all())


def _change(row: Any) -> LawChange:
    return LawChange(
        number=row.number,
        regulation=row.regulation,
        parameters=row.parameters,
        reason=row.reason,
        effective_from=row.effective_from,
        proposed_by=Actor(person=row.person, role=Role(row.role), unit=row.unit),
        proposed_at=row.proposed_at,
        answer=None if row.outcome is None else _given(row),
    )


def _given(row: Any) -> ChangeAnswer:
    by = Actor(person=row.answer_person, role=Role(row.answer_role), unit=row.answer_unit)
    outcome = ChangeOutcome(row.outcome)
    return ChangeAnswer(outcome=outcome, by=by, at=row.answered_at, reason=row.answer_reason)
