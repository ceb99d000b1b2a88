"""One figure of a run against its target."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchFigure:
    """One figure of the quality page; `counts` tells whether enough succeeded and the verifier
    found nothing.
    """

    id: str
    what: str
    value: float
    unit: str
    target: float
    at_least: bool
    taken: str
    counts: bool = True

    @property
    def reached(self) -> bool:
        """Whether the target is reached."""
        return self.value >= self.target if self.at_least else self.value <= self.target
