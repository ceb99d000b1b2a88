"""One incident's workflow: a thin conductor of the pure rules, with a clock, a record and effects."""

import asyncio
from base64 import b64encode
from collections.abc import Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue, TypedSearchAttributes
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.bodies import is_same_body
    from activities.effects.deliver.effect import Deliver
    from activities.effects.order import EffectContext
    from activities.effects.union import left_by
    from activities.intrusions import INTRUSIONS
    from activities.payloads import is_strange
    from domain import incident as rules
    from domain.case.state import Incident
    from domain.catalogue import AnyCause, Decision, Intrusion, Submission, Tick, Unreadable
    from domain.lineage import lineage
    from domain.rules.permissions import may_see
    from domain.terms.free_texts import CaseText
    from domain.terms.refusals import Refused
    from workflows.activation import Activations
    from workflows.alarm_clock import AlarmClock
    from workflows.effects import Effects
    from workflows.payloads import CaseInput, Live, Question, Receipt, Strangers, receipt_key
    from workflows.recording import Recording
    from workflows.room import Room
    from workflows.sealing import is_unopened
    from workflows.search_attributes import changes, only_names, search_attributes

STRANGE = "strange"  # the type of the failure that ends, or refuses, what no part of the house sent
BEHIND = "behind"  # the type of the failure that says "not now": too much waits for the database
ANSWER = "answer"  # the type of the failure that carries the answer to a question
_SECOND = timedelta(seconds=1)
_NOTICED_AGAIN = timedelta(hours=1)  # intrusions are an event of the case at most so often
_NOTHING = RawValue(Payload())
_A_STEP = (
    b'{"kind":"submission"'  # how a step that the house hands over begins; what else it sealed is no step
)
NOBODYS = CaseInput()
KEPT_BYTES = 200_000  # of what cannot be read; the whole stays in the history
KEPT_RECEIPTS = 1000  # whoever gives a command asks the log first
_HURRY = 2  # times the history's limit, past which a case goes on anew though its record waits
_SUGGESTED = 4096  # events of a history at which the server suggests to go on anew


@workflow.defn(name="Incident")
class IncidentWorkflow:
    """Carries one incident from registration to archive; the only writer of its case.

    Commands to Temporal have one order, however the engine cuts the history into activations: whether one is
    emitted is a function of what was decided, never of what has resolved (decision 0015). `_take` changes the
    state and notes what a decision brings; `_emit` alone sends it: record, effects, search attributes, timer.

    Four exceptions stand. 1. A record that failed falls back in the task of its own marker. 2. A case goes on
    anew upon any resolution, since a task in which nothing was decided emitted nothing. 3. A fired timer
    always emits: a decision, or the timer again. 4. An activity with a foreign answer is always started anew.
    """

    @workflow.init
    def __init__(self, case: CaseInput = NOBODYS) -> None:
        self._is_strange = is_strange(case) or case == NOBODYS
        if self._is_strange:
            case = NOBODYS
            self._alarm_of("start")
        self._strangers = case.strangers
        self._incident: Incident | None = case.incident
        self._applied: dict[str, Receipt] = dict(case.applied or {})
        self._recording = Recording(case.unrecorded, self._follow, self._intruded)
        self._lineages: list[str] = [case.lineage]  # of the last decision emitted, and of those in `_fresh`
        self._fresh: list[Decision] = []
        self._texts: list[CaseText] = []  # that the decisions in `_fresh` refer to
        undelivered = (Deliver(notices=case.undelivered),) if case.undelivered else ()
        self._effects = Effects((*undelivered, *case.effects), self._follow, self._intruded)
        self._followed: set[asyncio.Task[None]] = set()
        self._attributes = TypedSearchAttributes([])
        self._history_limit = case.history_limit
        self._alarm: datetime | None = None
        self._has_resumed = case.incident is not None
        self._refused: Refused | None = None
        self._activations = Activations()
        self._room = Room(_bytes_of)
        self._clock = AlarmClock(self._activations.ring)
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
    async def run(self, case: CaseInput = NOBODYS) -> None:
        """Send what decisions bring and strike the clock until the archive: the one coroutine that emits."""
        if self._is_strange:  # failed, so that the house may start a workflow under this id
            raise _strange()
        if self._refused is not None:
            raise _as_failure(self._refused)
        del case  # taken in by __init__; updates may have run since
        while True:
            await workflow.wait_condition(self._has_work)
            self._activations.require_sound()
            for task in filter(_failed, self._followed):
                # Fails the task, tried again until mended; the activity's own error would end the case.
                raise RuntimeError("what follows a decision died") from task.exception()
            if self._fresh or self._has_resumed:
                self._emit()
            elif self._clock.has_rung:
                self._strike()
            elif self._may_end:
                return
            else:
                workflow.continue_as_new(
                    self._carried(), search_attributes=search_attributes(self._case, self._lineages[-1])
                )

    def _has_work(self) -> bool:
        self._activations.look()
        is_called = bool(self._fresh) or self._has_resumed or self._clock.has_rung
        return is_called or self._may_end or self._may_continue or any(map(_failed, self._followed))

    @workflow.update
    def submit(self, submission: Submission) -> Receipt:
        """Decide a command and apply it in one move; the answer names its last event."""
        self._activations.enter()
        if is_strange(submission):  # past the validator only where a stranger answered the task
            self._intruded("update")
            raise _strange()
        receipt = self._applied.get(submission.command_id)
        if receipt is not None:
            return receipt
        try:
            return self._take(submission)
        except Refused as refused:
            raise _as_failure(refused) from None

    @submit.validator
    def _may_submit(self, submission: Submission) -> None:
        self._require_ours(submission)
        if submission.command_id in self._applied:
            return
        # Said here alone: a replay does not ask, and what was taken stays so.
        if self._recording.backlog.is_full:
            raise ApplicationError(BEHIND, type=BEHIND, non_retryable=True)
        try:
            events = rules.decide(self._incident, submission, self._now())
            if self._incident is not None:
                self._room.require(self._incident, submission, events)
        except Refused as refused:
            raise _as_failure(refused) from None

    @workflow.update
    def answer(self, question: Question) -> None:  # noqa: ARG002  its validator answers
        """Never accepted: the refusal is the answer. A query would be answered at a stale time."""
        raise ApplicationError("a question is never accepted", non_retryable=True)

    @answer.validator
    def _answered(self, question: Question) -> None:
        self._require_ours(question)
        case = self._case
        if question.actor is not None:
            raise ApplicationError(ANSWER, may_see(question.actor, case), type=ANSWER, non_retryable=True)
        live = Live(incident=case, lineage=self._lineages[-1])
        content = workflow.payload_converter().to_payload(live).data.decode()
        raise ApplicationError(ANSWER, content, type=ANSWER, non_retryable=True)

    @workflow.signal
    def submit_later(self, handed_over: RawValue = _NOTHING) -> None:
        """Take a command that was handed over while no worker ran; what cannot be read is kept as it came."""
        self._activations.enter()
        if self._incident is None:
            return  # the registration was refused, and the case is ending
        content = handed_over.payload.data
        if is_unopened(handed_over.payload) or not content.startswith(_A_STEP):
            self._intruded("signal")
            return
        try:
            submission = self._read(handed_over)
        except Exception:  # noqa: BLE001  whatever is in it, the clock must go on
            if (name := f"unreadable/{sha256(content).hexdigest()}") not in self._applied:
                workflow.logger.error("a step handed over cannot be read")
                self._applied[name] = self._take(Unreadable(payload=b64encode(content[:KEPT_BYTES]).decode()))
            return
        if receipt_key(submission) not in self._applied:
            self._take(submission)

    def _read(self, handed_over: RawValue) -> Submission:
        """Decode what was handed over, and let the rules try it: a task that stumbles stops the clock."""
        submission: Submission = workflow.payload_converter().from_payload(handed_over.payload, Submission)
        earlier = self._applied.get(submission.command_id)
        reused = earlier is not None and not is_same_body(submission, earlier.digest, earlier.body)
        deferred = replace(submission, deferred=True, reused=reused)
        rules.decide(self._incident, deferred, self._now())
        return deferred

    def _intruded(self, what: str) -> None:
        """Count what no part of the house sent; once an hour it is an event that changes no state."""
        self._alarm_of(what)
        count, noticed_at, now = self._strangers.count + 1, self._strangers.noticed_at, workflow.now()
        if self._incident is not None and (noticed_at is None or now - noticed_at >= _NOTICED_AGAIN):
            self._take(Intrusion(count=count))
            count, noticed_at = 0, now
        self._strangers = Strangers(count=count, noticed_at=noticed_at)

    def _require_ours(self, argument: object) -> None:
        if self._is_strange or is_strange(argument):
            self._alarm_of("update")
            raise _strange()

    def _alarm_of(self, what: str) -> None:
        """Note it for the alarm, which is no part of the case: a replay does not."""
        if not workflow.unsafe.is_replaying():
            INTRUSIONS.note(workflow.info().workflow_id, what)

    @property
    def incident(self) -> Incident | None:
        """The case as decided, recorded or not; None before its registration."""
        return self._incident

    @property
    def _case(self) -> Incident:
        if self._incident is None:
            raise ApplicationError("not registered", non_retryable=True)
        return self._incident

    def _now(self) -> datetime:
        drill = self._incident.drill if self._incident else None
        return drill.shown(workflow.now()) if drill else workflow.now()

    def _take(self, cause: AnyCause, now: datetime | None = None) -> Receipt:
        """Decide and apply; only the state changes, and what follows is noted for `_emit`."""
        now = now or self._now()
        if self._incident is None and isinstance(cause, Submission) and cause.opening and cause.opening.drill:
            now = cause.opening.drill.shown(now)
        decided = rules.decision(self._incident, cause, now)
        if decided is not None:
            self._incident = rules.apply(self._incident, decided)
            self._alarm = rules.next_alarm(self._incident)
            self._fresh.append(decided)
            self._lineages.append(lineage(self._lineages[-1], decided))
            self._effects.note(self._incident, decided)
            if isinstance(cause, Submission):
                self._texts += cause.texts
        digest, body = (cause.digest, cause.body) if isinstance(cause, Submission) else ("", "")
        number, name = self._case.event_number, self._lineages[-1]
        receipt = Receipt(event_number=number, digest=digest, lineage=name, body=body)
        if isinstance(cause, Submission):
            self._applied[receipt_key(cause)] = receipt
            if len(self._applied) > KEPT_RECEIPTS:
                del self._applied[next(iter(self._applied))]
        return receipt

    def _emit(self) -> None:
        """Send what this activation's decisions bring, once, in one order, whatever has resolved."""
        has_receipts = not self._has_resumed and all(map(_has_receipt, self._fresh))
        if self._has_resumed:
            self._recording.resume()
        self._has_resumed = False
        self._recording.record(self._case.incident_id, self._fresh, self._lineages, self._texts)
        self._effects.emit(EffectContext(incident=self._case, lineage=self._lineages[-1]))
        self._fresh.clear()
        self._texts.clear()
        del self._lineages[:-1]
        self._show(has_receipts=has_receipts)
        self._arm()

    def _show(self, *, has_receipts: bool) -> None:
        """Write the search attributes that changed; not for a mere decision whose caller has a receipt.

        Writing them costs the engine as much as taking the step (decision 0028).
        """
        wanted = search_attributes(self._case, self._lineages[-1])
        if (updates := changes(self._attributes, wanted)) and not (has_receipts and only_names(updates)):
            workflow.upsert_search_attributes(updates)
            self._attributes = wanted

    def _follow(self, coroutine: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._followed.add(task)
        task.add_done_callback(self._let_go)

    def _let_go(self, task: asyncio.Task[None]) -> None:
        """Keep what has died for `run` to find, and of what was done nothing: a case waits for days."""
        if task.cancelled() or not _failed(task):
            self._followed.discard(task)

    def _arm(self) -> None:
        self._clock.arm(None if self._is_archived else self._alarm, self._now(), self._case.drill)

    def _strike(self) -> None:
        """Let the rules say what time has brought; lateness is told from instants, never from the timer.

        The instant is not before the one that the timer was set to, whatever the engine says that it is now.
        """
        now, armed_for = self._now(), self._clock.armed_for
        now = max(now, armed_for) if armed_for is not None else now
        if self._alarm is not None and self._alarm <= rules.whole(now):
            self._take(Tick(), now)
            if not self._fresh:  # nothing to say, though an alarm called: looked at again, never in a circle
                self._clock.arm(rules.whole(now) + _SECOND, now, self._case.drill)
        else:
            self._arm()

    @property
    def _is_archived(self) -> bool:
        return self._incident is not None and self._incident.archived_at is not None

    @property
    def _may_end(self) -> bool:
        return self._is_archived and not (self._recording.backlog or self._effects)

    @property
    def _may_continue(self) -> bool:
        """Whether to continue as new: the history has grown long, and nothing waits for the record.

        Where a dead database makes it wait for long, the case goes on, and takes what waits with it.
        """
        if self._is_archived or self._recording.first_tries:
            return False
        length, limit = workflow.info().get_current_history_length(), self._history_limit
        if self._recording.backlog:
            return length >= _HURRY * (limit or _SUGGESTED)
        return (limit is not None and length >= limit) or workflow.info().is_continue_as_new_suggested()

    def _carried(self) -> CaseInput:
        return CaseInput(
            incident=self._incident,
            lineage=self._lineages[-1],
            applied=self._applied,
            unrecorded=self._recording.backlog.waiting,
            effects=(*self._effects.pending, *left_by(workflow.info().run_id)),
            history_limit=self._history_limit,
            strangers=self._strangers,
        )


def _strange() -> ApplicationError:
    return ApplicationError(STRANGE, type=STRANGE, non_retryable=True)


def _bytes_of(value: object) -> int:
    return len(workflow.payload_converter().to_payload(value).data)


def _has_receipt(decision: Decision) -> bool:
    """Whether somebody waits for the answer, and will hold the proof that the engine has the decision."""
    return isinstance(decision.cause, Submission) and not decision.cause.deferred


def _failed(task: asyncio.Task[None]) -> bool:
    return task.done() and task.exception() is not None


def _as_failure(refused: Refused) -> ApplicationError:
    """A refusal as Temporal carries it: the reason as type, never retried; the detail names its field."""
    return ApplicationError(
        refused.reason.value, refused.detail, type=refused.reason.value, non_retryable=True
    )
