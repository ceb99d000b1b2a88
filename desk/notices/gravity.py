"""Which notices are grave enough for every page, and are acknowledged one by one."""

from typing import Final

from domain.purposes import Purpose
from domain.terms.ids import Thing, is_obligation_of, is_paper_of, names
from domain.terms.vocabulary import ObligationKind, PaperKind

# What must not wait: a missed limit, an alarm, a leader's instruction, a superior's notice,
# the rungs of the ladder.
_GRAVE: Final = frozenset(
    {Purpose.BREACH, Purpose.ALARM, Purpose.INSTRUCTED, Purpose.REOPENED, Purpose.ERROR_KNOWN}
)
_LADDER: Final = (PaperKind.SUPERVISION_ORDER, PaperKind.CIRCULATED_CRITICISM, PaperKind.ADMONITORY_TALK)
_OF_SUPERIORS: Final = (ObligationKind.FORWARD, ObligationKind.SUP_FB)


def is_grave(purpose: Purpose, subject: str) -> bool:
    """Whether every page says that the notice waits: breaches and alarms, instructions,
    superiors, the ladder.
    """
    if purpose is Purpose.PAPER_ISSUED:
        return is_paper_of(subject, *_LADDER)
    if purpose in {Purpose.COORDINATE, Purpose.TO_DO}:
        return names(subject, Thing.NOTICE) or is_obligation_of(subject, *_OF_SUPERIORS)
    return purpose in _GRAVE
