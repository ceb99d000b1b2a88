"""People in their offices: roles, the actor of a deed, and the standing that a command asks for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.terms.findings import Reading

BY_TOKEN: Final = "token:"  # noqa: S105  how the mark of a step begins that was given with a token


class Role(StrEnum):
    """Roles of `practice.md` 3.1; the unit, not the role, says for whom a person acts."""

    MONITOR = "monitor"
    HANDLER = "handler"
    DEPUTY_LEADER = "deputy_leader"
    PRINCIPAL_LEADER = "principal_leader"
    SPOKESPERSON = "spokesperson"
    CITY_LEADER = "city_leader"
    AUDITOR = "auditor"


STAFF = frozenset({Role.MONITOR, Role.HANDLER, Role.SPOKESPERSON, Role.DEPUTY_LEADER, Role.PRINCIPAL_LEADER})
HANDLERS = frozenset({Role.HANDLER, Role.SPOKESPERSON, Role.DEPUTY_LEADER, Role.PRINCIPAL_LEADER})
LEADERS = frozenset({Role.DEPUTY_LEADER, Role.PRINCIPAL_LEADER})
DECIDING = LEADERS | {Role.CITY_LEADER}  # whose decision nobody confirms (DD-43)


class Standing(StrEnum):
    """In what relation to the incident a unit must stand to take a step."""

    ANY_UNIT = "any_unit"
    OFFICE = "office"  # 市政府办公室, or who decides in its place
    RECEIVING = "receiving"  # 市政府办公室, where it is the subject too (DD-21)
    CYBERSPACE_OFFICE = "cyberspace_office"  # 网信办
    PUBLICITY_DEPARTMENT = "publicity_department"  # 宣传部
    LEAD = "lead"  # 牵头单位
    REGISTRANT = "registrant"
    INVOLVED = "involved"
    PEER = "peer"  # asked to verify
    RESPONDER = "responder"
    FORMER_RESPONDER = "former_responder"  # records what it had published while it answered
    ASKED_TO_SIGN = "asked_to_sign"  # has yet to sign for what it was sent (DD-37)
    ADDRESSEE = "addressee"  # owes the deed that the command performs; each step checks which
    MEDIA_CENTER = "media_center"
    CONSULTED = "consulted"  # member of a joint consultation, or given a task by one
    CLUE_PROPOSER = "clue_proposer"
    CLUE_RECEIVER = "clue_receiver"  # a clue was transferred to it


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: a person's identifier, the role acted in, and the code of the unit acted for."""

    person: str
    role: Role
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """The circumstances of a command: who, and as of which instant it is judged (whole seconds, UTC).

    `reading` is what was read out of its texts; None for a command that holds its texts itself.
    `on_duty` says that the actor was on duty for the own unit by the rota.
    """

    actor: Actor
    at: datetime
    reading: Reading | None = None
    on_duty: bool = False
