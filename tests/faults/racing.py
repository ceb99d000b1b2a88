"""A conductor with a race: one effect at a time,
so that the next is sent when the one before has resolved.
"""

from temporalio import workflow

from activities.effects.order import EffectContext, EffectOrder
from activities.effects.union import Effect
from workflows.effects import Effects
from workflows.incident import NOBODYS, IncidentWorkflow
from workflows.payloads import CaseInput


class OneByOne(Effects):
    """Whether it sends something hangs on what has resolved."""

    _waiting: list[tuple[Effect, EffectContext]]

    def _send(self, effect: Effect, standing: EffectContext) -> None:
        if self._sent:
            self._waiting = [*getattr(self, "_waiting", []), (effect, standing)]
        else:
            super()._send(effect, standing)

    async def _done(
        self, effect: Effect, order: EffectOrder, handle: workflow.ActivityHandle[object]
    ) -> None:
        await super()._done(effect, order, handle)
        if waiting := getattr(self, "_waiting", []):
            super()._send(*waiting.pop(0))


@workflow.defn(name="Incident")
class Racing(IncidentWorkflow):
    """The engine cuts differently live and on replay what hangs on what has resolved."""

    @workflow.init
    def __init__(self, case: CaseInput = NOBODYS) -> None:
        super().__init__(case)
        noted = self._effects.pending
        self._effects = OneByOne(noted, self._follow, self._intruded)

    @workflow.run
    async def run(self, case: CaseInput = NOBODYS) -> None:
        await super().run(case)
