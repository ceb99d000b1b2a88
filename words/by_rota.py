"""待补审: what stands by the authority of the rota and no leader has confirmed, in words (DD-43)."""

from collections.abc import Iterable
from datetime import datetime

from domain.case.duty_steps import DutyStep
from domain.case.state import Incident
from domain.terms.vocabulary import DutyMatter
from words.cards import unit_name
from words.labels import word
from words.language import marked, say
from words.wording import absolute


def unconfirmed_words(incident: Incident, now: datetime) -> str:
    """Each matter that awaits a leader's word, since when and by when, on the clock of the case;
    empty where none does.
    """
    waiting = marked("{matter}（{since} 值班决定，{due} 前补审）")
    late = marked("{matter}（{since} 值班决定，应于 {due} 前补审，已逾时）")
    return say("；").join(
        say(
            late if now > taken.confirm_by else waiting,
            matter=_matter(incident, taken.name),
            since=absolute(taken.at),
            due=absolute(taken.confirm_by),
        )
        for taken in incident.duty_steps
    )


def duty_step_words(incident: Incident, taken: DutyStep) -> str:
    """A matter as a choice of a form says it."""
    return say("{matter}（{since} 值班决定）", matter=_matter(incident, taken.name), since=absolute(taken.at))


def duty_matters(incident: Incident, names: Iterable[str]) -> str:
    """The matters by their names, one after the other."""
    return say("、").join(_matter(incident, name) for name in names)


def _matter(incident: Incident, name: str) -> str:
    if name in set(DutyMatter):
        return word(DutyMatter(name))
    paper = incident.paper(name)
    return say("{kind}（{unit}）", kind=word(paper.kind), unit=unit_name(incident.law, paper.unit))
