"""What screening left out or joined: excluded items, a voided registration,
merged duplicates (三(二)#2, R324, DD-16).
"""

from dataclasses import dataclass
from datetime import datetime

from domain.terms.free_texts import FreeText
from domain.terms.vocabulary import OtherHouse


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """An intake item that does not belong, by its place among the sources (counted from 1); it is kept."""

    item: int
    at: datetime
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Another incident: its id and its number."""

    incident: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentOn:
    """Where an item went that was not ours, who was told of it, and why (DD-44)."""

    house: OtherHouse
    destination: FreeText
    addressees: FreeText
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """What became of the items and of the registration itself;
    `voided` is the reason why it was a mistake.
    """

    excluded: tuple[Exclusion, ...] = ()
    voided: FreeText = ""
    merged_into: Linked | None = None
    absorbed: tuple[Linked, ...] = ()
    sent_on: SentOn | None = None

    @property
    def has_ended(self) -> bool:
        """Whether the case ended as void, as a duplicate or as not ours:
        it takes no more steps, and waits for its archiving.
        """
        return bool(self.voided) or self.merged_into is not None or self.sent_on is not None

    def excluded_by(self, at: datetime) -> frozenset[int]:
        """The numbers of the items excluded at or before an instant."""
        return frozenset(exclusion.item for exclusion in self.excluded if exclusion.at <= at)


NOT_SCREENED = Screening()
