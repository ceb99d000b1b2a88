"""A rehearsal of calls as its file has it: one notice, who may be called for it, what happens meanwhile,
and who must be told when.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from yaml.nodes import Node

from channels.table import CHANNELS
from domain.hearing import CALLED, Hearer
from domain.law.hearing_table import Recipient
from domain.law.regulation import Law
from domain.purposes import Purpose
from domain.terms.roles import Actor
from domain.terms.vocabulary import ObligationKind, ResponseClass, WarningLevel
from rehearsals.instants import Times, read_instant
from rehearsals.source import Faulty, SourcePlace, YamlNode, entries, items, only, place, text, unknown
from rehearsals.words import read_actor, read_unit, read_word, spellings

CALL_KEYS: Final = ("notice", "people", "meanwhile", "told", "until")
NOTICE_KEYS: Final = ("at", "purpose", "duty", "unit", "level", "class")
PERSON_KEYS: Final = ("as", "channels")
DEED_KEYS: Final = ("at", "answers", "breaks", "mends", "note")
TOLD_KEYS: Final = ("at", "who", "as", "channel", "again", "after", "note")
SPOKEN_TO: Final = tuple(
    name for name in CHANNELS if name != "mail"
)  # whose providers speak HTTP, and are played here
MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCall:
    """The notice that somebody must hear: when it came into the inbox of its unit, why,
    and in a case of what level and class.
    """

    at: datetime
    purpose: Purpose
    subject: str
    unit: str
    level: WarningLevel | None
    response_class: ResponseClass


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedHearer:
    """Somebody with an account, and the channels by which the person is reached, in their order."""

    actor: Actor
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanwhile:
    """What happens at an instant: a person acknowledges, or a channel's provider fails, or works again."""

    place: SourcePlace
    at: datetime
    answers: str = ""
    breaks: str = ""
    mends: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedNotice:
    """Who must have been told, in which minute, as what, by which channel, and after whose silence;
    None where all the same.
    """

    place: SourcePlace
    at: datetime
    who: str
    hearer: str | None
    channel: str | None
    again: bool | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPlan:
    """One notice and its calls; `messages` are to everybody whom a provider took a message for until `until`,
    and nobody else.
    """

    place: SourcePlace
    notice: PlannedCall
    people: tuple[PlannedHearer, ...]
    meanwhile: tuple[Meanwhile, ...]
    messages: tuple[PlannedNotice, ...]
    until: datetime


def read_calls(entry: YamlNode, law: Law, times: Times) -> CallPlan:
    """The plan of a file's `calls`. Raises Faulty with the line."""
    members = only(entries(entry.value), CALL_KEYS)
    for needed in ("notice", "people", "told"):
        if needed not in members:
            raise Faulty(entry.place, f"缺少“{needed}”。", f"{needed!r} is missing.")
    notice = _notice(members["notice"], law, times)
    based = replace(times, discovered_at=notice.at)
    people = tuple(_person(node, law) for node in items(members["people"].value))
    names = [one.actor.person for one in people]
    meanwhile = (
        tuple(_deed(node, based, names) for node in items(members["meanwhile"].value))
        if "meanwhile" in members
        else ()
    )
    messages = tuple(_told(node, based, names) for node in items(members["told"].value))
    last = max((notice.at, *(deed.at for deed in meanwhile), *(one.at for one in messages))) + MINUTE
    until = read_instant(members["until"].value, based) if "until" in members else last
    return CallPlan(
        place=entry.place,
        notice=notice,
        people=people,
        meanwhile=tuple(sorted(meanwhile, key=lambda deed: deed.at)),
        messages=messages,
        until=max(until, last),
    )


def _notice(entry: YamlNode, law: Law, times: Times) -> PlannedCall:
    members = only(entries(entry.value), NOTICE_KEYS)
    for needed in ("at", "purpose", "unit"):
        if needed not in members:
            raise Faulty(entry.place, f"通知缺少“{needed}”。", f"The notice lacks {needed!r}.")
    purpose = Purpose(read_word(members["purpose"].value, Purpose))
    if purpose not in CALLED:
        known = sorted(one.value for one in CALLED)
        raise unknown(
            members["purpose"].place, "须知悉的事由", "purpose that is called for", purpose.value, known
        )
    unit = read_unit(members["unit"].value, law)
    kind = read_word(members["duty"].value, ObligationKind) if "duty" in members else None
    return PlannedCall(
        at=read_instant(members["at"].value, times),
        purpose=purpose,
        subject=f"{kind.value}:{unit}" if kind else "notice-1",
        unit=unit,
        level=WarningLevel(read_word(members["level"].value, WarningLevel)) if "level" in members else None,
        response_class=ResponseClass(read_word(members["class"].value, ResponseClass))
        if "class" in members
        else ResponseClass.H48,
    )


def _person(node: Node, law: Law) -> PlannedHearer:
    members = only(entries(node), PERSON_KEYS)
    if set(members) != set(PERSON_KEYS):
        raise Faulty(
            place(node),
            "写作 {as: 单位/角色/人员, channels: [渠道]}。",
            "Write {as: unit/role/person, channels: […]}.",
        )
    ways = tuple(_word(one, SPOKEN_TO, "渠道", "channel") for one in items(members["channels"].value))
    return PlannedHearer(actor=read_actor(members["as"].value, law), channels=ways)


def _deed(node: Node, times: Times, names: list[str]) -> Meanwhile:
    members = only(entries(node), DEED_KEYS)
    verbs = [verb for verb in ("answers", "breaks", "mends") if verb in members]
    if len(verbs) != 1 or "at" not in members:
        raise Faulty(
            place(node),
            "写作 {at: +11m, answers: 人员}。",
            "Write {at: +11m, answers: person}, or a channel.",
        )
    (verb,) = verbs
    value = members[verb].value
    word = (
        _word(value, names, "人员", "person")
        if verb == "answers"
        else _word(value, SPOKEN_TO, "渠道", "channel")
    )
    return Meanwhile(place=place(node), at=read_instant(members["at"].value, times), **{verb: word})


def _told(node: Node, times: Times, names: list[str]) -> PlannedNotice:
    members = only(entries(node), TOLD_KEYS)
    if not {"at", "who"} <= set(members):
        raise Faulty(place(node), "写作 {at: +10m, who: 人员}。", "Write {at: +10m, who: person}.")
    again = text(members["again"].value) if "again" in members else None
    if again not in {None, "true", "false"}:
        raise Faulty(members["again"].place, "again 应为 true 或 false。", "again is true or false.")
    posts = {**spellings(Recipient), **spellings(Hearer)}
    post = _word(members["as"].value, list(posts), "岗位", "post") if "as" in members else None
    return PlannedNotice(
        place=place(node),
        at=read_instant(members["at"].value, times),
        who=_word(members["who"].value, names, "人员", "person"),
        hearer=posts[post].value if post else None,
        channel=_word(members["channel"].value, SPOKEN_TO, "渠道", "channel")
        if "channel" in members
        else None,
        again=None if again is None else again == "true",
        after=_word(members["after"].value, names, "人员", "person") if "after" in members else None,
    )


def _word(node: Node, known: "list[str] | tuple[str, ...]", chinese: str, english: str) -> str:
    written = text(node).strip()
    if written not in known:
        raise unknown(place(node), chinese, english, written, known)
    return written
