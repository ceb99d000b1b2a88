"""启用清单: what a system still lacks before it is used in earnest, line by line, as it stands now."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.law.registry import DutyShift, Gap, UnitReadiness, standings
from domain.law.regulation import Law, Unit, UnitKind
from domain.terms.roles import LEADERS, Role
from domain.terms.workdays import SHANGHAI
from papers.typesetting import chinese_font, missing_faces
from settings import Settings, is_loopback
from storage.account_review import review
from storage.accounts import Account, AccountState, Administrator, list_accounts
from storage.acts import ActKind, first_accounts_of, latest_act
from storage.audit_book import last_backup
from storage.call_channels import enabled, health
from storage.law_changes import law_in_force
from storage.queries import open_incidents
from storage.registry import channels, persons
from storage.rota import shifts_from
from words.language import say

ROTA_AHEAD: Final = timedelta(days=7)
BACKUP_IS_FRESH: Final = timedelta(days=2)
CHECK_HOLDS: Final = timedelta(days=366)  # what a person has seen to is seen to again a year later
_NAMED: Final = 5
_BY_HAND: Final = frozenset({Role.HANDLER, Role.MONITOR})


class GoingLiveItem(StrEnum):
    """What is looked at."""

    CALENDAR = "calendar"
    UNITS = "units"
    UNIT_CHANNELS = "unit_channels"
    PEOPLE = "people"
    FIRST_PASSWORDS = "first_passwords"
    SECOND_FACTOR = "second_factor"
    ROTA = "rota"
    DEMONSTRATION = "demonstration"
    CHANNELS = "channels"
    TLS = "tls"
    HOSTS = "hosts"
    FONTS = "fonts"
    CHECKPOINTS = "checkpoints"
    BACKUP = "backup"
    RESTORE = "restore"
    KEYS = "keys"

    @property
    def is_seen_to_by_a_person(self) -> bool:
        """Whether no machine can tell: a person says that it was done."""
        return self in {GoingLiveItem.RESTORE, GoingLiveItem.KEYS}


class LineState(StrEnum):
    """How a line stands."""

    DONE = "done"
    NOTE = "note"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoingLiveLine:
    """One line of the list; `figures` fill its sentence, `at` is when it was done where that is known."""

    item: GoingLiveItem
    state: LineState
    figures: Mapping[str, object] = field(default_factory=dict)
    at: datetime | None = None
    by: str = ""


async def going_live(session: AsyncSession, settings: Settings, now: datetime) -> tuple[GoingLiveLine, ...]:
    """Every line, in the order of the list."""
    law = await law_in_force(session, settings.regulation, now)
    accounts = [one for one in await list_accounts(session) if one.disabled_at is None]
    day = now.astimezone(SHANGHAI).date()
    stands = standings(law, await persons(session), await channels(session), day)
    shifts = await shifts_from(session, law.offices.office, now)
    return (
        _calendar(law, day.year),
        *_units(stands),
        _people(law, accounts),
        _first_passwords(accounts),
        await _second_factor(session, settings, now),
        rota_line(shifts, now),
        await _demonstration(session, settings, accounts),
        await _channels(session),
        _tls(settings),
        _line(GoingLiveItem.HOSTS, done=bool(settings.host_names), names=" ".join(settings.host_names)),
        await _fonts(),
        _line(GoingLiveItem.CHECKPOINTS, done=settings.checkpoint_file is not None),
        await _backup(session, now),
        *[await _by_hand(session, item, now) for item in GoingLiveItem if item.is_seen_to_by_a_person],
    )


def _line(item: GoingLiveItem, *, done: bool, **figures: object) -> GoingLiveLine:
    return GoingLiveLine(item=item, state=LineState.DONE if done else LineState.MISSING, figures=figures)


def _calendar(law: Law, year: int) -> GoingLiveLine:
    lacking = [one for one in (year, year + 1) if one not in law.calendar.years]
    return _line(
        GoingLiveItem.CALENDAR, done=not lacking, years=say("、").join(map(str, lacking or (year, year + 1)))
    )


def _units(stands: Iterable[UnitReadiness]) -> tuple[GoingLiveLine, GoingLiveLine]:
    answering = [one for one in stands if _answers(one.unit)]
    unready = [one.unit for one in answering if not one.is_ready]
    mute = [one.unit for one in answering if Gap.CHANNEL_MISSING in one.gaps]
    return (
        _line(GoingLiveItem.UNITS, done=not unready, count=len(unready), names=_names(unready)),
        _line(GoingLiveItem.UNIT_CHANNELS, done=not mute, count=len(mute), names=_names(mute)),
    )


def _answers(unit: Unit) -> bool:
    """Whether a unit may come to answer the public: a place, or a department."""
    return unit.type not in {UnitKind.SUPERIOR_ORGAN, UnitKind.OTHER}


def _people(law: Law, accounts: Iterable[Account]) -> GoingLiveLine:
    """Each answering unit has somebody who handles and somebody who leads."""
    posts: dict[str, set[Role | Administrator]] = {}
    for account in accounts:
        posts.setdefault(account.unit, set()).add(account.post)
    lacking = [
        unit
        for unit in law.units
        if _answers(unit)
        and not (posts.get(unit.code, set()) & _BY_HAND and posts.get(unit.code, set()) & LEADERS)
    ]
    return _line(GoingLiveItem.PEOPLE, done=not lacking, count=len(lacking), names=_names(lacking))


def _names(units: list[Unit]) -> str:
    more = len(units) - _NAMED
    return say("、").join(unit.name for unit in units[:_NAMED]) + ("……" if more > 0 else "")


def _first_passwords(accounts: Iterable[Account]) -> GoingLiveLine:
    count = sum(account.state is AccountState.FRESH for account in accounts)
    state = LineState.NOTE if count else LineState.DONE
    return GoingLiveLine(item=GoingLiveItem.FIRST_PASSWORDS, state=state, figures={"count": count})


async def _second_factor(session: AsyncSession, settings: Settings, now: datetime) -> GoingLiveLine:
    posts = frozenset(name.strip() for name in settings.second_factor.split(","))
    without = (await review(session, posts, now)).without_second_factor
    return _line(GoingLiveItem.SECOND_FACTOR, done=not without, count=len(without))


def rota_line(shifts: Iterable[DutyShift], now: datetime) -> GoingLiveLine:
    """Whether somebody of the office is on duty at each moment of the next seven days;
    `hours` in which nobody is, begun ones counted whole, `at` from when on.
    """
    end, reached, alone = now + ROTA_AHEAD, now, timedelta(0)
    first: datetime | None = None
    for shift in sorted(shifts, key=lambda one: one.since):
        if shift.since > reached and reached < end:
            first = first or reached
            alone += min(shift.since, end) - reached
        reached = max(reached, shift.until)
    if reached < end:
        first, alone = first or reached, alone + (end - reached)
    hours = -(-alone // timedelta(hours=1))
    state = LineState.MISSING if alone else LineState.DONE
    return GoingLiveLine(item=GoingLiveItem.ROTA, state=state, figures={"hours": hours}, at=first)


async def _demonstration(
    session: AsyncSession, settings: Settings, accounts: Iterable[Account]
) -> GoingLiveLine:
    first = await first_accounts_of(session)
    left = sum(one.login in first and not isinstance(one.post, Administrator) for one in accounts)
    drills = await open_incidents(session, drill=True)
    gone = not (left or drills or settings.demonstration)
    return _line(GoingLiveItem.DEMONSTRATION, done=gone, accounts=left, drills=drills)


async def _channels(session: AsyncSession) -> GoingLiveLine:
    on = await enabled(session)
    fared = [await health(session, channel) for channel in on]
    sent = [one.sent_at for one in fared if one.sent_at is not None and not one.is_broken]
    line = _line(GoingLiveItem.CHANNELS, done=bool(sent), count=len(on))
    return GoingLiveLine(item=line.item, state=line.state, figures=line.figures, at=max(sent, default=None))


def _tls(settings: Settings) -> GoingLiveLine:
    """Beyond this machine the pages are reached by TLS alone."""
    return _line(GoingLiveItem.TLS, done=settings.behind_tls, here=is_loopback(settings.host))


async def _fonts() -> GoingLiveLine:
    family = await asyncio.to_thread(chinese_font)
    if family is None:
        return _line(GoingLiveItem.FONTS, done=False, family="")
    lacking = await asyncio.to_thread(missing_faces)
    state = LineState.NOTE if lacking else LineState.DONE
    return GoingLiveLine(item=GoingLiveItem.FONTS, state=state, figures={"family": family})


async def _backup(session: AsyncSession, now: datetime) -> GoingLiveLine:
    at = await last_backup(session)
    fresh = at is not None and now - at <= BACKUP_IS_FRESH
    state = LineState.DONE if fresh else LineState.NOTE if at is not None else LineState.MISSING
    return GoingLiveLine(item=GoingLiveItem.BACKUP, state=state, at=at)


async def _by_hand(session: AsyncSession, item: GoingLiveItem, now: datetime) -> GoingLiveLine:
    act = await latest_act(session, ActKind.GOING_LIVE_CHECKED, item.value)
    if act is None or now - act.at > CHECK_HOLDS:
        return _line(item, done=False)
    return GoingLiveLine(item=item, state=LineState.DONE, at=act.at, by=act.author.login)
