"""What became of each step: accepted, or refused and why; and whether that was expected."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rehearsals.comparing import Disagreement
from rehearsals.steps import RehearsalStep

ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOutcome:
    """A step as it went: `refused` is the reason, with its `detail`, or None when the step was accepted.

    `command_id` marks in the event log what an accepted step brought.
    """

    step: RehearsalStep
    command_id: str = ""
    refused: str | None = None
    detail: str = ""

    @property
    def agrees(self) -> bool:
        """Whether it went as the rehearsal says."""
        return self.refused == self.step.refused


def findings(outcomes: Sequence[StepOutcome]) -> Iterator[Disagreement]:
    """The steps that were to be refused, and those that went otherwise than expected."""
    for outcome in outcomes:
        if outcome.agrees and outcome.step.refused is None:
            continue
        answer = outcome.refused or ACCEPTED
        yield Disagreement(
            place=outcome.step.place,
            subject=f"{outcome.step.kind} · {outcome.step.actor.unit}",
            at=outcome.step.at,
            expected=outcome.step.refused or ACCEPTED,
            actual=answer if outcome.agrees or not outcome.detail else f"{answer} ({outcome.detail})",
            agrees=outcome.agrees,
        )
