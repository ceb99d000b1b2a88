"""The call of one notice: persons are reached one after the other until somebody of the unit has heard it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError, ApplicationError, RetryState

with workflow.unsafe.imports_passed_through():
    from activities.calling import CallPlacer
    from activities.intrusions import INTRUSIONS
    from activities.payloads import REACH, CallInput, Reached, ReachInput, calls_queue, is_strange
    from domain.hearing import CallRung, not_before, rungs
    from workflows.recording import PATIENT, WRITE

_NOTHING = RawValue(Payload())
_SILENT: Final = timedelta(seconds=12)  # after which the worker that had it is taken for dead
_WAITED: Final = timedelta(
    minutes=3
)  # for an answer, whatever was tried meanwhile; then the others have their turn
# Some fifteen tries fit into that time. The time-skipping server has once lost its end, and tried for days:
# a number ends it too.
_BOUNDED: Final = replace(PATIENT, maximum_attempts=20)
_NO_ANSWER: Final = frozenset({RetryState.TIMEOUT, RetryState.MAXIMUM_ATTEMPTS_REACHED})
_MINUTE: Final = timedelta(minutes=1)
# Between tries of what no provider took: some two hours, over which an outage is bridged, and then an end.
_PAUSES: Final = (_MINUTE / 4, _MINUTE / 2, *(_MINUTE * n for n in (1, 2, 4, 8, 15, 30, 60)))
_MOST_LOOKS: Final = 100  # signals that are followed by a look; a stranger can send as many as it likes


@dataclass(slots=True)
class _Turn:
    """A rung that is to be taken, or taken again, at an instant."""

    at: datetime
    ordinal: int
    rung: CallRung
    tries: int = 0


@workflow.defn(name="Call")
class CallWorkflow:
    """Carries one notice to whoever must hear it (DD-33);
    whether it was heard stands in the inbox, and only there.

    A signal says no more than that it may be worth looking: who sends it need not be believed.
    """

    @workflow.init
    def __init__(self, call: CallInput | None = None) -> None:
        self._call = call
        self._looks = 0  # asked for and not taken
        self._checks = 0
        self._turns: list[_Turn] = []

    @workflow.run
    async def run(self, call: CallInput | None = None) -> None:
        """Take each rung at its instant, again where no provider took the message,
        and end when it was heard or nobody is left.
        """
        if call is None or is_strange(call):
            self._alarm_of("start")
            raise ApplicationError("strange", type="strange", non_retryable=True)
        self._turns = [_Turn(rung.at, ordinal, rung) for ordinal, rung in enumerate(rungs(call.call))]
        while self._turns:
            turn = min(self._turns, key=lambda one: (one.at, one.ordinal))
            if not await self._is_due(turn):
                self._looks = 0
                if (answer := await self._look(call)) is not None and answer.is_heard:
                    self._heard()
            elif (at := not_before(call.call, turn.rung, workflow.now())) > workflow.now():
                turn.at = at  # nobody worked on it while it was day
            else:
                self._turns.remove(turn)
                self._take(call, turn, await self._reach(call, turn))

    @workflow.signal
    def heard(self, _: RawValue = _NOTHING) -> None:
        """Somebody may have acknowledged the notice: look."""
        self._checks += 1
        if self._checks <= _MOST_LOOKS:
            self._looks += 1

    async def _is_due(self, turn: _Turn) -> bool:
        """Wait for a turn; False where it is worth looking before."""
        left = turn.at - workflow.now()
        if left > timedelta(0) and not self._looks:
            try:
                await workflow.wait_condition(
                    lambda: bool(self._looks), timeout=left, timeout_summary=f"rung {turn.ordinal}"
                )
            except TimeoutError:
                return True
        return not self._looks

    def _take(self, call: CallInput, turn: _Turn, answer: Reached | None) -> None:
        """What follows from what came of a turn: nobody else is called, or the same again after a pause.

        None where no answer came, which is as if nobody had been reached.
        """
        if answer is not None and answer.is_over:
            self._turns = []
            return
        is_heard = answer is not None and answer.is_heard
        if is_heard:
            self._heard()
        has_failed = answer is None or answer.failed > 0
        if has_failed and turn.tries < len(_PAUSES) and not (is_heard and turn.rung.unread_only):
            at = not_before(call.call, turn.rung, workflow.now() + _PAUSES[turn.tries])
            self._turns.append(_Turn(at, turn.ordinal, turn.rung, turn.tries + 1))

    def _heard(self) -> None:
        """Whoever was to hear of it only while it was unread is not called."""
        self._turns = [turn for turn in self._turns if not turn.rung.unread_only]

    async def _reach(self, call: CallInput, turn: _Turn) -> Reached | None:
        hearers = tuple(hearer.value for hearer in turn.rung.hearers)
        rung = ReachInput(
            notice=call, ordinal=turn.ordinal, hearers=hearers, unread_only=turn.rung.unread_only
        )
        handle = workflow.start_activity_method(
            CallPlacer.reach,
            rung,
            task_queue=calls_queue(workflow.info().task_queue),
            schedule_to_close_timeout=_WAITED,
            start_to_close_timeout=REACH,
            heartbeat_timeout=_SILENT,
            retry_policy=_BOUNDED,
            summary=f"rung {turn.ordinal}: {', '.join(hearers)}",
        )
        return await self._own(handle, turn.ordinal)

    async def _look(self, call: CallInput) -> Reached | None:
        handle = workflow.start_activity_method(
            CallPlacer.look,
            call,
            schedule_to_close_timeout=_WAITED,
            start_to_close_timeout=WRITE,
            retry_policy=_BOUNDED,
        )
        return await self._own(handle, -1)

    async def _own(self, handle: workflow.ActivityHandle[Reached], ordinal: int) -> Reached | None:
        """What the house answered; None where no answer came in time, or a stranger answered,
        or failed the activity, for it.
        """
        try:
            answer: object = await handle
        except ActivityError as error:
            if error.retry_state not in _NO_ANSWER:
                self._alarm_of("activity")
            return None
        if isinstance(answer, Reached) and answer.ordinal == ordinal:
            return answer
        self._alarm_of("activity")
        return None

    def _alarm_of(self, what: str) -> None:
        if not workflow.unsafe.is_replaying():
            INTRUSIONS.note(workflow.info().workflow_id, what)
