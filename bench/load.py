"""Callers that act one after the other for a given time, and what became of their acts."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from time import perf_counter

Act = Callable[[], Awaitable[str]]
DONE = "200"


@dataclass(slots=True, kw_only=True)
class Load:
    """What came of a load: seconds it took, each act's outcome,
    and the latencies in seconds of those that succeeded.
    """

    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many acts succeeded."""
        return self.outcomes[DONE]

    @property
    def rate(self) -> float:
        """Acts that succeeded, per second."""
        return self.done / self.seconds if self.seconds else 0.0

    @property
    def success(self) -> float:
        """The share of acts that succeeded, from 0 to 1."""
        total = self.outcomes.total()
        return self.done / total if total else 0.0

    @property
    def p50_milliseconds(self) -> float:
        """The median latency of those that succeeded."""
        return median(self.latencies) * 1e3 if self.latencies else float("nan")

    @property
    def p95_milliseconds(self) -> float:
        """The latency that 95 % of those that succeeded kept within."""
        if len(self.latencies) < 2:  # noqa: PLR2004  no quantile of a single value
            return self.p50_milliseconds
        return quantiles(self.latencies, n=20)[-1] * 1e3


async def drive(acts: Sequence[Act], seconds: float) -> Load:
    """Let each act be done over and over, all beside each other, for `seconds`;
    acts under way are finished and count.
    """
    load = Load()
    began = perf_counter()
    await asyncio.gather(*(_repeat(act, began + seconds, load) for act in acts))
    load.seconds = perf_counter() - began
    return load


async def _repeat(act: Act, until: float, load: Load) -> None:
    while (began := perf_counter()) < until:
        outcome = await act()
        load.outcomes[outcome] += 1
        if outcome == DONE:
            load.latencies.append(perf_counter() - began)
