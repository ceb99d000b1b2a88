"""The end of retention (decision 0131): a list of cases whose years are over, approved by two with the
archive's consent on record; then each is audited once more, certified, and destroyed.

Leaves and certificates stay: the sealed log is the same as before, and says of what is gone that it was
there.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from temporalio.client import Client
from temporalio.service import RPCError

from activities.archive import lacks
from audit.certificates import NoObligation, certified
from audit.destroyed import is_as_booked
from audit.reducing import clear_ledger
from audit.reducing_rows import forget_runs
from audit.sealing import seal
from audit.verify import verify
from domain.rules.retention import destroyed_from, retention_class
from domain.terms.roles import LEADERS
from storage.accounts import Account, Administrator
from storage.audit_book import Means, Origin
from storage.checkpoint_keys import CheckpointKeys
from storage.database import Database
from storage.destroying import destroy, is_last, large_of, named_contents
from storage.destruction import (
    CameBetween,
    DestructionList,
    KeptCertificate,
    ListEntry,
    Said,
    Word,
    draw_up,
    is_destroyed,
    lists,
    say_of,
)
from storage.event_log import rows
from storage.histories import histories
from storage.regulations import regulations, retention
from storage.snapshots import snapshot
from storage.tables import IncidentRow
from storage.text_keys import TextKeys
from workflows.keys import Keyring

WHY: Final = "destroyed"  # as the keys of texts have it
_SHORT_YEAR: Final = 365


class Refusal(StrEnum):
    """Why nothing is done with a list, or with a case of one."""

    NO_LIST = "no_list"
    DECLINED = "declined"
    INCOMPLETE = "incomplete"  # two approvals of different persons and the archive's consent are needed
    SAID = "said"  # this person said so before
    DONE = "done"  # a case of it was destroyed already: nothing is declined any more
    ALTERED = "altered"  # the list is not as it was drawn, or as the audit book has it
    NOT_FOR_YOU = "not_for_you"
    NO_REFERENCE = "no_reference"  # which letter of the archive
    NOTHING_DUE = "nothing_due"
    ENGINE = "engine"  # the engine does not answer, and may hold its histories
    CHANGED = "changed"  # the case is no longer as the list has it, or something keeps it
    DIFFERS = "differs"  # the audit finds something wrong with it, which nothing would tell later
    UNARCHIVED = "unarchived"  # the engine has a run of it that the archive lacks
    LAST = "last"  # it holds the last place of the log: wait until something later is there


class DestructionRefused(Exception):  # noqa: N818  named for what was found
    """Nothing was done, and why."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class DestructionHouse:
    """By what records are destroyed: the engine, the keys that sign and open, and the keys of texts.

    Without a client there must be no engine whose histories could come back.
    """

    client: Client | None
    signing: CheckpointKeys
    keys: Keyring | None
    texts: TextKeys


@dataclass(slots=True)
class DestructionOutcome:
    """What a list came to: the numbers of cases destroyed now, certificates that remain, and what was not
    destroyed, with why.
    """

    destroyed: list[str] = field(default_factory=list)
    certificates: int = 0
    left: dict[str, Refusal] = field(default_factory=dict)


def may_speak(account: Account, office: str) -> bool:
    """Who approves, declines, and records the archive's consent: leaders of the office, and the audit
    administrator.
    """
    if account.post is Administrator.AUDIT:
        return True
    return account.unit == office and account.post in LEADERS


async def due(session: AsyncSession, now: datetime) -> list[ListEntry]:
    """The cases whose years are over at `now` and that stand, as they are, on no list that goes on, the
    oldest first.
    """
    shortest = min(min(one.long_years, one.short_years) for one in map(retention, regulations()))
    taken = {entry for one in await lists(session) if not one.is_declined for entry in one.entries}
    closed_at = func.coalesce(col(IncidentRow.closed_at), col(IncidentRow.archived_at))
    statement = (
        select(col(IncidentRow.incident_id))
        .where(
            col(IncidentRow.archived_at).is_not(None),
            closed_at < now - timedelta(days=shortest * _SHORT_YEAR),
        )
        .order_by(col(IncidentRow.position))
    )
    ids = (await session.execute(statement)).scalars().all()
    entries = [await _entry(session, incident_id, now) for incident_id in ids]
    return [one for one in entries if one is not None and one not in taken]


async def _entry(session: AsyncSession, incident_id: str, now: datetime) -> ListEntry | None:
    """A case as a list would have it; None for one that may not go."""
    try:
        current = await snapshot(session, incident_id)
    except ValueError:  # what was tampered with does not read; the audit tells
        return None
    if current is None:
        return None
    incident = current.state
    survivor = incident.screening.merged_into
    if survivor is not None and await snapshot(session, survivor.incident) is not None:
        return None  # a duplicate stays with the case that it was joined to
    from_then = destroyed_from(incident, retention(incident.law.regulation))
    case_now = incident.drill.shown(now) if incident.drill else now
    if from_then is None or from_then > case_now or incident.archived_at is None:
        return None
    log = await rows(session, incident_id)
    return ListEntry(
        incident_id=incident_id,
        number=incident.number,
        retention=retention_class(incident).value,
        closed_at=incident.closed_at or incident.archived_at,
        due_at=from_then,
        decisions=len(log),
        seal=current.hash,
    )


async def draw(database: Database, origin: Origin, now: datetime) -> int:
    """Draw a list of what is due; gives its number. Raises DestructionRefused where nothing is."""
    async with database.session() as session:
        entries = await due(session, now)
    if not entries:
        raise DestructionRefused(Refusal.NOTHING_DUE)
    position = await database.write(partial(draw_up, entries=entries, origin=origin, at=now))
    if not position:  # somebody else drew the same meanwhile
        raise DestructionRefused(Refusal.NOTHING_DUE)
    return position


async def say(  # noqa: PLR0913  who says what, as of when, from where: each is a fact of its own
    database: Database,
    position: int,
    word: Word,
    account: Account,
    *,
    office: str,
    now: datetime,
    reference: str,
    origin: Origin | None = None,
) -> None:
    """Enter what a person says of a list, at the terminal unless the `origin` is another.

    Raises DestructionRefused.
    """
    if not may_speak(account, office):
        raise DestructionRefused(Refusal.NOT_FOR_YOU)
    async with database.session() as session:
        one = _of(await lists(session, position), position)
        is_altered = not await is_as_booked(session, one)
    if is_altered and word is not Word.DECLINED:
        raise DestructionRefused(Refusal.ALTERED)
    if word is Word.ARCHIVE_CONSENTED and not reference.strip():
        raise DestructionRefused(Refusal.NO_REFERENCE)
    said = Said(
        kind=word,
        person=account.login,
        post=account.post.value,
        unit=account.unit,
        at=now,
        reference=reference.strip(),
    )
    spoken = Origin(means=Means.MACHINE, person=account.login, post=account.post.value, unit=account.unit)
    try:
        await database.write(partial(say_of, one=one, said=said, origin=origin or spoken))
    except IntegrityError:
        raise DestructionRefused(Refusal.SAID) from None
    except CameBetween as why:
        raise DestructionRefused(Refusal(why.what)) from None


def _of(every: Sequence[DestructionList], position: int) -> DestructionList:
    for one in every:
        if one.position == position:
            return one
    raise DestructionRefused(Refusal.NO_LIST)


async def carry_out(
    database: Database, house: DestructionHouse, position: int, origin: Origin, now: datetime
) -> DestructionOutcome:
    """Destroy the cases of a list, each by itself; what something keeps is left, with why.

    Raises DestructionRefused.

    Broken off, the next call goes on where it was.
    """
    async with database.session() as session:
        one = _of(await lists(session, position), position)
        is_altered = not await is_as_booked(session, one)
    if not one.is_complete:
        raise DestructionRefused(Refusal.DECLINED if one.is_declined else Refusal.INCOMPLETE)
    if is_altered:
        raise DestructionRefused(Refusal.ALTERED)
    ended = DestructionOutcome()
    for entry in one.entries:
        if not await _is_gone(database, entry):
            try:
                await _require_ready(database, house, entry, now)
                certificates = await _certificates(database, house, entry.incident_id, origin, now)
                await _destroy(database, house, _Last(one, entry, origin, now), certificates)
                ended.certificates += len(certificates)
                ended.destroyed.append(entry.number)
            except (DestructionRefused, RPCError) as why:
                if not await _is_gone(database, entry):  # by another call that runs at the same time
                    ended.left[entry.number] = (
                        why.why if isinstance(why, DestructionRefused) else Refusal.ENGINE
                    )
                    continue
        # Of one that was destroyed before a stop, keys of texts may stand yet.
        await asyncio.to_thread(house.texts.destroy_all, entry.incident_id, now, WHY)
    await _remove(database)
    await clear_ledger(database)
    return ended


async def _is_gone(database: Database, entry: ListEntry) -> bool:
    async with database.session() as session:
        return await is_destroyed(session, entry.incident_id)


async def _require_ready(
    database: Database, house: DestructionHouse, entry: ListEntry, now: datetime
) -> None:
    """Raises DestructionRefused for a case that is not as the list has it, or at which something is wrong."""
    incident_id = entry.incident_id
    await seal(database)
    async with database.session() as session:
        current = await _entry(session, incident_id, now)
        holds_last = await (await session.connection()).run_sync(is_last, incident_id)
    if current != entry:
        raise DestructionRefused(Refusal.CHANGED)
    if holds_last:
        raise DestructionRefused(Refusal.LAST)
    report = await verify(database, house.client, [incident_id], keys=house.keys)
    if report.differences:
        raise DestructionRefused(Refusal.DIFFERS)
    if house.client is not None and await lacks(house.client, database, incident_id):
        raise DestructionRefused(Refusal.UNARCHIVED)


@dataclass(frozen=True, slots=True)
class _Last:
    """A case that goes: its list, its entry there, by whom, and when."""

    of: DestructionList
    entry: ListEntry
    origin: Origin
    at: datetime


async def _destroy(
    database: Database, house: DestructionHouse, last: _Last, certificates: Sequence[KeptCertificate]
) -> None:
    """Let the engine forget the case, then destroy its records, and then its files beside the database."""
    incident_id = last.entry.incident_id
    async with database.session() as session:
        runs = [history.content.run_id for history in await histories(session, incident_id)]
        large = await (await session.connection()).run_sync(large_of, incident_id)
    if house.client is not None:
        await forget_runs(house.client, incident_id, runs)
    if database.files is not None and large:
        await asyncio.to_thread(database.files.note_leaving, incident_id, large)
    work = partial(
        destroy, of=last.of, entry=last.entry, at=last.at, certificates=certificates, origin=last.origin
    )
    try:
        await database.write(work)
    except CameBetween as why:
        raise DestructionRefused(Refusal(why.what)) from None


async def _certificates(
    database: Database, house: DestructionHouse, incident_id: str, origin: Origin, now: datetime
) -> list[KeptCertificate]:
    """The certificates of all obligations of a case; none for one in which nothing was owed."""
    try:
        certificates = await certified(database, house.signing, incident_id, origin, now)
    except NoObligation:
        return []
    return [
        KeptCertificate(place=place, obligation=one.obligation, sha256=one.sha256, content=one.content)
        for place, one in enumerate(certificates, start=1)
    ]


async def _remove(database: Database) -> None:
    """Remove the files beside the database that left with their cases, of calls that were broken off too."""
    beside = database.files
    if beside is None:
        return
    for leaving in await asyncio.to_thread(beside.leaving):
        async with database.session() as session:
            if not await is_destroyed(session, leaving.incident_id):
                continue
            named = await (await session.connection()).run_sync(named_contents, leaving.digests)
        going = [one for one in leaving.digests if one not in named]
        await asyncio.to_thread(beside.remove, leaving.note, going)
