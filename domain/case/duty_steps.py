"""值班授权: what somebody on duty decided with effect at once,
until a leader confirms or changes it (DD-43).
"""

from dataclasses import dataclass
from datetime import datetime

from domain.terms.vocabulary import DutyMatter


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyStep:
    """What stands by night authority: the matter, since when, by whom,
    and by when a leader is to have confirmed it.

    `paper` is the order that was signed, empty for the other matters.
    Of several steps in one matter the last stands, due for confirmation when the first was.
    """

    matter: DutyMatter
    at: datetime
    person: str
    confirm_by: datetime
    paper: str = ""

    @property
    def name(self) -> str:
        """By what a command names it: the paper, or the matter."""
        return self.paper or self.matter
