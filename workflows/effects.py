"""The effects of one case: what its decisions bring about, sent in order and followed until it is done."""

from collections.abc import Callable, Iterable

from temporalio import workflow

from activities.effects.order import BEATS, EffectContext, EffectOrder
from activities.effects.union import Effect, brought
from domain.case.state import Incident
from domain.catalogue import Decision
from workflows.recording import PATIENT, Follow, is_done


class Effects:
    """What a case brings about and nobody has done yet. None waits for another, nor for the record.

    `follow` takes what is to be awaited by nobody; `intruded` is told where a stranger answered for one.
    """

    def __init__(self, carried: Iterable[Effect], follow: Follow, intruded: Callable[[str], None]) -> None:
        self._fresh: list[Effect] = list(carried)
        self._sent: list[Effect] = []
        self._follow = follow
        self._intruded = intruded

    def __bool__(self) -> bool:
        return bool(self._fresh or self._sent)

    @property
    def pending(self) -> tuple[Effect, ...]:
        """All that is not done, in the order in which it was brought about."""
        return (*self._sent, *self._fresh)

    def note(self, incident: Incident, decision: Decision) -> None:
        """What a decision brings is sent with it, `incident` being the case after it."""
        self._fresh += brought(incident, decision)

    def emit(self, standing: EffectContext) -> None:
        """Send what was noted, once; what has resolved is never asked."""
        fresh, self._fresh = self._fresh, []
        for effect in fresh:
            self._send(effect, standing)

    def _send(self, effect: Effect, standing: EffectContext) -> None:
        self._sent.append(effect)
        order = effect.order(standing)
        self._follow(self._done(effect, order, _start(order)))

    async def _done(
        self, effect: Effect, order: EffectOrder, handle: workflow.ActivityHandle[object]
    ) -> None:
        while not await is_done(handle, order.answer):
            self._intruded("activity")
            handle = _start(order)
        self._sent.remove(effect)


def _start(order: EffectOrder) -> workflow.ActivityHandle[object]:
    return workflow.start_activity(
        order.activity,
        order.argument,
        result_type=type(order.answer),
        start_to_close_timeout=order.within,
        heartbeat_timeout=BEATS,
        retry_policy=PATIENT,
        summary=order.summary,
    )
