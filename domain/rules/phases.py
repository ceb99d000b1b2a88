"""舆情阶段: where the course of an opinion stands by its counts, 潜伏、形成、爆发、消退 (一(四)#2, R118)."""

from datetime import datetime
from enum import StrEnum

from domain.case.state import Incident
from domain.law.levels import LevelBasis, suggest_level
from domain.rules.cooling import FEW
from domain.rules.heat import heat_is_down
from domain.terms.vocabulary import WarningLevel


class OpinionPhase(StrEnum):
    """The four phases in their order; an opinion may flare up again."""

    LATENT = "latent"
    FORMING = "forming"
    OUTBREAK = "outbreak"
    FADING = "fading"


def phase(incident: Incident, at: datetime) -> OpinionPhase | None:
    """The phase as the latest count by then tells it; None where nobody has counted.

    1. Fewer than 20 posts: latent.
    2. New posts of the day up to that count under a fifth of those of the hottest day (DD-34): fading.
    3. Counts that alone call for L3 or above: an outbreak; else it is forming.
    """
    counts = tuple(taken for taken in incident.metrics if taken.at <= at)
    latest = max(counts, key=lambda taken: (taken.at, taken.posts), default=None)
    if latest is None:
        return None
    if latest.posts < FEW:
        return OpinionPhase.LATENT
    limits = incident.law.limits
    if heat_is_down(counts, latest.at, window=limits.heat_window, percent=limits.heat_percent):
        return OpinionPhase.FADING
    called = suggest_level(incident.law, LevelBasis(metrics=latest)).level
    grave = called.rank >= WarningLevel.COMPLEX_SENSITIVE.rank
    return OpinionPhase.OUTBREAK if grave else OpinionPhase.FORMING
