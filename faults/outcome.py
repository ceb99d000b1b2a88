"""What a driver found: how often it tried, what went wrong, and what it saw on the way."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Say = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class Outcome:
    """The outcome of one driver; `worked` counts the operations that succeeded, of `tried`."""

    tried: int = 0
    worked: int = 0
    findings: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether enough succeeded for the outcome to say something."""
        return self.tried > 0 and self.worked >= 0.8 * self.tried


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a driver is asked for: so many times, from a seed on, in an empty folder."""

    times: int
    seed: int
    folder: Path
    say: Say
