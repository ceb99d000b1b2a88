"""The steps that are open to a person now, as the rules say, in the order of the process."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from domain.case.state import Incident
from domain.catalogue import COMMANDS
from domain.next_steps import next_commands
from domain.open_steps import open_to
from domain.terms.roles import Actor
from words.labels import label
from words.language import marked, say

_GROUPS: Final = (  # the rooms of the rules under the words of the office
    (marked("核实研判"), ("register", "verify", "judge", "screen", "amend", "mark")),
    (marked("交办协调"), ("assign", "sign", "coordinate", "consult", "transfer")),
    (marked("回应公布"), (
        "respond", "countersign", "privacy", "discrepancy", "reconcile", "publish", "reads", "report",
        "withdraw",
        "correct", "late_evidence",
    )),
    (marked("督办考评"), ("confirm_duty", "escalate", "instruct", "extension", "appraise", "accountability")),
    (marked("办结归档"), ("close", "retrospect")),
)  # fmt: skip
_MOST_LIKELY: Final = 3


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What a person may do: what the person most likely came for, and the rest in groups."""

    likely: tuple[Offer, ...]
    groups: tuple[OfferGroup, ...]
    rest: int


def offered(incident: Incident, actor: Actor | None, *, on_duty: bool = False) -> Offered:
    """What the actor may do with the case now, by the rota `on_duty` or not;
    a group without any is left out, and each step stands once.
    """
    steps = offers(incident, actor, on_duty=on_duty)
    is_short = len(steps) <= _MOST_LIKELY
    likely = steps if is_short or actor is None else _likely(incident, actor, steps, on_duty=on_duty)
    rest = tuple(offer for offer in steps if offer not in likely)
    grouped = (
        OfferGroup(name=say(name), offers=tuple(offer for offer in rest if offer.room in rooms))
        for name, rooms in _GROUPS
    )
    return Offered(likely=likely, groups=tuple(group for group in grouped if group.offers), rest=len(rest))


def _likely(
    incident: Incident, actor: Actor, steps: tuple[Offer, ...], *, on_duty: bool
) -> tuple[Offer, ...]:
    by_kind = {offer.kind: offer for offer in steps}
    return tuple(by_kind[kind] for kind in next_commands(incident, actor, on_duty=on_duty)[:_MOST_LIKELY])


def offers(incident: Incident, actor: Actor | None, *, on_duty: bool = False) -> tuple[Offer, ...]:
    """What the actor may do with the case now; none for a reader."""
    if actor is None:
        return ()
    return tuple(_offers(incident, actor, on_duty=on_duty))


def _offers(incident: Incident, actor: Actor, *, on_duty: bool) -> Iterable[Offer]:
    for kind in open_to(incident, actor, on_duty=on_duty):
        yield Offer(
            kind=kind,
            name=label("commands", kind).here,
            href=f"/incidents/{incident.incident_id}/do/{kind}",
            room=COMMANDS[kind].__module__.rpartition(".")[2],
        )
