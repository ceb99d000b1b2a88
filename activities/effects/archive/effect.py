"""The history of a run that went on anew, to be kept before the server's retention removes it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, Self

from activities.effects.order import EffectContext, EffectOrder
from domain.case.state import Incident
from domain.catalogue import Decision

_WITHIN: Final = timedelta(seconds=60)  # a long history is read, and written


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveInput:
    """A run of a case that has closed."""

    incident_id: str
    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveEffect:
    """A run that has closed. The last run of a case has no next one to order it: the sweep keeps that."""

    kind: Literal["archive"] = "archive"
    run_id: str

    @classmethod
    def brought(cls, incident: Incident, decision: Decision) -> tuple[Self, ...]:  # noqa: ARG003  as every kind of the union
        """Nothing: while a run goes on, its last event does not exist."""
        return ()

    @classmethod
    def left_by(cls, run_id: str) -> tuple[Self, ...]:
        """The run itself, whole once the next one has begun."""
        return (cls(run_id=run_id),)

    def order(self, standing: EffectContext) -> EffectOrder:
        """The activity that keeps the history of the run."""
        return EffectOrder(
            activity="archive",
            argument=ArchiveInput(incident_id=standing.incident.incident_id, run_id=self.run_id),
            answer=self.run_id,
            summary="the history of the run before",
            within=_WITHIN,
        )
