"""The words for what a step may name: drafts, publications, papers, obligations, clues,
conflicts, findings.
"""

from functools import singledispatch

from domain.case.clues import Clue
from domain.case.duty_steps import DutyStep
from domain.case.meetings import Task
from domain.case.obligations import Obligation
from domain.case.records import Concern, Draft, Paper, Publication, Source
from domain.case.state import Incident
from domain.case.superiors import SuperiorNotice
from domain.case.talking_points import Conflict, Discrepancy
from domain.terms.findings import Finding
from words import by_rota
from words.attention import discrepancy_words
from words.cards import unit_name
from words.labels import word
from words.language import say
from words.platforms import platform_name
from words.wording import absolute


@singledispatch
def words_of(thing: object, name: str, incident: Incident) -> str:
    """What a choice says of something of the case, which a command names as `name`."""
    raise TypeError(f"no words for {type(thing).__name__} ({name} of {incident.incident_id})")


@words_of.register
def _(thing: Draft, _: str, incident: Incident) -> str:
    return say(
        "{title}（{form}，{unit}）",
        title=thing.title,
        form=word(thing.form),
        unit=unit_name(incident.law, thing.unit),
    )


@words_of.register
def _(thing: Finding, name: str, _: Incident) -> str:
    return say("{number}. {kind}（{field}）", number=name, kind=word(thing.kind), field=thing.field)


@words_of.register
def _(thing: Publication, _: str, incident: Incident) -> str:
    titles = {draft.id: draft.title for draft in incident.drafts}
    title = titles.get(thing.draft, thing.id)
    return say("{title}（{time}）", title=title, time=absolute(thing.published_at))


@words_of.register
def _(thing: Paper, _: str, incident: Incident) -> str:
    return say("{kind}（{unit}）", kind=word(thing.kind), unit=unit_name(incident.law, thing.unit))


@words_of.register
def _(thing: Obligation, _: str, incident: Incident) -> str:
    return say(
        "{kind}（{unit}，{due} 到期）",
        kind=word(thing.kind),
        unit=unit_name(incident.law, thing.unit or incident.receiving_office),
        due=absolute(thing.due_at),
    )


@words_of.register
def _(thing: SuperiorNotice, _: str, __: Incident) -> str:
    return thing.doc_number or thing.requirement[:30]


@words_of.register
def _(thing: Task, _: str, __: Incident) -> str:
    return thing.text[:60]


@words_of.register
def _(thing: Concern, name: str, _: Incident) -> str:
    return f"{name}. {thing.text[:60]}"


@words_of.register
def _(thing: Source, name: str, incident: Incident) -> str:
    return f"{name}. {platform_name(incident.law, thing.platform)} {thing.gist[:40]}"


@words_of.register
def _(thing: Conflict, _: str, __: Incident) -> str:
    return say("{subject}（{type}）", subject=thing.subject, type=thing.type)


@words_of.register
def _(thing: Discrepancy, _: str, incident: Incident) -> str:
    return discrepancy_words(incident, thing)


@words_of.register
def _(thing: Clue, _: str, __: Incident) -> str:
    return thing.act[:60]


@words_of.register
def _(thing: DutyStep, _: str, incident: Incident) -> str:
    return by_rota.duty_step_words(incident, thing)
