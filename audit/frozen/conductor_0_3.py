"""The conductor of the releases until 0.3, for replay alone:
their histories have another order of commands (decision 0015).

Nothing here changes any more. What it sent that a replay does not compare (summaries, details) is left out.
"""

import asyncio
from base64 import b64encode
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import accumulate

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy, TypedSearchAttributes
from temporalio.exceptions import ApplicationError, FailureError

with workflow.unsafe.imports_passed_through():
    from activities.effects.deliver.effect import NotifyInput
    from activities.effects.deliver.hand import Notifier
    from activities.payloads import RecordInput
    from domain import incident as rules
    from domain.case.state import Incident
    from domain.catalogue import Decision, Submission, Tick, Unreadable
    from domain.notices import Notice, notices
    from domain.terms.refusals import Refused
    from workflows.payloads import CaseInput, Receipt
    from workflows.search_attributes import EVENT_NUMBER, LINEAGE, changes, search_attributes

_RECORD = "record"  # by name, since what it answers has changed: then the number of the log's last event
_FIRST_TRY = timedelta(milliseconds=500)
_WRITE = timedelta(seconds=10)
_PATIENT = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=15))
_ONCE = RetryPolicy(maximum_attempts=1)
_BATCH = 50  # decisions handed over at once
_BATCH_BYTES = 1_000_000  # an argument in the history may have two million
_KEPT_BYTES = 200_000  # of what cannot be read; the whole stays in the history
_MILLISECOND = timedelta(milliseconds=1)


@workflow.defn(name="Incident")
class IncidentWorkflowUntil03:
    """Carries one incident from registration to archive, as the releases until 0.3 did."""

    @workflow.init
    def __init__(self, case: CaseInput) -> None:
        self._incident: Incident | None = case.incident
        self._applied: dict[str, Receipt] = dict(case.applied or {})
        self._unrecorded: list[Decision] = []
        self._undelivered: list[tuple[Notice, ...]] = [case.undelivered] if case.undelivered else []
        self._deliveries: list[asyncio.Task[None]] = []
        self._delivering: list[tuple[Notice, ...]] = []
        self._history_limit = case.history_limit
        self._alarm: datetime | None = None
        self._refused: Refused | None = None
        if case.submission is not None:
            self._open(case.submission)
        elif self._incident is not None:
            self._alarm = rules.next_alarm(self._incident)

    def _open(self, submission: Submission) -> None:
        try:
            self._take(submission)
        except Refused as refused:
            self._refused = refused

    @workflow.run
    async def run(self, case: CaseInput) -> None:
        """Keep the clock, the record and the effects going until the case is archived."""
        if self._refused is not None:
            raise _as_failure(self._refused)
        del case  # taken in by __init__; updates may have run since
        loops = [
            asyncio.create_task(loop()) for loop in (self._clock, self._record, self._effects, self._show)
        ]
        await workflow.wait_condition(
            lambda: self._may_end or self._may_continue or any(map(_failed, (*loops, *self._deliveries)))
        )
        for task in filter(_failed, (*loops, *self._deliveries)):
            # Fails the task, which is tried again until mended.
            # A failed activity's own error would end the case.
            raise RuntimeError("a loop of the case died") from task.exception()
        if not self._may_end:
            workflow.continue_as_new(self._carried())

    @workflow.update
    def submit(self, submission: Submission) -> Receipt:
        """Decide a command and apply it in one move; the answer names its last event."""
        known = self._applied.get(submission.command_id)
        if known is not None:
            return known
        try:
            return self._take(submission)
        except Refused as refused:
            raise _as_failure(refused) from None

    @submit.validator
    def _may_submit(self, submission: Submission) -> None:
        if submission.command_id in self._applied:
            return
        try:
            rules.decide(self._incident, submission, self._now())
        except Refused as refused:
            raise _as_failure(refused) from None

    @workflow.signal
    def submit_later(self, raw: RawValue) -> None:
        """Take a command that was handed over while no worker ran; what cannot be read is kept as it came."""
        if self._incident is None:
            return  # the registration was refused, and the case is ending
        try:
            submission = self._read(raw)
        except Exception:  # noqa: BLE001  whatever a foreign payload raises, the clock must go on
            workflow.logger.error("a step handed over cannot be read")
            self._take(Unreadable(payload=b64encode(raw.payload.data[:_KEPT_BYTES]).decode()))
            return
        if submission.command_id not in self._applied:
            self._take(submission)

    def _read(self, raw: RawValue) -> Submission:
        """Decode what was handed over, and let the rules try it,
        since a task that stumbles over it stops the clock.
        """
        submission: Submission = workflow.payload_converter().from_payload(raw.payload, Submission)
        deferred = replace(submission, deferred=True)
        rules.decide(self._incident, deferred, self._now())
        return deferred

    @property
    def incident(self) -> Incident | None:
        """The case as decided, recorded or not."""
        return self._incident

    @property
    def _case(self) -> Incident:
        if self._incident is None:
            raise ApplicationError("not registered", non_retryable=True)
        return self._incident

    def _now(self) -> datetime:
        drill = self._incident.drill if self._incident else None
        return drill.shown(workflow.now()) if drill else workflow.now()

    def _take(self, cause: Submission | Tick | Unreadable) -> Receipt:
        now = self._now()
        if self._incident is None and isinstance(cause, Submission) and cause.opening and cause.opening.drill:
            now = cause.opening.drill.shown(now)
        decided = rules.decision(self._incident, cause, now)
        if decided is not None:
            self._incident = rules.apply(self._incident, decided)
            self._alarm = rules.next_alarm(self._incident)
            self._unrecorded.append(decided)
            if messages := notices(self._incident, decided):
                self._undelivered.append(messages)
        digest = cause.digest if isinstance(cause, Submission) else ""
        receipt = Receipt(event_number=self._case.event_number, digest=digest)
        if isinstance(cause, Submission):
            self._applied[cause.command_id] = receipt
        return receipt

    async def _clock(self) -> None:
        """Wait for the next alarm to move or to be reached, then let the rules say what time has brought.

        Lateness is found by comparing instants, never by the time-out itself: updates run before timers.
        """
        while not self._is_archived:
            alarm, now = self._alarm, self._now()
            if alarm is None:  # nothing is owed at present; a later command may change that
                await workflow.wait_condition(lambda: self._alarm is not None or self._is_archived)
            elif alarm > rules.whole(now):
                await self._until(alarm, now)
            else:
                self._take(Tick())

    async def _until(self, alarm: datetime, now: datetime) -> None:
        drill = self._case.drill
        # Timers are cut to milliseconds: one more, or they fire before their instant.
        wait = ((alarm - now) / drill.scale if drill else alarm - now) + _MILLISECOND
        with suppress(TimeoutError):
            await workflow.wait_condition(lambda: self._alarm != alarm, timeout=wait)

    def _alarm_moved(self, alarm: datetime) -> bool:
        return self._alarm != alarm

    async def _record(self) -> None:
        """Hand over what is not recorded yet, in order;
        a dead database is waited for here and nowhere else.
        """
        while not self._may_end:
            await workflow.wait_condition(lambda: bool(self._unrecorded) or self._may_end)
            if self._unrecorded:
                recorded = await self._record_some()
                del self._unrecorded[:recorded]

    async def _record_some(self) -> int:
        batch = RecordInput(incident_id=self._case.incident_id, decisions=tuple(self._unrecorded[:_BATCH]))
        try:
            # A local activity costs a tenth of an ordinary one;
            # bounded, a dead database cannot hold the task.
            await workflow.start_local_activity(
                _RECORD, batch, schedule_to_close_timeout=_FIRST_TRY, retry_policy=_ONCE
            )
        except FailureError:
            batch = replace(batch, decisions=_within_limits(batch.decisions))
            await workflow.start_activity(
                _RECORD,
                batch,
                start_to_close_timeout=_WRITE,
                retry_policy=_PATIENT,
            )
        return len(batch.decisions)

    async def _effects(self) -> None:
        """Start what decisions call for, each on its own;
        nothing here waits for the record or for another effect.
        """
        while not self._may_end:
            await workflow.wait_condition(lambda: bool(self._undelivered) or self._may_end)
            self._deliveries = [task for task in self._deliveries if not task.done() or _failed(task)]
            for batch in self._undelivered:
                self._delivering.append(batch)
                self._deliveries.append(asyncio.create_task(self._deliver(batch)))
            self._undelivered.clear()

    async def _deliver(self, batch: tuple[Notice, ...]) -> None:
        await workflow.start_activity_method(
            Notifier.notify,
            NotifyInput(
                incident_id=self._case.incident_id, notices=batch, drill=self._case.drill is not None
            ),
            start_to_close_timeout=_WRITE,
            retry_policy=_PATIENT,
        )
        self._delivering.remove(batch)

    async def _show(self) -> None:
        """Keep the search attributes as the case stands; only what changed is written."""
        attributes = TypedSearchAttributes([])
        number = 0
        while not self._may_end:
            await workflow.wait_condition(partial(self._moved_on, number))
            number = self._case.event_number
            wanted = _attributes(self._case)
            if updates := changes(attributes, wanted):
                workflow.upsert_search_attributes(updates)
            attributes = wanted

    def _moved_on(self, number: int) -> bool:
        return self._case.event_number != number or self._may_end

    @property
    def _is_archived(self) -> bool:
        return self._incident is not None and self._incident.archived_at is not None

    @property
    def _may_end(self) -> bool:
        return self._is_archived and not (self._unrecorded or self._undelivered or self._delivering)

    @property
    def _may_continue(self) -> bool:
        """Continue as new when the history has grown long, and only when nothing waits for the record."""
        if self._unrecorded or self._is_archived:
            return False
        limit = self._history_limit
        is_long = limit is not None and workflow.info().get_current_history_length() >= limit
        return is_long or workflow.info().is_continue_as_new_suggested()

    def _carried(self) -> CaseInput:
        waiting = (*self._delivering, *self._undelivered)
        return CaseInput(
            incident=self._incident,
            applied=self._applied,
            undelivered=tuple(notice for batch in waiting for notice in batch),
            history_limit=self._history_limit,
        )


def _attributes(incident: Incident) -> TypedSearchAttributes:
    """Those of the first releases."""
    pairs = search_attributes(incident, "")
    return TypedSearchAttributes([pair for pair in pairs if pair.key not in {EVENT_NUMBER, LINEAGE}])


def _failed(task: asyncio.Task[None]) -> bool:
    return task.done() and task.exception() is not None


def _as_failure(refused: Refused) -> ApplicationError:
    """A refusal as Temporal carries it: the reason as type, never retried,
    the detail an id or a field's name.
    """
    return ApplicationError(
        refused.reason.value, refused.detail, type=refused.reason.value, non_retryable=True
    )


def _within_limits(decisions: tuple[Decision, ...]) -> tuple[Decision, ...]:
    """As many decisions as one argument in the history may hold, one at least."""
    converter = workflow.payload_converter()
    sizes = accumulate(len(converter.to_payload(decided).data) for decided in decisions)
    fitting = sum(size <= _BATCH_BYTES for size in sizes)
    return decisions[: max(fitting, 1)]
