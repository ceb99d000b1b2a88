"""The proposals to change the law, in words, and what their reader may do with them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from desk.law_changes.form import flat
from desk.people.view import PersonChoice, unit_name
from domain.law.enactment import CALENDAR, LAWGIVERS, ChangeOutcome, LawChange
from domain.law.regulation import Law
from domain.terms.roles import Actor
from words.labels import label, word
from words.language import say
from words.wording import MomentText, duration, moment

_SPAN: Final = TypeAdapter(timedelta)
_LONGEST = 120  # characters of a value in a choice


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """A proposal: `may_confirm` and `may_decline` say what its reader may do with it."""

    number: int
    state: str
    state_word: str
    values: tuple[tuple[str, str, str], ...]  # what is changed, its new value, and the one that stands
    reason: str
    proposer: str
    proposed: MomentText
    since: MomentText
    answerer: str
    answered: MomentText | None
    remark: str
    may_confirm: bool
    may_decline: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LawChangesPage:
    """All proposals, the latest first, and the forms of a new one with what was typed."""

    changes: tuple[ChangeView, ...]
    may_propose: bool
    years: str
    parameters: tuple[PersonChoice, ...]
    typed: Mapping[str, str]
    trouble: str
    key: str
    done: str


def change_view(
    law: Law, change: LawChange, reader: Actor, now: datetime, standing: Mapping[str, Any]
) -> ChangeView:
    """A proposal as a reader sees it; `standing` are the parameters in force by dotted name,
    told beside the new values while the second person has not answered.
    """
    answer, since = change.answer, change.in_force_from
    state = _state(change, now)
    waits = answer is None and reader.role in LAWGIVERS
    return ChangeView(
        number=change.number,
        state={"waiting": "note", "declined": "disabled", "coming": "note", "in_force": "done"}[state],
        state_word={
            "waiting": say("待另一人确认"),
            "declined": say("未通过"),
            "coming": say("已确认，尚未生效"),
            "in_force": say("已生效"),
        }[state],
        values=tuple(
            (*_value(name, value), _spoken(standing[name]) if answer is None and name in standing else "")
            for name, value in json.loads(change.parameters).items()
        ),
        reason=change.reason,
        proposer=_who(law, change.proposed_by),
        proposed=moment(change.proposed_at),
        since=moment(since or change.effective_from),
        answerer=_who(law, answer.by) if answer else "",
        answered=moment(answer.at) if answer else None,
        remark=answer.reason if answer else "",
        may_confirm=waits and reader.person != change.proposed_by.person,
        may_decline=waits,
    )


def choices(parameters: Mapping[str, Any], chosen: str) -> tuple[PersonChoice, ...]:
    """The parameters that may be changed, each with the value that stands."""
    return tuple(
        PersonChoice(
            value=name, text=f"{parameter_name(name)} = {_short(value)[:_LONGEST]}", chosen=name == chosen
        )
        for name, value in flat(parameters)
    )


def parameter_name(name: str) -> str:
    """What a parameter is called, with its dotted name, by which the terminal and the files know it."""
    return say("{title}（{name}）", title=label("law_parameters", name).here, name=name)


def years_of(changes: Iterable[LawChange], law: Law) -> str:
    """The years whose calendar is there."""
    imported = {
        name.removeprefix("calendar.")
        for change in changes
        if change.answer is not None and change.answer.outcome is ChangeOutcome.CONFIRMED
        for name in json.loads(change.parameters)
        if name.startswith("calendar.")
    }
    return say("、").join(sorted({*imported, *map(str, law.calendar.years)}))


def _state(change: LawChange, now: datetime) -> str:
    if change.answer is None:
        return "waiting"
    since = change.in_force_from
    if since is None:
        return "declined"
    return "in_force" if since <= now else "coming"


def _who(law: Law, actor: Actor) -> str:
    return say(
        "{unit} {role}（{login}）", unit=unit_name(law, actor.unit), role=word(actor.role), login=actor.person
    )


def _value(name: str, value: Any) -> tuple[str, str]:
    """A new value with its name; a calendar as days, another as it stands in the law."""
    if not name.startswith(CALENDAR):
        return parameter_name(name), _spoken(value)
    return (
        say("{year} 年工作日历", year=name.removeprefix(CALENDAR)),
        say(
            "周一至周五放假：{off}；周末上班：{worked}",
            off=say("、").join(value["holidays"]) or "—",
            worked=say("、").join(value["makeup_workdays"]) or "—",
        ),
    )


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _spoken(value: Any) -> str:
    """A value as it is typed; a span in words beside it."""
    try:
        span = _SPAN.validate_python(value) if isinstance(value, str) and value.startswith("P") else None
    except ValidationError:
        span = None
    return _short(value) if span is None else say("{value}（{time}）", value=value, time=duration(span))
