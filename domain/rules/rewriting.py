"""Texts that came back, or are held: which go to their author again, and for which a later one stands."""

from collections.abc import Iterator
from typing import Final

from domain.case.records import Draft
from domain.case.state import Incident
from domain.rules.discrepancies import standing
from domain.terms.roles import Actor
from domain.terms.vocabulary import ReviewStage

FROM: Final = "from"
"""By which a new text says after which one it is written."""


def to_rewrite(incident: Incident, actor: Actor) -> Iterator[Draft]:
    """The person's own texts that were sent back or are held, and that no later one stands for."""
    published = {item.draft for item in incident.publications}
    for draft in incident.drafts:
        is_own = (draft.unit, draft.drafted_by.person) == (actor.unit, actor.person)
        is_back = draft.returned or _is_held(incident, draft)
        if is_own and is_back and draft.id not in published and not is_superseded(incident, draft):
            yield draft


def is_superseded(incident: Incident, draft: Draft) -> bool:
    """Whether a later text of the unit stands for one that did not go out: nobody need look at it any more.

    For what was sent back any later text does; for what is still on its way one of the same form,
    until the final review has let it pass.
    """
    if draft.id in {item.draft for item in incident.publications}:
        return False
    if ReviewStage.FINAL_REVIEW in draft.approved and not draft.returned:
        return False
    later = incident.drafts[incident.drafts.index(draft) + 1 :]
    return any(item.unit == draft.unit and (draft.returned or item.form == draft.form) for item in later)


def _is_held(incident: Incident, draft: Draft) -> bool:
    """By personal data that nobody answered for, a conflict with another text,
    or what differs by what was read in it.
    """
    exposed = any(exposure.draft == draft.id and exposure.standing for exposure in incident.exposures)
    conflicted = any(draft.id in {conflict.draft, conflict.other} for conflict in incident.open_conflicts)
    return exposed or conflicted or bool(standing(incident, draft))
