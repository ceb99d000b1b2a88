"""Checkpoints leave the house: the last one goes to a receiver, by mail and to a time-stamping authority,
once for each place, and again until it is taken.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.header import Header
from email.mime.text import MIMEText
from email.utils import format_datetime
from typing import Final

import structlog
from sqlalchemy import Connection

from audit.stamping import NoStamp, request_answered, request_for, stamp_on
from channels.mail import settings as mail_settings
from channels.mail import transport as mail
from channels.message import BadSettings, NotTaken
from channels.outgoing import Outgoing
from channels.webhook import settings as webhook_settings
from channels.webhook import transport as webhook
from storage import call_channels, checkpoint_outcomes
from storage.checkpoint_outcomes import CheckpointOutcome, CheckpointStatus, OutsidePlace
from storage.checkpoints import StoredCheckpoint, key_notes, last_checkpoint
from storage.database import Database
from storage.stamps import StoredStamp, add_stamp

log = structlog.get_logger("checkpoints")
_FIRST_PAUSE: Final = timedelta(seconds=15)
_LONGEST_PAUSE: Final = timedelta(hours=1)
_MOST_DOUBLINGS: Final = 10
_MAIL: Final = "mail"  # the channel whose server carries them
_OK: Final = 200
# Of these nobody knows whether the receiver has it.
_MAY_BE_OUT: Final = frozenset({"timeout", "broken_off", "malformed", "smtp_broken_off"})
_NAME: Final = "checkpoint-{size}-{key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsidePlaces:
    """Where checkpoints go, empty for nowhere: an address and its secret, a mail address,
    and an authority with its certificates (PEM).
    """

    url: str = ""
    secret: str = ""
    mail: str = ""
    authority: str = ""
    certificates: str = ""

    @property
    def named(self) -> tuple[OutsidePlace, ...]:
        """The places that are configured."""
        texts = {
            OutsidePlace.WEBHOOK: self.url,
            OutsidePlace.MAIL: self.mail,
            OutsidePlace.STAMP: self.authority,
        }
        return tuple(place for place, text in texts.items() if text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    """The checkpoint that a place lacks; `again` where one may have it already."""

    checkpoint: StoredCheckpoint
    keys: tuple[str, ...]
    again: bool


async def keep_checkpoints_out(
    database: Database, places: OutsidePlaces, out: Outgoing, clock: Callable[[], datetime], every: timedelta
) -> None:
    """Send what is due to each place, time after time, until cancelled."""
    while True:
        for place in places.named:
            try:
                await send_one(database, places, place, out, clock)
            except Exception as error:  # noqa: BLE001  whatever fails, the next look must come
                log.warning("a checkpoint did not go out", place=place.value, error=type(error).__name__)
        await asyncio.sleep(every.total_seconds())


async def send_one(
    database: Database,
    places: OutsidePlaces,
    place: OutsidePlace,
    out: Outgoing,
    clock: Callable[[], datetime],
) -> bool:
    """Send the last checkpoint to a place that lacks it, unless it failed a moment ago; whether it did.

    That it begins is durable before anything is sent, what came of it after: a process that dies in between
    leaves one that goes out again and says so. The last covers all before it.
    """
    async with database.session() as session:
        due = await (await session.connection()).run_sync(_due, place=place, now=clock())
    if due is None:
        return False
    begun = CheckpointOutcome(
        at=clock(), place=place, checkpoint=due.checkpoint.position, status=CheckpointStatus.BEGUN
    )
    await _write(database, begun)
    try:
        stamp = await _SENDS[place](database, places, due, out, begun.at)
    except (NotTaken, NoStamp, BadSettings) as why:
        detail = why.detail if isinstance(why, NotTaken) else _code(why)
        await _write(database, replace(begun, at=clock(), status=CheckpointStatus.FAILED, detail=detail))
        return False
    await _write(database, replace(begun, at=clock(), status=CheckpointStatus.SENT), stamp)
    return True


def _code(why: NoStamp | BadSettings) -> str:
    return f"bad_{why.field}" if isinstance(why, BadSettings) else "no_stamp"


async def _write(database: Database, outcome: CheckpointOutcome, stamp: StoredStamp | None = None) -> None:
    """Write down what happened, with the stamp that came of it."""

    def write(connection: Connection) -> None:
        if stamp is not None:
            add_stamp(connection, stamp, outcome.at)
        checkpoint_outcomes.write(connection, outcome)

    await database.write(write)


def _due(connection: Connection, place: OutsidePlace, now: datetime) -> _Due | None:
    """The last checkpoint where a place lacks it, and its pause after failures is over."""
    last = last_checkpoint(connection)
    before = checkpoint_outcomes.latest(connection, place)
    sent = next((one for one in before if one.status is CheckpointStatus.SENT), None)
    if last is None or (sent is not None and sent.checkpoint == last.position):
        return None
    since = before[: before.index(sent)] if sent is not None else before
    fails = [one for one in since if one.status is CheckpointStatus.FAILED]
    pause = _FIRST_PAUSE * 2 ** min(len(fails), _MOST_DOUBLINGS)
    if fails and now < fails[0].at + min(pause, _LONGEST_PAUSE):
        return None
    own = [one for one in since if one.checkpoint == last.position]
    again = bool(own) and (
        own[0].status is CheckpointStatus.BEGUN or any(one.detail in _MAY_BE_OUT for one in own)
    )
    return _Due(checkpoint=last, keys=tuple(key_notes(connection)), again=again)


async def _by_webhook(_: Database, places: OutsidePlaces, due: _Due, out: Outgoing, at: datetime) -> None:
    settings = webhook_settings.read({"url": places.url, "secret": places.secret})
    one = due.checkpoint
    content = {
        "type": "checkpoint",
        "timestamp": one.at.isoformat(),
        "data": {"size": one.size, "note": one.note, "keys": list(due.keys), "again": due.again},
    }
    body = json.dumps(content, ensure_ascii=False).encode()
    await asyncio.to_thread(webhook.hand_in, _name(one), at, body, settings, out)


async def _by_mail(database: Database, places: OutsidePlaces, due: _Due, out: Outgoing, at: datetime) -> None:
    async with database.session() as session:
        channel = (await call_channels.set_up(session)).get(_MAIL)
    if channel is None or not channel.enabled:
        raise NotTaken("mail_is_off")
    settings, to = mail_settings.read(channel.settings), mail_settings.address(places.mail)
    one = due.checkpoint
    again = "（重发 again）" if due.again else ""
    letter = MIMEText("\n".join([*due.keys, one.note]), "plain", "utf-8")
    letter["Subject"] = Header(f"回应 Huiying 存证点 checkpoint {one.size}{again}", "utf-8").encode()
    letter["From"], letter["To"], letter["Date"] = settings.sender, to, format_datetime(at)
    letter["Message-ID"] = f"<{_name(one)}@{settings.sender.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    await asyncio.to_thread(mail.hand_in, letter, settings, to, out)


async def _by_stamp(
    _: Database, places: OutsidePlaces, due: _Due, out: Outgoing, _at: datetime
) -> StoredStamp:
    """Ask the authority for a stamp and verify its answer before it is kept."""
    one, request = due.checkpoint, request_for(due.checkpoint.note)
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    answer = await asyncio.to_thread(out.post, places.authority, request, headers)
    if answer.status != _OK:
        raise NotTaken(f"http_{answer.status}")
    stamp = stamp_on(one.note, answer.content, places.certificates)
    if request_answered(answer.content) != request:
        raise NoStamp("the answer to another request")
    return StoredStamp(
        checkpoint=one.position,
        stamped_at=stamp.at,
        authority=stamp.authority,
        response=answer.content,
        certificates=places.certificates,
    )


def _name(one: StoredCheckpoint) -> str:
    """By which a receiver knows a checkpoint again, however often it is sent."""
    return _NAME.format(size=one.size, key=one.key)


_SENDS: Final = {
    OutsidePlace.WEBHOOK: _by_webhook,
    OutsidePlace.MAIL: _by_mail,
    OutsidePlace.STAMP: _by_stamp,
}
