"""A worker that is killed at any step of a call loses no message, and sends none twice without saying so."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from activities.effects.deliver.effect import NotifyInput
from activities.effects.deliver.starting_calls import start_calls
from activities.payloads import CallInput
from domain.notices import Notice
from domain.purposes import Purpose
from domain.terms.vocabulary import ResponseClass, WarningLevel
from storage.database import Database, open_database
from storage.inbox import deliver
from storage.receipts import CallStatus, of_incident
from tests.channels.peers import MailPeer, a_mail_server
from tests.keys import KEYS
from tests.ledgers import empty_ledger
from tests.workflows.calling import peopled, switched_on
from tests.workflows.dying_caller import STEPS
from tests.workflows.stage import QUEUE, _live
from workflows.call import CallWorkflow

CHECKOUT = Path(__file__).parents[2]
NOTICE = Notice(event_number=3, purpose=Purpose.INSTRUCTED, unit="qingxi", subject="instruction-1")
MONITOR = "town.monitor@town.example"


@pytest.fixture
def mail() -> Iterator[MailPeer]:
    with a_mail_server() as peer:
        yield peer


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/huiying.db"


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    empty_ledger(url)
    made = open_database(url, KEYS)
    await peopled(made, datetime.now(UTC))
    yield made
    await made.close()


@asynccontextmanager
async def a_worker(url: str, address: str, step: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that works, and dies at a step."""
    arguments = ("-m", "tests.workflows.dying_caller", url, str(KEYS.folder), address, step)
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=CHECKOUT)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def sent(database: Database) -> int:
    """How many messages to the monitor a provider took, as the receipts have it."""
    async with database.session() as session:
        entries = await of_incident(session, "inc-1")
    return sum(one.status is CallStatus.SENT and one.person == "town.monitor" for one in entries)


@pytest.mark.parametrize("step", STEPS)
async def test_a_message_outlives_a_kill_and_a_repeat_says_so(
    step: str, url: str, database: Database, mail: MailPeer
):
    await switched_on(database, mail.port, datetime.now(UTC))
    at = datetime.now(UTC)
    await deliver(database, "inc-1", [NOTICE], drill=False, at=at)
    call = CallInput(
        incident_id="inc-1",
        event_number=3,
        purpose=Purpose.INSTRUCTED,
        unit="qingxi",
        subject=NOTICE.subject,
        level=WarningLevel.GENERAL_MATTER,
        response_class=ResponseClass.H48,
        sent_at=at,
    )
    async with await _live() as environment:
        address = environment.client.service_client.config.target_host
        await environment.client.start_workflow(CallWorkflow.run, call, id=call.id, task_queue=QUEUE)
        async with a_worker(url, address, step) as first:
            assert await asyncio.wait_for(first.wait(), 60) == -signal.SIGKILL
        async with a_worker(url, address, "nowhere"):
            async with asyncio.timeout(90):
                while not await sent(database):
                    await asyncio.sleep(0.1)
    subjects, names = (
        mail.subjects(MONITOR),
        {one["Message-ID"] for one in mail.mails if one["To"] == MONITOR},
    )
    assert len(names) == 1
    assert await sent(database) == 1
    says_again = ["（重发）" in subject for subject in subjects]
    assert (
        says_again
        == {
            "before_begun": [False],
            "before_send": [True],  # nobody knows whether it was out
            "after_send": [False, True],
            "after_outcome": [False],
        }[step]
    )


async def test_calls_are_started_once_however_often_the_notices_are_handed_over(
    database: Database, mail: MailPeer
):
    notices = (NOTICE, Notice(event_number=3, purpose=Purpose.TO_DO, unit="qingxi", subject="x"))
    delivery = NotifyInput(incident_id="inc-1", notices=notices, drill=False, event_number=3)
    drill = NotifyInput(incident_id="inc-2", notices=notices, drill=True, event_number=3)
    async with await _live() as environment:
        client = environment.client

        async def calls() -> int:
            return sum([1 async for _ in client.list_workflows('WorkflowType = "Call"')])

        await deliver(database, "inc-1", notices, drill=False, at=datetime.now(UTC))
        await deliver(database, "inc-2", notices, drill=True, at=datetime.now(UTC))
        await start_calls(client, QUEUE, database, delivery)
        assert await calls() == 0  # no channel is on: all is as before
        await switched_on(database, mail.port, datetime.now(UTC))
        for _ in range(3):
            await start_calls(client, QUEUE, database, delivery)
            await start_calls(client, QUEUE, database, drill)
        async with asyncio.timeout(60):
            while await calls() != 1:
                await asyncio.sleep(0.1)
