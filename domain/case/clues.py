"""Clues: one concrete act each, on whose word it was transferred,
and what its receiver made of it (三(六)#3, R386).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.case.records import Evidence
from domain.terms.free_texts import FreeText
from domain.terms.roles import Actor


class ClueNature(StrEnum):
    """What an act is thought to be; the last three are rights of the citizen,
    and never a clue (宪法 Art. 41).
    """

    SUSPECTED_CRIME = "suspected_crime"
    ADMINISTRATIVE_OFFENCE = "administrative_offence"
    FABRICATED_RUMOUR = "fabricated_rumour"
    CRITICISM = "criticism"
    COMPLAINT = "complaint"
    PETITION = "petition"


RIGHTS = frozenset({ClueNature.CRITICISM, ClueNature.COMPLAINT, ClueNature.PETITION})


class ClueSide(StrEnum):
    """For whom a leader signs: the unit that transfers it, or the one that coordinates."""

    PROPOSING = "proposing"
    COORDINATING = "coordinating"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClueSignature:
    """One of the two signatures."""

    at: datetime
    by: Actor
    side: ClueSide


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """One suspected unlawful act: it names no person, and goes to its receiver with the second signature.

    `by_outsider` states that the act is not that of a unit of the incident,
    so that an accountable unit may receive it.
    """

    id: str
    nature: ClueNature
    act: str
    legal_basis: FreeText
    evidence: tuple[Evidence, ...]
    receiver: str
    by_outsider: bool
    unit: str
    proposed_at: datetime
    signatures: tuple[ClueSignature, ...] = ()
    declined_at: datetime | None = None
    transferred_at: datetime | None = None
    acknowledged_at: datetime | None = None
    receipt: str = ""
    result: FreeText = ""

    @property
    def is_pending(self) -> bool:
        """Whether it still waits for signatures."""
        return self.transferred_at is None and self.declined_at is None

    @property
    def lacks_receipt(self) -> bool:
        """Whether it went out and its receiver has not confirmed it."""
        return self.transferred_at is not None and self.acknowledged_at is None
