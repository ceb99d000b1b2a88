"""黄牌、红牌: what a missed response shows of its unit,
read off the record and never stored (四3#2, R443).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from domain.case.obligations import RESPONSE_KINDS, Obligation, Status
from domain.case.state import Incident
from domain.terms.workdays import SHANGHAI

_MONTHS, _YEAR = 3, 12
_LAST = _YEAR - _MONTHS + 1  # October begins the last quarter


class CardColour(StrEnum):
    """Yellow at the breach, red when a day later there is still no answer (`practice.md` 3.7)."""

    YELLOW = "yellow_card"
    RED = "red_card"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card of a unit for one missed response, since `at`;
    `tolerated` marks that its deductions were waived.
    """

    colour: CardColour
    unit: str
    obligation: str
    at: datetime
    tolerated: bool


def cards(incident: Incident, at: datetime) -> Iterator[Card]:
    """The cards of a case as of `at`, one for each missed RESP48 or PUB24.

    A withdrawn breach and one that late evidence turned into on time have none; tolerance marks a card and
    does not take it. A unit named only after the due instant has none; before assignment the card is the
    office's. That a second breach in a quarter makes it red is known to the ledger alone.
    """
    for obligation in incident.obligations:
        card = coloured(obligation, at, incident.law.escalation.red_card_after)
        if card is not None:
            colour, given_at = card
            yield Card(
                colour=colour,
                unit=obligation.unit or incident.law.offices.office,
                obligation=obligation.id,
                at=given_at,
                tolerated=incident.oversight.tolerates(obligation.id),
            )


def coloured(
    obligation: Obligation, at: datetime, red_after: timedelta
) -> tuple[CardColour, datetime] | None:
    """The colour that an obligation alone gives as of `at`, and since when; None without a card."""
    if (
        obligation.kind not in RESPONSE_KINDS
        or not obligation.scored
        or obligation.status is not Status.BREACHED
    ):
        return None
    if obligation.breached_at is None or obligation.breached_at > at:
        return None
    reddens_at = obligation.breached_at + red_after
    ended_at = min(end for end in (obligation.fulfilled_at, obligation.superseded_at, at) if end is not None)
    if ended_at > reddens_at:
        return CardColour.RED, reddens_at
    return CardColour.YELLOW, obligation.breached_at


def quarter(at: datetime) -> tuple[datetime, datetime]:
    """The first instant of the quarter of `at` in Asia/Shanghai, and that of the next one."""
    local = at.astimezone(SHANGHAI)
    month = local.month - (local.month - 1) % _MONTHS
    first = datetime(local.year, month, 1, tzinfo=SHANGHAI)
    following = first.replace(year=local.year + month // _LAST, month=(month + _MONTHS - 1) % _YEAR + 1)
    return first.astimezone(UTC), following.astimezone(UTC)
