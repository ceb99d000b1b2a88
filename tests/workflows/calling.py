"""Who may be called in the tests of calls, the mail server by which, and a night in which they are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.calling import CallPlacer
from activities.payloads import CallInput, calls_queue
from channels.outgoing import Outgoing
from channels.table import Sender
from domain.notices import Notice
from domain.purposes import Purpose
from domain.terms.roles import Role
from domain.terms.vocabulary import ResponseClass, WarningLevel
from domain.terms.workdays import SHANGHAI
from settings import REGULATION
from storage import called_notices, receipts
from storage.accounts import create_account
from storage.call_channels import enter_addresses, keep
from storage.database import Database, open_database
from storage.inbox import deliver
from storage.receipts import CallStatus, ReceiptEntry
from tests.channels.peers import HOST, MailPeer
from tests.domain.cast import LAW
from tests.keys import KEYS
from tests.ledgers import empty_ledger
from tests.workflows.stage import QUEUE, _time_skipping
from workflows.call import CallWorkflow

INCIDENT, NUMBER = "inc-1", 7
MINUTE = timedelta(minutes=1)
L1 = WarningLevel.GENERAL_MATTER
KEY = (INCIDENT, NUMBER, Purpose.BREACH.value, "qingxi")
OFFICES = LAW.offices
CAST = {  # who may be called, by login
    "town.monitor": ("qingxi", Role.MONITOR),
    "town.deputy": ("qingxi", Role.DEPUTY_LEADER),
    "town.leader": ("qingxi", Role.PRINCIPAL_LEADER),
    "office.handler": ("gov_office", Role.HANDLER),
    "mayor": (OFFICES.mayor, Role.CITY_LEADER),
    "mayor.deputy": (OFFICES.deputy_mayor, Role.CITY_LEADER),
}


async def peopled(database: Database, at: datetime) -> None:
    """An account for each of the cast, each with a mail address."""
    async with database.writing() as session:
        for login, (unit, role) in CAST.items():
            made = await create_account(
                session, login=login, name=login, post=role, unit=unit, password_hash="", at=at
            )
            await enter_addresses(session, made.id, {"mail": f"{login}@town.example"}, at=at)


async def switched_on(database: Database, port: int, at: datetime) -> None:
    """Mail, by a server on this machine."""
    settings = {"host": HOST, "port": str(port), "security": "none", "sender": "desk@gaoan.example"}
    async with database.writing() as session:
        await keep(session, "mail", settings, enabled=True, at=at)


class Night:
    """A town, its channels, and one server whose time is skipped."""

    def __init__(self, environment: WorkflowEnvironment, database: Database, mail: MailPeer) -> None:
        self.environment, self.database, self.mail = environment, database, mail
        self.sender = Sender(Outgoing([HOST]))
        self.handle: WorkflowHandle[CallWorkflow, None]
        self.sent_at = datetime.min.replace(tzinfo=SHANGHAI)

    async def now(self) -> datetime:
        return await self.environment.get_current_time()

    async def until(self, instant: datetime) -> None:
        while (left := instant - await self.now()) > timedelta(0):
            await self.environment.sleep(max(left, timedelta(milliseconds=1)))

    async def set_up(self) -> None:
        await peopled(self.database, await self.now())
        await switched_on(self.database, self.mail.port, await self.now())

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[None]:
        caller = CallPlacer(self.database, self.sender, regulation=REGULATION, base="https://desk.example")
        client = self.environment.client
        async with (
            Worker(client, task_queue=calls_queue(QUEUE), activities=[caller.reach]),
            Worker(
                client,
                task_queue=QUEUE,
                workflows=[CallWorkflow],
                activities=[caller.look],
                max_cached_workflows=10,
            ),
        ):
            yield

    async def call(
        self,
        at: datetime,
        purpose: Purpose = Purpose.BREACH,
        subject: str = "RESP48:qingxi",
        level: WarningLevel | None = L1,
        response_class: ResponseClass = ResponseClass.H48,
        late: timedelta = timedelta(0),
    ) -> WorkflowHandle[CallWorkflow, None]:
        await self.until(at)
        self.sent_at = (await self.now()).replace(microsecond=0) - late  # where nobody worked meanwhile
        notice = Notice(event_number=NUMBER, purpose=purpose, unit="qingxi", subject=subject)
        await deliver(self.database, INCIDENT, [notice], drill=False, at=self.sent_at)
        call = CallInput(
            incident_id=INCIDENT,
            event_number=NUMBER,
            purpose=purpose,
            unit="qingxi",
            subject=subject,
            level=level,
            response_class=response_class,
            sent_at=self.sent_at,
        )
        self.handle = await self.environment.client.start_workflow(
            CallWorkflow.run, call, id=call.id, task_queue=QUEUE
        )
        return self.handle

    async def acknowledge(self) -> None:
        async with self.database.writing() as session:
            await called_notices.acknowledge_by_link(session, KEY, person="town.monitor", at=await self.now())

    async def receipts(self) -> tuple[ReceiptEntry, ...]:
        async with self.database.session() as session:
            return await receipts.of_incident(session, INCIDENT)

    async def called(self) -> list[tuple[int, str]]:
        """Who was called, and how many whole minutes after the notice was sent;
        those of one minute by name.
        """
        return sorted(
            (round((one.at - self.sent_at) / MINUTE), one.person)
            for one in await self.receipts()
            if one.status is CallStatus.SENT
        )


@asynccontextmanager
async def a_night(folder: Path, mail: MailPeer) -> AsyncIterator[Night]:
    """A town with people and mail, on a server whose time is skipped."""
    url = f"sqlite+aiosqlite:///{folder}/huiying.db"
    empty_ledger(url)
    database = open_database(url, KEYS)
    try:
        async with await _time_skipping() as environment:
            night = Night(environment, database, mail)
            await night.set_up()
            yield night
            night.sender.close()
    finally:
        await database.close()


async def next_time(night: Night, hour: int, minute: int = 0) -> datetime:
    """The next time that the clocks in Shanghai show."""
    now = (await night.now()).astimezone(SHANGHAI)
    wanted = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return wanted if wanted > now else wanted + timedelta(days=1)
