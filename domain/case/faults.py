"""Errors of one's own in what was published: which publication, since when it is known,
and what is wrong (DD-15).
"""

from dataclasses import dataclass
from datetime import datetime

from domain.terms.free_texts import FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedError:
    """An error on record; `known_at` is when it became known, by command or by withdrawal,
    never inferred (DD-15).
    """

    id: str
    publication: str
    known_at: datetime
    finding: FreeText
