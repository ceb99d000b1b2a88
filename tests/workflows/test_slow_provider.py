"""A provider that is slow takes no place of a worker that the ledger needs."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.payloads import CallInput, Reached
from domain.notices import Notice
from domain.purposes import Purpose
from domain.terms.vocabulary import ResponseClass, WarningLevel
from settings import Settings
from storage.database import open_database
from storage.inbox import deliver
from tests.channels.peers import HOST, MailPeer, a_mail_server
from tests.keys import KEYS
from tests.ledgers import empty_ledger
from tests.workflows.calling import INCIDENT, NUMBER, peopled, switched_on
from tests.workflows.stage import QUEUE, _live
from worker import build_worker
from workflows.call import CallWorkflow


@pytest.fixture
def mail() -> Iterator[MailPeer]:
    with a_mail_server() as peer:
        yield peer


@workflow.defn(name="Look", sandboxed=False)
class LookWorkflow:
    """Asks the house's worker for an activity that reads the ledger."""

    @workflow.run
    async def run(self, call: CallInput) -> Reached:
        answer: Reached = await workflow.execute_activity(
            "look",
            call,
            task_queue=QUEUE,
            result_type=Reached,
            schedule_to_close_timeout=timedelta(seconds=60),
        )
        return answer


async def test_while_a_provider_does_not_answer_the_ledger_is_worked_on(tmp_path: Path, mail: MailPeer):
    goes_on, is_there = threading.Event(), threading.Event()

    def hold(_: object) -> None:
        is_there.set()
        assert goes_on.wait(120)

    mail.on_mail = hold
    url, at = f"sqlite+aiosqlite:///{tmp_path}/huiying.db", datetime.now(UTC)
    empty_ledger(url)
    settings = Settings(
        database_url=url,
        keys_dir=KEYS.folder,
        temporal_task_queue=QUEUE,
        internal_hosts=HOST,
        worker_activities=1,
    )
    database = open_database(url, KEYS)
    call = CallInput(
        incident_id=INCIDENT,
        event_number=NUMBER,
        purpose=Purpose.INSTRUCTED,
        unit="qingxi",
        subject="instruction-1",
        level=WarningLevel.GENERAL_MATTER,
        response_class=ResponseClass.H48,
        sent_at=at,
    )
    notice = Notice(event_number=NUMBER, purpose=call.purpose, unit=call.unit, subject=call.subject)
    try:
        await peopled(database, at)
        await switched_on(database, mail.port, at)
        await deliver(database, INCIDENT, [notice], drill=False, at=at)
        async with await _live() as environment:
            client = environment.client
            asks = Worker(
                client,
                task_queue="asks",
                workflows=[LookWorkflow],
                workflow_runner=UnsandboxedWorkflowRunner(),
            )
            async with build_worker(client, database, settings), asks:
                called = await client.start_workflow(CallWorkflow.run, call, id=call.id, task_queue=QUEUE)
                assert await asyncio.to_thread(is_there.wait, 60)
                answer = await client.execute_workflow(LookWorkflow.run, call, id="look", task_queue="asks")
                goes_on.set()
                await called.terminate()
        assert not answer.is_heard
    finally:
        goes_on.set()
        await database.close()
