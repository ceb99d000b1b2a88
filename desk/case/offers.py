"""The steps that are open to a person now, as the rules say, in the order of the process."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from domain.case.state import Incident
from domain.catalogue import COMMANDS
from domain.open_steps import open_to
from domain.terms.roles import Actor
from domain.terms.vocabulary import ObligationKind, Stage
from words.labels import label
from words.language import marked, say

_GROUPS: Final = (  # the rooms of the rules under the words of the office
    (marked("核实研判"), ("register", "verify", "judge", "screen", "amend", "mark")),
    (marked("交办协调"), ("assign", "sign", "coordinate", "consult", "transfer")),
    (marked("回应公布"), ("respond", "countersign", "privacy", "discrepancy", "reconcile", "publish", "report", "withdraw", "correct", "late_evidence")),
    (marked("督办考评"), ("escalate", "instruct", "extension", "appraise", "accountability")),
    (marked("办结归档"), ("close", "retrospect")),
)  # fmt: skip
_MOST_LIKELY: Final = 3
_ANSWER: Final = ("publish", "review_draft", "draft_response")
STEP_OF: Final = {  # the one step that does what a duty asks for
    ObligationKind.SIGN: "sign_for",
    ObligationKind.VERIFY: "answer_verification",
    ObligationKind.COUNTERSIGN: "countersign",
    ObligationKind.RECTIFY: "submit_rectification",
    ObligationKind.REPORT_UP: "report_up",
    ObligationKind.FORWARD: "issue_hint",
    ObligationKind.SUP_FB: "give_superior_feedback",
}
ANSWERED: Final = (  # what a text answers, in several steps, the last one in the process first
    ObligationKind.RESP48,
    ObligationKind.PUB24,
    ObligationKind.FOLLOW_UP,
    ObligationKind.CONT_UPD,
    ObligationKind.REPLACE,
    ObligationKind.CORRECT,
)
_STEPS_OF: Final = {**{duty: (step,) for duty, step in STEP_OF.items()}, **dict.fromkeys(ANSWERED, _ANSWER)}
_WAITING: Final = ("sign_issue", "review_draft", "publish", "review_late_evidence", "decide_tolerance")
_NEXT: Final = {
    Stage.REGISTERED: ("judge", "request_verification", "answer_verification"),
    Stage.VERIFYING: ("judge", "conclude"),
    Stage.JUDGED: ("assign", "conclude"),
    Stage.ASSIGNED: ("conclude", "draft_response"),
    Stage.HANDLING: ("conclude", "record_handling", "close"),
    Stage.NOT_OURS: ("archive",),
    Stage.CLOSED: ("archive", "record_retrospective"),
    Stage.ARCHIVED: (),
}
_DONE: Final[dict[str, Callable[[Incident], bool]]] = {  # what may be done again, but is not what comes next
    "conclude": lambda incident: incident.conclusion is not None,
    "record_handling": lambda incident: bool(incident.handling),
    "close": lambda incident: any(
        duty.is_owed and not duty.advisory and duty.kind is not ObligationKind.COUNTERSIGN
        for duty in incident.obligations
    ),
}


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


def offered(incident: Incident, actor: Actor | None) -> Offered:
    """What the actor may do with the case now; a group without any is left out, and each step stands once."""
    found = offers(incident, actor)
    likely = found if len(found) <= _MOST_LIKELY or actor is None else _likely(incident, actor, found)
    rest = tuple(offer for offer in found if offer not in likely)
    grouped = (
        OfferGroup(name=say(name), offers=tuple(offer for offer in rest if offer.room in rooms))
        for name, rooms in _GROUPS
    )
    return Offered(likely=likely, groups=tuple(group for group in grouped if group.offers), rest=len(rest))


def _likely(incident: Incident, actor: Actor, found: tuple[Offer, ...]) -> tuple[Offer, ...]:
    """What the actor's unit owes, by due instant; then texts and papers that wait; then what comes next in the process."""
    by_kind = {offer.kind: offer for offer in found}
    owed = sorted(
        (duty for duty in incident.obligations if duty.is_owed and not duty.advisory),
        key=lambda duty: duty.due_at,
    )
    wanted = [
        kind
        for duty in owed
        if (duty.unit or incident.receiving_office) == actor.unit
        for kind in _STEPS_OF.get(duty.kind, ())
    ]
    next_steps = (kind for kind in _NEXT[incident.stage] if kind not in _DONE or not _DONE[kind](incident))
    named = dict.fromkeys((*wanted, *_WAITING, *next_steps))
    return tuple(by_kind[kind] for kind in named if kind in by_kind)[:_MOST_LIKELY]


def offers(incident: Incident, actor: Actor | None) -> tuple[Offer, ...]:
    """What the actor may do with the case now; none for a reader."""
    if actor is None:
        return ()
    return tuple(_offers(incident, actor))


def _offers(incident: Incident, actor: Actor) -> Iterable[Offer]:
    for kind in open_to(incident, actor):
        yield Offer(
            kind=kind,
            name=label("commands", kind).here,
            href=f"/incidents/{incident.incident_id}/do/{kind}",
            room=COMMANDS[kind].__module__.rpartition(".")[2],
        )
