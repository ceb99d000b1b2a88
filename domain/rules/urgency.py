"""Which obligation comes first: the one order that case, board, wall, desk,
brief and feeds go by (`practice.md` 3.7, DD-25).
"""

from datetime import datetime
from typing import Final

from domain.case.obligations import BESIDE_KINDS, Obligation, Status
from domain.case.state import ACCOUNT_KINDS, Incident
from domain.law.obligation_kinds import kinds_that

_REPLACING: Final = frozenset(kinds_that(lambda rule: rule.replaces))
ANSWERING: Final = ACCOUNT_KINDS | _REPLACING
"""What the public or a superior waits for: answers,
and what takes the place of one that was withdrawn or mistaken.
"""

_TARGETS: Final = frozenset(kinds_that(lambda rule: rule.internal))


def ranked(incident: Incident) -> tuple[Obligation, ...]:
    """What is owed, the most urgent first: what is breached, then answers and what replaces one,
    then the others, each by due instant.

    Verification and countersign hold nothing up and stand last (DD-25, DD-40). Advice and internal targets
    are nobody's ball; of advice only a replacement that is still awaited, for without it the answer counts as
    never given (DD-13). Of a closed case only what replaces a text is still awaited, of an archived one
    nothing.
    """
    if incident.archived_at is not None:
        return ()
    is_closed = incident.closed_at is not None
    owed = (
        obligation
        for obligation in incident.obligations
        if _is_awaited(obligation) and (obligation.kind in _REPLACING or not is_closed)
    )
    return tuple(sorted(owed, key=_rank))


def answer_due_at(incident: Incident) -> datetime | None:
    """When the first answer that is owed, or what replaces one, is due on the clock of the case;
    None where none is.
    """
    return min(
        (obligation.due_at for obligation in ranked(incident) if obligation.kind in ANSWERING), default=None
    )


def _is_awaited(obligation: Obligation) -> bool:
    if not obligation.is_owed or obligation.status is Status.PASSED or obligation.kind in _TARGETS:
        return False
    return not obligation.advisory or obligation.kind in _REPLACING


def _rank(obligation: Obligation) -> tuple[bool, bool, bool, datetime, str]:
    return (
        obligation.kind in BESIDE_KINDS,
        obligation.status is not Status.BREACHED,
        obligation.kind not in ANSWERING,
        obligation.due_at,
        obligation.id,
    )
