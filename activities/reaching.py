"""One rung of a call under way: each person who stands on it is tried by the person's channels in order,
until a provider takes the message.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from activities.payloads import REACH, CallInput, Reached, ReachInput
from channels.message import Message, NotTaken, may_be_out
from channels.outgoing import SECONDS
from channels.table import CHANNELS, Sender
from domain.hearing import has_lapsed
from domain.law.hearing_table import Recipient
from domain.terms.workdays import SHANGHAI
from storage import call_channels, called_notices, hearers, receipts
from storage.audit_book import last_restore
from storage.call_channels import Address
from storage.call_links import LASTS, link_token
from storage.called_notices import CalledNotice
from storage.database import Database
from storage.hearers import CalledPerson
from storage.receipts import CallStatus, Key, ReceiptEntry
from storage.regulations import load_law
from storage.same_news import News, news_for
from storage.snapshots import snapshot
from words.notices import deed_words

_ATTEMPT_BYTES: Final = 12
_ID_DIGITS: Final = 24
_DONE: Final = frozenset({CallStatus.SENT, CallStatus.JOINED, CallStatus.UNREACHABLE})
_OF_MANY_UNITS: Final = frozenset(  # they hear of each unit of a case, and of the same but once
    {
        Recipient.OFFICE.value,
        Recipient.CYBERSPACE_OFFICE.value,
        Recipient.PUBLICITY_DEPARTMENT.value,
        Recipient.DEPUTY_MAYOR.value,
        Recipient.MAYOR.value,
    }
)
_NOT_OUT: Final = frozenset({CallStatus.FAILED, CallStatus.DEFERRED, CallStatus.REFUSED})
_RESTING: Final = "resting"  # the code of a channel that is left alone for now
_LOOK_AGAIN: Final = 0.2  # seconds
_MARGIN: Final = timedelta(seconds=10)  # for what is written before and after an exchange
_BEGINS_WITHIN: Final = (
    REACH - timedelta(seconds=SECONDS) - _MARGIN
)  # of a rung, so that what began also ends
# Seconds that others wait for the one message that tries a channel again; more than an exchange lasts.
_PATIENCE: Final = 20.0


def key_of(call: CallInput) -> Key:
    """The notice of a call."""
    return call.incident_id, call.event_number, call.purpose, call.unit


@dataclass(frozen=True, slots=True, kw_only=True)
class _Start:
    """The receipt of a message that has begun and the link that it carries,
    or what keeps it from beginning.
    """

    begun: ReceiptEntry
    link: str = ""
    outcome: CallStatus | None = None


class Reaching:
    """What `Caller.reach` does for one rung; `now` tells the engine's time."""

    def __init__(
        self,
        database: Database,
        sender: Sender,
        rung: ReachInput,
        now: Callable[[], datetime],
        *,
        regulation: str,
        base: str,
    ) -> None:
        self._database, self._sender, self._base = database, sender, base
        self._regulation = regulation
        self._rung, self._call = rung, rung.notice
        self._now = now
        self._begins_until = now() + _BEGINS_WITHIN

    async def reach(self) -> Reached:
        """Call everybody who was not reached on this rung yet, at one time.

        Where something fails for one person all others are seen to before it is raised:
        no message is under way then, and whoever tries again sends none twice.
        """
        async with self._database.session() as session:
            notice = await called_notices.notice_of(session, key_of(self._call))
            has_ended = await self._has_lapsed(session)
        is_heard = notice is None or notice.acknowledged_by is not None
        if has_ended:
            await self._note(CallStatus.LAPSED, "no_longer")
            return replace(self._reached([], is_heard=is_heard), is_over=True)
        if notice is None or (is_heard and self._rung.unread_only):
            return self._reached([], is_heard=is_heard)
        persons = await self._persons()
        if not persons:
            await self._note(CallStatus.UNREACHABLE, "nobody")
        calls = (self._call_person(notice, person) for person in persons)
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return self._reached([outcome is True for outcome in outcomes], is_heard=is_heard)

    async def _has_lapsed(self, session: AsyncSession) -> bool:
        """Whether nobody need hear of it any more; a ledger that is behind the notice is not believed."""
        call = self._call
        case = await snapshot(session, call.incident_id)
        return (
            case is not None
            and case.event_number >= call.event_number
            and has_lapsed(case.state, call.purpose, call.subject)
        )

    def _reached(self, outcomes: Sequence[bool], *, is_heard: bool) -> Reached:
        delivered = sum(outcomes)
        failed = len(outcomes) - delivered
        return Reached(ordinal=self._rung.ordinal, delivered=delivered, failed=failed, is_heard=is_heard)

    async def _persons(self) -> list[CalledPerson]:
        """Who stands on the rung today, each person once, without those to whom the incident is closed.

        Where it is closed to a deputy, who is away is called.
        """
        now = self._now()
        offices = load_law(self._regulation, now.astimezone(SHANGHAI).year).offices
        async with self._database.session() as session:
            named = [
                person
                for hearer in self._rung.hearers
                for person in await hearers.persons_of(session, hearer, self._call.unit, offices, now)
            ]
            logins = {person.login for person in (*named, *(one.absent for one in named)) if person}
            allowed = await hearers.may_hear(session, self._call.incident_id, logins)
        by_login: dict[str, CalledPerson] = {}
        for person in named:
            called = person if person.login in allowed else person.absent
            if called is not None and called.login in allowed:
                by_login.setdefault(called.login, called)
        return list(by_login.values())

    async def _note(self, status: CallStatus, detail: str) -> None:
        """Note of the rung that nobody is called, once."""
        rung = self._rung
        before = self._own(await self._before())
        if not any(entry.rung == rung.ordinal and entry.status is status for entry in before):
            nobody = CalledPerson(hearer=",".join(rung.hearers), login="", account_id="")
            await self._write(self._entry(nobody, "", status, detail=detail))

    async def _call_person(self, notice: CalledNotice, person: CalledPerson) -> bool:
        """Whether all is done for a person on this rung:
        a provider has the message, or there is no way to the person.
        """
        before = await self._before()
        mine = [entry for entry in self._own(before) if entry.person == person.login]
        on_rung = [entry for entry in mine if entry.rung == self._rung.ordinal]
        if any(entry.status in _DONE for entry in on_rung) or self._was_told_elsewhere(before, person):
            return True
        async with self._database.session() as session:
            addresses = await call_channels.addresses_of(session, person.account_id)
            ways = await call_channels.set_up(session)
            restored_at = await last_restore(session)
        refused = {entry.channel for entry in on_rung if entry.status is CallStatus.REFUSED}
        left = [one for one in addresses if one.channel in CHANNELS and one.channel not in refused]
        if not left:
            await self._write(
                self._entry(person, "", CallStatus.UNREACHABLE, detail="refused" if refused else "no_address")
            )
            return True
        open_ways = [  # none where all are switched off, of which one may be on at the next try
            (address, ways[address.channel].settings)
            for address in left
            if address.channel in ways and ways[address.channel].enabled
        ]
        again = _may_have_it(mine) or _is_of_before(restored_at, notice)
        for address, settings in open_ways:
            failure = await self._try(notice, person, address, settings, again=again)
            if failure is None:
                return True
            again = again or may_be_out(failure)
        return False

    async def _try(
        self,
        notice: CalledNotice,
        person: CalledPerson,
        address: Address,
        settings: Mapping[str, str],
        *,
        again: bool,
    ) -> str | None:
        """Send by one channel; that it begins is durable before, what came of it after.

        The code of what failed, None where it did not.
        """
        entry = replace(self._entry(person, address.channel, CallStatus.BEGUN), again=again)
        start = await self._begin(entry, notice)
        if start.outcome is not None:
            return None if start.outcome is CallStatus.JOINED else _RESTING
        begun = start.begun
        try:
            message = Message(
                id=self._message_id(person),
                attempt=begun.attempt,
                number=notice.number,
                deed=deed_words(self._call.purpose, notice.subject),
                purpose=self._call.purpose.value,
                due_at=notice.due_at,
                at=begun.at,
                link=start.link,
                again=again,
            )
            taken = await self._sender.send(address.channel, settings, address.address, message)
        except NotTaken as why:
            status, at = CallStatus(why.outcome), self._now()
            await self._write(receipts.after(begun, status, at=at, provider=why.provider, detail=why.detail))
            return why.detail
        finally:
            self._sender.give_back(address.channel)
        await self._write(
            receipts.after(
                begun,
                CallStatus.SENT,
                at=self._now(),
                provider=taken.provider,
                message_id=taken.message_id,
                detail=taken.detail,
            )
        )
        return None

    async def _begin(self, entry: ReceiptEntry, notice: CalledNotice) -> _Start:
        """Write down that a message begins, unless its channel rests,
        or the person is told the same by another.

        A channel that has rested is tried by one message; whoever comes beside waits for what comes of it, as
        does who would tell what another message is telling. Who waits only reads, so that the ledger is
        written meanwhile; what it read is read again under the lock.
        """
        gives_up_at = monotonic() + _PATIENCE
        while (left := self._left(gives_up_at)) > 0:
            async with self._database.session() as session:
                is_worth_it = not await self._must_wait(session, entry, notice)
            if is_worth_it and await self._sender.take_place(entry.channel, left):
                start: _Start | None = None
                try:
                    async with self._database.writing() as session:
                        start = await self._begun(session, replace(entry, at=self._now()), notice)
                finally:
                    if start is None or start.outcome is not None:
                        self._sender.give_back(entry.channel)
                if start is not None:
                    return start
            await asyncio.sleep(_LOOK_AGAIN)
        return _Start(begun=entry, outcome=CallStatus.FAILED)

    def _left(self, gives_up_at: float) -> float:
        """Seconds in which a message may still begin; what could not end within the rung is left to the next
        try, without a trace.
        """
        return min(gives_up_at - monotonic(), (self._begins_until - self._now()).total_seconds())

    async def _must_wait(self, session: AsyncSession, entry: ReceiptEntry, notice: CalledNotice) -> bool:
        now = self._now()
        fared = await call_channels.health(session, entry.channel)
        if fared.rests(now):
            return False
        news = await self._news(session, entry, notice)
        return news is News.UNDER_WAY or (news is News.NEW and fared.is_being_tried(now))

    async def _begun(self, session: AsyncSession, begun: ReceiptEntry, notice: CalledNotice) -> _Start | None:
        """The start of a message, in a session that writes; None where others are to be waited for."""
        fared = await call_channels.health(session, begun.channel, lock=True)
        news = await self._news(session, begun, notice)
        if news is News.TOLD:
            await receipts.write(session, replace(begun, status=CallStatus.JOINED))
            return _Start(begun=begun, outcome=CallStatus.JOINED)
        if fared.rests(begun.at) or begun.at > self._begins_until:
            return _Start(begun=begun, outcome=CallStatus.FAILED)
        if news is News.UNDER_WAY or fared.is_being_tried(begun.at):
            return None
        await receipts.write(session, begun)
        token = link_token(session, begun.attempt, begun.at + LASTS) if self._base else ""
        return _Start(begun=begun, link=self._link(token) if token else "")

    async def _news(self, session: AsyncSession, begun: ReceiptEntry, notice: CalledNotice) -> News:
        if begun.hearer not in _OF_MANY_UNITS:
            return News.NEW
        return await news_for(session, begun, notice)

    async def _before(self) -> tuple[ReceiptEntry, ...]:
        call = self._call
        async with self._database.session() as session:
            return await receipts.of_event(session, call.incident_id, call.event_number, call.purpose)

    def _own(self, before: Sequence[ReceiptEntry]) -> list[ReceiptEntry]:
        return [entry for entry in before if entry.unit == self._call.unit]

    def _was_told_elsewhere(self, before: Sequence[ReceiptEntry], person: CalledPerson) -> bool:
        """Whether whoever hears of every such event has this one from the call of another unit."""
        return not self._rung.unread_only and any(
            entry.person == person.login and entry.status is CallStatus.SENT for entry in before
        )

    def _entry(
        self, person: CalledPerson, channel: str, status: CallStatus, *, detail: str = ""
    ) -> ReceiptEntry:
        call = self._call
        return ReceiptEntry(
            at=self._now(),
            attempt=secrets.token_hex(_ATTEMPT_BYTES),
            incident_id=call.incident_id,
            event_number=call.event_number,
            purpose=call.purpose.value,
            unit=call.unit,
            rung=self._rung.ordinal,
            hearer=person.hearer,
            person=person.login,
            channel=channel,
            status=status,
            detail=detail,
            deputy_for=person.absent.login if person.absent is not None else "",
        )

    async def _write(self, entry: ReceiptEntry) -> None:
        async with self._database.writing() as session:
            await receipts.write(session, entry)

    def _link(self, token: str) -> str:
        return f"{self._base}/k/{token}"

    def _message_id(self, person: CalledPerson) -> str:
        """The name of the message to a person on this rung, by which a receiver knows it again."""
        key = "\0".join(map(str, (*key_of(self._call), self._rung.ordinal, person.login)))
        return f"msg_{hashlib.sha256(key.encode()).hexdigest()[:_ID_DIGITS]}"


def _is_of_before(restored_at: datetime | None, notice: CalledNotice) -> bool:
    """Whether a notice tells what was so before the stores were put back from a backup:
    its receipts may be lost with the rest.
    """
    if restored_at is None:
        return False
    return notice.sent_at < restored_at or (notice.due_at is not None and notice.due_at < restored_at)


def _may_have_it(mine: Sequence[ReceiptEntry]) -> bool:
    """Whether a person may have the message already: it was sent, or nobody knows what became of it."""
    not_out = {entry.attempt for entry in mine if entry.status in _NOT_OUT and not may_be_out(entry.detail)}
    return any(entry.status is CallStatus.BEGUN and entry.attempt not in not_out for entry in mine)
