"""The registry of units: what each is and has in hand, what it lacks, and where it speaks (R002,
R120, R301, R401).
"""

from datetime import date, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.audit_book import unwritten, writes
from api.documented import problems, said
from api.lists import Fixed, Listed
from api.parts import Clock, LawNow, Ledger
from api.security import Caller
from casework.ledger_session import reading
from casework.outcomes import NotFound
from domain.law.platforms import PlatformKind
from domain.law.registry import Channel, ChannelStatus, Gap, Part, UnitPerson, UnitReadiness, standings
from domain.law.regulation import Law, Offices, UnitKind
from domain.terms.roles import Actor
from domain.terms.workdays import SHANGHAI
from storage.audit_book import BookDeed
from storage.database import Database
from storage.registry import channels, persons
from words.labels import label_of
from words.platforms import platform_label


def _is_none(value: object) -> bool:
    return value is None


_CODE: Final = r"^[a-z][a-z0-9_]{0,63}$"
Code = Annotated[str, Path(pattern=_CODE, description="单位编码。 The unit's code.")]
router = APIRouter(prefix="/api/v1", tags=["catalogue"])


class GapAnswer(Fixed):
    """What a unit lacks, in words."""

    gap: Gap
    label: str
    label_en: str


class PersonAnswer(Fixed):
    """Who has a part in a unit, and from when until when."""

    role: Part
    role_label: str
    person: str
    name: str
    phone: str
    since: Annotated[date, Field(serialization_alias="from")]
    until: date | None


class ChannelAnswer(Fixed):
    """Where a unit speaks to the public."""

    unit: str
    platform: str
    platform_label: str
    name: str
    followers: int
    status: ChannelStatus
    status_label: str
    verified: bool


class UnitAnswer(Fixed):
    """A unit of the registry; `persons` for its own people and the office alone,
    `channels` where one unit is asked for.
    """

    code: str
    name: str
    type: UnitKind
    type_label: str
    duties: tuple[str, ...]
    vertical_managed: bool
    parent: str
    ready: bool
    gaps: tuple[GapAnswer, ...]
    persons: Annotated[tuple[PersonAnswer, ...] | None, Field(exclude_if=_is_none)] = None
    channels: Annotated[tuple[ChannelAnswer, ...] | None, Field(exclude_if=_is_none)] = None


class UnitsAnswer(Listed[UnitAnswer]):
    """Every unit, and which of them have an office by the regulation."""

    offices: Offices


class PlatformAnswer(Fixed):
    """A platform or channel of the register (DD-32)."""

    code: str
    label: str
    label_en: str
    kind: PlatformKind
    kind_label: str
    coverage: bool
    publishing: bool


@router.get(
    "/units",
    responses={200: said("Every unit."), **problems(401, 503)},
)
@writes(BookDeed.UNITS_READ)
async def list_units(caller: Caller, database: Ledger, clock: Clock, law: LawNow) -> UnitsAnswer:
    """单位目录，含就绪情况和缺口。

    The units by the law now in force, what each lacks; cases keep those of their registration.
    """
    standings = await _standings(database, law, clock())
    return UnitsAnswer(items=tuple(_unit(one, caller, law) for one in standings), offices=law.offices)


@router.get(
    "/units/{code}",
    responses={200: said("The unit."), **problems(401, 404, 422, 503)},
)
@writes(BookDeed.UNITS_READ)
async def show_unit(caller: Caller, database: Ledger, clock: Clock, law: LawNow, code: Code) -> UnitAnswer:
    """一个单位及其渠道。 One unit with its channels."""
    standings = await _standings(database, law, clock())
    for one in standings:
        if one.unit.code == code:
            channels = tuple(_channel(law, item) for item in one.channels)
            return _unit(one, caller, law).model_copy(update={"channels": channels})
    raise NotFound


@router.get(
    "/channels",
    responses={200: said("Every channel."), **problems(401, 422, 503)},
)
@writes(BookDeed.UNITS_READ)
async def list_channels(
    _: Caller,
    database: Ledger,
    law: LawNow,
    unit: Annotated[str | None, Query(pattern=_CODE, description="单位编码。 Of one unit.")] = None,
    status: ChannelStatus | None = None,
) -> Listed[ChannelAnswer]:
    """信息发布渠道。 Where units speak to the public."""
    async with reading(database) as session:
        rows = await channels(session)
    wanted = [one for one in rows if unit in {None, one.unit} and status in {None, one.status}]
    return Listed(items=tuple(_channel(law, one) for one in wanted))


@router.get(
    "/platforms",
    responses={200: said("Every platform and channel."), **problems(401, 503)},
)
@unwritten("the regulation, open to whoever is here")
async def list_platforms(_: Caller, law: LawNow) -> Listed[PlatformAnswer]:
    """平台与渠道名录。 The register by the law now in force; cases keep that of their registration."""
    return Listed(
        items=tuple(
            PlatformAnswer(
                code=entry.code,
                label=entry.zh,
                label_en=entry.en,
                kind=entry.kind,
                kind_label=label_of(entry.kind).zh,
                coverage=entry.coverage,
                publishing=entry.publishing,
            )
            for entry in law.register
        )
    )


async def _standings(database: Database, law: Law, now: datetime) -> tuple[UnitReadiness, ...]:
    today = now.astimezone(SHANGHAI).date()
    async with reading(database) as session:
        return standings(law, await persons(session), await channels(session), today)


def _unit(one: UnitReadiness, caller: Actor, law: Law) -> UnitAnswer:
    """A unit without the names of its persons, save for its own people and the office."""
    unit = one.unit
    is_theirs = caller.unit in {unit.code, law.offices.office}
    return UnitAnswer(
        code=unit.code,
        name=unit.name,
        type=unit.type,
        type_label=label_of(unit.type).zh,
        duties=unit.duties,
        vertical_managed=unit.vertical_managed,
        parent=unit.parent,
        ready=one.is_ready,
        gaps=tuple(GapAnswer(gap=gap, label=label_of(gap).zh, label_en=label_of(gap).en) for gap in one.gaps),
        persons=tuple(_person(person) for person in one.persons) if is_theirs else None,
    )


def _person(one: UnitPerson) -> PersonAnswer:
    return PersonAnswer(
        role=one.part,
        role_label=label_of(one.part).zh,
        person=one.person,
        name=one.name,
        phone=one.phone,
        since=one.since,
        until=one.until,
    )


def _channel(law: Law, one: Channel) -> ChannelAnswer:
    return ChannelAnswer(
        unit=one.unit,
        platform=one.platform,
        platform_label=platform_label(law, one.platform).zh,
        name=one.name,
        followers=one.followers,
        status=one.status,
        status_label=label_of(one.status).zh,
        verified=one.verified,
    )
