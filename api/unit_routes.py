"""The registry of units: what each is and has in hand, what it lacks, and where it speaks (R002, R120, R301, R401)."""

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query

from api.audit_book import unwritten, writes
from api.documented import answered, problems
from api.parts import Clock, LawNow, Ledger
from api.security import Caller
from casework.ledger_session import reading
from casework.outcomes import NotFound
from domain.law.registry import Channel, ChannelStatus, Standing, UnitPerson, standings
from domain.law.regulation import Law
from domain.terms.roles import Actor
from domain.terms.workdays import SHANGHAI
from storage.audit_book import Deed
from storage.database import Database
from storage.registry import channels, persons
from words.labels import label_of
from words.platforms import platform_label

_CODE: Final = r"^[a-z][a-z0-9_]{0,63}$"
Code = Annotated[str, Path(pattern=_CODE, description="单位编码。 The unit's code.")]
router = APIRouter(prefix="/api/v1", tags=["catalogue"])


@router.get(
    "/units",
    responses={200: answered("Every unit.", {"type": "object"}), **problems(401, 503)},
)
@writes(Deed.UNITS_READ)
async def list_units(caller: Caller, database: Ledger, clock: Clock, law: LawNow) -> dict[str, Any]:
    """单位目录，含就绪情况和缺口。 The units by the law now in force, what each lacks; cases keep those of their registration."""
    standings = await _standings(database, law, clock())
    return {"items": [_told(one, caller, law) for one in standings], "offices": law.offices}


@router.get(
    "/units/{code}",
    responses={200: answered("The unit.", {"type": "object"}), **problems(401, 404, 422, 503)},
)
@writes(Deed.UNITS_READ)
async def show_unit(
    caller: Caller, database: Ledger, clock: Clock, law: LawNow, code: Code
) -> dict[str, Any]:
    """一个单位及其渠道。 One unit with its channels."""
    standings = await _standings(database, law, clock())
    for one in standings:
        if one.unit.code == code:
            return {**_told(one, caller, law), "channels": [_channel(law, item) for item in one.channels]}
    raise NotFound


@router.get(
    "/channels",
    responses={200: answered("Every channel.", {"type": "object"}), **problems(401, 422, 503)},
)
@writes(Deed.UNITS_READ)
async def list_channels(
    _: Caller,
    database: Ledger,
    law: LawNow,
    unit: Annotated[str | None, Query(pattern=_CODE, description="单位编码。 Of one unit.")] = None,
    status: ChannelStatus | None = None,
) -> dict[str, Any]:
    """信息发布渠道。 Where units speak to the public."""
    async with reading(database) as session:
        rows = await channels(session)
    wanted = [one for one in rows if unit in {None, one.unit} and status in {None, one.status}]
    return {"items": [_channel(law, one) for one in wanted]}


@router.get(
    "/platforms",
    responses={200: answered("Every platform and channel.", {"type": "object"}), **problems(401, 503)},
)
@unwritten("the regulation, open to whoever is here")
async def list_platforms(_: Caller, law: LawNow) -> dict[str, Any]:
    """平台与渠道名录。 The register by the law now in force; cases keep that of their registration."""
    return {
        "items": [
            {
                "code": entry.code,
                "label": entry.zh,
                "label_en": entry.en,
                "kind": entry.kind,
                "kind_label": label_of(entry.kind).zh,
                "coverage": entry.coverage,
                "publishing": entry.publishing,
            }
            for entry in law.register
        ]
    }


async def _standings(database: Database, law: Law, now: datetime) -> tuple[Standing, ...]:
    today = now.astimezone(SHANGHAI).date()
    async with reading(database) as session:
        return standings(law, await persons(session), await channels(session), today)


def _told(one: Standing, caller: Actor, law: Law) -> dict[str, Any]:
    """A unit without the names of its persons, save for its own people and the office."""
    unit = one.unit
    about = {
        "code": unit.code,
        "name": unit.name,
        "type": unit.type,
        "type_label": label_of(unit.type).zh,
        "duties": unit.duties,
        "vertical_managed": unit.vertical_managed,
        "parent": unit.parent,
        "ready": one.is_ready,
        "gaps": [{"gap": gap, "label": label_of(gap).zh, "label_en": label_of(gap).en} for gap in one.gaps],
    }
    if caller.unit in {unit.code, law.offices.office}:
        about["persons"] = [_person(person) for person in one.persons]
    return about


def _person(one: UnitPerson) -> dict[str, Any]:
    return {
        "role": one.part,
        "role_label": label_of(one.part).zh,
        "person": one.person,
        "name": one.name,
        "phone": one.phone,
        "from": one.since.isoformat(),
        "until": one.until.isoformat() if one.until else None,
    }


def _channel(law: Law, one: Channel) -> dict[str, Any]:
    return {
        "unit": one.unit,
        "platform": one.platform,
        "platform_label": platform_label(law, one.platform).zh,
        "name": one.name,
        "followers": one.followers,
        "status": one.status,
        "status_label": label_of(one.status).zh,
        "verified": one.verified,
    }
