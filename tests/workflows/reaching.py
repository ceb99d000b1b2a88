"""One rung at a time, without an engine: a town whose persons have mail addresses,
and what its receipts say.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from activities.payloads import CallInput, Reached, ReachInput
from activities.reaching import Reaching
from channels.outgoing import Outgoing
from channels.table import Sender
from domain.notices import Notice
from domain.purposes import Purpose
from domain.terms.vocabulary import ResponseClass
from settings import REGULATION
from storage import receipts
from storage.call_channels import BROKEN_AFTER
from storage.database import Database, open_database
from storage.inbox import deliver
from storage.receipts import CallStatus, ReceiptEntry
from tests.channels.peers import HOST, MailPeer
from tests.keys import KEYS
from tests.ledgers import empty_ledger
from tests.workflows.calling import INCIDENT, NUMBER, peopled, switched_on


class Town:
    """A town at an instant that a test moves."""

    def __init__(self, database: Database, sender: Sender, at: datetime) -> None:
        self.database, self.sender, self.now = database, sender, at

    async def notice(
        self,
        unit: str = "qingxi",
        number: int = NUMBER,
        subject: str = "RESP48:qingxi",
        purpose: Purpose = Purpose.BREACH,
    ) -> CallInput:
        notice = Notice(event_number=number, purpose=purpose, unit=unit, subject=subject)
        await deliver(self.database, INCIDENT, [notice], drill=False, at=self.now)
        return CallInput(
            incident_id=INCIDENT,
            event_number=number,
            purpose=purpose,
            unit=unit,
            subject=subject,
            level=None,
            response_class=ResponseClass.H48,
            sent_at=self.now,
        )

    async def reach(self, call: CallInput, *hearers: str, ordinal: int = 0, unread: bool = False) -> Reached:
        rung = ReachInput(notice=call, ordinal=ordinal, hearers=hearers, unread_only=unread)
        return await Reaching(
            self.database, self.sender, rung, lambda: self.now, regulation=REGULATION, base=""
        ).reach()

    async def receipts(self, person: str = "") -> list[ReceiptEntry]:
        async with self.database.session() as session:
            entries = await receipts.of_incident(session, INCIDENT)
        return [one for one in entries if person in {"", one.person}]

    async def outcomes(self, person: str = "") -> list[CallStatus]:
        return [one.status for one in await self.receipts(person) if one.status is not CallStatus.BEGUN]

    async def breaks(self, channel: str = "mail") -> None:
        """A channel that failed as often as breaks it, now, in another incident."""
        for number in range(BROKEN_AFTER):
            entry = ReceiptEntry(
                at=self.now,
                attempt=f"broken{number}",
                incident_id="another",
                event_number=1,
                purpose="breach",
                unit="qingxi",
                rung=0,
                hearer="duty_person",
                person="town.monitor",
                channel=channel,
                status=CallStatus.FAILED,
            )
            async with self.database.writing() as session:
                await receipts.write(session, entry)


@asynccontextmanager
async def a_town(folder: Path, mail: MailPeer) -> AsyncIterator[Town]:
    """A town with people and mail."""
    url, at = f"sqlite+aiosqlite:///{folder}/huiying.db", datetime(2026, 9, 9, 2, tzinfo=UTC)
    empty_ledger(url)
    database, sender = open_database(url, KEYS), Sender(Outgoing([HOST]))
    try:
        await peopled(database, at - timedelta(days=1))
        await switched_on(database, mail.port, at - timedelta(days=1))
        yield Town(database, sender, at)
    finally:
        sender.close()
        await database.close()
