"""The union of the effects: a further kind is a folder beside these, and its name in `Effect`."""

from typing import Final, get_args

from activities.effects.archive.effect import ArchiveEffect
from activities.effects.deliver.effect import Deliver
from domain.case.state import Incident
from domain.catalogue import Decision

Effect = Deliver | ArchiveEffect
KINDS: Final[tuple[type[Effect], ...]] = get_args(Effect)


def brought(incident: Incident, decision: Decision) -> tuple[Effect, ...]:
    """What a decision brings about, `incident` being the case after it, in the order of the union."""
    return tuple(effect for kind in KINDS for effect in kind.brought(incident, decision))


def left_by(run_id: str) -> tuple[Effect, ...]:
    """What a run that goes on anew leaves to the next to bring about."""
    return tuple(effect for kind in KINDS for effect in kind.left_by(run_id))
