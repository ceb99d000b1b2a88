"""未确认: which units have acknowledged nothing of what they were told, since when, and of what (DD-33)."""

from collections.abc import Iterable

from domain.case.state import Incident
from storage.unread import Unread
from words.cards import unit_name
from words.labels import word
from words.language import say
from words.wording import moment


def unread_words(incident: Incident, waiting: Iterable[Unread]) -> str:
    """Each unit once, with the notice that it has left unread longest, on the clock of the case;
    empty where all is read.
    """
    longest: dict[str, Unread] = {}
    for one in waiting:
        longest.setdefault(one.unit, one)
    drill = incident.drill
    return say("；").join(
        say(
            "{unit}：{notice}，自 {since} 起",
            unit=unit_name(incident.law, one.unit),
            notice=word(one.purpose),
            since=moment(drill.shown(one.since) if drill else one.since).text,
        )
        for one in longest.values()
    )
