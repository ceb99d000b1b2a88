"""Rehearsals told into a ledger by the rules alone:
whole, and up to each kind of step just before it is taken.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final

from api.uploads import checked_file
from domain.catalogue import Submission
from domain.incident import decision
from domain.steps.mark import SetMarking
from domain.steps.register import Opening
from domain.terms.roles import Actor
from domain.terms.vocabulary import Marking
from domain.terms.workdays import SHANGHAI
from rehearsals.document import IncidentPlan, Rehearsal, load
from rehearsals.folding import Folded, fold_plan
from rehearsals.steps import RehearsalStep
from storage.attachments import attach
from storage.codec import command_digest
from storage.database import Database
from storage.numbers import incident_id
from storage.record import record
from storage.regulations import load_law
from storage.snapshots import snapshot
from tests.desk.pictures import picture

FOLDER: Final = Path(__file__).resolve().parents[3] / "rehearsals"
Amend = Callable[[RehearsalStep], RehearsalStep]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A step that somebody may take next in an incident."""

    incident_id: str
    kind: str
    actor: Actor


@cache
def rehearsals() -> tuple[Rehearsal, ...]:
    """Every rehearsal of the project."""
    return tuple(load(file) for file in sorted(FOLDER.rglob("*.yaml")))


def folded(
    rehearsal: Rehearsal, plan: IncidentPlan, *, mark: str = "", amend: Amend = lambda step: step
) -> tuple[str, Folded]:
    """The id and the fold of an incident; `mark` tells apart tellings of the same plan,
    `amend` changes its steps.
    """
    run = f"{rehearsal.name}/{plan.name}/{mark}"
    told = replace(plan, steps=tuple(map(amend, plan.steps)))
    law = load_law(rehearsal.regulation, plan.registration.at.astimezone(SHANGHAI).year)
    opening = Opening(incident_id=incident_id(run), number=f"舆〔{rehearsal.name}〕{mark}", law=law)
    return opening.incident_id, fold_plan(told, opening, run, until=told.until)


def each_plan() -> Iterator[tuple[Rehearsal, IncidentPlan]]:
    """Every incident of every rehearsal."""
    for rehearsal in rehearsals():
        for plan in rehearsal.incidents:
            yield rehearsal, plan


async def tell_up_to_each_step(database: Database) -> list[Due]:
    """Record one incident for each kind of step, as it stands just before that step is taken."""
    found: list[Due] = []
    for rehearsal, plan in each_plan():
        for place, step in enumerate(plan.steps):
            known = {due.kind for due in found}
            if step.refused or step.kind in {"register", *known}:
                continue
            cut = replace(plan, steps=plan.steps[:place], until=step.at)
            named, told = folded(rehearsal, cut, mark=step.kind)
            await record(database, named, told.decisions)
            found.append(Due(incident_id=named, kind=step.kind, actor=step.actor))
    return found


async def mark_with_a_file(database: Database, incident_id: str, by: Actor) -> None:
    """Mark an incident as internal, and attach a picture to it."""
    async with database.session() as session:
        current = await snapshot(session, incident_id)
    assert current is not None
    at = current.state.registered_at + timedelta(days=30)
    command = SetMarking(marking=Marking.INTERNAL, reason="含未公开安排")
    submission = Submission(
        command=command, actor=by, received_at=at, command_id="f" * 64, digest=command_digest(command)
    )
    decided = decision(current.state, submission, at)
    assert decided is not None
    await record(database, incident_id, (decided,))
    file = await checked_file("现场.png", picture())
    async with database.writing() as session:
        await attach(session, incident_id, file, by=by, at=at)
