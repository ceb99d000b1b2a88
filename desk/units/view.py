"""What is seen of the registry of units: the list with what each lacks,
and one unit with its persons and channels.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from desk.people.view import unit_name
from domain.law.registry import Channel, ChannelStatus, Gap, Part, UnitPerson, UnitReadiness
from domain.law.regulation import Law, UnitKind
from storage.accounts import Account, Administrator
from storage.unit_entries import StoredEntry
from words.labels import word
from words.language import marked, say
from words.platforms import platform_name

PARTS: Final = (Part.MONITOR, Part.BACKUP_MONITOR, Part.PRINCIPAL_LEADER, Part.DEPUTY_LEADER)
_ADVICE: Final = {
    Gap.MONITOR_MISSING: marked("登记一名监测员（A角），负责本单位舆情监测。"),
    Gap.BACKUP_MISSING: marked("登记一名 B 角，A 角不在时顶上。"),
    Gap.SAME_PERSON_TWICE: marked("A、B 角须是两个人，请改其中一人。"),
    Gap.PRINCIPAL_MISSING: marked("登记主要负责同志，等级高、时限紧和超时的事件须其过问。"),
    Gap.DEPUTY_MISSING: marked("登记分管负责同志，文稿复审须其办理。"),
    Gap.CHANNEL_MISSING: marked("登记至少一个在用的发布渠道，否则无处对外公布。"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCell:
    """Who has a part in a unit: the names, or only that it is filled where names are
    not the reader's to see.
    """

    part: str
    text: str
    is_missing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterLine:
    """A unit in the list; a superior organ owes nothing here."""

    code: str
    name: str
    kind: str
    cells: tuple[UnitCell, ...]
    channels: int
    gaps: tuple[str, ...]
    owes_nothing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformLine:
    """A platform or channel of the register, and what it counts for."""

    name: str
    kind: str
    coverage: bool
    publishing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsPage:
    """The units, and how many of them are not ready."""

    lines: tuple[RegisterLine, ...]
    parts: tuple[str, ...]
    count: int
    unready: int
    only_gaps: bool
    may_edit: bool
    platforms: tuple[PlatformLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonEntry:
    """A person of a unit; `when` says whether the part is past or still to come, empty for today's."""

    position: int
    part: str
    name: str
    login: str
    phone: str
    term: str
    when: str
    is_past: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelEntry:
    """A channel of a unit."""

    position: int
    platform: str
    name: str
    followers: str
    status: str
    is_active: bool
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPage:
    """One unit; `persons` is None where their names are not the reader's to see."""

    line: RegisterLine
    duties: tuple[str, ...]
    parent: str
    vertical_managed: bool
    lacks: tuple[tuple[str, str], ...]
    persons: tuple[PersonEntry, ...] | None
    channels: tuple[ChannelEntry, ...]
    may_edit: bool
    done: str


_DONE: Final = {
    "saved": marked("已保存。"),
    "removed": marked("已移出。"),
}


def units_page(
    law: Law, standings: Iterable[UnitReadiness], reader: Account, *, only_gaps: bool
) -> UnitsPage:
    """Every unit as it stands, or those alone that lack something."""
    lines = list(standings)
    return UnitsPage(
        lines=tuple(_line(law, one, reader) for one in lines if one.gaps or not only_gaps),
        parts=tuple(word(part) for part in PARTS),
        count=len(lines),
        unready=sum(not one.is_ready for one in lines),
        only_gaps=only_gaps,
        may_edit=may_edit(reader),
        platforms=tuple(
            PlatformLine(
                name=platform_name(law, entry.code),
                kind=word(entry.kind),
                coverage=entry.coverage,
                publishing=entry.publishing,
            )
            for entry in law.register
        ),
    )


def unit_page(
    law: Law,
    standing: UnitReadiness,
    reader: Account,
    persons: Iterable[StoredEntry[UnitPerson]],
    channels: Iterable[StoredEntry[Channel]],
    *,
    today: date,
    done: str,
) -> UnitPage:
    """One unit as it stands today."""
    unit = standing.unit
    return UnitPage(
        line=_line(law, standing, reader),
        duties=unit.duties,
        parent=unit_name(law, unit.parent) if unit.parent else "",
        vertical_managed=unit.vertical_managed,
        lacks=tuple((word(gap), say(_ADVICE[gap])) for gap in standing.gaps),
        persons=tuple(_person(one, today) for one in persons) if sees_names(law, reader, unit.code) else None,
        channels=tuple(_channel(law, one) for one in channels),
        may_edit=may_edit(reader),
        done=say(_DONE[done]) if done in _DONE else "",
    )


def may_edit(reader: Account) -> bool:
    """Whether the reader keeps the registry."""
    return reader.post is Administrator.SYSTEM


def sees_names(law: Law, reader: Account, unit: str) -> bool:
    """Names and telephone numbers are for the unit's own people, the office, and who keeps the registry."""
    return may_edit(reader) or (reader.actor is not None and reader.unit in {unit, law.offices.office})


def _line(law: Law, one: UnitReadiness, reader: Account) -> RegisterLine:
    named = sees_names(law, reader, one.unit.code)
    return RegisterLine(
        code=one.unit.code,
        name=one.unit.name,
        kind=word(one.unit.type),
        cells=tuple(_cell(one, part, named=named) for part in PARTS),
        channels=sum(item.status is ChannelStatus.ACTIVE for item in one.channels),
        gaps=tuple(word(gap) for gap in one.gaps),
        owes_nothing=one.unit.type is UnitKind.SUPERIOR_ORGAN,
    )


def _cell(one: UnitReadiness, part: Part, *, named: bool) -> UnitCell:
    """A superior organ lacks nothing here, though nobody is named."""
    people = [person.name for person in one.persons if person.part is part]
    if not people:
        return UnitCell(part=word(part), text=say("未登记"), is_missing=bool(one.gaps))
    text = say("、").join(people) if named else say("已登记")
    return UnitCell(part=word(part), text=text, is_missing=False)


def _person(entry: StoredEntry[UnitPerson], today: date) -> PersonEntry:
    one = entry.entry
    is_past = one.until is not None and one.until < today
    when = say("已离任") if is_past else say("尚未到任") if one.since > today else ""
    return PersonEntry(
        position=entry.position,
        part=word(one.part),
        name=one.name,
        login=one.person,
        phone=one.phone,
        term=_term(one.since, one.until),
        when=when,
        is_past=is_past,
    )


def _term(since: date, until: date | None) -> str:
    if since == date.min and until is None:
        return say("不限期")
    begin = "" if since == date.min else since.isoformat()
    return say("{begin} 至 {end}", begin=begin or "…", end=until.isoformat() if until else say("今"))


def _channel(law: Law, entry: StoredEntry[Channel]) -> ChannelEntry:
    one = entry.entry
    return ChannelEntry(
        position=entry.position,
        platform=platform_name(law, one.platform),
        name=one.name,
        followers=f"{one.followers:,}",
        status=word(one.status),
        is_active=one.status is ChannelStatus.ACTIVE,
        verified=one.verified,
    )
