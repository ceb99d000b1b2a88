"""What may be the same as what somebody is about to register,
among the incidents that the person may see (DD-16).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fastapi import Request

from api.parts import parts_of
from casework.edge import EARLIEST, LATEST, text_fault
from casework.ledger_session import reading
from desk.frame.page import now_of
from desk.step.fields import Typed
from desk.step.form_data import to_command_json
from domain.case.state import Incident
from domain.rules.permissions import may
from domain.steps.register import AddSource
from domain.terms.roles import Actor
from domain.terms.vocabulary import Marking
from storage.duplicates import Ended, Likeness, Similar, Sought, similar
from storage.snapshots import snapshots
from words import attention
from words.event_text.description import names
from words.labels import word
from words.language import say
from words.wording import absolute, listed

MOST: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """An incident that may be the same: how it stands, why it is shown, what was answered,
    and whether what is typed may go to it.
    """

    incident_id: str
    number: str
    title: str
    marking: Marking
    level: str
    stage: str
    first_responsible: str
    why: str
    answered: str
    may_join: bool


async def alike(request: Request, person: Actor, typed: Typed) -> tuple[Alike, ...]:
    """The likeliest three, those with the same address first; empty where what is typed is no title yet."""
    content = to_command_json("register", typed)
    title, topic = str(content.get("title", "")), str(content.get("topic", ""))
    rows = [row for row in content["sources"] if isinstance(row, dict)]
    urls = tuple(str(row["url"]) for row in rows if row.get("url"))
    gist = " ".join(str(row.get("gist", "")) for row in rows[:1])
    typed_texts = ((title, "title"), (topic, "topic"), (gist, "gist"), *((url, "url") for url in urls))
    if any(text_fault(text, field) for text, field in typed_texts):
        return ()
    units = frozenset(str(row.get("unit", "")) for row in content.get("involved", ()) if row.get("unit"))
    at = _instant(content.get("discovered_at")) or now_of(request)
    async with reading(parts_of(request).database) as session:
        sought = Sought(at=at, title=title, gist=gist, topic=topic, urls=urls, units=units)
        alike_ones = await similar(session, person, sought)
        cases = await snapshots(session, [one.incident_id for one in alike_ones[:MOST]])
    return tuple(
        _shown(one, cases[one.incident_id].state, person) for one in alike_ones if one.incident_id in cases
    )


def _instant(text: object) -> datetime | None:
    try:
        instant = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return instant if instant.tzinfo is not None and EARLIEST <= instant < LATEST else None


def _shown(one: Similar, incident: Incident, person: Actor) -> Alike:
    blank: Any = AddSource  # role, standing and stage are asked of the class alone
    return Alike(
        incident_id=one.incident_id,
        number=one.number,
        title=one.title,
        marking=incident.gravest_marking,
        level=word(incident.level) if incident.level is not None else say("未研判"),
        stage=attention.stage_words(incident),
        first_responsible=names(incident, incident.first_responsible) or say("未确定"),
        why=_why(one),
        answered=_answered(one, incident),
        may_join=may(person, blank, incident, incident.law) is None,
    )


def _why(one: Similar) -> str:
    same = one.why is Likeness.SAME_URL
    why = say("链接相同") if same else say("内容相近 {share}%", share=round(one.share * 100))
    return why + (say("（与已并入的 {number}）", number=one.merged) if one.merged else "")


def _answered(one: Similar, incident: Incident) -> str:
    """What was answered then; empty for one that runs."""
    if one.ended is Ended.RUNNING:
        return ""
    answers = [
        say(
            "{unit}于 {time} 发布{form}",
            unit=names(incident, (answer.unit,)),
            time=absolute(answer.published_at),
            form=word(answer.form),
        )
        for answer in one.answers
    ]
    return say("当时：{answers}", answers=listed(answers)) if answers else say("当时没有公开回应")
