"""The workflows of the incidents as the web sees them: every call bounded, every outcome told apart."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final
from weakref import WeakValueDictionary

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RetryConfig, RPCError, RPCStatusCode

from activities.bodies import is_same_body
from audit.differences import CaseReport
from audit.reducing_rows import ReductionObstacle, reduce_older
from audit.verify import verify
from casework.outcomes import Unavailable
from domain.case.state import Incident
from domain.catalogue import Submission
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Actor
from storage.database import Database
from storage.reduced_rows import RowChanged
from storage.reductions import Reduction
from storage.text_keys import TextKeys
from workflows.beat import Silent, beat
from workflows.client import connect, live, sees, start
from workflows.describing import described
from workflows.incident import BEHIND, IncidentWorkflow
from workflows.keys import NoKey
from workflows.opening import keys_of, opened_history
from workflows.payloads import Receipt

WORKER_SECONDS: Final = 3.0  # how long a worker may take to answer before a step is handed over instead
CALL_SECONDS: Final = 2.0
REDUCE_SECONDS: Final = 60.0  # for a case to be audited, and forgotten by the server
VERIFY_SECONDS: Final = 60.0  # for a case to be audited
AT_ONE_TIME: Final = 8  # more updates at one time on one case are much slower than these in turn
# The same call again a few times, as the server asks for;
# the SDK's own ten seconds would keep the caller waiting.
_RETRIES = RetryConfig(
    initial_interval_millis=50, multiplier=2.0, max_retries=4, max_elapsed_time_millis=1000
)

_REASONS = frozenset(Reason)
# "Not now" rather than "no": a workflow task is failing, or the case is between two runs.
_NOT_NOW = frozenset({RPCStatusCode.FAILED_PRECONDITION, RPCStatusCode.ABORTED})


class WorkerTimeout(Exception):  # noqa: N818  named for what happened
    """No worker answered in time; the step may or may not be applied later."""


class WorkflowNotFound(Exception):  # noqa: N818  named for what was found
    """No such workflow runs: there never was one, or it has ended."""


async def open_client(address: str, namespace: str, keys_dir: Path) -> Client:
    """The web's client: it reaches out with the first call, and gives up soon, since somebody waits."""
    return await connect(address, namespace, keys_dir, lazy=True, retry_config=_RETRIES)


class IncidentWorkflowClient:
    """The running cases, over one client and one task queue."""

    def __init__(self, client: Client, task_queue: str) -> None:
        self._client = client
        self._task_queue = task_queue
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        keys = keys_of(client)
        self.text_keys = TextKeys(keys) if keys else None

    async def closed(self, incident_id: str, submission: Submission) -> Submission:
        """The submission as it travels, its texts sealed each by itself.

        Raises Unavailable where no key can be made.
        """
        if self.text_keys is None or not submission.texts:
            return submission
        try:
            return await asyncio.to_thread(self.text_keys.closed, incident_id, submission)
        except (OSError, NoKey):
            raise Unavailable("texts") from None

    async def is_same_body(self, incident_id: str, submission: Submission, digest: str, body: str) -> bool:
        """Whether the submission, its texts in clear, is the one whose digest and body are known.

        Raises Unavailable.
        """
        if digest != submission.digest and submission.texts and self.text_keys is not None:
            try:
                own = await asyncio.to_thread(self.text_keys.body, incident_id, submission)
            except (OSError, NoKey):
                raise Unavailable("texts") from None
            submission = replace(submission, body=own)
        return is_same_body(submission, digest, body)

    async def start(self, submission: Submission) -> bool:
        """Start the workflow of a registration; False when the incident has one already."""
        if submission.opening is not None:
            submission = await self.closed(submission.opening.incident_id, submission)
        try:
            async with _bounded(CALL_SECONDS):
                await start(self._client, self._task_queue, submission)
        except WorkflowAlreadyStartedError:
            return False
        except WorkflowNotFound:  # not even the namespace is there
            raise Unavailable("temporal") from None
        return True

    async def submit(self, incident_id: str, submission: Submission) -> Receipt:
        """The case's answer to a submission.

        Raises Refused when the rules say no, WorkflowNotFound when no such case runs, WorkerTimeout when
        no worker answers in three seconds, and Unavailable when Temporal cannot be reached.
        """
        submission = await self.closed(incident_id, submission)
        turn = self._turns.setdefault(incident_id, asyncio.Semaphore(AT_ONE_TIME))
        try:
            async with asyncio.timeout(WORKER_SECONDS), turn:
                return await self._update(incident_id, submission)
        except TimeoutError:
            raise WorkerTimeout from None

    async def _update(self, incident_id: str, submission: Submission) -> Receipt:
        try:
            async with _translated():
                return await self._execute_update(incident_id, submission)
        except WorkflowUpdateRPCTimeoutOrCancelledError:
            raise WorkerTimeout from None
        except WorkflowUpdateFailedError as failed:
            raise _refusal(failed.cause) from None

    async def _execute_update(self, incident_id: str, submission: Submission) -> Receipt:
        for pause in (0.1, 0.3, 0.9):
            try:
                return await self._execute_once(incident_id, submission)
            except RPCError as error:
                if error.status not in _NOT_NOW:
                    raise
            await asyncio.sleep(pause)
        return await self._execute_once(incident_id, submission)

    async def _execute_once(self, incident_id: str, submission: Submission) -> Receipt:
        return await self._handle(incident_id).execute_update(
            IncidentWorkflow.submit,
            submission,
            id=submission.command_id,
            rpc_timeout=timedelta(seconds=WORKER_SECONDS),
        )

    async def submit_later(self, incident_id: str, submission: Submission) -> str:
        """Hand a submission over; durable at the server once this returns, with its body.

        Raises WorkflowNotFound and Unavailable.
        """
        submission = await self.closed(incident_id, submission)
        payload = self._client.data_converter.payload_converter.to_payload(submission)
        async with _bounded(CALL_SECONDS):
            await self._handle(incident_id).signal(IncidentWorkflow.submit_later, RawValue(payload))
        return submission.body

    async def live(self, incident_id: str) -> Incident:
        """The case as its workflow holds it, recorded or not. Raises WorkflowNotFound and Unavailable."""
        async with _bounded(CALL_SECONDS):
            return (await live(self._handle(incident_id))).incident

    async def sees(self, incident_id: str, actor: Actor) -> bool:
        """Whether the actor may see the case as its workflow holds it.

        Raises WorkflowNotFound and Unavailable.
        """
        async with _bounded(CALL_SECONDS):
            return await sees(self._handle(incident_id), actor)

    async def refusal_of(self, incident_id: str) -> Refused | None:
        """Why the workflow of a registration refused it;
        None when it did not, or when nobody can say for now.
        """
        handle = self._handle(incident_id)
        try:
            async with _bounded(CALL_SECONDS):
                run = await described(self._client, incident_id)
                if run.status is WorkflowExecutionStatus.FAILED:
                    await handle.result()
        except WorkflowFailureError as failed:
            refusal = _refusal(failed.cause)
            return refusal if isinstance(refusal, Refused) else None
        except (WorkflowNotFound, Unavailable):
            return None
        return None

    async def has_ended(self, incident_id: str) -> bool:
        """Whether the case's workflow has come to its end; False when nobody can say for now."""
        try:
            async with _bounded(CALL_SECONDS):
                description = await described(self._client, incident_id)
        except (WorkflowNotFound, Unavailable):
            return False
        return description.status is WorkflowExecutionStatus.COMPLETED

    async def history(self, incident_id: str) -> str:
        """The history of the case's latest run, as the JSON that Temporal's tools read.

        Raises WorkflowNotFound, Unavailable.
        """
        async with _bounded(CALL_SECONDS):
            history = await self._handle(incident_id).fetch_history()
        return opened_history(history, keys_of(self._client)).to_json()

    async def reduce_older(
        self, database: Database, act: Reduction, text: str, *, of_the_house: bool
    ) -> ReductionObstacle | None:
        """Reduce one text of an archived case of 0.3 or before, or tell why not. Raises Unavailable."""
        try:
            async with _bounded(REDUCE_SECONDS):
                done = await reduce_older(database, self._client, act, text, of_the_house=of_the_house)
        except RowChanged:
            return ReductionObstacle.GONE
        except WorkflowNotFound:
            raise Unavailable("temporal") from None
        return done if isinstance(done, ReductionObstacle) else None

    async def verified(self, database: Database, incident_id: str) -> CaseReport:
        """What the audit of a case comes to, its histories replayed.

        Raises Unavailable when it takes too long.
        """
        async with _bounded(VERIFY_SECONDS):
            report = await verify(database, self._client, [incident_id])
        return report.cases[0]

    async def engine_answers(self) -> bool:
        """True once Temporal has answered a call. Raises Unavailable when it does not."""
        request = DescribeNamespaceRequest(namespace=self._client.namespace)
        try:
            async with _bounded(CALL_SECONDS):
                await self._client.workflow_service.describe_namespace(request, retry=False)
        except WorkflowNotFound:
            raise Unavailable("temporal") from None
        return True

    async def heard(self, call: str) -> None:
        """Tell a call, by its id, that its notice may have been acknowledged.

        Raises WorkflowNotFound and Unavailable.
        """
        async with _bounded(CALL_SECONDS):
            await self._client.get_workflow_handle(call).signal("heard")

    async def worker_beats(self, seconds: float = CALL_SECONDS) -> bool:
        """Whether a worker takes an empty step in time. Raises Unavailable."""
        try:
            async with _translated():
                await beat(self._client, self._task_queue, seconds)
        except (Silent, WorkflowNotFound):
            return False
        return True

    def _handle(self, incident_id: str) -> WorkflowHandle[IncidentWorkflow, None]:
        # Without a run id, so that a case that has continued as new is found.
        return self._client.get_workflow_handle_for(IncidentWorkflow.run, incident_id)


def _refusal(cause: BaseException | None) -> Exception:
    """The refusal that a failure carries; what is no refusal is given back as it is, being a defect."""
    if isinstance(cause, ApplicationError):
        if cause.type in _REASONS:
            return Refused(Reason(cause.type), str(cause.details[0]) if cause.details else "")
        if cause.type == BEHIND:
            return Unavailable("record")
        if cause.type == "AcceptedUpdateCompletedWorkflow":  # the case ended before the answer was given
            return Unavailable("temporal")
    return cause if isinstance(cause, Exception) else RuntimeError("an update failed without a cause")


@asynccontextmanager
async def _bounded(seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds), _translated():
            yield
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
        raise Unavailable("temporal") from None


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    """What the SDK raises when the server does not answer, as this package's own outcomes."""
    try:
        yield
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise WorkflowNotFound from None
        raise Unavailable("temporal") from error
    except RuntimeError as error:
        if "client connect" in str(
            error
        ):  # the SDK has no type of its own for a first call that finds nobody
            raise Unavailable("temporal") from error
        raise
