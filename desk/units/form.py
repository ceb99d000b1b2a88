"""The forms of the registry: what was typed for a person or a channel of a unit, as an entry,
or what is wrong with it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from desk.people.view import PersonChoice
from domain.law.registry import Channel, ChannelStatus, Part, UnitPerson
from domain.law.regulation import Law
from storage.unit_entries import Entry
from words.labels import word
from words.language import marked, say
from words.platforms import platform_name

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
LONGEST: Final = 100
_MOST_FOLLOWERS: Final = 2**31 - 1
_PHONE: Final = re.compile(r"[0-9+() -]{0,40}").fullmatch
PERSONS, CHANNELS = "persons", "channels"
_FIELDS: Final = {
    PERSONS: ("part", "person", "name", "phone", "since", "until"),
    CHANNELS: ("platform", "name", "followers", "status", "verified"),
}


class FaultyEntry(Exception):  # noqa: N818  an answer to who typed
    """What was typed is no entry; `faults` are sentences that say what to put right."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryForm:
    """The form of an entry with what was typed; `digest` is of what the entry was when it was shown."""

    kind: str
    action: str
    heading: str
    is_new: bool
    typed: Mapping[str, str]
    digest: str
    parts: tuple[PersonChoice, ...]
    platforms: tuple[PersonChoice, ...]
    statuses: tuple[PersonChoice, ...]


def entry_form(
    law: Law, kind: str, unit: str, entry: str, typed: Mapping[str, str], *, digest: str = ""
) -> EntryForm:
    """The form of a person or a channel; `entry` is `new` or the position of the one that is altered."""
    is_new = entry == "new"
    heading = {
        (PERSONS, True): marked("登记人员"),
        (PERSONS, False): marked("变更人员"),
        (CHANNELS, True): marked("登记渠道"),
        (CHANNELS, False): marked("变更渠道"),
    }[kind, is_new]
    return EntryForm(
        kind=kind,
        action=f"/units/{unit}/{kind}/{entry}",
        heading=say(heading),
        is_new=is_new,
        typed={name: typed.get(name, "") for name in _FIELDS[kind]},
        digest=digest,
        parts=_choices(Part, typed.get("part", "")),
        platforms=_platforms(law, typed.get("platform", "")),
        statuses=_choices(ChannelStatus, typed.get("status", ChannelStatus.ACTIVE)),
    )


def fresh(kind: str, today: date) -> dict[str, str]:
    """What a form for a new entry holds before anybody types."""
    return {"since": today.isoformat()} if kind == PERSONS else {"followers": "0"}


def typed_of(entry: Entry) -> dict[str, str]:
    """An entry as its form holds it."""
    if isinstance(entry, UnitPerson):
        return {
            "part": entry.part.value,
            "person": entry.person,
            "name": entry.name,
            "phone": entry.phone,
            "since": "" if entry.since == date.min else entry.since.isoformat(),
            "until": entry.until.isoformat() if entry.until else "",
        }
    return {
        "platform": entry.platform,
        "name": entry.name,
        "followers": str(entry.followers),
        "status": entry.status.value,
        "verified": "on" if entry.verified else "",
    }


def read_entry(law: Law, kind: str, unit: str, typed: Mapping[str, str]) -> Entry:
    """The entry that was typed; raises Faulty with all that is wrong."""
    reading = _Reading(law, typed)
    entry = reading.person(unit) if kind == PERSONS else reading.channel(unit)
    if reading.faults or entry is None:
        raise FaultyEntry(tuple(reading.faults))
    return entry


class _Reading:
    """One form under way; what is wrong is gathered, so that it is told at one time."""

    def __init__(self, law: Law, typed: Mapping[str, str]) -> None:
        self._law, self._typed = law, typed
        self.faults: list[str] = []

    def person(self, unit: str) -> UnitPerson | None:
        part = self._read("part", Part, say("请选择身份。"))
        login = self._line("person", say("请填写本人的账号，一行；没有账号的填工号。"))
        name = self._line("name", say("请填写姓名，一行。"))
        phone = self._typed["phone"]
        if not _PHONE(phone):
            self.faults.append(say("电话只能含数字、空格和 + - ( )，最长 40 位。"))
        since = self._day("since") or date.min
        until = self._day("until")
        if until is not None and until < since:
            self.faults.append(say("止期早于起期，请核对。"))
        if part is None or self.faults:
            return None
        return UnitPerson(
            unit=unit, part=part, person=login, name=name, phone=phone, since=since, until=until
        )

    def channel(self, unit: str) -> Channel | None:
        platform = self._read("platform", self._platform, say("请选择平台。"))
        name = self._line("name", say("请填写渠道名称，一行。"))
        followers = self._read("followers", _count, say("关注人数应是不小于 0 的整数。"))
        status = self._read("status", ChannelStatus, say("请选择渠道状态。"))
        if platform is None or followers is None or status is None or self.faults:
            return None
        verified = self._typed["verified"] == "on"
        return Channel(
            unit=unit, platform=platform, name=name, followers=followers, status=status, verified=verified
        )

    def _platform(self, code: str) -> str:
        if code not in {one.code for one in self._law.register if one.publishing}:
            raise ValueError(code)
        return code

    def _read(self, name: str, read: Callable[[str], T], fault: str) -> T | None:
        try:
            return read(self._typed[name])
        except ValueError:
            self.faults.append(fault)
            return None

    def _line(self, name: str, fault: str) -> str:
        text = self._typed[name]
        if not text or not text.isprintable() or len(text) > LONGEST:
            self.faults.append(fault)
        return text

    def _day(self, name: str) -> date | None:
        if not self._typed[name]:
            return None
        return self._read(name, date.fromisoformat, say("日期应写作 2026-01-31。"))


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text[:20]) > _MOST_FOLLOWERS:
        raise ValueError(text)
    return int(text)


def _platforms(law: Law, chosen: str) -> tuple[PersonChoice, ...]:
    return tuple(
        PersonChoice(value=one.code, text=platform_name(law, one.code), chosen=one.code == chosen)
        for one in law.register
        if one.publishing
    )


def _choices(kind: type[E], chosen: str) -> tuple[PersonChoice, ...]:
    return tuple(
        PersonChoice(value=member.value, text=word(member), chosen=member.value == chosen) for member in kind
    )
