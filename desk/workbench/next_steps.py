"""What waits for a person in a case, as the rules name it (`domain/next_steps.py`),
in words and with where it is done.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from desk.step.references import words_of
from domain.case.obligations import Obligation
from domain.case.state import Incident
from domain.next_steps import ANSWERED, Waiting, step_for, waiting
from domain.terms.roles import Actor
from words.waiting import waiting_words


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """One thing that waits: what to do and where, whether it is an approval,
    and whether the answer that the unit owes waits for it.
    """

    deed: str
    href: str
    is_approval: bool = False
    serves_answer: bool = False


def what_waits(incident: Incident, actor: Actor, *, on_duty: bool = False) -> Iterator[NextStep]:
    """What waits for the person and has no limit of its own, one by one."""
    for item in waiting(incident, actor, on_duty=on_duty):
        what = words_of(item.thing, item.name, incident) if item.field else ""
        yield NextStep(
            deed=waiting_words(item.command, what),
            href=_form(incident, item),
            is_approval=item.is_approval,
            serves_answer=item.serves_answer,
        )


def way(incident: Incident, obligation: Obligation, actor: Actor) -> str:
    """Where the deed of an obligation is done: the form of its step,
    or the place on the page that tells of it.
    """
    step = step_for(incident, obligation, actor)
    if step is not None:
        return _form(incident, Waiting(command=step))
    place = "h-texts" if obligation.kind in ANSWERED else "h-obligations"
    return f"/incidents/{incident.incident_id}#{place}"


def _form(incident: Incident, item: Waiting) -> str:
    path = f"/incidents/{incident.incident_id}/do/{item.command}"
    return f"{path}?{item.field}={item.name}" if item.field else path
