"""What each step may name of a case: texts to review, papers to sign, limits to answer, and by whom."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from domain.case.clues import Clue
from domain.case.obligations import RESPONSE_KINDS, Obligation, Status
from domain.case.records import Draft, PaperStatus
from domain.case.state import Incident
from domain.rules.countersigning import awaits, offices
from domain.rules.discrepancies import standing
from domain.steps.respond import REVIEWERS
from domain.steps.transfer import signs_for
from domain.steps.withdraw import withdraws
from domain.terms.ids import Thing, names, origin
from domain.terms.roles import DECIDING, Actor
from domain.terms.vocabulary import ObligationKind, PaperKind, ReviewStage

# Something of the case by the name that a command gives it, such as ("draft-1", the draft).
Named = tuple[str, object]
Things = Callable[[Incident, Actor], Iterable[Named]]


def nameable(kind: str, field: str, incident: Incident, actor: Actor) -> tuple[Named, ...] | None:
    """What a field of a command may name of the case; None for a field that names nothing of it."""
    things = _OF_COMMAND.get((kind, field)) or _OF_FIELD.get(field)
    return None if things is None else tuple(things(incident, actor))


def _open_drafts(incident: Incident, actor: Actor) -> Iterator[Draft]:
    published = {item.draft for item in incident.publications}
    for draft in incident.drafts:
        if draft.unit == actor.unit and draft.id not in published and not draft.returned:
            yield draft


def _to_review(incident: Incident, actor: Actor) -> Iterator[Named]:
    """Also what went out by the fast lane, whose second review is still to be made up."""
    for draft in incident.drafts:
        awaits = any(
            stage not in draft.approved and actor.role in reviewers for stage, reviewers in REVIEWERS.items()
        )
        hands = {draft.drafted_by.person, *(review.by.person for review in draft.reviews)}
        if draft.unit == actor.unit and not draft.returned and awaits and actor.person not in hands:
            yield draft.id, draft


def _to_publish(incident: Incident, actor: Actor) -> Iterator[Named]:
    ready = {ReviewStage.FIRST_REVIEW, ReviewStage.FINAL_REVIEW}
    return ((draft.id, draft) for draft in _open_drafts(incident, actor) if ready <= draft.approved)


def _exposed(incident: Incident, actor: Actor) -> Iterator[Named]:
    """Texts with personal data that nobody has answered for; also those that went out, or came back."""
    exposed = {exposure.draft for exposure in incident.exposures if exposure.standing}
    return (
        (draft.id, draft) for draft in incident.drafts if draft.unit == actor.unit and draft.id in exposed
    )


def _findings(incident: Incident, _: Actor) -> Iterator[Named]:
    for exposure in incident.exposures:
        for number, finding in enumerate(exposure.findings, start=1):
            if number not in exposure.cleared:
                yield str(number), finding


def _differing(incident: Incident, actor: Actor) -> Iterator[Named]:
    """Texts of the unit in which something was read that differs, and that somebody else drafted."""
    return (
        (draft.id, draft)
        for draft in incident.drafts
        if draft.unit == actor.unit and draft.drafted_by.person != actor.person and standing(incident, draft)
    )


def _discrepancies(incident: Incident, actor: Actor) -> Iterator[Named]:
    return (
        (item.id, item)
        for _, draft in _differing(incident, actor)
        if isinstance(draft, Draft)
        for item in standing(incident, draft)
    )


def _to_countersign(incident: Incident, actor: Actor) -> Iterator[Named]:
    """Texts that are still to be countersigned, also those that went out without."""
    for draft in incident.drafts:
        if awaits(incident, draft) and actor.unit in offices(incident, draft):
            yield draft.id, draft


def _publications(incident: Incident, _: Actor) -> Iterator[Named]:
    return ((item.id, item) for item in incident.standing_publications)


def _all_publications(incident: Incident, _: Actor) -> Iterator[Named]:
    return ((item.id, item) for item in incident.publications)


def _to_withdraw(incident: Incident, actor: Actor) -> Iterator[Named]:
    for item in incident.publications:
        if item.withdrawn_at is None and withdraws(incident, item, actor.unit):
            yield item.id, item


def _to_rate(incident: Incident, actor: Actor) -> Iterator[Named]:
    """Texts of which a unit, not one's own, is not rated yet."""
    rated = {(rating.unit, rating.publication) for rating in incident.oversight.ratings}
    for item in incident.publications:
        if any(unit != actor.unit and (unit, item.id) not in rated for unit in item.issuers):
            yield item.id, item


def _hints(incident: Incident, actor: Actor) -> Iterator[Named]:
    """The hints that a unit has yet to sign for, each by the signing that it asks for."""
    for obligation in incident.owed(ObligationKind.SIGN, unit=actor.unit):
        if names(obligation.cause, Thing.HINT):
            yield obligation.cause, obligation


def _papers(*statuses: PaperStatus) -> Things:
    return lambda incident, _: ((paper.id, paper) for paper in incident.papers if paper.status in statuses)


def _to_issue(incident: Incident, actor: Actor) -> Iterator[Named]:
    """Papers that wait; an order of a closed case would ask for what nobody can hand in any more.

    Who signs by the rota, without leading, signs orders alone (DD-43).
    """
    for paper in incident.papers:
        is_order = paper.kind is PaperKind.SUPERVISION_ORDER
        is_idle = is_order and incident.closed_at is not None
        if paper.status is PaperStatus.DRAFTED and not is_idle and (is_order or actor.role in DECIDING):
            yield paper.id, paper


def _signed_by_rota(incident: Incident, _: Actor) -> Iterator[Named]:
    """Orders that were signed by the rota and that no leader has answered for."""
    for taken in incident.duty_steps:
        if taken.paper and (paper := incident.paper(taken.paper)).status is PaperStatus.ISSUED:
            yield paper.id, paper


def _by_rota(incident: Incident, _: Actor) -> Iterator[Named]:
    return ((taken.name, taken) for taken in incident.duty_steps)


def _talks(incident: Incident, _: Actor) -> Iterator[Named]:
    """Talks that were called for and not held: minutes name the paper that they are of."""
    done = {paper.cause for paper in incident.papers}
    for paper in incident.papers:
        is_called_for = paper.kind is PaperKind.ADMONITORY_TALK and paper.status is PaperStatus.ISSUED
        if is_called_for and paper.id not in done:
            yield paper.id, paper


def _obligations(wanted: Callable[[Incident, Obligation, Actor], bool]) -> Things:
    def things(incident: Incident, actor: Actor) -> Iterator[Named]:
        return ((item.id, item) for item in incident.obligations if wanted(incident, item, actor))

    return things


def _asks_tolerance(incident: Incident, obligation: Obligation, actor: Actor) -> bool:
    requested = {item.obligation for item in incident.oversight.tolerances}
    is_own = obligation.unit == actor.unit and obligation.status is Status.BREACHED
    return is_own and obligation.id not in requested


def _awaits_tolerance(incident: Incident, obligation: Obligation, _: Actor) -> bool:
    return any(
        item.obligation == obligation.id and item.granted is None for item in incident.oversight.tolerances
    )


def _is_owed(_: Incident, obligation: Obligation, actor: Actor) -> bool:
    return obligation.is_owed and obligation.unit == actor.unit


def _notices(*kinds: ObligationKind) -> Things:
    """Notices of which something is owed still, also where another unit took that over."""

    def things(incident: Incident, _: Actor) -> Iterator[Named]:
        owed = {origin(item.cause) for item in incident.owed(*kinds)}
        return ((notice.id, notice) for notice in incident.superior_notices if notice.id in owed)

    return things


def _tasks(incident: Incident, actor: Actor) -> Iterator[Named]:
    offices = {incident.receiving_office, *incident.powers.deciding}
    for task in incident.tasks:
        if task.done_at is None and actor.unit in {task.unit, *offices}:
            yield task.id, task


def _concerns(incident: Incident, _: Actor) -> Iterator[Named]:
    return ((str(concern.number), concern) for concern in incident.concerns)


def _items(incident: Incident, _: Actor) -> Iterator[Named]:
    excluded = {exclusion.item for exclusion in incident.screening.excluded}
    for place, source in enumerate(incident.sources, start=1):
        if place not in excluded:
            yield str(place), source


def _conflicts(incident: Incident, _: Actor) -> Iterator[Named]:
    return ((conflict.id, conflict) for conflict in incident.open_conflicts)


def _clues(wanted: Callable[[Incident, Clue, Actor], bool]) -> Things:
    def things(incident: Incident, actor: Actor) -> Iterator[Named]:
        return ((clue.id, clue) for clue in incident.clues if wanted(incident, clue, actor))

    return things


def _awaits_signature(incident: Incident, clue: Clue, actor: Actor) -> bool:
    has_signed = any(signature.by.person == actor.person for signature in clue.signatures)
    return clue.is_pending and not has_signed and signs_for(incident, clue, actor.unit)


def _is_of_unit(incident: Incident, clue: Clue, actor: Actor) -> bool:
    return clue.is_pending and actor.unit in {clue.unit, *incident.powers.deciding}


def _is_received(incident: Incident, clue: Clue, actor: Actor) -> bool:
    is_out = clue.transferred_at is not None
    return is_out and actor.unit in {clue.receiver, *incident.powers.deciding}


_OF_FIELD: Final[dict[str, Things]] = {
    "draft": _to_review,
    "publication": _publications,
    "updates": _publications,
    "corrects": _publications,
    "paper": _papers(PaperStatus.DRAFTED),
    "notice": _notices(ObligationKind.SUP_FB, ObligationKind.FORWARD),
    "task": _tasks,
    "concern": _concerns,
    "item": _items,
    "conflicts": _conflicts,
    "findings": _findings,
    "discrepancies": _discrepancies,
    "clue": _clues(_is_of_unit),
    "obligation": _obligations(_is_owed),
}
_OF_COMMAND: Final[dict[tuple[str, str], Things]] = {
    ("return_back", "hint"): _hints,
    ("publish", "draft"): _to_publish,
    ("clear_personal_data", "draft"): _exposed,
    ("clear_discrepancies", "draft"): _differing,
    ("countersign", "draft"): _to_countersign,
    ("set_marking", "paper"): _papers(*PaperStatus),
    ("hold_talk", "paper"): _talks,
    ("record_error", "publication"): _all_publications,
    ("record_relay", "publication"): _all_publications,
    ("record_reads", "publication"): _all_publications,
    ("rate_model", "publication"): _to_rate,
    ("withdraw_publication", "publication"): _to_withdraw,
    ("sign_issue", "paper"): _to_issue,
    ("revoke_duty_order", "paper"): _signed_by_rota,
    ("confirm_duty_steps", "steps"): _by_rota,
    ("give_superior_feedback", "notice"): _notices(ObligationKind.SUP_FB),
    ("sign_clue", "clue"): _clues(_awaits_signature),
    ("acknowledge_clue", "clue"): _clues(
        lambda incident, clue, actor: clue.lacks_receipt and _is_received(incident, clue, actor)
    ),
    ("report_clue_result", "clue"): _clues(_is_received),
    ("review_late_evidence", "obligation"): _obligations(lambda _, item, __: item.provisional),
    ("request_extension", "obligation"): _obligations(
        lambda incident, item, actor: _is_owed(incident, item, actor) and item.kind in RESPONSE_KINDS
    ),
    ("request_tolerance", "obligation"): _obligations(_asks_tolerance),
    ("decide_tolerance", "obligation"): _obligations(_awaits_tolerance),
}
