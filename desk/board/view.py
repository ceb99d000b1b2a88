"""The board of incidents by remaining time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from desk.case.status_panel import level_code
from desk.case.unread import unread_words
from desk.case.view import case_time, drill_words
from domain.case.obligations import Obligation
from domain.case.state import Incident
from domain.rules.urgency import answer_due_at, ranked
from domain.terms.vocabulary import EmergencyGrade, Marking
from storage.unread import Unread
from words.attention import stage_words
from words.by_rota import unconfirmed_words
from words.event_text.description import class_words, names
from words.holders import HolderLine, holders
from words.labels import word
from words.lamps import LAMP_WORDS, Lamp, lamp, turns_at
from words.language import say
from words.wording import Countdown, MomentText, countdown, moment

NOTHING: Final[Mapping[str, tuple[Unread, ...]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """One incident on the board: its most urgent obligation with its due instant, and who holds that ball."""

    incident_id: str
    number: str
    title: str
    marking: Marking
    drill: str
    level_code: str
    level: str
    grade: str
    response_class: str
    stage: str
    first_responsible: str
    obligation: str
    due: MomentText | None
    countdown: Countdown | None
    turns_iso: str
    lamp: Lamp
    lamp_word: str
    holder: HolderLine | None
    more_holders: int
    unread: str = ""
    unconfirmed: str = ""


def board_rows(
    incidents: Iterable[Incident],
    now: datetime,
    *,
    by_due: bool = True,
    unread: Mapping[str, tuple[Unread, ...]] = NOTHING,
) -> tuple[BoardRow, ...]:
    """The rows at the real instant `now`, the least time left first and those that owe nothing last;
    or as they come.

    `unread` says by incident who has not acknowledged what concerns it.
    """
    rows = [
        (
            _real_due(incident),
            replace(
                board_row(incident, now), unread=unread_words(incident, unread.get(incident.incident_id, ()))
            ),
        )
        for incident in incidents
    ]
    if by_due:
        rows.sort(key=lambda row: (row[0] is None, row[0] or now))
    return tuple(row for _, row in rows)


def _first_owed(incident: Incident) -> Obligation | None:
    return next(iter(ranked(incident)), None)


def owed_due_at(incident: Incident) -> datetime | None:
    """When the first answer still owed, or what replaces one, is due in real time."""
    due_at = answer_due_at(incident)
    return incident.drill.real(due_at) if incident.drill and due_at is not None else due_at


def _real_due(incident: Incident) -> datetime | None:
    obligation = _first_owed(incident)
    if obligation is None:
        return None
    return incident.drill.real(obligation.due_at) if incident.drill else obligation.due_at


def board_row(incident: Incident, now: datetime) -> BoardRow:
    """The row of one incident at the real instant `now`."""
    at = case_time(incident.drill, now)
    obligation = _first_owed(incident)
    turn = turns_at(obligation, at) if obligation else None
    real_turn = incident.drill.real(turn) if incident.drill and turn else turn
    colour = lamp(obligation, at) if obligation else Lamp.DONE
    turns = holders(incident, at)
    return BoardRow(
        incident_id=incident.incident_id,
        number=incident.number,
        title=incident.title,
        marking=incident.gravest_marking,
        drill=drill_words(incident.drill),
        level_code=level_code(incident.level),
        level=word(incident.level) if incident.level else say("未研判"),
        grade="" if incident.grade is EmergencyGrade.NONE else word(incident.grade),
        response_class=class_words(incident.response_class),
        stage=stage_words(incident),
        first_responsible=names(incident, incident.first_responsible),
        obligation=word(obligation.kind) if obligation else "",
        due=moment(obligation.due_at) if obligation else None,
        countdown=countdown(obligation.due_at, at, incident.drill) if obligation else None,
        turns_iso=real_turn.isoformat() if real_turn else "",
        lamp=colour,
        lamp_word=say(LAMP_WORDS[colour]),
        holder=turns[0] if turns else None,
        more_holders=max(len(turns) - 1, 0),
        unconfirmed=unconfirmed_words(incident, at),
    )
