"""The steps that are open to a person now, as the rules say, in the order of the process."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from api.desk.options import nothing_to_name
from api.labels import label
from api.language import marked, say
from domain.case.state import Incident
from domain.catalogue import COMMANDS
from domain.rules.permissions import may
from domain.terms.roles import Actor

_GROUPS: Final = (  # the rooms of the rules under the words of the office
    (marked("核实研判"), ("register", "verify", "judge", "screen", "amend")),
    (marked("交办协调"), ("assign", "sign", "coordinate", "consult", "transfer")),
    (marked("回应公布"), ("respond", "privacy", "reconcile", "publish", "report", "withdraw", "correct", "late_evidence")),
    (marked("督办考评"), ("escalate", "instruct", "extension", "appraise", "accountability")),
    (marked("办结归档"), ("close", "retrospect")),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A step to take: its kind, its name and the room of the rules that it belongs to."""

    kind: str
    name: str
    href: str
    room: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferGroup:
    """Steps that belong together."""

    name: str
    offers: tuple[Offer, ...]


def offer_groups(incident: Incident, actor: Actor | None) -> tuple[OfferGroup, ...]:
    """What the actor may do with the case now, in groups; a group without any is left out."""
    found = offers(incident, actor)
    grouped = (
        OfferGroup(name=say(name), offers=tuple(offer for offer in found if offer.room in rooms))
        for name, rooms in _GROUPS
    )
    return tuple(group for group in grouped if group.offers)


def offers(incident: Incident, actor: Actor | None) -> tuple[Offer, ...]:
    """What the actor may do with the case now; none for a reader."""
    if actor is None:
        return ()
    return tuple(_offers(incident, actor))


def _offers(incident: Incident, actor: Actor) -> Iterable[Offer]:
    for kind, command in COMMANDS.items():
        blank: Any = command  # role, standing and stage are asked of the class alone
        if kind == "register" or may(actor, blank, incident, incident.law) is not None:
            continue
        if not nothing_to_name(kind, incident, actor):
            yield Offer(
                kind=kind,
                name=label("commands", kind).here,
                href=f"/incidents/{incident.incident_id}/do/{kind}",
                room=command.__module__.rpartition(".")[2],
            )
