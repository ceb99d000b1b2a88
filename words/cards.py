"""One card per obligation: what is owed by whom, until when, how that was computed, and from which clause."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.case.obligations import Obligation, Status
from domain.case.state import Incident
from domain.law.regulation import Law
from domain.rules import cards as rules
from domain.rules.urgency import ranked
from words.clauses import Citation, cite
from words.computation import computation, computation_warning
from words.labels import word
from words.lamps import LAMP_WORDS, Lamp, lamp, turns_at
from words.language import say
from words.wording import Countdown, MomentText, countdown, listed, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class CardText:
    """An obligation for readers.

    `countdown` only while the deed is owed; `turns_iso` is when its lamp changes next.
    """

    id: str
    kind: str
    unit: str
    due: MomentText
    countdown: Countdown | None
    turns_iso: str
    lamp: Lamp
    lamp_word: str
    status: str
    computation: str
    warning: str
    clause: Citation | None
    done: MomentText | None
    is_owed: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """The obligations of an incident in three groups: owed by due instant, done, and fallen away."""

    owed: tuple[CardText, ...]
    done: tuple[CardText, ...]
    lapsed: tuple[CardText, ...]


def unit_name(law: Law, code: str) -> str:
    """The name of a unit; a code that the law does not know stands for itself."""
    return next((unit.name for unit in law.units if unit.code == code), code)


def holder_name(incident: Incident, unit: str | None) -> str:
    """Who holds an obligation; without unit the coordinating office does until assignment."""
    law = incident.law
    if unit:
        return unit_name(law, unit)
    return say("{unit}（交办前代持）", unit=unit_name(law, incident.receiving_office))


def cards(incident: Incident, at: datetime, sentences: Mapping[str, str]) -> Cards:
    """The cards of all obligations at an instant of the case's clock.

    Those that are owed stand as they rank (`domain.rules.urgency`), the others by due instant,
    and advice last.
    """
    cards_of = [card(incident, obligation, at, sentences) for obligation in _in_order(incident)]
    lapsed = {Lamp.OFF}
    return Cards(
        owed=tuple(item for item in cards_of if item.is_owed and item.lamp not in lapsed),
        done=tuple(item for item in cards_of if item.done is not None),
        lapsed=tuple(
            item for item in cards_of if item.done is None and (not item.is_owed or item.lamp in lapsed)
        ),
    )


def _in_order(incident: Incident) -> list[Obligation]:
    first = ranked(incident)
    ids = {obligation.id for obligation in first}
    others = (obligation for obligation in incident.obligations if obligation.id not in ids)
    return [
        *first,
        *sorted(others, key=lambda obligation: (obligation.advisory, obligation.due_at, obligation.id)),
    ]


def card(incident: Incident, obligation: Obligation, at: datetime, sentences: Mapping[str, str]) -> CardText:
    """The card of one obligation at an instant of the case's clock."""
    drill = incident.drill
    colour = lamp(obligation, at)
    turn = turns_at(obligation, at)
    real_turn = drill.real(turn) if drill and turn else turn
    return CardText(
        id=obligation.id,
        kind=word(obligation.kind),
        unit=holder_name(incident, obligation.unit),
        due=moment(obligation.due_at),
        countdown=countdown(obligation.due_at, at, drill)
        if obligation.is_owed and colour is not Lamp.OFF
        else None,
        turns_iso=real_turn.isoformat() if real_turn else "",
        lamp=colour,
        lamp_word=say(LAMP_WORDS[colour]),
        status=_status(obligation),
        computation=computation(obligation, incident),
        warning=computation_warning(obligation),
        clause=cite(obligation.clause, sentences),
        done=moment(obligation.fulfilled_at) if obligation.fulfilled_at else None,
        is_owed=obligation.is_owed,
        notes=(*_shown_cards(incident, obligation, at), *_notes(obligation)),
    )


def _status(obligation: Obligation) -> str:
    said = word(obligation.status)
    if obligation.status is not Status.BREACHED:
        return said
    if obligation.fulfilled_at is not None:
        return say("{status}，后补办", status=said)
    if obligation.is_owed:
        return say("{status}，仍须完成", status=said)
    return say("{status}，已由其他任务接替", status=said)


def _shown_cards(incident: Incident, obligation: Obligation, at: datetime) -> Iterable[str]:
    """The yellow or red card of a missed response, and whether its deductions were waived."""
    for card_of in rules.cards(incident, at):
        if card_of.obligation == obligation.id:
            yield say("{card}（{time}起）", card=word(card_of.colour), time=moment(card_of.at).text)
    if incident.oversight.tolerates(obligation.id):
        yield say("已获容错，免予扣分，超时记录保留")


def _notes(obligation: Obligation) -> Iterable[str]:
    if obligation.reminded:
        yield say(
            "已提醒：时限用去 {shares}",
            shares=listed(f"{percent}%" for percent in sorted(obligation.reminded)),
        )
    if obligation.provisional:
        yield say("暂定超时：在期限内已办、事后补录，待认定")
    if obligation.advisory:
        yield say("提示时限，不计超时、不计考评")
    elif not obligation.scored:
        yield say("不计考评（到期后才确定承办单位，或属内部目标）")
