"""What waits for a person in a case without a limit of its own: texts and papers to approve, and the next step of the process."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from desk.case.offers import Offer
from desk.step.options import options_in
from domain.case.state import Incident
from domain.steps.instruct import instruction_owed
from domain.terms.roles import Actor, Role
from domain.terms.vocabulary import ObligationKind
from words.language import marked, say

# Each names one thing of the case, and each thing is an item of its own: the command, its field, and what is said of it.
_APPROVED: Final = (
    ("review_draft", "draft", marked("审核：{what}")),
    ("sign_issue", "paper", marked("签发{what}")),
    ("approve_talking_points", "conflicts", marked("审定口径：{what}")),
    ("sign_clue", "clue", marked("签批线索移交：{what}")),
    ("decide_tolerance", "obligation", marked("审定容错：{what}")),
    ("review_late_evidence", "obligation", marked("审核后补证据：{what}")),
)
_HANDLED: Final = (
    ("publish", "draft", marked("公布：{what}")),
    ("countersign", "draft", marked("会签：{what}")),
    ("complete_task", "task", marked("完成会商任务：{what}")),
    ("acknowledge_clue", "clue", marked("登记线索回执：{what}")),
    ("clear_personal_data", "draft", marked("核对个人信息：{what}")),
    ("clear_discrepancies", "draft", marked("核对出入：{what}")),
)


# What an answer waits for; papers, clues and tasks have limits of their own, or none.
_SERVING: Final = frozenset(
    {"judge", "assign", "conclude", "review_draft", "publish", "countersign", "clear_personal_data", "clear_discrepancies", "approve_talking_points"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """One thing that waits: what to do and where, and whether the answer that the unit owes waits for it."""

    deed: str
    href: str
    serves_answer: bool = False


def to_approve(incident: Incident, actor: Actor, offered: dict[str, Offer]) -> Iterator[NextStep]:
    """The texts and papers that wait for the person's approval, one by one."""
    return _named(_APPROVED, incident, actor, offered)


def to_instruct(incident: Incident, actor: Actor, offered: dict[str, Offer]) -> Iterator[NextStep]:
    """The instruction that the unit's principal leader has yet to give (R401)."""
    if (
        "instruct" in offered
        and actor.role is Role.PRINCIPAL_LEADER
        and actor.unit in instruction_owed(incident)
    ):
        yield NextStep(deed=offered["instruct"].name, href=offered["instruct"].href)


def to_handle(incident: Incident, actor: Actor, offered: dict[str, Offer]) -> Iterator[NextStep]:
    """What waits for the person's unit and has no limit of its own."""
    yield from _named(_HANDLED, incident, actor, offered)
    for kind, is_its_turn in _TURNS.items():
        if kind in offered and is_its_turn(incident, actor):
            yield NextStep(deed=offered[kind].name, href=offered[kind].href, serves_answer=kind in _SERVING)


def to_answer(incident: Incident, actor: Actor, offered: dict[str, Offer]) -> str:
    """Where an answer that is owed goes on: publishing what is ready, else drafting where no text is under way."""
    published = {item.draft for item in incident.publications}
    under_way = [
        draft
        for draft in incident.drafts
        if draft.unit == actor.unit and draft.id not in published and not draft.returned
    ]
    kind = "publish" if "publish" in offered else "draft_response" if not under_way else ""
    return offered[kind].href if kind in offered else f"/incidents/{incident.incident_id}#h-texts"


def _named(
    table: tuple[tuple[str, str, str], ...], incident: Incident, actor: Actor, offered: dict[str, Offer]
) -> Iterator[NextStep]:
    for kind, field, words in table:
        if kind in offered:
            for option in options_in(kind, incident.law, incident, actor)(field) or ():
                yield NextStep(
                    deed=say(words, what=option.text),
                    href=f"{offered[kind].href}?{field}={option.value}",
                    serves_answer=kind in _SERVING,
                )


def _coordinates(incident: Incident, actor: Actor) -> bool:
    return actor.unit in incident.powers.deciding


def _concludes(incident: Incident, actor: Actor) -> bool:
    """Whoever answers finds the facts; before assignment the coordinating office does."""
    bodies = incident.responders or (incident.coordinating_office,)
    return incident.conclusion is None and actor.unit in bodies


def _closes(incident: Incident, actor: Actor) -> bool:
    owes = any(
        duty.is_owed and not duty.advisory and duty.kind is not ObligationKind.COUNTERSIGN
        for duty in incident.obligations
    )
    return _coordinates(incident, actor) and bool(incident.publications) and not owes


_TURNS: Final[dict[str, Callable[[Incident, Actor], bool]]] = {
    "judge": _coordinates,
    "assign": _coordinates,
    "conclude": _concludes,
    "close": _closes,
    "archive": _coordinates,
}
