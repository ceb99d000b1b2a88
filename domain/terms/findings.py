"""What was read out of the texts of a command before it was given: findings, never the texts themselves."""

from dataclasses import dataclass
from enum import StrEnum


class PersonalDataKind(StrEnum):
    """What kind of personal data was found."""

    NAME = "name"
    ID_NUMBER = "id_number"
    MOBILE_NUMBER = "mobile_number"
    BANK_CARD = "bank_card"
    LICENCE_PLATE = "licence_plate"
    EMAIL = "email"
    SOCIAL_ACCOUNT = "social_account"
    HOME_ADDRESS = "home_address"
    SCHOOL_CLASS = "school_class"  # it leads to a minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Where something was found, without the text itself: the field, and from which character how many."""

    kind: PersonalDataKind
    field: str
    start: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A figure, a time or a conclusion that a text states: about what, from how much to how much (`high` where it is vague), where.

    `about` is a class of subjects, `conclusion` or `occurred`; a conclusion's `low` is its verdict, a time's its parts.
    """

    about: str
    low: str
    high: str = ""
    unit: str = ""
    field: str = ""
    start: int = 0
    length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reader found in the texts of a command, read once, where the command is given; rules judge this alone.

    `reader` is the version that read: cases of an earlier edition keep theirs. `findings` are bounded, `more` counts
    those beyond. A draft that goes out was read against the expressions of the first `points` versions of the talking
    points, and speaks against those named in `against`. `facts` are what a draft states, bounded as well (DD-41).
    """

    reader: int
    findings: tuple[Finding, ...] = ()
    more: int = 0
    points: int = 0
    against: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
