"""What every event and every command has in common."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from domain.law.editions import Switch
from domain.terms.roles import Actor, Role, Standing
from domain.terms.vocabulary import DutyMatter, Stage

UNTIL_ARCHIVED = frozenset(Stage) - {Stage.NOT_OURS, Stage.ARCHIVED}
WHILE_OPEN = UNTIL_ARCHIVED - {Stage.CLOSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact of a case: `at` is when it happened in the world or fell due;
    `by` is who did it, None for the rules.

    When it was recorded stands with the decision that holds it.
    """

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012  read by the edges; a plain attribute, not a field

    at: datetime
    by: Actor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A step that a person asks for.

    Each class says which roles, of units in which standing, may ask, and when.

    One that is `allowed_for_corrections` stays open, even after the close, to a unit that owes a replacement
    or a correction (DD-13, DD-15), by the switch `corrections_switch` where it has one. `duty_matter` is
    what the duty officer of 市政府办公室 decides by it (DD-43).
    """

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012  see Event

    roles: ClassVar[frozenset[Role]]
    standings: ClassVar[frozenset[Standing]]
    stages: ClassVar[frozenset[Stage]] = WHILE_OPEN
    allowed_for_corrections: ClassVar[bool] = False
    corrections_switch: ClassVar[Switch | None] = None
    duty_matter: ClassVar[DutyMatter | None] = None
    clause: ClassVar[str]
