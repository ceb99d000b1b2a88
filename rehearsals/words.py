"""Words of a rehearsal: units by code or name, enumerations by identifier,
short form or Chinese name, actors.
"""

from enum import StrEnum
from functools import cache

from yaml.nodes import Node

from domain.law.regulation import Law
from domain.terms.roles import Actor, Role
from domain.terms.vocabulary import KeyCategory, WarningLevel
from rehearsals.source import Faulty, place, text, unknown
from words.labels import label_of

_NUMBERED: dict[type[StrEnum], str] = {WarningLevel: "L", KeyCategory: "K"}
_ACTOR_PARTS = (2, 3)


@cache
def spellings(words: type[StrEnum]) -> dict[str, StrEnum]:
    """Every way to write a member: its identifier, L1 to L4 or K1 to K6,
    and the Chinese name of the one table.
    """
    codes: dict[str, StrEnum] = {}
    for number, member in enumerate(words, start=1):
        if (letter := _NUMBERED.get(words)) is not None:
            codes[f"{letter}{number}"] = member
        codes.setdefault(label_of(member).zh, member)
    return {**codes, **{member.value: member for member in words}}


def read_word(node: Node, words: type[StrEnum]) -> StrEnum:
    """The member that is written. Raises Faulty for an unknown word, with the nearest known one."""
    known = spellings(words)
    written = text(node).strip()
    if (member := known.get(written)) is not None:
        return member
    raise unknown(place(node), f"取值（{words.__name__}）", f"value of {words.__name__}", written, known)


def read_unit(node: Node, law: Law) -> str:
    """The code of a unit written by code or by name.

    Raises Faulty for one that the regulation does not know.
    """
    return _unit(node, text(node).strip(), law)


def _unit(node: Node, written: str, law: Law) -> str:
    known = {**{unit.name: unit.code for unit in law.units}, **{unit.code: unit.code for unit in law.units}}
    if written not in known:
        raise unknown(place(node), "单位", "unit", written, known)
    return known[written]


def read_actor(node: Node, law: Law) -> Actor:
    """Who acts: `unit/role` or `unit/role/person`; without a person one stands for the unit and role."""
    parts = [part.strip() for part in text(node).split("/")]
    if len(parts) not in _ACTOR_PARTS or not all(parts):
        raise Faulty(
            place(node), "写作“单位/角色”或“单位/角色/人员”。", "Write unit/role, or unit/role/person."
        )
    unit = _unit(node, parts[0], law)
    roles = spellings(Role)
    if parts[1] not in roles:
        raise unknown(place(node), "角色", "role", parts[1], roles)
    role = Role(roles[parts[1]])
    return Actor(
        person=parts[2] if len(parts) > len(("unit", "role")) else f"{unit}-{role}", role=role, unit=unit
    )


def unit_name(law: Law, code: str) -> str:
    """The name of a unit, or the code as it is where the regulation does not know it."""
    return next((unit.name for unit in law.units if unit.code == code), code)
