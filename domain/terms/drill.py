"""The clock of a rehearsal: the real thing, faster and in another time."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillClock:
    """A rehearsal's time (R423): at the real instant `epoch` the case's clock showed `origin`;
    it runs `scale` times as fast.
    """

    epoch: datetime
    origin: datetime
    scale: float

    def shown(self, real: datetime) -> datetime:
        """What the case's clock shows at a real instant."""
        return self.origin + (real - self.epoch) * self.scale

    def real(self, clock: datetime) -> datetime:
        """The real instant at which the case's clock shows `shown`."""
        return self.epoch + (clock - self.origin) / self.scale
