"""What each person could have done at a state: the posts of the units that were concerned,
and who acted in the case.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from domain.case.state import Incident
from domain.open_steps import open_to
from domain.terms.roles import Actor, Role
from words.cards import unit_name
from words.labels import label, word
from words.language import say
from words.wording import listed

_POSTS: Final = (Role.MONITOR, Role.HANDLER, Role.DEPUTY_LEADER, Role.PRINCIPAL_LEADER)
_UNITS: Final = 12  # a page has room for


@dataclass(frozen=True, slots=True, kw_only=True)
class Could:
    """Who, and the steps that were open: persons of one post to whom the same was open stand together,
    others by themselves.
    """

    unit: str
    post: str
    people: str
    count: int
    steps: str


def could(incident: Incident, people: Iterable[Actor]) -> tuple[Could, ...]:
    """What was open to whom; those to whom nothing was are left out.

    `people` are those who act in the case at any time.
    """
    groups: dict[tuple[str, Role, tuple[str, ...]], list[str]] = {}
    everybody = [*people, *(Actor(person="", role=role, unit=unit) for unit, role in _posts(incident))]
    for actor in sorted(everybody, key=lambda one: (one.unit, one.role, one.person)):
        if steps := open_to(incident, actor):
            groups.setdefault((actor.unit, actor.role, steps), []).append(actor.person)
    return tuple(
        Could(
            unit=unit_name(incident.law, unit),
            post=word(role),
            people=_names(persons),
            count=len(steps),
            steps=listed(label("commands", kind).here for kind in steps),
        )
        for (unit, role, steps), persons in groups.items()
    )


def _posts(incident: Incident) -> Iterable[tuple[str, Role]]:
    """The posts of the units that had a part in the case by then."""
    peers = (item.peer for item in incident.verifications)
    owing = (obligation.unit for obligation in incident.obligations if obligation.unit)
    units = dict.fromkeys(
        (incident.coordinating_office, incident.receiving_office, *incident.responders, *peers, *owing)
    )
    for unit in list(units)[:_UNITS]:
        yield from ((unit, post) for post in _POSTS)
    yield incident.law.offices.office, Role.CITY_LEADER


def _names(persons: Iterable[str]) -> str:
    """The persons who are known by name; the post itself stands for all others."""
    people = [person for person in persons if person]
    others = say("任此岗位者") if "" in persons else ""
    return listed((*people, *([others] if others else [])))
