"""正在写的文稿: the texts that the unit is writing and has not sent, with who left them when,
and where one goes on.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from desk.case.view import drill_words
from domain.catalogue import COMMANDS
from domain.rules.permissions import may_see
from domain.terms.roles import Actor
from domain.terms.vocabulary import Marking
from storage.snapshots import snapshots
from storage.working_texts import texts_of_unit
from words.labels import label
from words.wording import MomentText, moment

MOST: Final = 20  # lines; those touched last first
_HEADED_BY: Final = "title"  # the field that names a text, of steps that have one


@dataclass(frozen=True, slots=True, kw_only=True)
class TextUnderWay:
    """A text that was not sent yet: its step and its title so far, its case, and who left it when."""

    step: str
    title: str
    href: str
    incident_id: str
    case: str
    number: str
    marking: Marking
    drill: str
    person: str
    left_at: MomentText


async def texts_under_way(session: AsyncSession, actor: Actor, now: datetime) -> tuple[TextUnderWay, ...]:
    """What the actor's unit is writing for steps that fall to the actor,
    in cases that are the actor's to see.
    """
    texts = [
        (place, text)
        for place, text in await texts_of_unit(session, actor.unit, now, most=MOST)
        if place.kind in COMMANDS and actor.role in COMMANDS[place.kind].roles
    ]
    cases = await snapshots(session, sorted({place.incident_id for place, _ in texts}))
    return tuple(
        TextUnderWay(
            step=label("commands", place.kind).here,
            title=next(iter(text.fields.get(_HEADED_BY, ())), ""),
            href=f"/incidents/{place.incident_id}/do/{place.kind}",
            incident_id=place.incident_id,
            case=case.state.title,
            number=case.state.number,
            marking=case.state.marking,
            drill=drill_words(case.state.drill),
            person=text.person,
            left_at=moment(text.changed_at),
        )
        for place, text in texts
        if (case := cases.get(place.incident_id)) is not None and may_see(actor, case.state)
    )
