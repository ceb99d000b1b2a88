"""值班授权、次晨补审: what the duty officer decides holds at once;
a leader confirms or changes it by nine (DD-43).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, Literal

from domain.case.duty_steps import DutyStep
from domain.case.events import Command, Event
from domain.case.state import Incident
from domain.law.editions import Switch
from domain.rules.permissions import acts_by_rota
from domain.terms.copies import changed
from domain.terms.roles import DECIDING, Deed
from domain.terms.vocabulary import DutyMatter
from domain.terms.workdays import SHANGHAI

_REVIEWED_BY: Final = time(9)  # 次晨补审
_CHANGES: Final = {  # what a leader's own step settles: who is assigned anew has his lead named anew
    DutyMatter.JUDGEMENT: (DutyMatter.JUDGEMENT,),
    DutyMatter.ASSIGNMENT: (DutyMatter.ASSIGNMENT, DutyMatter.LEAD),
    DutyMatter.LEAD: (DutyMatter.LEAD,),
    DutyMatter.ORDER: (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOnDuty(Event):
    """The step before was taken on the authority of the rota, and awaits a leader's word."""

    kind: Literal["taken_on_duty"] = "taken_on_duty"
    step: DutyStep


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyStepsChanged(Event):
    """A leader decided anew in matters that stood by the rota: these need no confirming any more."""

    kind: Literal["duty_steps_changed"] = "duty_steps_changed"
    steps: tuple[str, ...]


ByRotaEvent = TakenOnDuty | DutyStepsChanged


def follow_ups(incident: Incident, command: Command, deed: Deed) -> Iterator[Event]:
    """What follows a step in a matter of the rota.

    1. Whoever is on duty for 市政府办公室 and leads nothing has decided at once, and for the time being.
    2. A leader's own step in the matter is the change that stands;
       no clock moves by either, save as the step moves it.
    """
    matter = command.duty_matter
    if matter is None or not incident.law.has(Switch.BY_ROTA):
        return
    if deed.actor.role in DECIDING:
        settled = tuple(taken.name for taken in incident.duty_steps if taken.matter in _CHANGES[matter])
        if settled:
            yield DutyStepsChanged(at=deed.at, by=deed.actor, steps=settled)
    elif deed.on_duty and acts_by_rota(deed.actor, command, incident):
        yield TakenOnDuty(at=deed.at, by=deed.actor, step=_taken(incident, command, matter, deed))


def _taken(incident: Incident, command: Command, matter: DutyMatter, deed: Deed) -> DutyStep:
    paper: str = getattr(command, "paper", "")
    step = DutyStep(
        matter=matter,
        at=deed.at,
        person=deed.actor.person,
        confirm_by=next_review(deed.at),
        paper=paper,
    )
    before = (taken.confirm_by for taken in incident.duty_steps if taken.name == step.name)
    return changed(step, confirm_by=min((step.confirm_by, *before)))


def next_review(at: datetime) -> datetime:
    """The first nine o'clock after an instant, in its own zone."""
    local = at.astimezone(SHANGHAI)
    day = local.date() + timedelta(days=local.time() >= _REVIEWED_BY)
    return datetime.combine(day, _REVIEWED_BY, SHANGHAI).astimezone(at.tzinfo)


def without(incident: Incident, names: tuple[str, ...]) -> Incident:
    """The case with these steps confirmed or changed."""
    return changed(
        incident, duty_steps=tuple(taken for taken in incident.duty_steps if taken.name not in names)
    )


def evolve(incident: Incident, event: ByRotaEvent) -> Incident:
    """The case with what awaits a leader's word; of one matter the last step."""
    match event:
        case TakenOnDuty():
            others = without(incident, (event.step.name,))
            return changed(others, duty_steps=(*others.duty_steps, event.step))
        case DutyStepsChanged():
            return without(incident, event.steps)
