"""What a step would bring, asked of the rules themselves without taking it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from desk.step.panels.obstacles import advice, obstacles
from desk.step.paper_preview import paper_previews
from domain.case.state import Incident
from domain.case.texts import texts
from domain.catalogue import CaseCommand, Decision, Submission
from domain.incident import apply, decision
from domain.rules.exposure import PersonalDataFound
from domain.steps.respond import Drafted
from domain.terms.roles import Actor
from papers.skeletons.preview import PaperPreview
from storage.regulation_text import sentences
from words.labels import label
from words.language import say
from words.timeline import TimelineItem, timeline
from words.wording import listed

_UNSENT: Final = "unsent"
_NO_NOTES: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be recorded, what would still stand in the way of publication,
    the papers that come of it, and what to look at in which field.
    """

    entries: tuple[TimelineItem, ...]
    obstacles: tuple[str, ...] = ()
    advice: str = ""
    papers: tuple[PaperPreview, ...] = ()
    more_papers: int = 0
    notes: Mapping[str, str] = field(default_factory=lambda: _NO_NOTES)


def preview(
    command: CaseCommand, actor: Actor, incident: Incident, now: datetime, *, on_duty: bool = False
) -> Preview:
    """What a command would bring at `now` in real time; raises Refused as the case itself would."""
    submission = Submission(
        command=command,
        actor=actor,
        received_at=now,
        command_id=_UNSENT,
        digest=_UNSENT,
        on_duty=on_duty,
    )
    case_now = incident.drill.shown(now) if incident.drill else now
    decided = decision(incident, submission, case_now)
    if decided is None:
        return Preview(entries=())
    after = apply(incident, decided)
    entries = tuple(
        entry
        for entry in reversed(timeline(after, [decided], sentences(after.law.regulation)))
        if not entry.is_automatic
    )
    papers, count = paper_previews(after, decided)
    drafted = next((event.draft for event in decided.events if isinstance(event, Drafted)), None)
    if drafted is None:
        return Preview(entries=entries, papers=papers, more_papers=count - len(papers))
    return Preview(
        entries=entries,
        papers=papers,
        more_papers=count - len(papers),
        obstacles=obstacles(after, drafted, case_now),
        advice=advice(after, drafted),
        notes=dict(_exposed(decided, dict(texts(drafted)))),
    )


def _exposed(decided: Decision, said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Where personal data stands in what was typed, by the name of the form's field;
    the writer alone is shown the words.
    """
    places: dict[str, list[str]] = {}
    for event in decided.events:
        if isinstance(event, PersonalDataFound):
            for item in event.findings:
                words = said[item.field][item.start : item.start + item.length]
                kind = label("PersonalDataKind", item.kind).here
                places.setdefault(item.field, []).append(say("{kind}“{words}”", kind=kind, words=words))
    for name, items in places.items():
        yield _field_name(name), say("可能含个人信息：{found}。请删去或以“某”代替。", found=listed(items))


def _field_name(place: str) -> str:
    """`answers.1.paragraph` of the texts is `answers[0].paragraph` of the form."""
    head, _, rest = place.partition(".")
    number, _, member = rest.partition(".")
    return f"{head}[{int(number) - 1}].{member}" if number.isdecimal() else place
