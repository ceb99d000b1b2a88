"""What comes next for somebody: what the unit owes, what waits in the case, and the next step of the process.

One answer for API and pages. Nothing is named here that is not open to the person (`domain/open_steps.py`).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from domain.case.obligations import RESPONSE_KINDS, Obligation
from domain.case.records import Draft
from domain.case.state import Incident
from domain.law.obligation_kinds import KIND_RULES, kinds_that
from domain.nameable import nameable
from domain.open_steps import why_closed
from domain.rules.rewriting import FROM, is_superseded, to_rewrite
from domain.steps.instruct import instruction_owed
from domain.terms.roles import Actor, Role
from domain.terms.vocabulary import ObligationKind, Stage

STEP_OF: Final = {kind: rule.answered_by for kind, rule in KIND_RULES.items() if rule.answered_by}
ANSWERED: Final = kinds_that(lambda rule: rule.by_text)
_TEXT: Final = ("publish", "review_draft", "draft_response")  # the last one in the process first
_STEPS_OF: Final = {**{kind: (step,) for kind, step in STEP_OF.items()}, **dict.fromkeys(ANSWERED, _TEXT)}
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
# Each names one thing of the case by a field, and each thing waits by itself.
APPROVED: Final = {
    "review_draft": "draft",
    "sign_issue": "paper",
    "approve_talking_points": "conflicts",
    "sign_clue": "clue",
    "confirm_duty_steps": "steps",
    "decide_tolerance": "obligation",
    "review_late_evidence": "obligation",
}
HANDLED: Final = {
    "publish": "draft",
    "countersign": "draft",
    "complete_task": "task",
    "acknowledge_clue": "clue",
    "clear_personal_data": "draft",
    "clear_discrepancies": "draft",
}
REWRITTEN: Final = "draft_response"  # by which a text that came back is written anew
# What an answer waits for; papers, clues and tasks have limits of their own, or none.
_SERVING: Final = frozenset(
    {
        "judge",
        "assign",
        "conclude",
        REWRITTEN,
        "review_draft",
        "publish",
        "countersign",
        "clear_personal_data",
        "clear_discrepancies",
        "approve_talking_points",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing that waits for somebody in a case, without a limit of its own.

    `command` is the step to take. `field`, `name` and `thing` say what it is about, as a command names it,
    a new text the one that it is written after: empty where the case itself waits.
    """

    command: str
    field: str = ""
    name: str = ""
    thing: object = None
    is_approval: bool = False

    @property
    def serves_answer(self) -> bool:
        """Whether an answer that is owed waits for this."""
        return self.command in _SERVING


def next_commands(incident: Incident, actor: Actor, *, on_duty: bool = False) -> tuple[str, ...]:
    """What comes next for somebody, on duty by the rota or not, the most likely first; each of these is open.

    1. What the unit owes, by due instant.
    2. Texts and papers that wait.
    3. The next step of the process, unless it is done.
    """
    owed = sorted(
        (obligation for obligation in incident.obligations if obligation.is_owed and not obligation.advisory),
        key=lambda obligation: obligation.due_at,
    )
    wanted = [
        kind
        for obligation in owed
        if (obligation.unit or incident.receiving_office) == actor.unit
        for kind in _STEPS_OF.get(obligation.kind, ())
    ]
    following = (kind for kind in _NEXT[incident.stage] if kind not in _DONE or not _DONE[kind](incident))
    return _open((*wanted, *_WAITING, *following), incident, actor, on_duty=on_duty)


def waiting(incident: Incident, actor: Actor, *, on_duty: bool = False) -> Iterator[Waiting]:
    """What waits for somebody one by one: texts and papers to approve, instructions to give,
    what the unit handles, its turn in the process.
    """
    yield from _named(APPROVED, incident, actor, is_approval=True, on_duty=on_duty)
    is_leader = actor.role is Role.PRINCIPAL_LEADER
    if is_leader and actor.unit in instruction_owed(incident) and _is_open("instruct", incident, actor):
        yield Waiting(command="instruct", is_approval=True)
    yield from _named(HANDLED, incident, actor, is_approval=False, on_duty=on_duty)
    if _is_open(REWRITTEN, incident, actor, on_duty=on_duty):
        for draft in to_rewrite(incident, actor):
            yield Waiting(command=REWRITTEN, field=FROM, name=draft.id, thing=draft)
    for kind, is_its_turn in _TURNS.items():
        if is_its_turn(incident, actor) and _is_open(kind, incident, actor, on_duty=on_duty):
            yield Waiting(command=kind)


def step_for(incident: Incident, obligation: Obligation, actor: Actor) -> str | None:
    """The step by which somebody does what an obligation asks for now;
    None where none is open, or a text is under way.

    An answer goes on by publishing what is ready, else by drafting where no text of the unit is under way.
    """
    kind = STEP_OF.get(obligation.kind)
    if obligation.kind in ANSWERED:
        if _is_open("publish", incident, actor):
            return "publish"
        kind = None if _text_under_way(incident, actor.unit) else "draft_response"
    return kind if kind is not None and _is_open(kind, incident, actor) else None


def holders(incident: Incident, obligation: Obligation) -> tuple[str, ...]:
    """Whose an obligation is; an answer that nobody is assigned yet waits for who judges
    and assigns (DD-21).
    """
    if obligation.unit is not None:
        return (obligation.unit,)
    return incident.powers.deciding if obligation.kind in RESPONSE_KINDS else (incident.receiving_office,)


def is_asked_by_assigning(
    incident: Incident, obligation: Obligation, actor: Actor, *, on_duty: bool = False
) -> bool:
    """Whether, until somebody has to answer, judging and assigning is what the limit asks of this person."""
    unassigned = obligation.unit is None and obligation.kind in RESPONSE_KINDS
    return unassigned and bool(_open(("judge", "assign"), incident, actor, on_duty=on_duty))


def _is_open(kind: str, incident: Incident, actor: Actor, *, on_duty: bool = False) -> bool:
    return why_closed(kind, incident, actor, on_duty=on_duty) is None


def _open(kinds: Iterable[str], incident: Incident, actor: Actor, *, on_duty: bool) -> tuple[str, ...]:
    return tuple(kind for kind in dict.fromkeys(kinds) if _is_open(kind, incident, actor, on_duty=on_duty))


def _named(
    fields: dict[str, str], incident: Incident, actor: Actor, *, is_approval: bool, on_duty: bool
) -> Iterator[Waiting]:
    for kind, field in fields.items():
        if _is_open(kind, incident, actor, on_duty=on_duty):
            for name, thing in nameable(kind, field, incident, actor) or ():
                if isinstance(thing, Draft) and is_superseded(incident, thing):
                    continue  # a later text stands for it
                yield Waiting(command=kind, field=field, name=name, thing=thing, is_approval=is_approval)


def _text_under_way(incident: Incident, unit: str) -> bool:
    published = {item.draft for item in incident.publications}
    return any(
        draft.unit == unit and draft.id not in published and not draft.returned for draft in incident.drafts
    )


def _coordinates(incident: Incident, actor: Actor) -> bool:
    return actor.unit in incident.powers.deciding


def _concludes(incident: Incident, actor: Actor) -> bool:
    """Whoever answers finds the facts; before assignment the coordinating office does."""
    bodies = incident.responders or (incident.coordinating_office,)
    return incident.conclusion is None and actor.unit in bodies


def _owes(incident: Incident) -> bool:
    return any(
        obligation.is_owed and not obligation.advisory and obligation.kind is not ObligationKind.COUNTERSIGN
        for obligation in incident.obligations
    )


def _closes(incident: Incident, actor: Actor) -> bool:
    return _coordinates(incident, actor) and bool(incident.publications) and not _owes(incident)


_DONE: Final[dict[str, Callable[[Incident], bool]]] = {  # what may be done again, but is not what comes next
    "conclude": lambda incident: incident.conclusion is not None,
    "record_handling": lambda incident: bool(incident.handling),
    "close": _owes,
}
_TURNS: Final[dict[str, Callable[[Incident, Actor], bool]]] = {
    "judge": _coordinates,
    "assign": _coordinates,
    "conclude": _concludes,
    "close": _closes,
    "archive": _coordinates,
}
