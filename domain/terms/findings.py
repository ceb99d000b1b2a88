"""What was read out of the texts of a command before it was given: findings, never the texts themselves."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


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
    FAMILY_FACT = (
        "family_fact"  # this and the next two: of a minor, patient or victim who can be recognised (DD-36)
    )
    HEALTH_FACT = "health_fact"
    ORIGIN_FACT = "origin_fact"


# What is told of a person who is known by something else in the text, and leads to nobody by itself.
FACTS_OF_A_PERSON: Final = frozenset(
    {PersonalDataKind.FAMILY_FACT, PersonalDataKind.HEALTH_FACT, PersonalDataKind.ORIGIN_FACT}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Where something was found, without the text itself: the field, and from which character how many."""

    kind: PersonalDataKind
    field: str
    start: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A figure, a time or a conclusion that a text states:
    about what, from how much to how much (`high` where it is vague), where.

    `about` is a class of subjects, `conclusion` or `occurred`;
    a conclusion's `low` is its verdict, a time's its parts, a person's or a place's the name.
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
    """What a reader found in the texts of a command, read once, where the command is given;
    rules judge this alone.

    `reader` is the version that read: cases of an earlier edition keep theirs. `findings` are bounded, `more`
    counts those beyond. A draft that goes out was read against the expressions of the first `points` versions
    of the talking points, and speaks against those named in `against`. `facts` are what a draft states,
    bounded as well (DD-41).
    """

    reader: int
    findings: tuple[Finding, ...] = ()
    more: int = 0
    points: int = 0
    against: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
